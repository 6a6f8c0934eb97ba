import {
  ContactCenterError,
  createLive,
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
import { Subject, type Observable, type Subscription } from 'rxjs';
import { capabilitiesOf } from './capabilities';
import type { AcsConnection } from './connection';
import { MessageIndex } from './message-index';
import type { AcsThreadClient } from './official-client';
import { RateBudget, type RateLimit } from '../rate-budget';
import { closedError, Requests } from './requests';
import { sanitiser } from './sanitise';
import { Sender } from './sender';
import { ThreadSync } from './thread-sync';
import { assertSize, ThreadWriter } from './thread-writer';
import { clientIdKey, fromEvent } from './translate';
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

/** When a push should have brought our own edit. */
const ownEditMs = 3_000;

/** One thread of ACS Chat: what is read and what is pushed, brought once; what is sent, sent once. */
export class AcsChatSession implements ChatSession {
  readonly #options: SessionOptions;
  readonly #state: LiveSource<ChannelConnection> = createLive<ChannelConnection>({ status: 'connecting' });
  readonly #capabilities: LiveSource<ChatCapabilities>;
  readonly #items = new Subject<readonly ProviderItem[]>();
  readonly #typing = new Subject<ProviderTyping>();
  readonly #closing = new AbortController();
  /** Nothing is to be sent any more: there is nobody to read it. */
  readonly #ended = new AbortController();
  readonly #index = new MessageIndex();
  readonly #sanitise = sanitiser();
  readonly #requests: Requests;
  readonly #sync: ThreadSync;
  readonly #sender: Sender;
  readonly #writer: ThreadWriter;
  readonly #stopWaking: () => void;
  readonly #watchingEnd: Subscription;
  #closed: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { context, connection } = options;
    const { clock } = context;
    const closing = this.#closing.signal;
    this.#requests = new Requests(clock, connection.tokens, closing);
    const changes = new RateBudget(clock, options.changeLimits);
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
      heardOther: () => changes.note(),
      taken: () => {
        if (!closing.aborted) this.#writer.withdrawSurplus();
      },
      changed: () => this.#publish(),
    });
    this.#sender = new Sender({
      clock,
      random: context.random,
      ended: this.#ended.signal,
      budget: changes,
      index: this.#index,
      self: options.self,
      post: (message) => this.#post(message),
      reread: () => this.#sync.reread(),
      stored: (message, id) => this.#stored(message, id),
    });
    this.#writer = new ThreadWriter({
      ...{ clock, random: context.random, self: context.self, sender: options.self, closing, changes },
      requests: this.#requests,
      index: this.#index,
      thread: () => this.#thread(),
      // Nobody is pushed their own receipt.
      read: (chatMessageId) => this.#sync.receipt({ sender: { communicationUserId: options.self }, chatMessageId }),
    });
    this.#capabilities = createLive(this.#capabilitiesNow());
    this.#stopWaking = onWake(() => this.#sync.wake());
    void this.#sync.sync('recent');
    this.#watchingEnd = context.open$.subscribe((isOpen) => {
      if (isOpen) return;
      const error = new ContactCenterError('channel/closed', 'unable to send message; the chat has ended');
      this.#ended.abort(error);
      this.#sync.ended();
    });
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
    return this.#change('edit message', () => this.#writer.edit(providerId, text));
  }

  delete(providerId: string): Promise<void> {
    return this.#change('delete message', () => this.#writer.delete(providerId));
  }

  async markRead(providerId: string): Promise<void> {
    this.#assertCan('markRead', 'mark message as read');
    await this.#writer.markRead(providerId);
  }

  async typing(): Promise<void> {
    this.#assertCan('typing', 'send typing');
    await this.#writer.typing();
  }

  forget(before: number): void {
    this.#sync.forget(before);
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
    this.#ended.abort(closedError('send message'));
    this.#closing.abort();
    this.#stopWaking();
    this.#watchingEnd.unsubscribe();
    this.#sync.stop();
    this.#publish();
    this.#state.complete();
    this.#capabilities.complete();
    this.#items.complete();
    this.#typing.complete();
    await this.#options.release();
  }

  /**
   * For one request: the official client of a thread keeps its token until that expires, also one that was refused. It may
   * take its time to load, or never do: no command waits for it longer than the channel is open.
   */
  #thread(): Promise<AcsThreadClient> {
    const { connection, threadId } = this.#options;
    const { signal } = this.#closing;
    return new Promise((resolve, reject) => {
      const onClosing = () => reject(closedError('use chat'));
      if (signal.aborted) return onClosing();
      signal.addEventListener('abort', onClosing, { once: true });
      connection
        .client()
        .then((client) => resolve(client.getChatThreadClient(threadId)))
        .catch(reject)
        .finally(() => signal.removeEventListener('abort', onClosing));
    });
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
      participants: this.#sync.members.participants,
      permitted: this.#sync.members.isPermitted,
      closed: this.#sync.gone !== undefined || this.#closing.signal.aborted,
      html: this.#sanitise !== undefined,
    });
  }

  #contentOf({ text, html }: OutgoingMessage): { readonly content: string; readonly type: 'text' | 'html' } {
    const safe = html === undefined ? undefined : this.#sanitise?.(html);
    // The service takes no empty message.
    return safe === undefined || safe === '' ? { content: text, type: 'text' } : { content: safe, type: 'html' };
  }

  async #post(message: OutgoingMessage): Promise<string> {
    const { content, type } = this.#contentOf(message);
    const senderDisplayName = this.#options.context.self.displayName;
    const metadata = { [clientIdKey]: message.clientId };
    const { id } = await this.#requests.make('send message', async (options) =>
      (await this.#thread()).sendMessage({ content }, { ...options, type, senderDisplayName, metadata }),
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
    if (isFirst) this.#sync.expectPush(id);
  }

  async #change(action: string, run: () => Promise<void>): Promise<void> {
    this.#assertOpen(action);
    try {
      await run();
    } catch (error) {
      this.#sync.refused(error, false);
      throw error;
    }
    // A read brings the new version when no push does.
    if (this.#sync.isLive) this.#sync.soon(ownEditMs);
    else void this.#sync.sync('gap');
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
