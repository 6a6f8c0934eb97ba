import type { SimulatedContact } from './simulated-contact';

/** How it went for one contact. */
export interface ContactOutcome {
  readonly contact: SimulatedContact;
  readonly result: 'answered' | 'abandoned' | 'unserved';
  /** Until a worker accepted, the contact gave up or was cancelled, or the simulation ended. */
  readonly waitMs: number;
  /** True for one for whom nobody could be asked at once. */
  readonly delayed: boolean;
  /** Who accepted. */
  readonly workerId?: string;
}

/** What one worker did within an interval, in units of capacity times milliseconds. */
interface UnitTime {
  busy: number;
  staffed: number;
}

/** Adds up, interval by interval, what workers have in hand and what they could have. */
export class OccupancyTally {
  readonly #from: number;
  readonly #to: number;
  readonly #intervalMs: number;
  readonly #intervals: (UnitTime | undefined)[] = [];

  /** Counts what is between `from` and `to`. */
  constructor(from: number, to: number, intervalMs: number) {
    this.#from = from;
    this.#to = to;
    this.#intervalMs = intervalMs;
  }

  add(from: number, to: number, busy: number, staffed: number): void {
    const last = Math.min(to, this.#to);
    let at = Math.max(from, this.#from);
    // Counted up, not worked out anew at each end: sums of times that are no whole numbers may fall short of it for ever.
    for (let index = Math.floor((at - this.#from) / this.#intervalMs); at < last; index += 1) {
      const end = Math.max(at, Math.min(last, this.#from + (index + 1) * this.#intervalMs));
      const interval = (this.#intervals[index] ??= { busy: 0, staffed: 0 });
      interval.busy += busy * (end - at);
      interval.staffed += staffed * (end - at);
      at = end;
    }
  }

  /** Share of the capacity in use in one interval; 0 where nobody worked. */
  interval(index: number): number {
    const { busy, staffed } = this.#intervals[index] ?? { busy: 0, staffed: 0 };
    return staffed > 0 ? busy / staffed : 0;
  }

  /** Share of the capacity in use in all of them. */
  get total(): number {
    let busy = 0;
    let staffed = 0;
    for (const interval of this.#intervals) {
      busy += interval?.busy ?? 0;
      staffed += interval?.staffed ?? 0;
    }
    return staffed > 0 ? busy / staffed : 0;
  }
}

/** One worker's load over time. */
export class WorkerLoad {
  readonly capacity: number;
  #available = false;
  #units = 0;
  #since: number;

  constructor(capacity: number, since: number) {
    this.capacity = capacity;
    this.#since = since;
  }

  /** Notes a change at `now`. One who has work in hand counts as there. */
  change(now: number, tally: OccupancyTally, change: { readonly available?: boolean; readonly units?: number }): void {
    if (this.#available || this.#units > 0) tally.add(this.#since, now, this.#units, this.capacity);
    this.#since = now;
    this.#available = change.available ?? this.#available;
    this.#units += change.units ?? 0;
  }
}
