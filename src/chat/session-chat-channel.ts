import {
  combine,
  ContactCenterError,
  createLive,
  isContactCenterError,
  sameValues,
  toContactCenterError,
  withCommandOptions,
  type Cancel,
  type ChatCapabilities,
  type ChatChannelHost,
  type ChatSession,
  type ChatState,
  type CommandOptions,
  type Live,
  type MessageItem,
  type OpenChatChannel,
  type OutgoingMessage,
  type ProviderItem,
  type ProviderMessage,
  type SendingEvent,
} from 'onescreen';
import type { Subscription } from 'rxjs';
import { MessageFold, pendingClientIdOf, providerIdOf } from './message-fold';

/** A typing signal holds this long; ACS lets clients repeat it every 8 s. */
const typingHoldsMs = 10_000;

export class SessionChatChannel implements OpenChatChannel {
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
  readonly #fold: MessageFold;
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
      sameValues,
    );
    this.#fold = new MessageFold(id);
    host.joined(this.#fold);
    this.#subscription = session.items$.subscribe((items) => this.#take(items));
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
    const clientId = pendingClientIdOf(this.#fold, messageId);
    const item = clientId === undefined ? undefined : this.#fold.pending.get(clientId);
    if (clientId === undefined || item?.state !== 'failed')
      return rejectInvalid('messageId', 'that message has not failed');
    const { text, html, at } = item;
    const outgoing = { clientId, text, ...(html !== undefined && { html }) };
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
    const providerId = this.#lastInbound();
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

  forget(keep: number): void {
    if (this.#session.forget === undefined) return;
    const before = this.#fold.oldestOf(this.#host.timeline(), keep);
    if (before === undefined) return;
    this.#session.forget(before);
    this.#host.fold([{ type: 'forgotten', channelId: this.id, before }]);
  }

  loadMore(pageSize: number): Promise<{ readonly more: boolean }> {
    this.#fold.recall();
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
      const failure = error !== undefined && { error: error.toJSON() };
      this.#host.fold([{ type: 'sending', channelId: this.id, ...message, state, at, seq, ...failure }]);
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
    this.#take([stored]);
    const item = this.#fold.messages.get(stored.providerId);
    if (item === undefined)
      throw new ContactCenterError('message/not-found', 'unable to find the sent message; the channel is closed');
    return item;
  }

  #stored(messageId: string): string {
    const providerId = providerIdOf(this.#fold, messageId);
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

  #endTyping(participant: string): void {
    this.#typingEnds.get(participant)?.();
    if (!this.#typingEnds.delete(participant)) return;
    this.#typing.set(this.#typing.value.filter((id) => id !== participant));
  }

  /** Who has written types no more. */
  #take(items: readonly ProviderItem[]): void {
    this.#host.fold(items.map((item) => ({ type: 'item', channelId: this.id, item })));
    if (this.#typingEnds.size === 0) return;
    for (const item of items) {
      const from = item.kind === 'message' ? this.#host.participantOf(item.sender) : undefined;
      if (from !== undefined) this.#endTyping(from);
    }
  }

  #lastInbound(): string | undefined {
    const timeline = this.#host.timeline();
    for (let index = timeline.length - 1; index >= 0; index--) {
      const item = timeline.at(index);
      if (item?.kind === 'message' && item.channelId === this.id && item.direction === 'in')
        return providerIdOf(this.#fold, item.id);
    }
    return undefined;
  }
}

function channelClosed(): ContactCenterError {
  return new ContactCenterError('channel/closed', 'unable to send message; the chat has ended');
}

function rejectInvalid(field: string, why: string): Promise<never> {
  return Promise.reject(new ContactCenterError('command/invalid', `unable to send message; ${why}`, { field }));
}
