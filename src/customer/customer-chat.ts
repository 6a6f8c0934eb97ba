import {
  ContactCenterError,
  createLive,
  isChatChannel,
  sameValues,
  type Channel,
  type ChatChannel,
  type CommandOptions,
  type Conversation,
  type Live,
  type MessageItem,
  type Participant,
  type Timeline,
} from 'onescreen';
import { Subscription, distinctUntilChanged, filter, firstValueFrom, fromEvent, map, merge, of, switchMap } from 'rxjs';
import type { CustomerStatus } from '../protocol/customer-frames';
import { requestCallback, type CallbackRequest } from './callback-request';
import type { CustomerConversation, LinkStatus } from './customer-conversation';
import type { CustomerInvitation } from './customer-invitation';
import { limited } from './limited';

/**
 * Where the chat stands, and its link to the server. `link: 'offline'`: it tries again by itself, and what is
 * written waits. A chat that the server no longer knows has `ended`, for the reason `session/unauthorized`.
 */
export type CustomerChatState = CustomerStatus & {
  readonly link: LinkStatus;
  /** Why nothing can be written here any more while the conversation goes on elsewhere, such as `escalated`. */
  readonly closedBecause?: string;
};

/** A customer's chat with a contact center. What is sent stands in the timeline as soon as the chat has been opened. */
export interface CustomerChat
  extends
    Pick<ChatChannel, 'typing$' | 'send' | 'retry' | 'edit' | 'delete' | 'markRead' | 'typing'>,
    Pick<Conversation, 'timeline$' | 'participants$' | 'loadMore'> {
  readonly conversationId: string;
  /** Opens this chat again; whoever has it is taken for the customer. */
  readonly resumeToken: string;
  readonly state$: Live<CustomerChatState>;
  /** Into what else the customer is asked now, the oldest first. */
  readonly invitations$: Live<readonly CustomerInvitation[]>;
  /**
   * Gives up waiting with the promise to be called back, keeping the place in the queue; the chat ends with it, `end` takes it back.
   * @throws ContactCenterError `command/invalid` with the `field`, `command/not-allowed` when the customer does not wait, the
   * server's `allowCallback` does not allow the number, or nothing makes calls
   */
  requestCallback(request: CallbackRequest, options?: CommandOptions): Promise<{ readonly dueAt: Date }>;
  /**
   * Ends the conversation for good, with all its channels; a chat that was added to a call only itself. As soon as what was written before has been stored or has failed.
   * @throws ContactCenterError `command/timed-out` when that takes too long; the chat has not ended then, as far as is known
   */
  end(options?: CommandOptions): Promise<void>;
  /** Leaves the page; the chat goes on and can be resumed. A call or meeting that is open here stays so. */
  close(): Promise<void>;
}

/** Shows the conversation's chat. `added`: the channel's id, where the chat was added to a call. */
export function openCustomerChat(conversation: CustomerConversation, added?: string): CustomerChat {
  return new LinkedCustomerChat(conversation, added);
}

class LinkedCustomerChat implements CustomerChat {
  readonly conversationId: string;
  readonly resumeToken: string;
  readonly state$: Live<CustomerChatState>;
  readonly invitations$: Live<readonly CustomerInvitation[]>;
  readonly timeline$: Live<Timeline>;
  readonly participants$: Live<readonly Participant[]>;
  readonly typing$: Live<readonly string[]>;
  readonly #conversation: CustomerConversation;
  readonly #added: string | undefined;
  readonly #state = createLive<CustomerChatState>({ phase: 'queued', link: 'connecting' });
  readonly #typing = createLive<readonly string[]>([]);
  readonly #subscription = new Subscription();
  readonly #closing = new AbortController();
  /** Messages on their way to the channel. */
  readonly #handing = new Set<Promise<unknown>>();

  constructor(conversation: CustomerConversation, added: string | undefined) {
    this.#conversation = conversation;
    this.#added = added;
    this.conversationId = conversation.id;
    this.resumeToken = conversation.resumeToken;
    this.invitations$ = conversation.invitations$;
    const { timeline$, participants$ } = conversation.open.conversation;
    this.state$ = this.#state.live;
    this.timeline$ = timeline$;
    this.participants$ = participants$;
    this.typing$ = this.#typing.live;
    const changed$ = merge(conversation.status$, conversation.link$, conversation.open.snapshot$);
    this.#subscription.add(changed$.subscribe(() => this.#update()));
    const typing$ = this.#chat$().pipe(switchMap((chat) => chat?.typing$ ?? of([])));
    this.#subscription.add(typing$.subscribe((typing) => this.#typing.set(typing)));
    conversation.show(this);
    conversation.invitations.entered(added ?? 'chat');
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
    if (this.#closing.signal.aborted) return;
    await chatOf(this.#conversation.open.conversation.channels$.value)?.typing();
  }

  loadMore(options?: { readonly pageSize?: number } & CommandOptions): Promise<{ readonly more: boolean }> {
    return this.#conversation.open.conversation.loadMore(options);
  }

  requestCallback(request: CallbackRequest, options?: CommandOptions): Promise<{ readonly dueAt: Date }> {
    return requestCallback(this.#conversation.options.link, request, options);
  }

  async end(options?: CommandOptions): Promise<void> {
    if (this.#hasEnded) return;
    const { environment } = this.#conversation.options;
    const limits = { clock: environment.clock, closing: this.#closing.signal, what: 'end chat', ...options };
    await limited(limits, async (signal) => {
      await this.#writtenIsStored(signal);
      const within = { ...options, signal };
      if (this.#added === undefined) await this.#conversation.end(within);
      else await this.#conversation.leave(this.#added, within);
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#subscription.unsubscribe();
    await this.#conversation.letGo(this);
    this.#conversation.invitations.left(this.#added ?? 'chat');
    this.#state.complete();
    this.#typing.complete();
  }

  get #hasEnded(): boolean {
    const { phase, closedBecause } = this.#state.value;
    return phase === 'ended' || (this.#added !== undefined && closedBecause !== undefined);
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
    const ended$ = this.state$.pipe(filter(() => this.#hasEnded));
    await firstValueFrom(merge(settled$, ended$, fromEvent(signal, 'abort')));
    signal.throwIfAborted();
  }

  #chat$() {
    return this.#conversation.open.conversation.channels$.pipe(map(chatOf), distinctUntilChanged());
  }

  /** The channel, once the log has said where it is. */
  async #chat(): Promise<ChatChannel> {
    const opened$ = this.#chat$().pipe(filter((chat) => chat !== undefined));
    const ended$ = this.state$.pipe(
      filter(({ phase }) => phase === 'ended'),
      map(() => undefined),
    );
    const chat = await firstValueFrom(merge(opened$, ended$), { defaultValue: undefined });
    if (chat !== undefined && !this.#closing.signal.aborted) return chat;
    throw new ContactCenterError('channel/closed', 'unable to use chat; it was closed');
  }

  #update(): void {
    const { status$, link$, open } = this.#conversation;
    const chat = [...open.snapshot$.value.channels.values()].filter(({ type }) => !others.includes(type)).at(-1);
    const next = { ...status$.value, link: link$.value, ...this.#conversation.closedBecause(chat) };
    if (!sameValues(this.#state.value, next)) this.#state.set(next);
  }
}

/** Ids of the messages that are neither stored nor given up. */
function onTheirWay(timeline: Timeline): readonly string[] {
  return [...timeline].flatMap((item) =>
    item.kind === 'message' && (item.state === 'sending' || item.state === 'queued') ? item.id : [],
  );
}

/** Kinds of channels that carry no messages. */
const others: readonly string[] = ['voice', 'meeting'];

/** The channel that carries messages: a chat, or one of the vendor's own. */
function chatOf(channels: ReadonlyMap<string, Channel>): ChatChannel | undefined {
  const chat = channels.get('chat') ?? [...channels.values()].find(isChatChannel);
  return isChatChannel(chat) ? chat : undefined;
}
