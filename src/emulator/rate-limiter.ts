import type { Clock } from 'onescreen';
import { ServiceError } from './http/service-error';
import type { EmulatorLimits, RateLimit, RateName } from './limits';

/** Counts calls in sliding windows. Its memory is bounded by the calls of the last minute. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #limits: EmulatorLimits;
  readonly #calls = new Map<string, number[]>();
  #sweepAt = 0;

  constructor(clock: Clock, limits: EmulatorLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Counts one call, or throws 429 with `Retry-After` in whole seconds when it would exceed a limit. */
  take(name: RateName, user: string, thread: string): void {
    const limits = this.#limits.rate(name);
    if (limits.length === 0) return;
    const now = this.#clock.now();
    this.#sweep(now);
    const taken = limits.map((limit) => {
      const key = `${name} ${limit.windowMs} ${scopeKey(limit.per, user, thread)}`;
      const calls = this.#calls.get(key) ?? [];
      while (calls[0] !== undefined && calls[0] <= now - limit.windowMs) calls.shift();
      const oldest = calls[0];
      if (oldest !== undefined && calls.length >= limit.count) throw tooManyRequests(oldest + limit.windowMs - now);
      return { key, calls };
    });
    for (const { key, calls } of taken) {
      calls.push(now);
      this.#calls.set(key, calls);
    }
  }

  #sweep(now: number): void {
    if (now < this.#sweepAt) return;
    this.#sweepAt = now + 60_000;
    for (const [key, calls] of this.#calls) {
      if ((calls.at(-1) ?? 0) <= now - 60_000) this.#calls.delete(key);
    }
  }
}

function scopeKey(per: RateLimit['per'], user: string, thread: string): string {
  if (per === 'resource') return per;
  return `${per} ${per === 'thread' ? '' : user} ${per === 'user' ? '' : thread}`;
}

function tooManyRequests(waitMs: number): ServiceError {
  return new ServiceError(429, 'TooManyRequests', 'Rate limit exceeded.', {
    headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) },
  });
}
