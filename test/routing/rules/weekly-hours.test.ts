import { weeklyHours, type WeeklyHoursOptions } from 'onescreen/routing/rules';
import { describe, expect, it } from 'vitest';

const hour = 3_600_000;
const parse = (json: string) => JSON.parse(json) as Partial<WeeklyHoursOptions>;
const every = (...openings: readonly (readonly [string, string])[]): WeeklyHoursOptions['days'] => ({
  monday: openings,
  tuesday: openings,
  wednesday: openings,
  thursday: openings,
  friday: openings,
  saturday: openings,
  sunday: openings,
});

/** Openings and closings between two times, as told by `nextChange`, in UTC. */
function changes(options: WeeklyHoursOptions, from: number, to: number): readonly string[] {
  const hours = weeklyHours(options);
  const found: string[] = [];
  for (let at = hours.nextChange(from); at !== undefined && at < to; at = hours.nextChange(at)) {
    expect(hours.isOpen(at)).not.toBe(hours.isOpen(at - 1));
    found.push(`${new Date(at).toISOString().slice(5, 16)} ${hours.isOpen(at) ? 'opens' : 'closes'}`);
  }
  return found;
}

describe('weeklyHours', () => {
  it('opens and closes by the wall clock, several times a day, on the days that are named', () => {
    const days = {
      friday: [
        ['08:00', '12:00'],
        ['13:00', '17:30'],
      ],
      monday: [['09:00', '24:00']],
    } as const;
    expect(changes({ timeZone: 'UTC', days }, Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 8))).toEqual([
      '01-02T08:00 opens',
      '01-02T12:00 closes',
      '01-02T13:00 opens',
      '01-02T17:30 closes',
      '01-05T09:00 opens',
      '01-06T00:00 closes',
    ]);
  });

  it('has no change where one day goes over into the next', () => {
    expect(weeklyHours({ timeZone: 'UTC', days: every(['00:00', '24:00']) }).nextChange(0)).toBeUndefined();
    expect(weeklyHours({ timeZone: 'UTC', days: {} }).nextChange(0)).toBeUndefined();
    expect(weeklyHours({ timeZone: 'UTC', days: {} }).isOpen(0)).toBe(false);
  });

  it('stays closed on the dates that are named, by the time zone’s calendar', () => {
    const options = { timeZone: 'Asia/Tokyo', days: every(['08:00', '17:00']), closedOn: ['2026-01-01'] };
    expect(changes(options, Date.UTC(2025, 11, 31, 12), Date.UTC(2026, 0, 2, 12))).toEqual([
      '01-01T23:00 opens',
      '01-02T08:00 closes',
    ]);
  });

  it('is right on both sides of the change to summer time', () => {
    const options = { timeZone: 'Europe/Berlin', days: every(['08:00', '17:00']) };
    expect(changes(options, Date.UTC(2026, 2, 28), Date.UTC(2026, 2, 30))).toEqual([
      '03-28T07:00 opens',
      '03-28T16:00 closes',
      '03-29T06:00 opens',
      '03-29T15:00 closes',
    ]);
  });

  it('is right on both sides of the change from summer time', () => {
    const options = { timeZone: 'Europe/Berlin', days: every(['08:00', '17:00']) };
    expect(changes(options, Date.UTC(2026, 9, 24), Date.UTC(2026, 9, 26))).toEqual([
      '10-24T06:00 opens',
      '10-24T15:00 closes',
      '10-25T07:00 opens',
      '10-25T16:00 closes',
    ]);
  });

  it('takes a time that is skipped for the moment of the change', () => {
    const options = { timeZone: 'Europe/Berlin', days: every(['02:30', '04:00']) };
    // Clocks go from 02:00 to 03:00 at 01:00 UTC.
    expect(changes(options, Date.UTC(2026, 2, 29), Date.UTC(2026, 2, 30))).toEqual([
      '03-29T01:00 opens',
      '03-29T02:00 closes',
    ]);
  });

  it('opens at the first and closes at the last of times that come twice', () => {
    const options = { timeZone: 'Europe/Berlin', days: every(['02:15', '02:45']) };
    // Clocks go from 03:00 to 02:00 at 01:00 UTC.
    expect(changes(options, Date.UTC(2026, 9, 25), Date.UTC(2026, 9, 26))).toEqual([
      '10-25T00:15 opens',
      '10-25T01:45 closes',
    ]);
  });

  it('knows zones of half an hour, and those south of the equator', () => {
    expect(
      changes(
        { timeZone: 'Asia/Kolkata', days: every(['09:00', '18:00']) },
        Date.UTC(2026, 5, 1),
        Date.UTC(2026, 5, 2),
      ),
    ).toEqual(['06-01T03:30 opens', '06-01T12:30 closes']);
    // The first Sunday of October: clocks go forward at 02:00, ten hours ahead of UTC before.
    const sydney = { timeZone: 'Australia/Sydney', days: every(['09:00', '17:00']) };
    expect(changes(sydney, Date.UTC(2026, 9, 2, 12), Date.UTC(2026, 9, 4, 12))).toEqual([
      '10-02T23:00 opens',
      '10-03T07:00 closes',
      '10-03T22:00 opens',
      '10-04T06:00 closes',
    ]);
  });

  it('agrees with the wall clock at every hour of a year', () => {
    const hours = weeklyHours({ timeZone: 'America/New_York', days: every(['08:00', '17:00']) });
    const clock = new Intl.DateTimeFormat('en-US', { timeZone: 'America/New_York', hour: '2-digit', hourCycle: 'h23' });
    const wrong: string[] = [];
    for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += hour) {
      const shown = Number(clock.format(at));
      if (hours.isOpen(at) !== (shown >= 8 && shown < 17)) wrong.push(new Date(at).toISOString());
    }
    expect(wrong).toEqual([]);
  });

  it.each<[string, Partial<WeeklyHoursOptions>, string]>([
    ['a time zone that is none', { timeZone: 'Mars/Olympus' }, 'timeZone'],
    ['an opening that ends before it begins', { days: { monday: [['17:00', '08:00']] } }, 'days.monday'],
    ['an opening of no length', { days: { monday: [['08:00', '08:00']] } }, 'days.monday'],
    ['a time that is none', { days: { monday: [['8', '17']] } }, 'days.monday'],
    ['a time behind the end of the day', { days: { monday: [['08:00', '25:00']] } }, 'days.monday'],
    ['a minute that is none', { days: { monday: [['08:00', '08:75']] } }, 'days.monday'],
    ['a day that is none', parse('{"days":{"mon":[]}}'), 'days.mon'],
    ['no days', parse('{"days":null}'), 'days'],
    ['a date that is none', { closedOn: ['Christmas'] }, 'closedOn'],
    ['a date that no year has', { closedOn: ['2026-02-30'] }, 'closedOn'],
  ])('refuses %s', (_, wrong, field) => {
    expect(() => weeklyHours({ timeZone: 'UTC', days: {}, ...wrong })).toThrow(
      expect.objectContaining({ code: 'routing/invalid', field }),
    );
  });
});
