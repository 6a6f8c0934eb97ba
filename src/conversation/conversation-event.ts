import type { ErrorShape } from '../errors';
import type { PreviousConversation } from '../protocol/agent-frames';
import type { LogEntry } from '../protocol/log-entry';
import type { ProviderItem } from './provider-item';
import type { MessageItem } from './timeline-item';

/** Everything that can change a conversation: what the control plane logged, what a provider brought, what this desk is sending. */
export type ConversationEvent =
  | { readonly type: 'log'; readonly entry: LogEntry }
  /** An earlier conversation of the same customer, which has ended. */
  | {
      readonly type: 'previous';
      readonly conversation: PreviousConversation;
      /** Those of its chats that the control plane hosted. */
      readonly messages: readonly MessageItem[];
    }
  | ItemEvent
  | SendingEvent
  | ForgottenEvent;

/** Old messages have left this desk's memory: `loadMore` reads them again. */
export interface ForgottenEvent {
  readonly type: 'forgotten';
  readonly channelId: string;
  /** Those of before this server time, epoch milliseconds. */
  readonly before: number;
}

/** What a provider brought. */
export interface ItemEvent {
  readonly type: 'item';
  readonly channelId: string;
  readonly item: ProviderItem;
}

/** A message on its way out. It is replaced by what the provider brings for its `clientId`. */
export interface SendingEvent {
  readonly type: 'sending';
  readonly channelId: string;
  readonly clientId: string;
  readonly state: 'sending' | 'queued' | 'failed';
  readonly text: string;
  readonly html?: string;
  /** The desk's time when it was first sent, epoch milliseconds. */
  readonly at: number;
  /** The desk's own order of sending. */
  readonly seq: number;
  readonly error?: ErrorShape;
}
