import { Observable, Subject, Subscription } from 'rxjs';
import type { ConversationEvent } from '../conversation/conversation-event';
import type { ChannelInfo, ConversationSnapshot } from '../conversation/conversation-state';
import type { LabelValue } from '../conversation/labels';
import { emptyFold, reduce, type ConversationFold } from '../conversation/reduce';
import type { Environment } from '../environment/environment';
import { ContactCenterError } from '../errors';
import { combine, createLive, sameValues, select, type Live } from '../live';
import type { ConversationPush, ConversationRecord } from '../protocol/frames';
import { isHostedChatEntry, type LogEntry, type TaskRecord } from '../protocol/log-entry';
import type { Capability } from '../provider/capability';
import type { ChatState, OpenChatChannel } from '../provider/chat-channel';
import type { ChannelLink, ChatProvider } from '../provider/chat-provider';
import type { CommandOptions } from '../provider/control-plane';
import type { Tokens } from '../provider/token-provider';
import type { CallChannel, CallCommand, Voice } from '../provider/voice-provider';
import type { VoiceState } from '../provider/voice-channel';
import type { Channel, ChannelMap, ChannelType, Conversation, ConversationState } from './conversation';
import { missingChat } from './missing-chat';

export interface ConversationOptions {
  readonly id: string;
  /** The participant who looks at it. */
  readonly self: string;
  readonly providers: readonly ChatProvider[];
  readonly tokens: Tokens;
  readonly environment: Environment;
  readonly controlPlane: Pick<ChannelLink, 'online$' | 'command'>;
  /** Left out: there is no voice. */
  readonly voice?: ConversationVoice;
  /** Ends the conversation's channels for the customer. */
  readonly end: (options: CommandOptions | undefined) => Promise<void>;
  readonly setContext: (
    patch: Readonly<Record<string, LabelValue | null>>,
    options: CommandOptions | undefined,
  ) => Promise<void>;
  /** Told of every event that changed something, after it was folded. */
  readonly onEvent?: (event: ConversationEvent) => void;
}

/** What carries a conversation's calls. */
export interface ConversationVoice {
  /** Name of its provider. */
  readonly provider: string;
  readonly voice: Voice;
  /** Sends a command about a call to the control plane; left out: there is none for this side. */
  readonly command?: (channelId: string, ...command: Parameters<CallCommand>) => Promise<unknown>;
}

/** A conversation and the hands that feed it. For clients of one's own; `ContactCenterClient` and `CustomerClient` are built on it. */
export interface OpenConversation {
  readonly conversation: Conversation;
  readonly snapshot$: Live<ConversationSnapshot>;
  readonly tasks$: Live<ReadonlyMap<string, TaskRecord>>;
  /** By channel id: how it stands and what it can do. */
  readonly standings$: Live<ReadonlyMap<string, ChannelStanding>>;
  /** Takes in what the control plane pushed. */
  receive(push: ConversationPush): void;
  /** Takes in the record of a snapshot; what is known already changes nothing. */
  load(record: ConversationRecord): void;
  close(): Promise<void>;
}

export interface ChannelStanding {
  readonly type: string;
  readonly status: ChatState['status'] | VoiceState['status'];
  readonly actions: Readonly<Record<string, Capability>>;
  /** An emergency call: it stays with its agent. */
  readonly emergency: boolean;
}

/** Opens a conversation: folds its log and its channels' items into one state, and joins each channel through its provider. */
export function createConversation(options: ConversationOptions): OpenConversation {
  const { id, environment } = options;
  let fold: ConversationFold = emptyFold(id, options.self);
  let closed = false;
  const snapshot = createLive(fold.snapshot);
  const channels = createLive<ReadonlyMap<string, OpenChannel>>(new Map());
  const standings = createLive<ReadonlyMap<string, ChannelStanding>>(new Map());
  const watching = new Subscription();
  const pushes = new Subject<ConversationPush>();
  /** Hosted messages that came before their provider listened. */
  let backlog: LogEntry[] = [];

  const pushes$ = new Observable<ConversationPush>((subscriber) => {
    const waiting = backlog;
    backlog = [];
    if (waiting.length > 0) subscriber.next({ type: 'log', conversationId: id, entries: waiting });
    return pushes.subscribe(subscriber);
  });

  function take(events: readonly ConversationEvent[]): void {
    if (closed) return;
    const changed: ConversationEvent[] = [];
    for (const event of events) {
      const next = reduce(fold, event);
      if (next !== fold) changed.push(event);
      fold = next;
    }
    snapshot.set(fold.snapshot);
    for (const info of fold.snapshot.channels.values()) join(info);
    for (const event of changed) options.onEvent?.(event);
  }

  function takeEntries(entries: readonly LogEntry[]): void {
    take(entries.map((entry) => ({ type: 'log', entry })));
    const hosted = entries.filter(isHostedChatEntry);
    if (hosted.length === 0) return;
    if (pushes.observed) pushes.next({ type: 'log', conversationId: id, entries: hosted });
    else backlog = [...backlog, ...hosted];
  }

  function join(info: ChannelInfo): void {
    if (channels.value.has(info.id)) return;
    const channel = info.type === 'voice' ? joinCall(info) : joinChat(info);
    if (channel === undefined) return;
    channels.set(new Map(channels.value).set(info.id, channel));
    const standing$ = combine([channel.state$, channel.capabilities$], () => standingOf(channel));
    watching.add(standing$.subscribe((standing) => standings.set(new Map(standings.value).set(info.id, standing))));
  }

  /** Nothing where there is no provider for it: an agent without a phone is offered no calls. */
  function joinCall(info: ChannelInfo): CallChannel | undefined {
    const { provider, voice, command = () => Promise.reject(notTheirs()) } = options.voice ?? {};
    if (provider !== info.provider) return undefined;
    return voice?.channel({
      channelId: info.id,
      info$: select(snapshot.live, (state) => state.channels.get(info.id) ?? info),
      self$: select(snapshot.live, (state) => state.participants.find((one) => one.id === state.self)),
      command: (...given) => command(info.id, ...given),
      end: options.end,
    });
  }

  function joinChat(info: ChannelInfo): OpenChatChannel | undefined {
    const self = fold.snapshot.participants.find((participant) => participant.id === options.self);
    // The log says who we are before anything can be joined in our name.
    if (self === undefined) return undefined;
    const provider = options.providers.find((one) => one.name === info.provider && one.channel === info.type);
    const open$ = select(snapshot.live, (state) => state.channels.get(info.id)?.open ?? false);
    if (provider === undefined) return missingChat(info);
    const context = {
      conversationId: id,
      channelId: info.id,
      providerRefs: info.providerRefs,
      self: { participantId: self.id, displayName: self.displayName, providerRefs: self.providerRefs },
      open$,
      tokens: options.tokens,
      controlPlane: { ...options.controlPlane, pushes$ },
      clock: environment.clock,
      random: environment.random,
    };
    return provider.join(context, {
      environment,
      open$,
      joined: (channelFold) => fold.channels.set(info.id, channelFold),
      fold: take,
      timeline: () => fold.timeline,
      participantOf: (name) => fold.names.get(name),
      end: options.end,
    });
  }

  const state$ = snapshot.live;
  const channels$ = select(channels.live, byType);

  const conversation: Conversation = {
    id,
    state$: select(state$, toState, (a, b) => sameValues({ ...a }, { ...b })),
    channels$,
    channel<Type extends ChannelType>(type: Type) {
      const channel = channels$.value.get(type);
      return channel !== undefined && isOfType(channel, type) ? channel : undefined;
    },
    participants$: select(state$, (state) => state.participants),
    timeline$: select(state$, (state) => state.timeline),
    context$: select(state$, (state) => state.context),
    async loadMore({ pageSize = 50 } = {}) {
      const answers = await Promise.all(
        [...channels.value.values()].map((channel) =>
          isChat(channel) ? channel.loadMore(Math.min(pageSize, 200)) : nothingMore,
        ),
      );
      return { more: answers.some((answer) => answer.more) };
    },
    setContext: (patch, commandOptions) => options.setContext(patch, commandOptions),
  };

  return {
    conversation,
    snapshot$: state$,
    tasks$: select(state$, (state) => state.tasks),
    standings$: standings.live,
    receive(push) {
      if (closed) return;
      if (push.type === 'log') takeEntries(push.entries);
      else pushes.next(push);
    },
    load(record) {
      if (record.id !== id)
        throw new ContactCenterError('command/invalid', 'unable to load record; it is of another conversation');
      takeEntries(record.entries);
    },
    async close() {
      if (closed) return;
      watching.unsubscribe();
      const leaving = [...channels.value.values()].map((channel) => channel.close());
      closed = true;
      await Promise.all(leaving);
      pushes.complete();
      standings.complete();
      channels.complete();
      snapshot.complete();
    },
  };
}

type OpenChannel = OpenChatChannel | CallChannel;

function isChat(channel: OpenChannel): channel is OpenChatChannel {
  return 'loadMore' in channel;
}

function byType(channels: ReadonlyMap<string, OpenChannel>): ReadonlyMap<string, Channel> {
  return new Map([...channels.values()].map((channel) => [channel.type, channel]));
}

function isOfType<Type extends ChannelType>(channel: Channel, type: Type): channel is ChannelMap[Type] {
  return channel.type === type;
}

function standingOf(channel: OpenChannel): ChannelStanding {
  const capabilities = channel.capabilities$.value;
  const actions = 'actions' in capabilities ? capabilities.actions : capabilities;
  const state = channel.state$.value;
  return { type: channel.type, status: state.status, actions, emergency: 'emergency' in state && state.emergency };
}

const nothingMore = Promise.resolve({ more: false });

function notTheirs(): ContactCenterError {
  return new ContactCenterError('command/not-allowed', 'unable to do this to the call; only its agent can');
}

function toState(snapshot: ConversationSnapshot): ConversationState {
  const customer = snapshot.participants.find((participant) => participant.role === 'customer');
  return {
    id: snapshot.id,
    open: [...snapshot.channels.values()].some((channel) => channel.open),
    ...(customer !== undefined && { customer }),
    unread: snapshot.unread,
  };
}
