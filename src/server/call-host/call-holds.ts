import type { ControlledCall } from '../call-control';
import { tryTwice } from './try-twice';

/** Puts people on hold and takes them back. */
export class CallHolds {
  readonly #call: ControlledCall;
  readonly #doubtful = new Set<string>();

  constructor(call: ControlledCall) {
    this.#call = call;
  }

  /** Who may be on hold, though the hold has failed as far as can be told. */
  get doubtful(): readonly string[] {
    return [...this.#doubtful];
  }

  async hold(rawId: string): Promise<void> {
    try {
      await this.#call.hold(rawId);
    } catch (error) {
      this.#doubtful.add(rawId);
      await this.#call.unhold(rawId).then(
        () => this.#doubtful.delete(rawId),
        () => {}, // Whoever resumes, or joins next, tries again.
      );
      throw error;
    }
    this.#doubtful.delete(rawId);
  }

  async unhold(rawId: string): Promise<void> {
    await tryTwice(() => this.#call.unhold(rawId));
    this.#doubtful.delete(rawId);
  }

  /** Whoever is not in the call is not on hold. */
  went(rawId: string): void {
    this.#doubtful.delete(rawId);
  }
}
