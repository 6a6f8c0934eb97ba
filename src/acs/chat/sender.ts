import {
  ContactCenterError,
  delay,
  type Clock,
  type OutgoingMessage,
  type ProviderMessage,
  type Random,
} from 'onescreen';
import { isAmbiguous } from './acs-error';
import { backOff } from '../back-off';
import type { MessageIndex } from './message-index';
import type { RateBudget } from '../rate-budget';
import { mayRecover } from './requests';

export type Progress = (state: 'sending' | 'queued') => void;

export interface SenderOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Aborted when nothing is to be sent any more, with the error of all sends that wait. */
  readonly ended: AbortSignal;
  readonly budget: RateBudget;
  readonly index: MessageIndex;
  /** The sender's name at ACS. */
  readonly self: string;
  /** One request; resolves with the stored message's id. */
  readonly post: (message: OutgoingMessage) => Promise<string>;
  /** Reads what the service holds into the index. */
  readonly reread: () => Promise<unknown>;
  /** Takes in what was stored. */
  readonly stored: (message: OutgoingMessage, id: string) => void;
}

interface Job {
  readonly message: OutgoingMessage;
  readonly listeners: Set<Progress>;
  state: 'sending' | 'queued' | undefined;
}

/** How long a send is tried before it fails: outlasts ten minutes without a token, and no lunch break. */
const giveUpMs = 15 * 60_000;

/** Client ids of failed sends that are remembered as perhaps stored. */
const longestMemory = 1_000;

/**
 * Sends in order, and each client id once. The service knows no idempotency key, so after a failure that leaves open
 * whether the message was stored it reads the thread and looks for the client id before sending again.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #jobs = new Map<string, { readonly job: Job; readonly result: Promise<ProviderMessage> }>();
  /** Perhaps stored by a send that has failed since. */
  readonly #doubtful = new Set<string>();
  #tail: Promise<unknown> = Promise.resolve();
  #isHeld = false;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  send(message: OutgoingMessage, progress: Progress): Promise<ProviderMessage> {
    const stored = this.#stored(message);
    if (stored !== undefined) return Promise.resolve(stored);
    const going = this.#jobs.get(message.clientId);
    if (going !== undefined) {
      going.job.listeners.add(progress);
      if (going.job.state !== undefined) progress(going.job.state);
      return going.result;
    }
    const job: Job = { message, listeners: new Set([progress]), state: undefined };
    const result = this.#tail.then(() => this.#carryOut(job)).finally(() => this.#jobs.delete(message.clientId));
    this.#tail = result.catch(() => {}); // The caller hears of it; the next in line goes on.
    this.#jobs.set(message.clientId, { job, result });
    if (this.#isHeld) report(job, 'queued');
    return result;
  }

  async #carryOut(job: Job): Promise<ProviderMessage> {
    const { clock, random, budget, ended } = this.#options;
    const giveUpAt = clock.now() + giveUpMs;
    const { clientId } = job.message;
    for (let attempt = 1; ; attempt++) {
      try {
        if (this.#doubtful.has(clientId)) await this.#options.reread();
        const found = this.#stored(job.message);
        if (found !== undefined) return this.#settle(clientId, found);
        await budget.take(ended, () => this.#hold());
        ended.throwIfAborted();
        this.#isHeld = false;
        report(job, 'sending');
        const id = await this.#post(job.message);
        this.#options.stored(job.message, id);
        const stored = this.#stored(job.message);
        if (stored !== undefined) return this.#settle(clientId, stored);
        throw new ContactCenterError('command/failed', 'unable to send message; it was stored but not taken in');
      } catch (error) {
        ended.throwIfAborted();
        const found = this.#stored(job.message);
        if (found !== undefined) return this.#settle(clientId, found);
        const waitMs = mayRecover(error) ? (error.retryAfterMs ?? backOff(attempt, random)) : Infinity;
        if (clock.now() + waitMs > giveUpAt) throw this.#outcome(error);
        this.#hold();
        await delay(clock, waitMs, ended);
      }
    }
  }

  async #post(message: OutgoingMessage): Promise<string> {
    try {
      return await this.#options.post(message);
    } catch (error) {
      if (isAmbiguous(error)) this.#doubt(message.clientId);
      throw error;
    }
  }

  #stored({ clientId }: OutgoingMessage): ProviderMessage | undefined {
    return this.#options.index.sent(this.#options.self, clientId);
  }

  #settle(clientId: string, stored: ProviderMessage): ProviderMessage {
    this.#doubtful.delete(clientId);
    this.#isHeld = false;
    return stored;
  }

  #doubt(clientId: string): void {
    this.#doubtful.add(clientId);
    const [first] = this.#doubtful;
    if (this.#doubtful.size > longestMemory && first !== undefined) this.#doubtful.delete(first);
  }

  /** The first in line waits, and so do all behind it. */
  #hold(): void {
    this.#isHeld = true;
    for (const { job } of this.#jobs.values()) report(job, 'queued');
  }

  /** A send that is given up is unavailable to its caller, however its last try failed. */
  #outcome(error: unknown): unknown {
    if (!(error instanceof ContactCenterError) || !error.retryable || error.code === 'channel/rate-limited')
      return error;
    return new ContactCenterError('channel/unavailable', 'unable to send message; the chat service cannot be reached', {
      retryable: true,
      cause: error,
    });
  }
}

function report(job: Job, state: 'sending' | 'queued'): void {
  if (job.state === state) return;
  job.state = state;
  for (const listener of job.listeners) listener(state);
}
