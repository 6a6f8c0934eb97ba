import type { ConversationEvent } from '../conversation/conversation-event';
import type { ChannelInfo, ConversationSnapshot, Participant } from '../conversation/conversation-state';
import type { ConversationFold } from '../conversation/reduce';
import { combine, select, type Live } from '../live';
import { ContactCenterError } from '../errors';
import type { ChannelStanding } from '../provider/channel-standing';
import type { OpenChatChannel } from '../provider/chat-channel';
import type { ChannelLink, ChatProvider } from '../provider/chat-provider';
import type { CommandOptions } from '../provider/control-plane';
import type { MeetingChannelHost, OpenMeetingChannel } from '../provider/meeting-provider';
import { isChatProvider } from '../provider/provider';
import type { Tokens } from '../provider/token-provider';
import type { CallChannel } from '../provider/voice-provider';
import type { ConversationOptions } from './conversation-options';
import { missingChat } from './missing-chat';

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
  const { provider, voice, command = () => Promise.reject(notTheirs()) } = options.voice ?? {};
  if (provider !== info.provider) return undefined;
  return voice?.channel({
    ...seen(snapshot$, info),
    command: (...given) => command(info.id, ...given),
    end: endOf(options, snapshot$, info.id),
  });
}

function joinMeeting(joining: Joining, info: ChannelInfo): OpenMeetingChannel | undefined {
  const { options, snapshot$ } = joining;
  const { meetings } = options;
  if (meetings?.provider !== info.provider) return undefined;
  return meetings.meetings.channel({
    ...seen(snapshot$, info),
    conversationId: options.id,
    context$: select(snapshot$, ({ context }) => context),
    report: (report) => meetings.report(info.id, report),
    joinChat: (provider, where) => joinSideChat(joining, `${info.id}/chat`, provider, where),
    end: endOf(options, snapshot$, info.id),
  });
}

function joinChat(joining: Joining, info: ChannelInfo): OpenChatChannel | undefined {
  const { options, snapshot$ } = joining;
  const self = selfOf(snapshot$.value);
  // The log says who we are before anything can be joined in our name.
  if (self === undefined) return undefined;
  const provider = options.providers.find(
    (one): one is ChatProvider => isChatProvider(one) && one.name === info.provider && one.channel === info.type,
  );
  if (provider === undefined) return missingChat(info);
  return chatOver(joining, provider, {
    ...{ channelId: info.id, providerRefs: info.providerRefs, self, tokens: options.tokens },
    open$: select(snapshot$, ({ channels }) => channels.get(info.id)?.open ?? false),
    end: endOf(options, snapshot$, info.id),
  });
}

function joinSideChat(
  joining: Joining,
  channelId: string,
  provider: ChatProvider,
  { names, ...where }: Parameters<MeetingChannelHost['joinChat']>[1],
): OpenChatChannel {
  const { id = joining.options.self, displayName = '', providerRefs } = selfOf(joining.snapshot$.value) ?? {};
  for (const name of Object.values(names)) joining.fold().names.set(name, id);
  const chat = chatOver(joining, provider, {
    ...{ ...where, channelId, self: { id, displayName, providerRefs: { ...providerRefs, ...names } } },
    end: () => Promise.reject(notAllowed('unable to end chat; it ends with its meeting')),
    whileIn: true,
  });
  joining.sideChats.set(channelId, chat);
  return chat;
}

interface ChatPlace {
  readonly channelId: string;
  readonly providerRefs: Readonly<Record<string, string>>;
  readonly self: Pick<Participant, 'id' | 'displayName' | 'providerRefs'>;
  readonly open$: Live<boolean>;
  readonly tokens: Tokens;
  readonly end: (options: CommandOptions | undefined) => Promise<void>;
  /** It cannot be read on, nor marked as read, once this side is out of it. */
  readonly whileIn?: boolean;
}

function chatOver({ options, fold, take, pushes$ }: Joining, provider: ChatProvider, place: ChatPlace): OpenChatChannel {
  const { channelId, providerRefs, open$, tokens, end, whileIn = false } = place;
  const { environment } = options;
  const { clock, random } = environment;
  const { id: participantId, ...self } = place.self;
  return provider.join(
    {
      ...{ conversationId: options.id, channelId, providerRefs, open$, tokens, clock, random },
      self: { ...self, participantId },
      controlPlane: { ...options.controlPlane, pushes$ },
    },
    {
      ...{ environment, open$, end, fold: take },
      joined: (items) =>
        fold().channels.set(channelId, {
          take: (...event) => items.take(...event),
          identify: (...who) => items.identify(...who),
          get unread() {
            return whileIn && !open$.value ? 0 : items.unread;
          },
        }),
      timeline: () => fold().timeline,
      participantOf: (name) => fold().names.get(name),
    },
  );
}

function seen(snapshot$: Live<ConversationSnapshot>, info: ChannelInfo) {
  return {
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

export function notAllowed(message: string): ContactCenterError {
  return new ContactCenterError('command/not-allowed', message);
}

function notTheirs(): ContactCenterError {
  return notAllowed('unable to do this to the call; only its agent can');
}
