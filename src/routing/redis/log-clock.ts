import type { Clock } from 'onescreen';

/**
 * The time of a log. It never goes back, as a clock may, or the one of whoever led before may have been ahead: then it goes
 * on at half its pace until it is right again. What is due comes late then, and not only once the clock has caught up.
 */
export class LogClock {
  readonly #clock: Pick<Clock, 'now'>;
  #readAt: number;
  #at: number;

  /** `at`: the time that the log has come to. */
  constructor(clock: Pick<Clock, 'now'>, at: number) {
    this.#clock = clock;
    this.#readAt = clock.now();
    this.#at = Math.max(at, this.#readAt);
  }

  now(): number {
    const read = this.#clock.now();
    const passed = Math.max(0, read - this.#readAt);
    this.#readAt = read;
    this.#at = Math.max(read, this.#at + passed / 2);
    // Whole milliseconds, as ever; the rest is kept.
    return Math.floor(this.#at);
  }

  /** Milliseconds until it will be `at`. */
  until(at: number): number {
    const left = at - this.now();
    return left <= 0 ? 0 : Math.min(at - this.#readAt, 2 * left);
  }
}
