import { ContactCenterError, delay, isContactCenterError, type ChatSelf, type Clock, type Random } from 'onescreen';
import { backOff } from '../back-off';
import { maxMessageBytes } from './capabilities';
import { textToHtml } from './html-to-text';
import type { MessageIndex } from './message-index';
import type { AcsCallOptions, AcsThreadClient } from './official-client';
import { RateBudget } from '../rate-budget';
import { receiptLimits } from './rate-limits';
import { closedError, mayRecover, type Requests } from './requests';
import { timeOf } from './translate';

export interface WriterOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly closing: AbortSignal;
  readonly self: ChatSelf;
  /** This user's name at ACS. */
  readonly sender: string;
  readonly requests: Requests;
  readonly index: MessageIndex;
  /** For edits and deletions; sends draw on it too. */
  readonly changes: RateBudget;
  /** For one request: see the session. */
  readonly thread: () => Promise<AcsThreadClient>;
  /** The service knows that this user has seen everything up to this message. */
  readonly read: (chatMessageId: string) => void;
}

/** The official client itself lets a typing notification through at most this often. */
const typingPauseMs = 8_000;
const attempts = 4;

/** Everything but sending: what may take effect twice without harm, and so is simply repeated after a failure. */
export class ThreadWriter {
  readonly #options: WriterOptions;
  readonly #receipts: RateBudget;
  /** Copies that are being deleted. */
  readonly #withdrawing = new Set<string>();
  #lastTypingAt = -Infinity;
  #markedUpTo = -Infinity;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#receipts = new RateBudget(options.clock, receiptLimits);
  }

  /** @throws ContactCenterError */
  edit(providerId: string, text: string): Promise<void> {
    const action = 'edit message';
    return this.#change(providerId, action, (thread, { id, isHtml }, options) => {
      // The kind of a message never changes: in an HTML message, text has to be written as HTML.
      const content = isHtml ? textToHtml(text) : text;
      assertSize(content, action);
      return thread.updateMessage(id, { ...options, content });
    });
  }

  /** @throws ContactCenterError */
  delete(providerId: string): Promise<void> {
    return this.#change(providerId, 'delete message', (thread, { id }, options) => thread.deleteMessage(id, options));
  }

  /**
   * Deletes what our sends have stored once more: a first try that everybody gave up on may take effect after its
   * repetition, and the service has no key to know them by.
   */
  withdrawSurplus(): void {
    for (const id of this.#options.index.surplusOf(this.#options.sender)) {
      if (!this.#withdrawing.has(id)) void this.#withdraw(id);
    }
  }

  async #withdraw(id: string): Promise<void> {
    const { index, changes, closing } = this.#options;
    this.#withdrawing.add(id);
    try {
      await changes.take(closing);
      await this.#repeat('delete message', (thread, options) => thread.deleteMessage(id, options));
      index.forgetSurplus(id);
    } catch (error) {
      // Otherwise tried again with what is read or pushed next.
      if (isContactCenterError(error) && !error.retryable) index.forgetSurplus(id);
    } finally {
      this.#withdrawing.delete(id);
    }
  }

  /** Only forwards, and of several at once only the newest. @throws ContactCenterError */
  async markRead(providerId: string): Promise<void> {
    const action = 'mark message as read';
    const upTo = timeOf(providerId);
    if (upTo <= this.#markedUpTo) return;
    const before = this.#markedUpTo;
    this.#markedUpTo = upTo;
    try {
      await this.#receipts.take(this.#options.closing);
      if (this.#markedUpTo !== upTo) return;
      await this.#repeat(action, (thread, options) => thread.sendReadReceipt({ chatMessageId: providerId }, options));
      this.#options.read(providerId);
    } catch (error) {
      if (this.#markedUpTo === upTo) this.#markedUpTo = before;
      throw this.#explain(error, action);
    }
  }

  /** @throws ContactCenterError */
  async typing(): Promise<void> {
    const { clock, self, requests } = this.#options;
    const since = clock.now() - this.#lastTypingAt;
    if (since >= 0 && since < typingPauseMs) return;
    this.#lastTypingAt = clock.now();
    await requests.make('send typing', async (options) =>
      (await this.#options.thread()).sendTypingNotification({ ...options, senderDisplayName: self.displayName }),
    );
  }

  /** Of a message that was stored twice, every copy. */
  async #change(
    providerId: string,
    action: string,
    run: (
      thread: AcsThreadClient,
      copy: { readonly id: string; readonly isHtml: boolean },
      options: AcsCallOptions,
    ) => Promise<void>,
  ): Promise<void> {
    const { index, changes, closing } = this.#options;
    try {
      for (const copy of index.copiesOf(providerId)) {
        await changes.take(closing);
        await this.#repeat(action, (thread, options) => run(thread, copy, options));
      }
    } catch (error) {
      throw this.#explain(error, action);
    }
  }

  async #repeat<T>(action: string, run: (thread: AcsThreadClient, options: AcsCallOptions) => Promise<T>): Promise<T> {
    const { clock, random, requests, closing, thread } = this.#options;
    for (let attempt = 1; ; attempt++) {
      try {
        return await requests.make(action, async (options) => run(await thread(), options));
      } catch (error) {
        if (!mayRecover(error) || attempt >= attempts) throw error;
        await delay(clock, error.retryAfterMs ?? backOff(attempt, random), closing);
      }
    }
  }

  #explain(error: unknown, action: string): unknown {
    if (this.#options.closing.aborted) return closedError(action);
    if (!isContactCenterError(error, 'channel/closed')) return error;
    return new ContactCenterError('message/not-found', `unable to ${action}; there is no such message`, {
      cause: error,
      ...(error.provider !== undefined && { provider: error.provider }),
    });
  }
}

/** @throws ContactCenterError `message/too-large` */
export function assertSize(content: string, action: string): void {
  if (new TextEncoder().encode(content).length <= maxMessageBytes) return;
  throw new ContactCenterError('message/too-large', `unable to ${action}; it is longer than ${maxMessageBytes} bytes`);
}
