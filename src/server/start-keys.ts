import { ContactCenterError, type Clock } from 'onescreen';
import type { Kept } from '../protocol/kept';
import type { Conversation } from './conversation';
import type { ResumeKey } from './resume-token';

/** How long a start can be repeated under its key, in milliseconds. */
const keptMs = 600_000;
const keptCount = 10_000;

/** Shorter keys could be guessed, and a repetition hands out access to the conversation. */
const minLength = 16;

interface Start {
  readonly print: string;
  readonly at: number;
  readonly conversation: Promise<Conversation>;
}

/** Lets a start that is sent twice, with one `Idempotency-Key` and the same body, start one conversation. */
export class StartKeys {
  readonly #clock: Clock;
  readonly #digests: Pick<ResumeKey, 'digest'>;
  /** By digests of the keys. */
  readonly #starts = new Map<string, Start>();

  constructor(clock: Clock, digests: Pick<ResumeKey, 'digest'>) {
    this.#clock = clock;
    this.#digests = digests;
  }

  /** A start that the log of a conversation tells of. */
  recall({ key, print }: NonNullable<Kept['start']>, at: number, conversation: Conversation): void {
    if (this.#clock.now() - at < keptMs)
      this.#starts.set(key, { print, at, conversation: Promise.resolve(conversation) });
  }

  /** `body` is what makes two starts the same. A start that failed may be tried again under its key. */
  async once(
    given: string | undefined,
    body: string,
    start: (known?: NonNullable<Kept['start']>) => Promise<Conversation>,
  ): Promise<Conversation> {
    if (given === undefined) return start();
    if (given.length < minLength || given.length > 256)
      throw refused('command/invalid', `the key must have ${minLength} to 256 characters`);
    const now = this.#clock.now();
    const key = this.#digests.digest(given);
    const print = this.#digests.digest(body);
    for (const [oldest, { at }] of this.#starts) {
      if (this.#starts.size < keptCount && now - at < keptMs) break;
      this.#starts.delete(oldest);
    }
    const known = this.#starts.get(key);
    if (known !== undefined) {
      if (known.print === print) return known.conversation;
      throw refused('command/conflict', 'the key was used for another start');
    }
    const conversation = start({ key, print });
    this.#starts.set(key, { print, at: now, conversation });
    conversation.catch(() => this.#starts.delete(key));
    return conversation;
  }
}

function refused(code: string, why: string): ContactCenterError {
  return new ContactCenterError(code, `unable to start conversation; ${why}`, { field: 'Idempotency-Key' });
}
