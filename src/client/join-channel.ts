import type { ConversationEvent } from '../conversation/conversation-event';
import type { ChannelInfo, ConversationSnapshot, Participant } from '../conversation/conversation-state';
import type { ConversationFold } from '../conversation/reduce';
import { combine, sameJson, select, type Live } from '../live';
import { ContactCenterError } from '../errors';
import type { ChannelStanding } from '../provider/channel-standing';
import type { ChatChannelHost, OpenChatChannel } from '../provider/chat-channel';
import type { ChannelLink, ChatContext, ChatProvider } from '../provider/chat-provider';
import type { CommandOptions } from '../provider/control-plane';
import type { MeetingChannelHost, OpenMeetingChannel } from '../provider/meeting-provider';
import { isChatProvider } from '../provider/provider';
import type { CallChannel } from '../provider/voice-provider';
import type { ConversationOptions } from './conversation-options';

export type OpenChannel = OpenChatChannel | CallChannel | OpenMeetingChannel;

/** What channels of a conversation are joined with. */
export interface Joining {
  readonly options: ConversationOptions;
  readonly snapshot$: Live<ConversationSnapshot>;
  /** The newest fold. */
  readonly fold: () => ConversationFold;
  readonly take: (events: readonly ConversationEvent[]) => void;
  readonly pushes$: ChannelLink['pushes$'];
  /** Chats of meetings that were joined, by their channel ids. */
  readonly sideChats: Map<string, OpenChatChannel>;
}

/** Nothing where no provider carries its calls or meetings: an agent without a phone is offered no calls. */
export function joinChannel(joining: Joining, info: ChannelInfo): OpenChannel | undefined {
  if (info.type === 'voice') return joinCall(joining, info);
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

function joinCall({ options, snapshot$ }: Joining, info: ChannelInfo): CallChannel | undefined {
  const { provider, voice, command = refuse } = options.voice ?? {};
  if (provider !== info.provider) return undefined;
  return voice?.channel({ ...seen(options, snapshot$, info), command: (...given) => command(info.id, ...given) });
}

function joinMeeting(joining: Joining, info: ChannelInfo): OpenMeetingChannel | undefined {
  const { options, snapshot$ } = joining;
  const { meetings } = options;
  if (meetings?.provider !== info.provider) return undefined;
  return meetings.meetings.channel({
    ...seen(options, snapshot$, info),
    info$: select(snapshot$, (snapshot) => asSeenInside(snapshot, info), sameJson),
    conversationId: options.id,
    context$: select(snapshot$, ({ context }) => context),
    report: (report) => meetings.report(info.id, report),
    joinChat: (provider, where) => joinSideChat(joining, `${info.id}/chat`, provider, where),
  });
}

/** Whoever has given the conversation away, and only sees it still, is out of its meetings: no server takes them out. */
function asSeenInside(snapshot: ConversationSnapshot, info: ChannelInfo): ChannelInfo {
  const now = snapshot.channels.get(info.id) ?? info;
  return selfOf(snapshot)?.present === false ? { ...now, open: false } : now;
}

function joinChat(joining: Joining, info: ChannelInfo): OpenChatChannel | undefined {
  const { options, snapshot$ } = joining;
  const self = selfOf(snapshot$.value);
  // The log says who we are before anything can be joined in our name.
  if (self === undefined) return undefined;
  const chats = options.providers.filter(isChatProvider);
  const provider = chats.find((one) => one.name === info.provider && one.channel === info.type);
  const { id: channelId, providerRefs } = info;
  const open$ = select(snapshot$, ({ channels }) => channels.get(channelId)?.open ?? false);
  const place = { channelId, providerRefs, self: nameOf(self), tokens: options.tokens, open$ };
  return chatOver(joining, place, endOf(options, snapshot$, channelId), (...to) =>
    // One that the client was not given: closed from the start, and says what to add.
    provider === undefined ? chats[0]?.refuse?.(...to, info) : provider.join(...to),
  );
}

function joinSideChat(
  joining: Joining,
  channelId: string,
  provider: ChatProvider,
  { names, ...where }: Parameters<MeetingChannelHost['joinChat']>[1],
): OpenChatChannel {
  const { snapshot$, options, fold, take, sideChats } = joining;
  const self = nameOf(selfOf(snapshot$.value) ?? { id: options.self, displayName: '', providerRefs: {} });
  for (const name of Object.values(names)) fold().index.names.set(name, self.participantId);
  const place = { ...where, channelId, self: { ...self, providerRefs: { ...self.providerRefs, ...names } } };
  // It ends with its meeting.
  const chat = chatOver(joining, place, refuse, (...to) => provider.join(...to));
  sideChats.set(channelId, chat);
  // It can be neither read on nor marked as read once this side is out of it.
  where.open$.subscribe((open) => !open && fold().index.channels.delete(channelId) && take([]));
  return chat;
}

function chatOver<T>(
  { options, fold, take, pushes$ }: Joining,
  place: Pick<ChatContext, 'channelId' | 'providerRefs' | 'self' | 'open$' | 'tokens'>,
  end: ChatChannelHost['end'],
  over: (context: ChatContext, host: ChatChannelHost) => T,
): T {
  const { environment, controlPlane, id: conversationId } = options;
  const { clock, random } = environment;
  const { open$, channelId } = place;
  return over(
    { ...place, conversationId, controlPlane: { ...controlPlane, pushes$ }, clock, random },
    {
      ...{ environment, open$, end, fold: take },
      joined: (items) => fold().index.channels.set(channelId, items),
      timeline: () => fold().timeline,
      participantOf: (name) => fold().index.names.get(name),
    },
  );
}

function nameOf({
  id: participantId,
  displayName,
  providerRefs,
}: Pick<Participant, 'id' | 'displayName' | 'providerRefs'>) {
  return { participantId, displayName, providerRefs };
}

function seen(options: ConversationOptions, snapshot$: Live<ConversationSnapshot>, info: ChannelInfo) {
  return {
    end: endOf(options, snapshot$, info.id),
    channelId: info.id,
    info$: select(snapshot$, ({ channels }) => channels.get(info.id) ?? info),
    self$: select(snapshot$, selfOf),
  };
}

function selfOf({ participants, self }: ConversationSnapshot): Participant | undefined {
  return participants.find(({ id }) => id === self);
}

/** Ends the channel alone as long as others are open. */
function endOf({ end, endChannel }: ConversationOptions, snapshot$: Live<ConversationSnapshot>, channelId: string) {
  return (options: CommandOptions | undefined) => {
    const others = [...snapshot$.value.channels.values()].some(({ id, open }) => open && id !== channelId);
    return others && endChannel !== undefined ? endChannel(channelId, options) : end(options);
  };
}

/** For those who have no agent's commands. */
export function refuse(): Promise<never> {
  return Promise.reject(new ContactCenterError('command/not-allowed', 'unable to do this; only an agent can'));
}
