import type { ConversationEvent } from '../conversation/conversation-event';
import type { ChannelInfo, StatedSnapshot, Participant } from '../conversation/conversation-state';
import type { ConversationFold } from '../conversation/reduce';
import type { FoldedTimeline } from '../conversation/timeline';
import { combine, select, type Live } from '../live';
import type { ChannelStanding } from '../provider/channel-standing';
import type { ChatChannelHost, OpenChatChannel } from '../provider/chat-channel';
import type { ChannelLink, ChatContext, ChatProvider } from '../provider/chat-provider';
import type { CommandOptions } from '../provider/control-plane';
import type { MeetingChannelHost, OpenMeetingChannel } from '../provider/meeting-provider';
import { isChatProvider } from '../provider/provider';
import type { CallChannel } from '../provider/voice-provider';
import type { ConversationOptions } from './conversation-options';
import { unable } from './unable';

export type OpenChannel = OpenChatChannel | CallChannel | OpenMeetingChannel;

/** What channels of a conversation are joined with. */
export interface Joining {
  readonly options: ConversationOptions;
  readonly snapshot$: Live<StatedSnapshot>;
  readonly index: ConversationFold['index'];
  /** The newest. */
  readonly timeline: () => FoldedTimeline;
  readonly take: (events: readonly ConversationEvent[]) => void;
  readonly controlPlane: ChannelLink;
  /** All that are joined, by their channel ids: those of meetings too, which are no channels of the conversation. */
  readonly chats: Map<string, OpenChatChannel>;
}

/** Nothing where no provider carries its calls or meetings: an agent without a phone is offered no calls. */
export function joinChannel(joining: Joining, info: ChannelInfo): OpenChannel | undefined {
  if (info.type === 'voice') {
    const { provider, voice, command = refuse } = joining.options.voice ?? {};
    if (provider !== info.provider) return undefined;
    return voice?.channel({ ...seen(joining, info), command: (...given) => command(info.id, ...given) });
  }
  return info.type === 'meeting' ? joinMeeting(joining, info) : joinChat(joining, info);
}

/** How a channel stands, as its task's controls see it. */
export function standingOf$(channel: OpenChannel): Live<ChannelStanding> {
  return combine([channel.state$, channel.capabilities$], () => {
    const capabilities = channel.capabilities$.value;
    const actions = 'actions' in capabilities ? capabilities.actions : capabilities;
    const state = channel.state$.value;
    return { type: channel.type, status: state.status, actions, emergency: 'emergency' in state && state.emergency };
  });
}

function joinMeeting(joining: Joining, info: ChannelInfo): OpenMeetingChannel | undefined {
  const { options, snapshot$ } = joining;
  const { meetings } = options;
  if (meetings?.provider !== info.provider) return undefined;
  const host = seen(joining, info);
  const { info$, self$ } = host;
  return meetings.meetings.channel({
    ...host,
    // Whoever has given the conversation away, and only sees it still, is out of its meetings: no server takes them out.
    info$: combine([info$, self$], () =>
      self$.value?.present === false ? { ...info$.value, open: false } : info$.value,
    ),
    conversationId: options.id,
    context$: select(snapshot$, ({ context }) => context),
    report: (report) => meetings.report(info.id, report),
    joinChat: (provider, where) => joinSideChat(joining, `${info.id}/chat`, provider, where),
  });
}

function joinChat(joining: Joining, info: ChannelInfo): OpenChatChannel | undefined {
  const { options, snapshot$, chats } = joining;
  // The log says who we are before anything can be joined in our name.
  if (selfOf(snapshot$.value) === undefined) return undefined;
  const providers = options.providers.filter(isChatProvider);
  const provider = providers.find((one) => one.name === info.provider && one.channel === info.type);
  const { channelId, info$, end } = seen(joining, info);
  const place = {
    channelId,
    providerRefs: info.providerRefs,
    tokens: options.tokens,
    open$: select(info$, ({ open }) => open),
  };
  const link = linkOf(joining, place, end);
  // One that the client was not given: closed from the start, and says what to add.
  const chat = provider?.join(...link) ?? providers[0]?.refuse?.(...link, info);
  if (chat !== undefined) chats.set(channelId, chat);
  return chat;
}

/** Joins the chat of a meeting, which ends with it. */
function joinSideChat(
  joining: Joining,
  channelId: string,
  provider: ChatProvider,
  where: Parameters<MeetingChannelHost['joinChat']>[1],
): OpenChatChannel {
  const { index, take, chats } = joining;
  const chat = provider.join(...linkOf(joining, { ...where, channelId }, refuse));
  chats.set(channelId, chat);
  where.open$.subscribe((open) => {
    if (open) return;
    // It can be neither read on nor marked as read once this side is out of it.
    chats.delete(channelId);
    index.channels.delete(channelId);
    take([]);
  });
  return chat;
}

/** Where a chat is; `names` of this side there that the log does not state. */
type Place = Pick<ChatContext, 'channelId' | 'providerRefs' | 'open$' | 'tokens'> & {
  readonly names?: Readonly<Record<string, string>>;
};

/** What a chat is told of its conversation, and what it tells it. */
function linkOf(
  { options, snapshot$, index, timeline, take, controlPlane }: Joining,
  { names = {}, ...place }: Place,
  end: ChatChannelHost['end'],
): readonly [ChatContext, ChatChannelHost] {
  const { environment, id: conversationId, self: participantId } = options;
  const { clock, random } = environment;
  const { open$, channelId } = place;
  const { displayName = '', providerRefs }: Partial<Participant> = selfOf(snapshot$.value) ?? {};
  for (const name of Object.values(names)) index.names.set(name, participantId);
  return [
    {
      ...{ ...place, conversationId, clock, random, controlPlane },
      self: { participantId, displayName, providerRefs: { ...providerRefs, ...names } },
    },
    {
      ...{ environment, open$, end, timeline, fold: take },
      joined: (items) => index.channels.set(channelId, items),
      participantOf: (name) => index.names.get(name),
    },
  ];
}

function seen({ options, snapshot$ }: Joining, info: ChannelInfo) {
  const { id: channelId } = info;
  return {
    channelId,
    snapshot$,
    info$: select(snapshot$, ({ channels }) => channels.get(channelId) ?? info),
    self$: select(snapshot$, selfOf),
    /** Ends the channel alone as long as others are open. */
    end: (given: CommandOptions | undefined) =>
      (isOpen(snapshot$.value, channelId) ? options.endChannel?.(channelId, given) : undefined) ?? options.end(given),
  };
}

/** A channel is open, other than the one that is named. */
export function isOpen({ channels }: StatedSnapshot, but?: string): boolean {
  return [...channels.values()].some(({ id, open }) => open && id !== but);
}

function selfOf({ participants, self }: StatedSnapshot): Participant | undefined {
  return participants.find(({ id }) => id === self);
}

/** For those who have no agent's commands. */
export async function refuse(): Promise<never> {
  throw unable('do this', 'only agents can', 'command/not-allowed');
}
