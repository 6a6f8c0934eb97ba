import {
  ContactCenterError,
  createConversation,
  createLive,
  createTokens,
  isChatChannel,
  select,
  type AccessToken,
  type ChatChannel,
  type ChatProvider,
  type CommandOptions,
  type Conversation,
  type Environment,
  type Live,
  type MessageItem,
  type OpenConversation,
  type Participant,
  type Timeline,
  type TokenBroker,
} from 'onescreen';
import { Subscription, distinctUntilChanged, filter, firstValueFrom, fromEvent, map, merge, of, switchMap } from 'rxjs';
import type { CustomerPush, CustomerStatus } from '../protocol/customer-frames';
import { requestCallback, type CallbackRequest } from './callback-request';
import type { CustomerLink } from './customer-link';
import { limited } from './limited';

/** A started chat as the server answers it. */
export interface StartedChat {
  readonly conversationId: string;
  /** The customer's participant id. */
  readonly self: string;
  readonly resumeToken: string;
  /** A first token for the provider, where it needs one. */
  readonly token?: AccessToken;
}

/**
 * Where the chat stands, and its link to the server. `link: 'offline'`: it tries again by itself, and what is
 * written waits. A chat that the server no longer knows has `ended`, for the reason `session/unauthorized`.
 */
export type CustomerChatState = CustomerStatus & { readonly link: 'connecting' | 'online' | 'offline' };

/** A customer's chat with a contact center. What is sent stands in the timeline as soon as the chat has been opened. */
export interface CustomerChat
  extends
    Pick<ChatChannel, 'typing$' | 'send' | 'retry' | 'edit' | 'delete' | 'markRead' | 'typing'>,
    Pick<Conversation, 'timeline$' | 'participants$' | 'loadMore'> {
  readonly conversationId: string;
  /** Opens this chat again; whoever has it is taken for the customer. */
  readonly resumeToken: string;
  readonly state$: Live<CustomerChatState>;
  /**
   * Gives up waiting with the promise to be called back, keeping the place in the queue; the chat ends with it, `end` takes it back.
   * @throws ContactCenterError `command/invalid` with the `field`, `command/not-allowed` when the customer does not wait, the
   * server's `allowCallback` does not allow the number, or nothing makes calls
   */
  requestCallback(request: CallbackRequest, options?: CommandOptions): Promise<{ readonly dueAt: Date }>;
  /**
   * Ends the chat for good, as soon as what was written before has been stored or has failed.
   * @throws ContactCenterError `command/timed-out` when that takes too long; the chat has not ended then, as far as is known
   */
  end(options?: CommandOptions): Promise<void>;
  /** Leaves the page; the chat goes on and can be resumed. */
  close(): Promise<void>;
}

export interface CustomerChatOptions {
  readonly started: StartedChat;
  readonly link: CustomerLink;
  /** What the link said already. */
  readonly first?: CustomerPush;
  readonly providers: readonly ChatProvider[];
  readonly environment: Environment;
  readonly freshToken: () => Promise<AccessToken>;
  /** The chat has ended for good. */
  readonly ended: () => void;
  readonly closed: () => void;
}

export function openCustomerChat(options: CustomerChatOptions): CustomerChat {
  return new LinkedCustomerChat(options);
}

class LinkedCustomerChat implements CustomerChat {
  readonly conversationId: string;
  readonly resumeToken: string;
  readonly state$: Live<CustomerChatState>;
  readonly timeline$: Live<Timeline>;
  readonly participants$: Live<readonly Participant[]>;
  readonly typing$: Live<readonly string[]>;
  readonly #options: CustomerChatOptions;
  readonly #tokens: TokenBroker;
  readonly #open: OpenConversation;
  readonly #state = createLive<CustomerChatState>({ phase: 'queued', link: 'connecting' });
  readonly #typing = createLive<readonly string[]>([]);
  readonly #subscription = new Subscription();
  readonly #closing = new AbortController();
  /** Messages on their way to the channel. */
  readonly #handing = new Set<Promise<unknown>>();

  constructor(options: CustomerChatOptions) {
    const { started, link, environment } = options;
    this.#options = options;
    this.conversationId = started.conversationId;
    this.resumeToken = started.resumeToken;
    this.#tokens = createTokens(tokensOf(started.token, options.freshToken), environment);
    const online$ = select(link.state$, ({ status }) => status === 'online');
    this.#open = createConversation({
      id: started.conversationId,
      self: started.self,
      providers: options.providers,
      tokens: this.#tokens,
      environment,
      controlPlane: { online$, command: (name, args, commandOptions) => link.command(name, args, commandOptions) },
      end: (commandOptions) => this.end(commandOptions),
      setContext: () =>
        Promise.reject(
          new ContactCenterError('command/not-allowed', 'unable to set context; that is for the contact center'),
        ),
    });
    const { conversation } = this.#open;
    this.state$ = this.#state.live;
    this.timeline$ = conversation.timeline$;
    this.participants$ = conversation.participants$;
    this.typing$ = this.#typing.live;
    this.#subscription.add(link.pushes$.subscribe((push) => this.#receive(push)));
    this.#subscription.add(link.state$.subscribe(({ status, error }) => this.#noteLink(status, error)));
    const typing$ = this.#chat$().pipe(switchMap((chat) => chat?.typing$ ?? of([])));
    this.#subscription.add(typing$.subscribe((typing) => this.#typing.set(typing)));
    if (options.first !== undefined) this.#receive(options.first);
  }

  async send(
    message: { readonly text: string; readonly html?: string } | string,
    options?: CommandOptions,
  ): Promise<MessageItem> {
    return this.#handOver((chat) => chat.send(message, options));
  }

  async retry(messageId: string, options?: CommandOptions): Promise<MessageItem> {
    return this.#handOver((chat) => chat.retry(messageId, options));
  }

  async edit(messageId: string, text: string, options?: CommandOptions): Promise<void> {
    await (await this.#chat()).edit(messageId, text, options);
  }

  async delete(messageId: string, options?: CommandOptions): Promise<void> {
    await (await this.#chat()).delete(messageId, options);
  }

  async markRead(options?: CommandOptions): Promise<void> {
    await (await this.#chat()).markRead(options);
  }

  async typing(): Promise<void> {
    await this.#open.conversation.channel('chat')?.typing();
  }

  loadMore(options?: { readonly pageSize?: number } & CommandOptions): Promise<{ readonly more: boolean }> {
    return this.#open.conversation.loadMore(options);
  }

  requestCallback(request: CallbackRequest, options?: CommandOptions): Promise<{ readonly dueAt: Date }> {
    return requestCallback(this.#options.link, request, options);
  }

  async end(options?: CommandOptions): Promise<void> {
    if (this.#hasEnded) return;
    const { environment, link } = this.#options;
    const limits = { clock: environment.clock, closing: this.#closing.signal, what: 'end chat', ...options };
    await limited(limits, async (signal) => {
      await this.#writtenIsStored(signal);
      if (!this.#hasEnded) await link.command('chat/end', {}, { ...options, signal });
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#subscription.unsubscribe();
    await this.#open.close();
    await Promise.all([this.#options.link.close(), this.#tokens.close()]);
    this.#state.complete();
    this.#typing.complete();
    this.#options.closed();
  }

  get #hasEnded(): boolean {
    return this.#state.value.phase === 'ended';
  }

  /** Gives a message to the channel once that is there, where it stands in the timeline at once. */
  async #handOver(hand: (chat: ChatChannel) => Promise<MessageItem>): Promise<MessageItem> {
    const handed = this.#chat().then((chat) => ({ stored: hand(chat) }));
    this.#handing.add(handed);
    const { stored } = await handed.finally(() => this.#handing.delete(handed));
    return stored;
  }

  /** Waits for the messages that are on their way now. Their own promises tell less: a caller may have given up waiting. */
  async #writtenIsStored(signal: AbortSignal): Promise<void> {
    await Promise.allSettled(this.#handing);
    signal.throwIfAborted();
    const waiting = onTheirWay(this.timeline$.value);
    const settled$ = this.timeline$.pipe(
      filter((timeline) => !onTheirWay(timeline).some((id) => waiting.includes(id))),
    );
    const ended$ = this.state$.pipe(filter(({ phase }) => phase === 'ended'));
    await firstValueFrom(merge(settled$, ended$, fromEvent(signal, 'abort')));
    signal.throwIfAborted();
  }

  #chat$() {
    return this.#open.conversation.channels$.pipe(
      map((channels) => channels.get('chat')),
      map((channel) => (isChatChannel(channel) ? channel : undefined)),
      distinctUntilChanged(),
    );
  }

  /** The channel, once the log has said where it is. */
  async #chat(): Promise<ChatChannel> {
    const opened$ = this.#chat$().pipe(filter((chat) => chat !== undefined));
    const ended$ = this.state$.pipe(
      filter(({ phase }) => phase === 'ended'),
      map(() => undefined),
    );
    const chat = await firstValueFrom(merge(opened$, ended$), { defaultValue: undefined });
    if (chat !== undefined) return chat;
    throw new ContactCenterError('channel/closed', 'unable to use chat; it was closed');
  }

  #receive(push: CustomerPush): void {
    switch (push.type) {
      case 'customer-snapshot':
        this.#open.load(push.conversation);
        return this.#noteStatus(push.status);
      case 'customer-status':
        return this.#noteStatus(push.status);
      default:
        if (push.conversationId === this.conversationId) this.#open.receive(push);
    }
  }

  #noteStatus(status: CustomerStatus): void {
    this.#state.set({ ...status, link: this.#state.value.link });
    if (status.phase === 'ended') this.#options.ended();
  }

  #noteLink(status: 'connecting' | 'online' | 'offline' | 'refused', error: ContactCenterError | undefined): void {
    if (status !== 'refused') {
      if (status !== this.#state.value.link) this.#state.set({ ...this.#state.value, link: status });
      return;
    }
    if (this.#state.value.phase === 'ended') this.#state.set({ ...this.#state.value, link: 'offline' });
    else this.#state.set({ phase: 'ended', reason: error?.code ?? 'session/unauthorized', link: 'offline' });
    this.#options.ended();
  }
}

/** Ids of the messages that are neither stored nor given up. */
function onTheirWay(timeline: Timeline): readonly string[] {
  return [...timeline].flatMap((item) =>
    item.kind === 'message' && (item.state === 'sending' || item.state === 'queued') ? item.id : [],
  );
}

/** The token that came with the start serves first. */
function tokensOf(first: AccessToken | undefined, fresh: () => Promise<AccessToken>) {
  let given = first;
  return ({ audience }: { readonly audience: string }): Promise<AccessToken> => {
    if (audience !== 'chat') {
      return Promise.reject(
        new ContactCenterError('token/unavailable', `unable to get a token for ${audience}; customers have none`),
      );
    }
    const token = given;
    given = undefined;
    return token === undefined ? fresh() : Promise.resolve(token);
  };
}
