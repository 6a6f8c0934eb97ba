import { given } from '../given';
import type { ConversationEvent } from '../conversation/conversation-event';
import type { ChannelInfo, ConversationSnapshot, StatedSnapshot } from '../conversation/conversation-state';
import { emptyFold, reduce, sourceOf, withTimeline } from '../conversation/reduce';
import type { Timeline } from '../conversation/timeline';
import { combine, LiveValue, onceSuch, sameJson, sameValues, select, Subject, Subscription, type Live } from '../live';
import type { ConversationPush, ConversationRecord } from '../protocol/frames';
import type { TaskRecord } from '../protocol/log-entry';
import type { ChannelStanding } from '../provider/channel-standing';
import { isChatProvider } from '../provider/provider';
import { withCommandOptions } from './command-options';
import type { Channel, ChannelMap, ChannelType, Conversation, ConversationState } from './conversation';
import type { ConversationCommands, ConversationOptions } from './conversation-options';
import { isOpen, joinChannel, refuse, standingOf$, type Joining, type OpenChannel } from './join-channel';

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

/** A conversation for what looks at no messages, such as tasks. */
export interface StatedConversation extends OpenConversation {
  /** Another snapshot only when something else than messages has changed. */
  readonly stated$: Live<StatedSnapshot>;
}

/** Messages that each chat of a conversation out of view keeps in memory (chosen). */
const keptMessages = 500;

/** Opens a conversation: folds its log and its channels' items into one state, and joins each channel through its provider. */
export function createConversation(options: ConversationOptions): OpenConversation {
  return createStatedConversation(options);
}

/** {@link createConversation}, for the desk. */
export function createStatedConversation(options: ConversationOptions): StatedConversation {
  const { id, commands = refused } = options;
  let fold = emptyFold(id, options.self);
  let closed = false;
  /** For all that needs no messages: nothing of it runs for each of them. */
  const stated$ = new LiveValue(fold.stated);
  // Whoever subscribes anew at once, as a page does that renders, still reads.
  const timeline$ = new LiveValue<Timeline>(fold.timeline, () => queueMicrotask(forgetOld));
  /** Told behind `stated$`: who looks at all of it finds channels as they have become by it. */
  const fold$ = new LiveValue(fold);
  const channels = new LiveValue<ReadonlyMap<string, OpenChannel>>(new Map());
  const standings = new LiveValue<ReadonlyMap<string, ChannelStanding>>(new Map());
  const watching = new Subscription();
  const pushes = new Subject<ConversationPush>();
  /** When the earliest conversation began that was read back, epoch milliseconds. */
  let readBackTo: number | undefined;
  /** Changes until old messages leave memory if nobody looks: looking for them at each would cost more than all the rest. */
  let changesLeft = keptMessages;

  const joining: Joining = {
    options,
    snapshot$: stated$,
    index: fold.index,
    timeline: () => fold.timeline,
    take,
    controlPlane: { ...options.controlPlane, pushes$: pushes.asObservable() },
    chats: new Map(),
  };

  function take(events: readonly ConversationEvent[]): void {
    if (closed) return;
    const before = fold.stated;
    // An array grows by many places at once, but is made with as many as it needs: most often there is one.
    let changed: ConversationEvent[] | undefined;
    for (const event of events) {
      const next = reduce(fold, event);
      if (next === fold) continue;
      fold = next;
      if (changed === undefined) changed = [event];
      else changed.push(event);
    }
    // A meeting's chat may have been left.
    if (events.length === 0) fold = withTimeline(fold, fold.timeline);
    stated$.write(fold.stated);
    timeline$.write(fold.timeline);
    fold$.write(fold);
    // Before state is told: what its subscribers bring about comes after what they were told.
    for (const event of changed ?? []) options.onEvent?.(event);
    if (fold.stated !== before) stated$.tell();
    timeline$.tell();
    fold$.tell();
    if (fold.stated !== before) for (const info of fold.stated.channels.values()) join(info);
    changesLeft -= changed?.length ?? 0;
    if (changesLeft <= 0) forgetOld();
  }

  function forgetOld(): void {
    changesLeft = keptMessages;
    if (closed || (options.inView$?.value ?? timeline$.observed)) return;
    for (const chat of joining.chats.values()) chat.forget?.(keptMessages);
  }

  function receive(push: ConversationPush): void {
    if (closed) return;
    // Who joins by it hears it as well.
    if (push.type === 'log') take(push.entries.map((entry) => ({ type: 'log', entry })));
    pushes.next(push);
  }

  function join(info: ChannelInfo): void {
    if (channels.value.has(info.id)) return;
    const channel = joinChannel(joining, info);
    if (channel === undefined) return;
    channels.set(inOrder(channels.value, info.id, channel));
    watching.add(
      standingOf$(channel).subscribe((standing) => standings.set(inOrder(standings.value, info.id, standing))),
    );
  }

  /** `all` with one more, those opened last at the end: what was opened before another may come after it. */
  function inOrder<T>(all: ReadonlyMap<string, T>, id: string, one: T): ReadonlyMap<string, T> {
    const ids = [...fold.stated.channels.keys()];
    return new Map([...new Map(all).set(id, one)].sort(([a], [b]) => ids.indexOf(a) - ids.indexOf(b)));
  }

  watching.add(options.inView$?.subscribe(forgetOld));

  const channels$ = select(channels, byType);
  const about$ = select(stated$, toAbout);

  const conversation: Conversation = {
    id,
    state$: combine([about$, fold$], () => ({ ...about$.value, unread: fold$.value.unread }), sameValues),
    channels$,
    channel<Type extends ChannelType>(type: Type) {
      const channel = channels$.value.get(type);
      return isOfType(channel, type) ? channel : undefined;
    },
    participants$: select(stated$, (state) => state.participants),
    timeline$,
    context$: select(stated$, (state) => state.context),
    loadMore: ({ pageSize = 50, previousConversations = false, ...commandOptions } = {}) =>
      withCommandOptions(options.environment.clock, commandOptions, 'load more', async () => {
        // What is asked for is not let go at once.
        changesLeft = 3 * keptMessages;
        const chats = [...joining.chats.values()];
        const answers = await Promise.all(chats.map((chat) => chat.loadMore(Math.min(pageSize, 200))));
        const hasMore = answers.some(({ more }) => more);
        if (!previousConversations || hasMore) return { more: hasMore };
        const { conversations, more } = await commands.previous(readBackTo, commandOptions);
        const reader = options.providers.filter(isChatProvider).find((chat) => chat.previous !== undefined);
        take(
          conversations.map((earlier) => ({
            type: 'previous',
            conversation: earlier,
            messages: reader?.previous?.(sourceOf(earlier.id), earlier.entries, options.self) ?? [],
          })),
        );
        readBackTo = Math.min(readBackTo ?? Infinity, ...conversations.map(({ openedAt }) => openedAt));
        return { more };
      }),
    escalate: (to, given = {}) =>
      withCommandOptions(options.environment.clock, given, 'escalate', async () => {
        const channelId = await commands.escalate(to, given);
        const channel$ = select(channels, (all) => all.get(channelId));
        return onceSuch(channel$, (channel) => isOfType(channel, to));
      }),
    invitations$: select(
      stated$,
      ({ invitations }) => [...invitations.values()].filter(({ status }) => status === 'open'),
      sameJson,
    ),
    invite: (channelId, given = {}) => commands.invite(channelId, given),
    withdraw: (invitationId, given = {}) => commands.withdraw(invitationId, given),
    setContext: options.setContext,
  };

  return {
    conversation,
    snapshot$: select(fold$, ({ stated, timeline, unread }) => ({ ...stated, timeline, unread })),
    stated$,
    tasks$: select(stated$, (state) => state.tasks),
    standings$: standings,
    receive,
    load(record) {
      receive({ type: 'log', conversationId: id, entries: record.entries });
    },
    async close() {
      if (closed) return;
      watching.unsubscribe();
      const leaving = [...channels.value.values()].map((channel) => channel.close());
      closed = true;
      await Promise.all(leaving);
      for (const each of [pushes, standings, channels, stated$, timeline$, fold$]) each.complete();
    },
  };
}

const refused: ConversationCommands = { escalate: refuse, invite: refuse, withdraw: refuse, previous: refuse };

function byType(channels: ReadonlyMap<string, OpenChannel>): ReadonlyMap<string, Channel> {
  return new Map([...channels.values()].map((channel) => [channel.type, channel]));
}

function isOfType<Type extends ChannelType>(channel: Channel | undefined, type: Type): channel is ChannelMap[Type] {
  return channel?.type === type;
}

/** What a message does not change. */
function toAbout(stated: StatedSnapshot): Omit<ConversationState, 'unread'> {
  const customer = stated.participants.find(({ role }) => role === 'customer');
  return { id: stated.id, open: isOpen(stated), ...given({ customer }) };
}
