import type { Clock } from 'onescreen';

/** At most `burst` at once, and `perSecond` in the long run. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/** Counts what comes in against a limit; `false` is none. */
export class TokenBucket {
  readonly #limit: RateLimit | false;
  readonly #clock: Pick<Clock, 'now'>;
  #tokens: number;
  #at: number;

  constructor(limit: RateLimit | false, clock: Pick<Clock, 'now'>) {
    this.#limit = limit;
    this.#clock = clock;
    this.#tokens = limit === false ? 0 : limit.burst;
    this.#at = clock.now();
  }

  /** Counts one and returns 0, or returns after how many milliseconds there is room for it. */
  take(): number {
    if (this.#limit === false) return 0;
    const { burst, perSecond } = this.#limit;
    const now = this.#clock.now();
    this.#tokens = Math.min(burst, this.#tokens + (Math.max(0, now - this.#at) / 1_000) * perSecond);
    this.#at = now;
    if (this.#tokens < 1) return Math.max(1, Math.ceil(((1 - this.#tokens) / perSecond) * 1_000));
    this.#tokens -= 1;
    return 0;
  }
}
