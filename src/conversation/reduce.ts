import { given } from '../given';
import type { ChannelChange, LogEntry, ParticipantRecord } from '../protocol/log-entry';
import { sameJson } from '../live';
import type { ConversationEvent } from './conversation-event';
import type { ChannelInfo, StatedSnapshot } from './conversation-state';
import type { LabelValue } from './labels';
import type { ChannelFold, Identities } from './channel-fold';
import { ChunkedTimeline, type FoldedTimeline } from './timeline';
import type { ItemBase, TimelineItem } from './timeline-item';

/**
 * What a snapshot has, and what is needed to fold the next event into it. The indexes change in place: only the newest
 * fold may be reduced further, while all else stays as it was.
 */
export interface ConversationFold {
  /** All that messages do not change: another one only when something else has changed. */
  readonly stated: StatedSnapshot;
  readonly timeline: FoldedTimeline;
  readonly unread: number;
  readonly index: FoldIndex;
}

interface FoldIndex {
  /** Positions of the log, and ids of earlier conversations, that are folded. */
  readonly seen: Set<number | string>;
  /** Of the messaging channels that are joined; an item of another one changes nothing. */
  readonly channels: Map<string, ChannelFold>;
  /** Names at providers, to participants. */
  readonly names: Map<string, string>;
  /** The same, for channels. */
  readonly who: Identities;
  /** By what they are about: the log position that had the last word, so that the order of arrival does not matter. */
  readonly lastWord: Map<string, number>;
  /** Why each channel has closed; it may be known before that it was opened. */
  readonly closedBecause: Map<string, string>;
}

export function emptyFold(id: string, self: string): ConversationFold {
  const names = new Map<string, string>();
  return {
    stated: {
      id,
      self,
      context: {},
      channels: new Map(),
      participants: [],
      tasks: new Map(),
      consults: new Map(),
      invitations: new Map(),
    },
    timeline: ChunkedTimeline.empty,
    unread: 0,
    index: {
      seen: new Set(),
      channels: new Map(),
      names,
      who: { self, participantOf: (name) => names.get(name) },
      lastWord: new Map(),
      closedBecause: new Map(),
    },
  };
}

/**
 * Folds one event. Duplicates change nothing (the same fold comes back), and any order of the same events, gaps
 * filled later included, ends in the same snapshot, as long as each name at a provider is one participant's alone.
 */
export function reduce(fold: ConversationFold, event: ConversationEvent): ConversationFold {
  const { index, timeline } = fold;
  if (event.type === 'log') return reduceEntry(fold, event.entry, 'log');
  if (event.type === 'previous') {
    const { id, entries } = event.conversation;
    if (!isNew(index, id)) return fold;
    // A conversation of its own: what it has come to is nothing to this one, only its items are.
    const source = sourceOf(id);
    const earlier = entries.reduce((all, entry) => reduceEntry(all, entry, source), emptyFold(id, index.who.self));
    return withTimeline(
      fold,
      [...earlier.timeline, ...event.messages].reduce((all, item) => all.with(item), timeline),
    );
  }
  const channel = index.channels.get(event.channelId);
  if (channel === undefined) return fold;
  return withTimeline(
    fold,
    event.type === 'forgotten' ? channel.forget(timeline, event.before) : channel.take(timeline, event, index.who),
  );
}

/** Where items of an earlier conversation come from. */
export function sourceOf(previousId: string): string {
  return `previous/${previousId}`;
}

/** What items have of their own. */
type Told<Item = TimelineItem> = Item extends TimelineItem ? Omit<Item, keyof ItemBase> : never;

function reduceEntry(fold: ConversationFold, entry: LogEntry, source: string): ConversationFold {
  const { index } = fold;
  const { seq, by } = entry;
  if (!isNew(index, seq)) return fold;
  const told = (item: Told) => {
    // Said again, it is no news.
    if ('again' in entry && entry.again) return fold;
    const base = { id: `${source}/${seq}`, at: new Date(entry.at), source, seq };
    return withTimeline(fold, fold.timeline.with({ ...base, ...item }));
  };
  switch (entry.type) {
    case 'conversation-opened':
      return withContext(fold, seq, entry.context);
    case 'context-changed':
      return withContext(fold, seq, entry.patch);
    case 'channel-opened': {
      const { channelId, channel, provider, providerRefs, actions = [] } = entry;
      const next = told({ kind: 'channel', channelId, channel, change: 'opened' });
      const opened = channelOf(index, { id: channelId, type: channel, provider, providerRefs, actions });
      return withStated(next, { channels: inOrder(index, entry, next.stated.channels, opened) });
    }
    case 'channel-changed': {
      const { channelId, change, participantId } = entry;
      hasLastWord(index, change, channelId, seq);
      return withChannel(told({ kind: 'channel', channelId, change, ...given({ participantId }) }), channelId);
    }
    case 'channel-closed': {
      const { channelId, reason } = entry;
      if (hasLastWord(index, 'closed', channelId, seq)) index.closedBecause.set(channelId, reason);
      return withChannel(told({ kind: 'channel', channelId, change: 'closed', reason }), channelId);
    }
    case 'participant-joined': {
      const { participant } = entry;
      const { id, providerRefs, displayName } = participant;
      for (const name of [id, ...Object.values(providerRefs)])
        if (hasLastWord(index, 'name', name, seq)) index.names.set(name, id);
      const next = told({ kind: 'participant', participantId: id, displayName, change: 'joined' });
      const joined = withParticipant(next, id, hasLastWord(index, 'joined', id, seq) ? participant : undefined);
      let { timeline } = joined;
      for (const channel of index.channels.values()) timeline = channel.identify(timeline, index.who);
      return withTimeline(joined, timeline);
    }
    case 'participant-left': {
      const { participantId, reason } = entry;
      hasLastWord(index, 'left', participantId, seq);
      return withParticipant(told({ kind: 'participant', participantId, change: 'left', reason }), participantId);
    }
    case 'task': {
      const { id, status, agentId, reason, disposition } = entry.task;
      const next = told({ kind: 'task', taskId: id, status, by, ...given({ agentId, reason, disposition }) });
      return withStated(next, { tasks: inOrder(index, entry, next.stated.tasks, entry.task) });
    }
    case 'consult': {
      const { id, kind, agentId, participantId, ...consult } = entry.consult;
      const next = told({ ...consult, kind: 'consult', consultId: id, target: kind, by });
      return withStated(next, { consults: inOrder(index, entry, next.stated.consults, entry.consult) });
    }
    case 'callback': {
      const { id, dueAt, status, note } = entry.callback;
      return told({ kind: 'callback', callbackId: id, dueAt: new Date(dueAt), status, by, ...given({ note }) });
    }
    case 'invitation': {
      const { id, channelId, channel, status } = entry.invitation;
      const next = told({ kind: 'invitation', invitationId: id, channelId, channel, status, by });
      return withStated(next, { invitations: inOrder(index, entry, next.stated.invitations, entry.invitation) });
    }
    case 'note':
      return told({ kind: 'note', by, text: entry.text });
  }
  // Messages of a hosted chat come back through their provider.
  return fold;
}

function withContext(
  fold: ConversationFold,
  seq: number,
  patch: Readonly<Record<string, LabelValue | null>>,
): ConversationFold {
  const context = new Map(Object.entries(fold.stated.context));
  for (const [key, value] of Object.entries(patch)) {
    if (!hasLastWord(fold.index, 'context', key, seq)) continue;
    if (value === null) context.delete(key);
    else context.set(key, value);
  }
  return withStated(fold, { context: Object.fromEntries([...context].sort(([a], [b]) => (a < b ? -1 : 1))) });
}

/** What the newest changes make of a channel, whatever came first. */
function channelOf(index: FoldIndex, stated: Omit<ChannelInfo, 'open' | 'held' | 'recording'>): ChannelInfo {
  const closedBecause = index.closedBecause.get(stated.id);
  const at = lastWordsOn(index, stated.id);
  return {
    ...stated,
    open: closedBecause === undefined,
    held: at('held') > at('resumed'),
    recording:
      at('recording-started') <= at('recording-stopped')
        ? 'off'
        : at('recording-paused') > Math.max(at('recording-started'), at('recording-resumed'))
          ? 'paused'
          : 'on',
    ...given({ closedBecause }),
  };
}

/** With a change of a channel, once that is known. */
function withChannel(fold: ConversationFold, id: string): ConversationFold {
  const { channels } = fold.stated;
  const known = channels.get(id);
  return known === undefined
    ? fold
    : withStated(fold, { channels: new Map(channels).set(id, channelOf(fold.index, known)) });
}

/** With a participant, once they are known, who is there when they came last, whatever came first. */
function withParticipant(fold: ConversationFold, id: string, stated?: ParticipantRecord): ConversationFold {
  const known = fold.stated.participants.find((one) => one.id === id);
  const record = stated ?? known;
  if (record === undefined) return fold;
  const at = lastWordsOn(fold.index, id);
  const participant = { ...record, present: at('joined') > at('left') };
  if (sameJson(known, participant)) return fold;
  const others = fold.stated.participants.filter((one) => one !== known);
  return withStated(fold, { participants: [...others, participant].sort((a, b) => (a.id < b.id ? -1 : 1)) });
}

/** `known` with the newest word on `record`; in the order in which they began, whatever came first. */
function inOrder<T extends { readonly id: string }>(
  index: FoldIndex,
  { type, seq }: LogEntry,
  known: ReadonlyMap<string, T>,
  record: T,
): ReadonlyMap<string, T> {
  const { lastWord } = index;
  const began = (id: string) => lastWord.get(`began:${type}:${id}`) ?? seq;
  lastWord.set(`began:${type}:${record.id}`, Math.min(seq, began(record.id)));
  const all = new Map(known);
  if (hasLastWord(index, type, record.id, seq)) all.set(record.id, record);
  return new Map([...all].sort(([a], [b]) => began(a) - began(b)));
}

/** With this timeline, and what is unread of the channels that are joined now. */
export function withTimeline(fold: ConversationFold, timeline: FoldedTimeline): ConversationFold {
  const { stated, index } = fold;
  let unread = 0;
  for (const channel of index.channels.values()) unread += channel.unread;
  return timeline === fold.timeline && unread === fold.unread ? fold : { stated, timeline, unread, index };
}

function withStated(fold: ConversationFold, change: Partial<StatedSnapshot>): ConversationFold {
  return { ...fold, stated: { ...fold.stated, ...change } };
}

/** Whether `key` has not been folded; notes that it is now. */
function isNew({ seen }: FoldIndex, key: number | string): boolean {
  return seen.size < seen.add(key).size;
}

/** Whether the entry at `seq` is the newest to say `what` about `id`; notes that it is. */
function hasLastWord(index: FoldIndex, what: string, id: string, seq: number): boolean {
  const subject = `${what}:${id}`;
  if ((index.lastWord.get(subject) ?? 0) > seq) return false;
  index.lastWord.set(subject, seq);
  return true;
}

/** Where in the log each change of `id` was said last; 0 for what never was. */
function lastWordsOn({ lastWord }: FoldIndex, id: string): (what: ChannelChange | 'joined' | 'left') => number {
  return (what) => lastWord.get(`${what}:${id}`) ?? 0;
}
