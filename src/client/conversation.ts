import type { LabelValue, Labels } from '../conversation/labels';
import type { Participant } from '../conversation/conversation-state';
import type { Timeline } from '../conversation/timeline';
import type { Live } from '../live';
import type { CommandOptions } from '../provider/control-plane';
import type { ChatChannel } from '../provider/chat-channel';
import type { MeetingChannel } from '../provider/meeting-channel';
import type { InvitationRecord } from '../protocol/log-entry';
import type { VoiceChannel } from '../provider/voice-channel';

/** Kinds of channels and their objects. A provider of another kind adds its own by declaration merging. */
export interface ChannelMap {
  readonly chat: ChatChannel;
  readonly voice: VoiceChannel;
  readonly meeting: MeetingChannel;
}

export type ChannelType = keyof ChannelMap;
export type Channel = ChannelMap[ChannelType];

/** True for a channel that carries messages: chat, or a kind of the vendor's own. */
export function isChatChannel(channel: Channel | undefined): channel is ChatChannel {
  return channel !== undefined && 'send' in channel;
}

/** True for a channel that carries a call. */
export function isVoiceChannel(channel: Channel | undefined): channel is VoiceChannel {
  return channel !== undefined && 'hangUp' in channel;
}

/** True for a channel that is a meeting. */
export function isMeetingChannel(channel: Channel | undefined): channel is MeetingChannel {
  return channel !== undefined && 'admitAll' in channel;
}

/** A customer's matter. It spans channels, transfers and agents; its id never changes. */
export interface Conversation {
  readonly id: string;
  readonly state$: Live<ConversationState>;
  /** By kind; of several of one kind the one opened last. */
  readonly channels$: Live<ReadonlyMap<string, Channel>>;
  channel<Type extends ChannelType>(type: Type): ChannelMap[Type] | undefined;
  readonly participants$: Live<readonly Participant[]>;
  /** Everything that happened, over all channels and tasks, in one order. Be subscribed as long as it is shown: see `loadMore`. */
  readonly timeline$: Live<Timeline>;
  /**
   * Reads older messages into the timeline, also those that have left memory: while nobody looks at this conversation,
   * each of its chats soon keeps no more than its newest 500, and all since the last one of others as long as anything is
   * unread; what has left unread still counts. Looked at is the one in `client.focus$`; as long as none is, each whose
   * `timeline$` somebody is subscribed to. `pageSize` defaults to 50, at most 200. With `previousConversations` it goes
   * on, once this conversation has no more, with the earlier ones of the same customer, the newest first.
   */
  loadMore(
    options?: { readonly pageSize?: number; readonly previousConversations?: boolean } & CommandOptions,
  ): Promise<{ readonly more: boolean }>;
  /**
   * Adds a channel; the conversation, its task, context and timeline stay what they are. Capacity for it is reserved at
   * once, or nothing happens. The customer is invited in the channel that they are in: by `link` (default) they join from
   * their page with one click, by `call` the control plane calls their phone, by `none` not yet. With `close`, the channel
   * opened last before it closes once the customer is in the new one.
   * @throws ContactCenterError `agent/no-capacity`, `channel/unavailable`, `command/not-allowed` where `task.can('escalate')` says so
   */
  escalate<Type extends ChannelType>(
    to: Type,
    options?: { readonly close?: boolean; readonly invite?: 'link' | 'call' | 'none' } & CommandOptions,
  ): Promise<ChannelMap[Type]>;
  /** Invitations that the customer has not answered. */
  readonly invitations$: Live<readonly InvitationRecord[]>;
  /** Invites the customer into a channel that is open. */
  invite(channelId: string, options?: { readonly invite?: 'link' | 'call' } & CommandOptions): Promise<void>;
  withdraw(invitationId: string, options?: CommandOptions): Promise<void>;
  readonly context$: Live<Labels>;
  /**
   * Changes some of the context, which travels with the conversation; `null` removes a label.
   * @throws ContactCenterError `conversation/not-found`, `command/invalid`
   */
  setContext(patch: Readonly<Record<string, LabelValue | null>>, options?: CommandOptions): Promise<void>;
}

export interface ConversationState {
  readonly id: string;
  /** False once no channel is open. */
  readonly open: boolean;
  readonly customer?: Participant;
  /** Messages from others since the last `markRead`. */
  readonly unread: number;
}
