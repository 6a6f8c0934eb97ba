import { ContactCenterError, type Clock } from 'onescreen';

/** Time limits of one lifetime, which all end with it. */
export class TimeLimits {
  readonly #clock: Clock;
  readonly #cut = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `then` in so many milliseconds, unless the lifetime ends before. */
  after(ms: number, then: () => void): void {
    const cancel = this.#clock.schedule(ms, () => {
      this.#cut.delete(cancel);
      then();
    });
    this.#cut.add(cancel);
  }

  /** What `work` comes to. @throws ContactCenterError `command/timed-out` when that takes longer, or the lifetime ends */
  within<T>(limitMs: number, work: Promise<T>, message: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        cancel();
        this.#cut.delete(cut);
      };
      const cut = () => {
        stop();
        reject(new ContactCenterError('command/timed-out', message, { retryable: true }));
      };
      const cancel = this.#clock.schedule(limitMs, cut);
      this.#cut.add(cut);
      work.then(resolve, reject).finally(stop);
    });
  }

  end(): void {
    for (const cut of [...this.#cut]) cut();
    this.#cut.clear();
  }
}
