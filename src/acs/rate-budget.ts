import { delay, type Clock } from 'onescreen';

/** At most `count` in any `windowMs` milliseconds. */
export interface RateLimit {
  readonly count: number;
  readonly windowMs: number;
}

/** The server counts when a request arrives, a little later than we send it, and not always equally later. */
const marginMs = 100;

/** Lets through what fits into every limit, first come first served, and holds back the rest. */
export class RateBudget {
  readonly #clock: Clock;
  readonly #limits: readonly RateLimit[];
  #spent: number[] = [];
  #tail: Promise<void> = Promise.resolve();

  constructor(clock: Clock, limits: readonly RateLimit[]) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Resolves when one more fits. `waiting` is called when that is not at once. Rejects with the signal's reason. */
  async take(signal: AbortSignal, waiting: () => void = () => {}): Promise<void> {
    const before = this.#tail;
    let release = () => {};
    this.#tail = new Promise((resolve) => (release = resolve));
    try {
      if (this.#waitMs() > 0) waiting();
      await before;
      for (let ms = this.#waitMs(); ms > 0; ms = this.#waitMs()) {
        waiting();
        await delay(this.#clock, ms, signal);
      }
      this.note();
    } finally {
      release();
    }
  }

  /** Counts something that went out by another way, such as somebody else's message. */
  note(): void {
    const now = this.#now();
    const longest = Math.max(0, ...this.#limits.map((limit) => limit.windowMs)) + marginMs;
    this.#spent = [...this.#spent.filter((at) => at > now - longest), now];
  }

  #waitMs(): number {
    const now = this.#now();
    return this.#limits.reduce((longest, { count, windowMs }) => {
      const nth = this.#spent.at(-count);
      return nth === undefined ? longest : Math.max(longest, nth + windowMs + marginMs - now);
    }, 0);
  }

  /** Where the machine's clock was set back, what was spent before counts as spent now. */
  #now(): number {
    const now = this.#clock.now();
    if ((this.#spent.at(-1) ?? now) > now) this.#spent = this.#spent.map((at) => Math.min(at, now));
    return now;
  }
}
