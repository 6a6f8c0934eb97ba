import { ContactCenterError, type Clock } from 'onescreen';
import type { Conversation } from './conversation';

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
  readonly #starts = new Map<string, Start>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `print` stands for the body. A start that failed may be tried again under its key. */
  async once(key: string | undefined, print: string, start: () => Promise<Conversation>): Promise<Conversation> {
    if (key === undefined) return start();
    if (key.length < minLength || key.length > 256)
      throw refused('command/invalid', `the key must have ${minLength} to 256 characters`);
    const now = this.#clock.now();
    for (const [oldest, { at }] of this.#starts) {
      if (this.#starts.size < keptCount && now - at < keptMs) break;
      this.#starts.delete(oldest);
    }
    const known = this.#starts.get(key);
    if (known !== undefined) {
      if (known.print === print) return known.conversation;
      throw refused('command/conflict', 'the key was used for another start');
    }
    const conversation = start();
    this.#starts.set(key, { print, at: now, conversation });
    conversation.catch(() => this.#starts.delete(key));
    return conversation;
  }
}

function refused(code: string, why: string): ContactCenterError {
  return new ContactCenterError(code, `unable to start conversation; ${why}`, { field: 'Idempotency-Key' });
}
