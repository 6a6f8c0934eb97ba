import type { Cancel, Clock, Random } from 'onescreen';
import type { ServerIncoming } from '../calls/call-servers';
import { serverAnswerMs } from '../calls/destinations';
import { callGone, invalid } from './refusals';

/** Calls that a server may answer, by the context that it was told. Each context is good once, for 30 s. */
export class IncomingCalls {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #calls = new Map<string, { readonly incoming: ServerIncoming; readonly cancelTimer: Cancel }>();
  readonly #used = new Set<string>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Keeps a call and returns its context, which tells nothing. */
  add(incoming: ServerIncoming): string {
    const context = Buffer.from(`${this.#random.id()}.${this.#random.id()}`).toString('base64url');
    const cancelTimer = this.#clock.schedule(serverAnswerMs, () => this.#retire(context));
    this.#calls.set(context, { incoming, cancelTimer });
    return context;
  }

  /** Throws 400/8523 for no context of ours, 404/8522 for one that was used or is too old. */
  take(context: string): ServerIncoming {
    const known = this.#calls.get(context);
    if (known === undefined) {
      if (this.#used.has(context)) throw callGone();
      throw invalid('The incomingCallContext is not valid.', 'incomingCallContext');
    }
    known.cancelTimer();
    this.#retire(context);
    return known.incoming;
  }

  #retire(context: string): void {
    if (!this.#calls.delete(context)) return;
    this.#used.add(context);
    for (const oldest of this.#used) {
      if (this.#used.size <= maxUsed) break;
      this.#used.delete(oldest);
    }
  }
}

/** Contexts that are remembered as used (chosen). */
const maxUsed = 10_000;
