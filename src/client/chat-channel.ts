import type { Subscription } from 'rxjs';
import type { SendingEvent } from '../conversation/conversation-event';
import type { ProviderItem, ProviderMessage } from '../conversation/provider-item';
import type { MessageItem } from '../conversation/timeline-item';
import type { Cancel } from '../environment/clock';
import type { Environment } from '../environment/environment';
import { ContactCenterError, isContactCenterError, toContactCenterError } from '../errors';
import { combine, createLive, sameValues, type Live } from '../live';
import type { ChatCapabilities, ChatSession, OutgoingMessage } from '../provider/chat-provider';
import type { CommandOptions } from '../provider/control-plane';
import { withCommandOptions } from './command-options';

/** A messaging channel of a conversation. What is written and read appears in the conversation's timeline. */
export interface ChatChannel {
  readonly id: string;
  readonly type: string;
  readonly state$: Live<ChatState>;
  /** What this channel can do; `task.controls$` takes it into account. */
  readonly capabilities$: Live<ChatCapabilities>;
  /** Ids of the other participants who are typing now. */
  readonly typing$: Live<readonly string[]>;
  /**
   * Sends a message. It stands in the timeline at once and settles when the provider has stored it, however long a
   * lost link or a rate limit makes it wait; without `timeoutMs` the promise waits as long. Giving up the wait, by
   * `timeoutMs` or `signal`, does not take the message back: do not send it again, `retry` it once it has failed.
   * @throws ContactCenterError `message/too-large`, `channel/closed`, `channel/not-permitted`, `channel/rate-limited`, `channel/unavailable`
   */
  send(
    message: { readonly text: string; readonly html?: string } | string,
    options?: CommandOptions,
  ): Promise<MessageItem>;
  /** Sends a failed message again; it keeps its id, and is stored once even if the first try got through after all. */
  retry(messageId: string, options?: CommandOptions): Promise<MessageItem>;
  edit(messageId: string, text: string, options?: CommandOptions): Promise<void>;
  delete(messageId: string, options?: CommandOptions): Promise<void>;
  /** Tells the other side that everything so far has been seen. */
  markRead(options?: CommandOptions): Promise<void>;
  /** Tells the other side that this one is typing. Call it on every key; the provider sends only what its limits allow. */
  typing(): Promise<void>;
  /** Ends the channel for the customer. */
  end(options?: CommandOptions): Promise<void>;
  /** Unstable: the provider's own client, when it has one. */
  native(): unknown;
}

/** How a channel stands. `recovering`: what was missed will be read; nothing to do. */
export interface ChatState {
  readonly status: 'connecting' | 'connected' | 'recovering' | 'closed';
  readonly error?: ContactCenterError;
}

/** What the channel needs of the conversation it belongs to. */
export interface ChatChannelHost {
  readonly environment: Environment;
  /** Whether the log says that the channel is open. */
  readonly open$: Live<boolean>;
  fold(events: { readonly items?: readonly ProviderItem[]; readonly sending?: SendingEvent }): void;
  participantOf(providerName: string): string | undefined;
  /** The message as the timeline shows it. */
  messageOf(providerId: string): MessageItem | undefined;
  providerIdOf(itemId: string): string | undefined;
  pendingOf(itemId: string): { readonly clientId: string; readonly item: MessageItem } | undefined;
  lastProviderId(): string | undefined;
  end(options: CommandOptions | undefined): Promise<void>;
}

/** A typing signal holds this long; ACS lets clients repeat it every 8 s. */
const typingHoldsMs = 10_000;

export class SessionChatChannel implements ChatChannel {
  readonly id: string;
  readonly type: string;
  readonly state$: Live<ChatState>;
  readonly capabilities$: Live<ChatCapabilities>;
  readonly typing$: Live<readonly string[]>;
  readonly #session: ChatSession;
  readonly #host: ChatChannelHost;
  readonly #subscription: Subscription;
  readonly #typing = createLive<readonly string[]>([]);
  readonly #typingEnds = new Map<string, Cancel>();
  /** By client id: says in the timeline that a message which waits will not be sent. */
  readonly #waiting = new Map<string, () => void>();
  #sent = 0;

  constructor(id: string, type: string, session: ChatSession, host: ChatChannelHost) {
    this.id = id;
    this.type = type;
    this.#session = session;
    this.#host = host;
    this.capabilities$ = session.capabilities$;
    this.typing$ = this.#typing.live;
    this.state$ = combine(
      [session.state$, host.open$],
      () => (host.open$.value ? session.state$.value : { status: 'closed' }),
      (a, b) => sameValues({ ...a }, { ...b }),
    );
    this.#subscription = session.items$.subscribe((items) => host.fold({ items }));
    this.#subscription.add(session.typing$.subscribe(({ sender }) => this.#noteTyping(sender)));
  }

  send(
    message: { readonly text: string; readonly html?: string } | string,
    options?: CommandOptions,
  ): Promise<MessageItem> {
    const { text, html } = typeof message === 'string' ? { text: message, html: undefined } : message;
    if (text === '' && (html === undefined || html === '')) return rejectInvalid('text', 'it is empty');
    const clientId = this.#host.environment.random.id();
    const outgoing = { clientId, text, ...(html !== undefined && { html }) };
    return this.#deliver(outgoing, this.#host.environment.clock.now(), options);
  }

  retry(messageId: string, options?: CommandOptions): Promise<MessageItem> {
    const pending = this.#host.pendingOf(messageId);
    if (pending?.item.state !== 'failed') return rejectInvalid('messageId', 'that message has not failed');
    const { text, html, at } = pending.item;
    const outgoing = { clientId: pending.clientId, text, ...(html !== undefined && { html }) };
    return this.#deliver(outgoing, at.getTime(), options);
  }

  async edit(messageId: string, text: string, options?: CommandOptions): Promise<void> {
    const providerId = this.#stored(messageId);
    await this.#run(options, 'edit message', () => this.#session.edit(providerId, text));
  }

  async delete(messageId: string, options?: CommandOptions): Promise<void> {
    const providerId = this.#stored(messageId);
    await this.#run(options, 'delete message', () => this.#session.delete(providerId));
  }

  async markRead(options?: CommandOptions): Promise<void> {
    const providerId = this.#host.lastProviderId();
    if (providerId === undefined) return;
    await this.#run(options, 'mark as read', () => this.#session.markRead(providerId));
  }

  async typing(): Promise<void> {
    await this.#run(undefined, 'signal typing', () => this.#session.typing());
  }

  end(options?: CommandOptions): Promise<void> {
    return this.#host.end(options);
  }

  native(): unknown {
    return this.#session.native?.();
  }

  loadMore(pageSize: number): Promise<{ readonly more: boolean }> {
    return this.#session.loadMore({ pageSize });
  }

  /** Messages that still wait fail before anything else ends, so that nobody takes them for sent. */
  async close(): Promise<void> {
    for (const giveUp of this.#waiting.values()) giveUp();
    this.#subscription.unsubscribe();
    for (const cancel of this.#typingEnds.values()) cancel();
    this.#typingEnds.clear();
    this.#typing.complete();
    await this.#session.close();
  }

  /** A caller who gives up waiting does not take the message back: it stays as the provider reports it. */
  async #deliver(message: OutgoingMessage, at: number, options: CommandOptions | undefined): Promise<MessageItem> {
    const { clock } = this.#host.environment;
    const stored = this.#store(message, at);
    try {
      return await withCommandOptions(clock, { timeoutMs: Infinity, ...options }, 'send message', () => stored);
    } catch (error) {
      const gaveUp = isContactCenterError(error, 'command/timed-out') || isContactCenterError(error, 'command/aborted');
      if (!gaveUp) throw error;
      const what = 'unable to wait for the message; it stays in the timeline and is sent when the link allows';
      throw new ContactCenterError(error.code, what, { cause: error });
    }
  }

  async #store(message: OutgoingMessage, at: number): Promise<MessageItem> {
    const seq = ++this.#sent;
    const note = (state: SendingEvent['state'], error?: ContactCenterError) => {
      this.#host.fold({
        sending: {
          type: 'sending',
          channelId: this.id,
          ...message,
          state,
          at,
          seq,
          ...(error !== undefined && { error: error.toJSON() }),
        },
      });
    };
    note('sending');
    this.#waiting.set(message.clientId, () => {
      note('failed', channelClosed());
    });
    try {
      if (!this.#host.open$.value) throw channelClosed();
      return this.#settle(await this.#session.send(message, note));
    } catch (error) {
      const failure = toContactCenterError(error, 'channel/unavailable', 'unable to send message; see cause');
      note('failed', failure);
      throw failure;
    } finally {
      this.#waiting.delete(message.clientId);
    }
  }

  #settle(stored: ProviderMessage): MessageItem {
    this.#host.fold({ items: [stored] });
    const item = this.#host.messageOf(stored.providerId);
    if (item === undefined)
      throw new ContactCenterError('message/not-found', 'unable to find the sent message; the channel is closed');
    return item;
  }

  #stored(messageId: string): string {
    const providerId = this.#host.providerIdOf(messageId);
    if (providerId === undefined)
      throw new ContactCenterError('message/not-found', 'unable to change message; it is not stored');
    return providerId;
  }

  #run<T>(options: CommandOptions | undefined, what: string, command: () => Promise<T>): Promise<T> {
    return withCommandOptions(this.#host.environment.clock, options, what, command);
  }

  #noteTyping(sender: string): void {
    const participant = this.#host.participantOf(sender);
    if (participant === undefined) return;
    this.#typingEnds.get(participant)?.();
    const cancel = this.#host.environment.clock.schedule(typingHoldsMs, () => this.#endTyping(participant));
    this.#typingEnds.set(participant, cancel);
    if (!this.#typing.value.includes(participant)) this.#typing.set([...this.#typing.value, participant]);
  }

  /** Also called when the participant's message has come. */
  #endTyping(participant: string): void {
    this.#typingEnds.get(participant)?.();
    if (!this.#typingEnds.delete(participant)) return;
    this.#typing.set(this.#typing.value.filter((id) => id !== participant));
  }

  endTypingOf(participant: string): void {
    this.#endTyping(participant);
  }
}

function channelClosed(): ContactCenterError {
  return new ContactCenterError('channel/closed', 'unable to send message; the chat has ended');
}

function rejectInvalid(field: string, why: string): Promise<never> {
  return Promise.reject(new ContactCenterError('command/invalid', `unable to send message; ${why}`, { field }));
}
