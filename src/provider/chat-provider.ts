import type { Observable } from 'rxjs';
import type { ProviderItem, ProviderMessage } from '../conversation/provider-item';
import type { MessageItem } from '../conversation/timeline-item';
import type { Clock } from '../environment/clock';
import type { Random } from '../environment/random';
import type { ContactCenterError } from '../errors';
import type { Live } from '../live';
import type { ConversationPush, HostedChatCommands } from '../protocol/frames';
import type { LogEntry } from '../protocol/log-entry';
import type { Capability } from './capability';
import type { ChatChannelHost, OpenChatChannel } from './chat-channel';
import type { Tokens } from './token-provider';

/**
 * A messaging channel's provider: ACS Chat, chat hosted by the control plane, or a vendor's own, such as SMS. Build one
 * of your own with `createChat()` of `onescreen/chat`, which brings all that is the same for every service.
 */
export interface ChatProvider extends ChatService {
  /** The channel of one chat, for its conversation, over a session that it opens. Returns at once. */
  join(context: ChatContext, host: ChatChannelHost): OpenChatChannel;
  /** In place of another provider, which the client was not given: a channel that is closed from the start, and says so. */
  refuse?(
    context: ChatContext,
    host: ChatChannelHost,
    missing: { readonly type: string; readonly provider: string },
  ): OpenChatChannel;
  /**
   * The messages that the control plane hosted of an earlier conversation, from its log, with `source` as theirs. `self`:
   * the participant who looks at them. Left out: its messages are told by another provider, or by none.
   */
  previous?(source: string, entries: readonly LogEntry[], self: string): readonly MessageItem[];
}

/** What a messaging service's provider consists of. It translates; it keeps no conversation state. */
export interface ChatService {
  /** The kind of channel it serves: `chat`, or a kind of the vendor's own. */
  readonly channel: string;
  /** Matches `provider` of the channel's opening in the log. */
  readonly name: string;
  /**
   * Longest message of any of its channels, in bytes of UTF-8, where that is known before one is joined: a customer's
   * first message is held against it.
   */
  readonly maxMessageBytes?: number;
  /** Joins a channel. Must return at once; connecting goes on behind `state$`. */
  open(context: ChatContext): ChatSession;
}

/** One channel, as seen by the one who joins it. */
export interface ChatContext {
  readonly conversationId: string;
  readonly channelId: string;
  /** Where the channel is, such as `{ endpoint, threadId }`, from its opening in the log. */
  readonly providerRefs: Readonly<Record<string, string>>;
  readonly self: ChatSelf;
  /** False once the log says that the channel has ended: it stays readable, but nothing new will come. */
  readonly open$: Live<boolean>;
  readonly tokens: Tokens;
  readonly controlPlane: ChannelLink;
  readonly clock: Clock;
  readonly random: Random;
}

/** Who joins. */
export interface ChatSelf {
  readonly participantId: string;
  readonly displayName: string;
  readonly providerRefs: Readonly<Record<string, string>>;
}

/** What a provider may use of the control plane's link. */
export interface ChannelLink {
  /** What the control plane pushes about this conversation. What it said so far comes once, right after `open`. */
  readonly pushes$: Observable<ConversationPush>;
  readonly online$: Live<boolean>;
  command<Name extends keyof HostedChatCommands>(
    name: Name,
    args: HostedChatCommands[Name]['args'],
    options?: { readonly signal?: AbortSignal; readonly commandId?: string },
  ): Promise<HostedChatCommands[Name]['result']>;
}

/**
 * A joined channel. After `close` nothing is emitted and nothing is left running: commands that wait reject with
 * `channel/closed`, and so does every later one. `chatProviderContract` of `onescreen/testing` checks it.
 */
export interface ChatSession {
  readonly state$: Live<ChannelConnection>;
  /** What can be done now. `close` switches every action off, for the reason `closed`, before it completes. */
  readonly capabilities$: Live<ChatCapabilities>;
  /** Messages and receipts as they come, in batches; the same one may come again, older ones may come later. Subscribed once. */
  readonly items$: Observable<readonly ProviderItem[]>;
  /** Somebody else is typing, now. */
  readonly typing$: Observable<ProviderTyping>;
  /**
   * Sends once per `clientId`, however often it is called with it. Resolves when the message is stored.
   * @throws ContactCenterError `message/too-large`, `channel/rate-limited`, `channel/not-permitted`, `channel/closed`, `channel/unavailable`
   */
  send(message: OutgoingMessage, progress: (state: 'sending' | 'queued') => void): Promise<ProviderMessage>;
  edit(providerId: string, text: string): Promise<void>;
  delete(providerId: string): Promise<void>;
  /** Tells the other side that everything up to this message has been seen, and brings the own receipt in `items$`. */
  markRead(providerId: string): Promise<void>;
  /**
   * Tells the other side that this one is typing. Called on every key: the provider itself lets through only what its
   * service allows, such as one signal in 8 s, and resolves without doing anything for the others.
   */
  typing(): Promise<void>;
  /** Reads older messages into `items$`. */
  loadMore(options: { readonly pageSize: number }): Promise<{ readonly more: boolean }>;
  /**
   * Forgets what it knows of messages of before this server time (epoch milliseconds), and ignores word of them until the
   * next `loadMore`, which reads them again. Left out: the whole history stays in memory.
   */
  forget?(before: number): void;
  /** Unstable: the provider's own client, when it has one. */
  native?(): unknown;
  /** Leaves the channel, which goes on for the others: `state$` becomes `closed`, and all streams complete. Again: no effect. */
  close(): Promise<void>;
}

/** How a channel's link stands. `recovering`: it works on it by itself; what was missed will be read. */
export interface ChannelConnection {
  readonly status: 'connecting' | 'connected' | 'recovering' | 'closed';
  readonly error?: ContactCenterError;
}

export type ChatAction = 'send' | 'sendHtml' | 'edit' | 'delete' | 'markRead' | 'typing' | 'loadMore';

export interface ChatCapabilities {
  readonly actions: Readonly<Record<ChatAction, Capability>>;
  /** Longest message, in bytes of UTF-8. */
  readonly maxMessageBytes: number;
}

export interface OutgoingMessage {
  readonly clientId: string;
  readonly text: string;
  /** Used instead of `text` where the provider can. */
  readonly html?: string;
}

/** Somebody is typing, by their name at the provider. */
export interface ProviderTyping {
  readonly sender: string;
}
