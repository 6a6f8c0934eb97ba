import type { ChannelFold } from '../conversation/channel-fold';
import type { ForgottenEvent, ItemEvent, SendingEvent } from '../conversation/conversation-event';
import type { FoldedTimeline } from '../conversation/timeline';
import type { MessageItem } from '../conversation/timeline-item';
import type { Environment } from '../environment/environment';
import type { ContactCenterError } from '../errors';
import type { Live } from '../live';
import type { ChatCapabilities } from './chat-provider';
import type { CommandOptions } from './control-plane';

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
  /** Says how the channel's items fold; before the first of them. */
  joined(fold: ChannelFold): void;
  fold(events: readonly (ItemEvent | SendingEvent | ForgottenEvent)[]): void;
  timeline(): FoldedTimeline;
  participantOf(providerName: string): string | undefined;
  end(options: CommandOptions | undefined): Promise<void>;
}

/** A chat's channel with what its conversation tells it, and the end of its lifetime. */
export interface OpenChatChannel extends ChatChannel {
  loadMore(pageSize: number): Promise<{ readonly more: boolean }>;
  /** Lets all but the newest `keep` messages leave memory, and what marking as read needs; `loadMore` reads them again. */
  forget?(keep: number): void;
  /** Messages that wait fail before anything else ends. */
  close(): Promise<void>;
}
