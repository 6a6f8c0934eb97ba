import type { Clock } from 'onescreen';
import { RateBudget } from '../rate-budget';

/** Muting and unmuting together. Source: azure-docs, communication-services known issues. */
const muteLimit = { count: 15, windowMs: 30_000 } as const;

export interface MutingOptions {
  readonly clock: Clock;
  /** Aborted when the call has ended. */
  readonly over: AbortSignal;
  readonly isMuted: () => boolean;
  readonly change: (muted: boolean) => Promise<void>;
}

/** Mutes and unmutes: the newest wish wins; more changes than the service takes wait for their turn. */
export class Muting {
  readonly #options: MutingOptions;
  readonly #budget: RateBudget;
  #wanted: boolean | undefined;
  #changing: Promise<void> | undefined;

  constructor(options: MutingOptions) {
    this.#options = options;
    this.#budget = new RateBudget(options.clock, [muteLimit]);
  }

  async set(muted: boolean): Promise<void> {
    this.#wanted = muted;
    this.#changing ??= this.#change().finally(() => {
      this.#changing = undefined;
      this.#wanted = undefined;
    });
    await this.#changing;
  }

  async #change(): Promise<void> {
    const { over, isMuted, change } = this.#options;
    let is = isMuted();
    while (this.#wanted !== undefined && this.#wanted !== is) {
      await this.#budget.take(over);
      if (this.#wanted === is) return;
      const wanted = this.#wanted;
      await change(wanted);
      is = wanted;
    }
  }
}
