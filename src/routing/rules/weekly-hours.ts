import { ContactCenterError } from 'onescreen';
import type { OpeningHours } from 'onescreen/routing';

export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';

/** From and to, as `08:00` and `17:30` of the wall clock; `24:00` is the end of the day. `to` is the first minute that is closed. */
export type Opening = readonly [from: string, to: string];

export interface WeeklyHoursOptions {
  /** An IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
  /** Weekdays that are left out are closed. */
  readonly days: { readonly [Day in Weekday]?: readonly Opening[] };
  /** Dates as `2026-12-25` in the time zone. */
  readonly closedOn?: readonly string[];
}

const minuteMs = 60_000;

/** So many days' openings are remembered: working one out takes the better part of a millisecond. */
const remembered = 16;

/**
 * Opening hours that repeat each week, by the wall clock of a time zone: right on days when its clocks change. A time that
 * the change skips is when the clock jumps over it; of one that comes twice the first is meant for opening, and the last
 * for closing. Throws `routing/invalid` for a time zone or hours that make no sense.
 */
export function weeklyHours({ timeZone, days, closedOn = [] }: WeeklyHoursOptions): OpeningHours {
  const wall = wallClock(timeZone);
  const stranger = Object.keys(days ?? {}).find((day) => !weekdays.some((known) => known === day));
  if (stranger !== undefined) throw refuse(`days.${stranger}`, `"${stranger}" is no weekday`);
  if (typeof days !== 'object' || days === null) throw refuse('days', 'they are missing');
  const closed = new Set(closedOn);
  const lastClosed = Math.max(...closedOn.map(dayOf), 0);
  if (Number.isNaN(lastClosed)) throw refuse('closedOn', 'they are no dates');
  const spans = weekdays.map((day) => (days[day] ?? []).map((opening) => minutesOf(opening, `days.${day}`)));

  const known = new Map<number, readonly Span[]>();
  /** The openings of a day; `day` is its midnight as if in UTC. */
  const opened = (day: number): readonly Span[] => {
    const before = known.get(day);
    if (before !== undefined) return before;
    const date = new Date(day);
    const isClosed = closed.has(date.toISOString().slice(0, 10));
    const found = isClosed ? [] : (spans[(date.getUTCDay() + 6) % 7] ?? []);
    const instants = found.map(
      ([from, to]) =>
        [instant(wall, day + from * minuteMs, 'first'), instant(wall, day + to * minuteMs, 'last')] as const,
    );
    if (known.size >= remembered) known.clear();
    known.set(day, instants);
    return instants;
  };
  const today = (at: number) => {
    const shown = wall(at);
    return shown - mod(shown, dayMs);
  };
  const isOpen = (at: number) => {
    const day = today(at);
    // The day before too: its midnight may come twice.
    return [day - dayMs, day].flatMap(opened).some(([from, to]) => from <= at && at < to);
  };

  return {
    isOpen,
    nextChange(at) {
      const now = isOpen(at);
      // Behind the last date of its own every week is like the one before.
      const last = Math.max(today(at), lastClosed) + 8 * dayMs;
      for (let day = today(at) - dayMs; day <= last; day += dayMs) {
        const edges = opened(day)
          .flat()
          .filter((edge) => edge > at)
          .sort((a, b) => a - b);
        const change = edges.find((edge) => isOpen(edge) !== now);
        if (change !== undefined) return change;
      }
      return undefined;
    },
  };
}

const dayMs = 1_440 * minuteMs;

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** In epoch milliseconds. */
type Span = readonly [from: number, to: number];

type WallClock = (at: number) => number;

/** What clocks show at an instant, as the instant at which clocks in UTC do. */
function wallClock(timeZone: string): WallClock {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw refuse('timeZone', `"${timeZone}" is no time zone`);
  }
  return (at) => {
    const shown = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => shown.get(type) ?? 0;
    return (
      Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) +
      mod(at, 1_000)
    );
  };
}

/** When clocks show `shown`. Offsets a day before and a day after are those before and after a change. */
function instant(wall: WallClock, shown: number, which: 'first' | 'last'): number {
  const before = shown - (wall(shown - dayMs) - (shown - dayMs));
  const after = shown - (wall(shown + dayMs) - (shown + dayMs));
  const found = [before, after].filter((at) => wall(at) === shown);
  if (found.length > 0) return which === 'first' ? Math.min(...found) : Math.max(...found);
  // The clocks jump over it: the moment at which they do, found by halving.
  let [early, late] = [Math.min(before, after), Math.max(before, after)];
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (wall(middle) < shown) early = middle;
    else late = middle;
  }
  return late;
}

function minutesOf([from, to]: Opening, field: string): readonly [number, number] {
  const minutes = [from, to].map((time) => {
    const [, hour, minute] = /^(\d\d):([0-5]\d)$/.exec(time) ?? [];
    return Number(hour) * 60 + Number(minute);
  });
  const [start = NaN, end = NaN] = minutes;
  if (!(start < end && end <= 1_440)) throw refuse(field, `"${from}" to "${to}" is no opening of one day`);
  return [start, end];
}

function dayOf(date: string): number {
  const at = /^\d{4}-\d\d-\d\d$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : NaN;
  // A 30th of February would be taken for a day of March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date) ? at : NaN;
}

function mod(value: number, by: number): number {
  return ((value % by) + by) % by;
}

function refuse(field: string, why: string): ContactCenterError {
  return new ContactCenterError('routing/invalid', `unable to set opening hours; ${why}`, { field });
}
