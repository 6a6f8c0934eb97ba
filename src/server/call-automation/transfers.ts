import { callFailure } from './call-failures';
import type { CallParts } from './call-parts';
import { slackMs, transferMs } from './time-limits';

const action = 'transfer';

/** Who is being given away in one call. */
export class Transfers {
  readonly #parts: CallParts & { readonly settled: () => void };
  readonly #transferees = new Set<string>();

  /** `settled`: whoever waits for a transfer has been told what it came to. */
  constructor(parts: CallParts & { readonly settled: () => void }) {
    this.#parts = parts;
  }

  get underWay(): boolean {
    return this.#transferees.size > 0;
  }

  has(rawId: string): boolean {
    return this.#transferees.has(rawId);
  }

  async transfer(transferee: string, target: string): Promise<void> {
    const { api, clock, commands, roster, id, settled } = this.#parts;
    // Whoever has gone without a word of failure has been given away.
    const isGone = () => !roster.has(transferee);
    this.#transferees.add(transferee);
    try {
      await commands.run(action, (context) => api.transfer(id(), transferee, target, context), {
        timeoutMs: transferMs + slackMs,
        event: ({ type, result }) => {
          if (type === 'CallTransferFailed') throw callFailure(action, result);
          return type === 'CallTransferAccepted' ? true : undefined;
        },
        due: isGone,
        late: () => commands.later(action, isGone),
      });
    } finally {
      clock.schedule(0, () => {
        this.#transferees.delete(transferee);
        settled();
      });
    }
  }
}
