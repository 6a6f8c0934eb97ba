import {
  ContactCenterError,
  createLive,
  isContactCenterError,
  toContactCenterError,
  type ChannelConnection,
  type ChatCapabilities,
  type ChatContext,
  type ChatSession,
  type Live,
  type OutgoingMessage,
  type ProviderItem,
  type ProviderMessage,
  type ProviderTyping,
} from 'onescreen';
import { Observable, Subject, Subscription, endWith, filter, firstValueFrom, fromEvent, merge } from 'rxjs';
import type { ConversationPush, HostedChatCommands } from '../protocol/frames';
import { isHostedChatEntry, type LogEntry } from '../protocol/log-entry';
import { hostedChatCapabilities, requireSize } from './hosted-chat-capabilities';
import { HostedMessages } from './hosted-messages';
import { loadSanitise } from './sanitise';

/** A typing signal is shown for 10 s; one in 3 s outlives the loss of one. */
const typingEveryMs = 3_000;
/** Entries read at a time when closing a gap. */
const gapPageSize = 100;

/** A chat that lives in the control plane's log. */
export class HostedChatSession implements ChatSession {
  readonly state$: Live<ChannelConnection>;
  readonly capabilities$: Live<ChatCapabilities>;
  readonly items$: Observable<readonly ProviderItem[]>;
  readonly typing$: Observable<ProviderTyping>;
  readonly #context: ChatContext;
  readonly #messages: HostedMessages;
  /** Until HTML can be sanitised; undefined where it never can, and nothing waits then. */
  readonly #ready: Promise<void> | undefined;
  readonly #state = createLive<ChannelConnection>({ status: 'connecting' });
  readonly #capabilities = createLive(hostedChatCapabilities('offline'));
  readonly #items = new Subject<readonly ProviderItem[]>();
  readonly #typing = new Subject<ProviderTyping>();
  readonly #subscription = new Subscription();
  readonly #closing = new AbortController();
  /** Sends under way, by client id. */
  readonly #sending = new Map<string, Promise<ProviderMessage>>();
  /** How often the control plane refused a message, by client id. */
  readonly #refusals = new Map<string, number>();
  /** Positions of the first and the last entry seen. */
  #oldest = Number.MAX_SAFE_INTEGER;
  #newest = 0;
  /** From a loss of the link until the log speaks again, which may then leave something out. */
  #mayMiss = false;
  #typedAt = Number.NEGATIVE_INFINITY;

  constructor(context: ChatContext) {
    this.#context = context;
    this.#messages = new HostedMessages(context.channelId);
    this.#ready =
      typeof document === 'undefined'
        ? undefined
        : loadSanitise().then((sanitise) => void (this.#messages.sanitise = sanitise));
    this.state$ = this.#state.live;
    this.capabilities$ = this.#capabilities.live;
    // The past may come as soon as the pushes are subscribed to: not before somebody listens here.
    this.items$ = new Observable((subscriber) => {
      const items = this.#items.subscribe(subscriber);
      this.#listen();
      return items;
    });
    this.typing$ = this.#typing.asObservable();
    this.#subscription.add(context.controlPlane.online$.subscribe((online) => this.#noteLink(online)));
  }

  send(message: OutgoingMessage, progress: (state: 'sending' | 'queued') => void): Promise<ProviderMessage> {
    const { clientId } = message;
    const sending =
      this.#sending.get(clientId) ?? this.#send(message, progress).finally(() => this.#sending.delete(clientId));
    this.#sending.set(clientId, sending);
    return sending;
  }

  async edit(providerId: string, text: string): Promise<void> {
    requireSize(text, 'edit message');
    await this.#run('edit message', 'message/edit', { ...this.#address, messageId: providerId, text });
  }

  async delete(providerId: string): Promise<void> {
    await this.#run('delete message', 'message/delete', { ...this.#address, messageId: providerId });
  }

  async markRead(providerId: string): Promise<void> {
    await this.#run('mark as read', 'message/read', { ...this.#address, messageId: providerId });
  }

  async typing(): Promise<void> {
    this.#assertOpen('signal typing');
    const now = this.#context.clock.now();
    // It would be wrong by the time the link is back.
    if (!this.#online || now - this.#typedAt < typingEveryMs) return;
    this.#typedAt = now;
    await this.#run('signal typing', 'message/typing', this.#address);
  }

  forget(before: number): void {
    this.#messages.forget(before);
    this.#oldest = this.#messages.oldest;
  }

  async loadMore({ pageSize }: { readonly pageSize: number }): Promise<{ readonly more: boolean }> {
    this.#messages.recall();
    const { entries, more } = await this.#before(this.#oldest, pageSize);
    this.#oldest = Math.min(this.#oldest, ...entries.map(({ seq }) => seq));
    return { more };
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#subscription.unsubscribe();
    this.#state.set({ status: 'closed' });
    this.#capabilities.set(hostedChatCapabilities('closed'));
    for (const stream of [this.#state, this.#capabilities, this.#items, this.#typing]) stream.complete();
  }

  get #address() {
    return { conversationId: this.#context.conversationId, channelId: this.#context.channelId };
  }

  get #online(): boolean {
    return this.#context.controlPlane.online$.value;
  }

  async #send(message: OutgoingMessage, progress: (state: 'sending' | 'queued') => void): Promise<ProviderMessage> {
    const { clientId, text, html } = message;
    this.#assertOpen('send message');
    requireSize(text, 'send message');
    if (html !== undefined) requireSize(html, 'send message');
    const content = { clientId, text, ...(html !== undefined && { html }) };
    // One id for all tries of which the outcome is unknown: the control plane carries out each id once. It also
    // answers each id alike, so after a refusal the next try needs another.
    const refusals = this.#refusals.get(clientId) ?? 0;
    const commandId = `message-${clientId}-${refusals}`;
    for (;;) {
      progress(this.#online ? 'sending' : 'queued');
      await this.#standingLink('send message');
      progress('sending');
      try {
        const { messageId, ...place } = await this.#command(
          'message/send',
          { ...this.#address, ...content },
          commandId,
        );
        await this.#ready;
        const from = this.#context.self.participantId;
        return this.#messages.stored({ ...place, message: { ...content, id: messageId, from } });
      } catch (error) {
        const unanswered = isContactCenterError(error, 'command/timed-out');
        if (unanswered && !this.#online) continue;
        if (!unanswered) this.#refusals.set(clientId, refusals + 1);
        throw this.#fault('send message', error);
      }
    }
  }

  /** Hears what is pushed; what comes before HTML can be sanitised waits until then. */
  #listen(): void {
    const early: ConversationPush[] = [];
    let isReady = this.#ready === undefined;
    void this.#ready?.then(() => {
      isReady = true;
      for (const push of early.splice(0)) this.#hear(push);
    });
    const { pushes$ } = this.#context.controlPlane;
    this.#subscription.add(pushes$.subscribe((push) => (isReady ? this.#hear(push) : early.push(push))));
  }

  #hear(push: ConversationPush): void {
    if (push.conversationId !== this.#context.conversationId) return;
    if (push.type === 'typing') {
      const { channelId, participantId } = push;
      if (channelId === this.#context.channelId && participantId !== this.#context.self.participantId) {
        this.#typing.next({ sender: participantId });
      }
      return;
    }
    const seqs = push.entries.filter(isHostedChatEntry).map(({ seq }) => seq);
    const first = seqs[0];
    if (first === undefined) return;
    const known = this.#newest;
    this.#oldest = Math.min(this.#oldest, ...seqs);
    this.#newest = Math.max(known, ...seqs);
    if (this.#mayMiss && known > 0 && first > known + 1) void this.#closeGap(known, first);
    this.#mayMiss = false;
    this.#emit(push.entries);
  }

  /** Reads what lies between two positions, from the newer end, as often as it takes. */
  async #closeGap(after: number, before: number): Promise<void> {
    for (let end = before; end > after + 1;) {
      try {
        await this.#standingLink('read messages');
        const { entries, more } = await this.#before(end, gapPageSize);
        const first = entries[0];
        if (first === undefined || !more) return;
        end = first.seq;
      } catch (error) {
        if (!isContactCenterError(error, 'channel/unavailable')) return;
      }
    }
  }

  async #before(seq: number, pageSize: number): Promise<HostedChatCommands['log/before']['result']> {
    const { conversationId } = this.#context;
    const page = await this.#run('read messages', 'log/before', { conversationId, seq, pageSize });
    this.#emit(page.entries);
    return page;
  }

  #emit(entries: readonly LogEntry[]): void {
    const items = this.#messages.take(entries.filter(isHostedChatEntry));
    if (items.length > 0) this.#items.next(items);
  }

  #noteLink(online: boolean): void {
    if (!online) this.#mayMiss = true;
    if (online) this.#state.set({ status: 'connected' });
    else if (this.#state.value.status !== 'connecting') this.#state.set({ status: 'recovering' });
    this.#capabilities.set(hostedChatCapabilities(online ? 'online' : 'offline'));
  }

  /** Waits until the link stands. @throws ContactCenterError `channel/closed` when that will not be */
  async #standingLink(what: string): Promise<void> {
    this.#assertOpen(what);
    if (this.#online) return;
    const back$ = this.#context.controlPlane.online$.pipe(filter((online) => online));
    // A link that is closed completes without having come back.
    await firstValueFrom(merge(back$.pipe(endWith(false)), fromEvent(this.#closing.signal, 'abort')));
    this.#assertOpen(what);
    if (!this.#online) throw closed(what);
  }

  #assertOpen(what: string): void {
    if (this.#closing.signal.aborted) throw closed(what);
  }

  async #run<Name extends keyof HostedChatCommands>(
    what: string,
    name: Name,
    args: HostedChatCommands[Name]['args'],
  ): Promise<HostedChatCommands[Name]['result']> {
    this.#assertOpen(what);
    try {
      return await this.#command(name, args);
    } catch (error) {
      throw this.#fault(what, error);
    }
  }

  #command<Name extends keyof HostedChatCommands>(
    name: Name,
    args: HostedChatCommands[Name]['args'],
    commandId?: string,
  ): Promise<HostedChatCommands[Name]['result']> {
    const { signal } = this.#closing;
    return this.#context.controlPlane.command(name, args, { signal, ...(commandId !== undefined && { commandId }) });
  }

  #fault(what: string, error: unknown): ContactCenterError {
    if (this.#closing.signal.aborted || isContactCenterError(error, 'session/closed')) return closed(what, error);
    if (!isContactCenterError(error, 'command/timed-out')) {
      return toContactCenterError(error, 'channel/unavailable', `unable to ${what}; see cause`);
    }
    return new ContactCenterError('channel/unavailable', `unable to ${what}; the control plane did not answer`, {
      retryable: true,
      cause: error,
    });
  }
}

function closed(what: string, cause?: unknown): ContactCenterError {
  return new ContactCenterError('channel/closed', `unable to ${what}; the channel is closed`, { cause });
}
