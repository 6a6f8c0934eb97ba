import {
  ContactCenterError,
  createLive,
  delay,
  isContactCenterError,
  type ChannelConnection,
  type ChatAction,
  type ChatCapabilities,
  type ChatContext,
  type ChatSession,
  type Live,
  type LiveSource,
  type OutgoingMessage,
  type ProviderItem,
  type ProviderMessage,
  type ProviderTyping,
} from 'onescreen';
import { Subject, type Observable } from 'rxjs';
import { backOff } from './back-off';
import { capabilitiesOf, maxMessageBytes } from './capabilities';
import type { AcsConnection } from './connection';
import { textToHtml } from './html-to-text';
import { MessageIndex } from './message-index';
import type { AcsCallOptions, AcsThreadClient } from './official-client';
import { RateBudget, receiptLimits, type RateLimit } from './rate-budget';
import { closedError, mayRecover, Requests } from './requests';
import { sanitiser } from './sanitise';
import { Sender } from './sender';
import { ThreadSync } from './thread-sync';
import { clientIdKey, fromEvent, timeOf } from './translate';
import { onWake } from './wake-signals';

export interface SessionOptions {
  readonly context: ChatContext;
  readonly connection: AcsConnection;
  readonly threadId: string;
  /** This user's name at ACS. */
  readonly self: string;
  readonly heartbeatMs: number;
  readonly pollMs: number;
  readonly changeLimits: readonly RateLimit[];
  /** Gives the connection back. */
  readonly release: () => Promise<void>;
}

/** The official client itself lets a typing notification through at most this often. */
const typingPauseMs = 8_000;
/** When a push should have brought our own edit. */
const ownEditMs = 3_000;
const changeAttempts = 4;

/** One thread of ACS Chat: what is read and what is pushed, brought once; what is sent, sent once. */
export class AcsChatSession implements ChatSession {
  readonly #options: SessionOptions;
  readonly #state: LiveSource<ChannelConnection> = createLive<ChannelConnection>({ status: 'connecting' });
  readonly #capabilities: LiveSource<ChatCapabilities>;
  readonly #items = new Subject<readonly ProviderItem[]>();
  readonly #typing = new Subject<ProviderTyping>();
  readonly #closing = new AbortController();
  readonly #index = new MessageIndex();
  readonly #sanitise = sanitiser();
  readonly #requests: Requests;
  readonly #changes: RateBudget;
  readonly #receipts: RateBudget;
  readonly #sync: ThreadSync;
  readonly #sender: Sender;
  readonly #stopWaking: () => void;
  #lastTypingAt = -Infinity;
  #markedUpTo = -Infinity;
  #closed: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { context, connection } = options;
    const { clock } = context;
    const closing = this.#closing.signal;
    this.#requests = new Requests(clock, connection.tokens, closing);
    this.#changes = new RateBudget(clock, options.changeLimits);
    this.#receipts = new RateBudget(clock, receiptLimits);
    this.#sync = new ThreadSync({
      ...options,
      closing,
      requests: this.#requests,
      index: this.#index,
      sanitise: this.#sanitise,
      thread: () => this.#thread(),
      emit: (items) => {
        if (!closing.aborted) this.#items.next(items);
      },
      typing: (typing) => {
        if (!closing.aborted) this.#typing.next(typing);
      },
      // The service counts everybody's messages against the thread's budget.
      heardOther: () => this.#changes.note(),
      changed: () => this.#publish(),
    });
    this.#sender = new Sender({
      clock,
      random: context.random,
      closing,
      budget: this.#changes,
      index: this.#index,
      self: options.self,
      post: (message) => this.#post(message),
      reread: () => this.#sync.reread(),
      stored: (message, id) => this.#stored(message, id),
    });
    this.#capabilities = createLive(this.#capabilitiesNow());
    this.#stopWaking = onWake(() => this.#sync.wake());
    void this.#sync.sync('recent');
  }

  get state$(): Live<ChannelConnection> {
    return this.#state.live;
  }

  get capabilities$(): Live<ChatCapabilities> {
    return this.#capabilities.live;
  }

  get items$(): Observable<readonly ProviderItem[]> {
    return this.#items.asObservable();
  }

  get typing$(): Observable<ProviderTyping> {
    return this.#typing.asObservable();
  }

  async send(message: OutgoingMessage, progress: (state: 'sending' | 'queued') => void): Promise<ProviderMessage> {
    this.#assertOpen('send message');
    assertSize(this.#contentOf(message).content, 'send message');
    try {
      return await this.#sender.send(message, progress);
    } catch (error) {
      this.#sync.refused(error, true);
      throw error;
    }
  }

  edit(providerId: string, text: string): Promise<void> {
    return this.#change(providerId, 'edit message', (thread, { id, isHtml }, options) => {
      // The kind of a message never changes: in an HTML message, text has to be written as HTML.
      const content = isHtml ? textToHtml(text) : text;
      assertSize(content, 'edit message');
      return thread.updateMessage(id, { ...options, content });
    });
  }

  delete(providerId: string): Promise<void> {
    return this.#change(providerId, 'delete message', (thread, { id }, options) => thread.deleteMessage(id, options));
  }

  async markRead(providerId: string): Promise<void> {
    const action = 'mark message as read';
    this.#assertCan('markRead', action);
    const upTo = timeOf(providerId);
    if (upTo <= this.#markedUpTo) return;
    const before = this.#markedUpTo;
    this.#markedUpTo = upTo;
    try {
      await this.#receipts.take(this.#closing.signal);
      if (this.#markedUpTo !== upTo) return;
      const thread = await this.#thread();
      await this.#repeat(action, (options) => thread.sendReadReceipt({ chatMessageId: providerId }, options));
    } catch (error) {
      if (this.#markedUpTo === upTo) this.#markedUpTo = before;
      throw this.#explain(error, action);
    }
  }

  async typing(): Promise<void> {
    this.#assertCan('typing', 'send typing');
    const { clock, self } = this.#options.context;
    if (clock.now() < this.#lastTypingAt + typingPauseMs) return;
    this.#lastTypingAt = clock.now();
    const thread = await this.#thread();
    await this.#requests.make('send typing', (options) =>
      thread.sendTypingNotification({ ...options, senderDisplayName: self.displayName }),
    );
  }

  async loadMore({ pageSize }: { readonly pageSize: number }): Promise<{ readonly more: boolean }> {
    this.#assertOpen('read messages');
    return this.#sync.loadMore(pageSize);
  }

  native(): Promise<unknown> {
    return this.#options.connection.client();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    this.#stopWaking();
    this.#sync.stop();
    this.#publish();
    this.#state.complete();
    this.#capabilities.complete();
    this.#items.complete();
    this.#typing.complete();
    await this.#options.release();
  }

  async #thread(): Promise<AcsThreadClient> {
    return (await this.#options.connection.client()).getChatThreadClient(this.#options.threadId);
  }

  #publish(): void {
    const before = this.#state.value;
    const now: ChannelConnection =
      this.#closing.signal.aborted && this.#sync.gone === undefined ? { status: 'closed' } : this.#sync.status;
    if (now.status !== before.status || now.error !== before.error) this.#state.set(now);
    const can = this.#capabilitiesNow();
    if (JSON.stringify(can) !== JSON.stringify(this.#capabilities.value)) this.#capabilities.set(can);
  }

  #capabilitiesNow(): ChatCapabilities {
    return capabilitiesOf({
      participants: this.#sync.participants,
      permitted: this.#sync.isPermitted,
      closed: this.#sync.gone !== undefined || this.#closing.signal.aborted,
      html: this.#sanitise !== undefined,
    });
  }

  #contentOf({ text, html }: OutgoingMessage): { readonly content: string; readonly type: 'text' | 'html' } {
    if (html === undefined || this.#sanitise === undefined) return { content: text, type: 'text' };
    return { content: this.#sanitise(html), type: 'html' };
  }

  async #post(message: OutgoingMessage): Promise<string> {
    const { content, type } = this.#contentOf(message);
    const senderDisplayName = this.#options.context.self.displayName;
    const metadata = { [clientIdKey]: message.clientId };
    const thread = await this.#thread();
    const { id } = await this.#requests.make('send message', (options) =>
      thread.sendMessage({ content }, { ...options, type, senderDisplayName, metadata }),
    );
    return id;
  }

  /** Takes it in as the service will push it; the push may have been here already. */
  #stored(message: OutgoingMessage, id: string): void {
    const { content, type } = this.#contentOf(message);
    const { context, self, threadId } = this.#options;
    const isFirst = !this.#index.has(id);
    const event = {
      threadId,
      id,
      version: id,
      type,
      message: content,
      createdOn: new Date(context.clock.now()),
      sender: { communicationUserId: self },
      senderDisplayName: context.self.displayName,
      metadata: { [clientIdKey]: message.clientId },
    };
    this.#sync.deliver([fromEvent(event, this.#sanitise)]);
    if (isFirst) this.#sync.expectPush([id]);
  }

  async #change(
    providerId: string,
    action: string,
    run: (
      thread: AcsThreadClient,
      copy: { readonly id: string; readonly isHtml: boolean },
      options: AcsCallOptions,
    ) => Promise<void>,
  ): Promise<void> {
    this.#assertOpen(action);
    try {
      const thread = await this.#thread();
      for (const copy of this.#index.copiesOf(providerId)) {
        await this.#changes.take(this.#closing.signal);
        await this.#repeat(action, (options) => run(thread, copy, options));
      }
    } catch (error) {
      this.#sync.refused(error, false);
      throw this.#explain(error, action);
    }
    // A read brings the new version when no push does.
    if (this.#sync.isLive) this.#sync.soon(ownEditMs);
    else void this.#sync.sync('gap');
  }

  /** For what may take effect twice without harm. */
  async #repeat<T>(action: string, run: (options: AcsCallOptions) => Promise<T>): Promise<T> {
    const { clock, random } = this.#options.context;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#requests.make(action, run);
      } catch (error) {
        if (!mayRecover(error) || attempt >= changeAttempts) throw error;
        await delay(clock, error.retryAfterMs ?? backOff(attempt, random), this.#closing.signal);
      }
    }
  }

  #explain(error: unknown, action: string): unknown {
    if (this.#closing.signal.aborted) return closedError(action);
    if (!isContactCenterError(error, 'channel/closed')) return error;
    return new ContactCenterError('message/not-found', `unable to ${action}; there is no such message`, {
      cause: error,
      ...(error.provider !== undefined && { provider: error.provider }),
    });
  }

  #assertOpen(action: string): void {
    if (this.#closing.signal.aborted) throw closedError(action);
    if (this.#sync.gone === undefined) return;
    throw new ContactCenterError('channel/closed', `unable to ${action}; the thread is no more`, {
      cause: this.#sync.gone,
    });
  }

  #assertCan(what: ChatAction, action: string): void {
    this.#assertOpen(action);
    const can = this.#capabilities.value.actions[what];
    if (can.supported) return;
    throw new ContactCenterError('command/not-allowed', `unable to ${action}; ${can.detail ?? can.reason}`);
  }
}

function assertSize(content: string, action: string): void {
  if (new TextEncoder().encode(content).length <= maxMessageBytes) return;
  throw new ContactCenterError('message/too-large', `unable to ${action}; it is longer than ${maxMessageBytes} bytes`);
}
