import { given } from '../given';
import type { ChannelChange, LogEntry, ParticipantRecord } from '../protocol/log-entry';
import { sameJson } from '../live';
import type { ConversationEvent } from './conversation-event';
import type { ChannelInfo, ConversationSnapshot } from './conversation-state';
import type { LabelValue } from './labels';
import type { ChannelFold, Identities } from './channel-fold';
import { ChunkedTimeline, countWhile, type FoldedTimeline } from './timeline';
import type { TimelineItem } from './timeline-item';

/**
 * A snapshot and what is needed to fold the next event into it. The indexes change in place: only the newest
 * fold may be reduced further, while every snapshot stays as it was.
 */
export interface ConversationFold {
  readonly snapshot: ConversationSnapshot;
  /** The newest snapshot but for messages: another one only when something else has changed. */
  readonly stated: ConversationSnapshot;
  readonly timeline: FoldedTimeline;
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
  const timeline = ChunkedTimeline.empty;
  const snapshot: ConversationSnapshot = {
    id,
    self,
    context: {},
    channels: new Map(),
    participants: [],
    tasks: new Map(),
    consults: new Map(),
    invitations: new Map(),
    timeline,
    unread: 0,
  };
  return {
    snapshot,
    stated: snapshot,
    timeline,
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
 * filled later included, ends in the same snapshot.
 */
export function reduce(fold: ConversationFold, event: ConversationEvent): ConversationFold {
  const { index, timeline } = fold;
  if (event.type === 'log') return reduceEntry(fold, event.entry);
  if (event.type === 'previous') {
    const { id, entries } = event.conversation;
    if (!isNew(index, id)) return fold;
    const items = entries.map((entry) => toTimelineItem(entry, sourceOf(id)));
    return withTimeline(fold, [...items, ...event.messages].reduce(withItem, timeline));
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

function reduceEntry(fold: ConversationFold, entry: LogEntry): ConversationFold {
  const { index } = fold;
  const { seq } = entry;
  if (!isNew(index, seq)) return fold;
  const next = withTimeline(fold, withItem(fold.timeline, toTimelineItem(entry, 'log')));
  switch (entry.type) {
    case 'conversation-opened':
      return withContext(next, seq, entry.context);
    case 'context-changed':
      return withContext(next, seq, entry.patch);
    case 'channel-opened': {
      const { channelId: id, channel: type, provider, providerRefs, actions = [] } = entry;
      const stated = { ...{ id, type, provider, providerRefs, actions }, ...unchanged };
      return withChannel(next, id, inOrder(index, entry, next.snapshot.channels, stated));
    }
    case 'channel-changed':
      hasLastWord(index, entry.change, entry.channelId, seq);
      return withChannel(next, entry.channelId);
    case 'channel-closed':
      if (hasLastWord(index, 'closed', entry.channelId, seq)) index.closedBecause.set(entry.channelId, entry.reason);
      return withChannel(next, entry.channelId);
    case 'participant-joined': {
      const { participant } = entry;
      const { id, providerRefs } = participant;
      for (const name of [id, ...Object.values(providerRefs)])
        if (hasLastWord(index, 'name', name, seq)) index.names.set(name, id);
      const joined = withParticipant(next, id, hasLastWord(index, 'joined', id, seq) ? participant : undefined);
      let { timeline } = joined;
      for (const channel of index.channels.values()) timeline = channel.identify(timeline, index.who);
      return withTimeline(joined, timeline);
    }
    case 'participant-left':
      hasLastWord(index, 'left', entry.participantId, seq);
      return withParticipant(next, entry.participantId);
    case 'task':
      return withSnapshot(next, { tasks: inOrder(index, entry, next.snapshot.tasks, entry.task) });
    case 'consult':
      return withSnapshot(next, { consults: inOrder(index, entry, next.snapshot.consults, entry.consult) });
    case 'invitation':
      return withSnapshot(next, { invitations: inOrder(index, entry, next.snapshot.invitations, entry.invitation) });
    default:
      // Notes and callbacks are timeline items alone; messages of a hosted chat come back through their provider.
      return next;
  }
}

function toTimelineItem(entry: LogEntry, source: string): TimelineItem | undefined {
  const { seq, by } = entry;
  const base = { id: `${source}/${seq}`, at: new Date(entry.at), source, seq };
  switch (entry.type) {
    case 'channel-opened':
      return { ...base, kind: 'channel', channelId: entry.channelId, channel: entry.channel, change: 'opened' };
    case 'channel-closed':
      return { ...base, kind: 'channel', channelId: entry.channelId, change: 'closed', reason: entry.reason };
    case 'channel-changed':
      return {
        ...{ ...base, kind: 'channel', channelId: entry.channelId, change: entry.change },
        ...given({ participantId: entry.participantId }),
      };
    case 'participant-joined': {
      if (entry.again === true) return undefined;
      const { participant } = entry;
      return {
        ...base,
        kind: 'participant',
        participantId: participant.id,
        displayName: participant.displayName,
        change: 'joined',
      };
    }
    case 'participant-left':
      return { ...base, kind: 'participant', participantId: entry.participantId, change: 'left', reason: entry.reason };
    case 'task': {
      if (entry.again === true) return undefined;
      const { id, status, agentId, reason, disposition } = entry.task;
      return {
        ...base,
        kind: 'task',
        taskId: id,
        status,
        by,
        ...given({ agentId, reason, disposition }),
      };
    }
    case 'consult': {
      const { id: consultId, kind: target, agentId, participantId, ...consult } = entry.consult;
      return { ...base, ...consult, kind: 'consult', consultId, target, by };
    }
    case 'callback': {
      const { id: callbackId, dueAt, status, note } = entry.callback;
      return { ...base, kind: 'callback', callbackId, dueAt: new Date(dueAt), status, by, ...given({ note }) };
    }
    case 'invitation': {
      const { id: invitationId, channelId, channel, status } = entry.invitation;
      return { ...base, kind: 'invitation', invitationId, channelId, channel, status, by };
    }
    case 'note':
      return { ...base, kind: 'note', by, text: entry.text };
  }
  return undefined;
}

function withItem(timeline: FoldedTimeline, item: TimelineItem | undefined): FoldedTimeline {
  return item === undefined ? timeline : timeline.with(item);
}

function withContext(
  fold: ConversationFold,
  seq: number,
  patch: Readonly<Record<string, LabelValue | null>>,
): ConversationFold {
  const context = new Map(Object.entries(fold.snapshot.context));
  for (const [key, value] of Object.entries(patch)) {
    if (!hasLastWord(fold.index, 'context', key, seq)) continue;
    if (value === null) context.delete(key);
    else context.set(key, value);
  }
  return withSnapshot(fold, { context: Object.fromEntries([...context].sort(([a], [b]) => (a < b ? -1 : 1))) });
}

/** A channel of which nothing has been said but that it was opened. */
const unchanged = { open: true, held: false, recording: 'off' } as const;

/** With what the newest changes make of a channel, once it is known, whatever came first. */
function withChannel(fold: ConversationFold, id: string, channels = fold.snapshot.channels): ConversationFold {
  const stated = channels.get(id);
  if (stated === undefined) return fold;
  const closedBecause = fold.index.closedBecause.get(id);
  const at = lastWordsOn(fold.index, id);
  const channel: ChannelInfo = {
    ...stated,
    open: closedBecause === undefined,
    ...given({ closedBecause }),
    held: at('held') > at('resumed'),
    recording:
      at('recording-started') <= at('recording-stopped')
        ? 'off'
        : at('recording-paused') > Math.max(at('recording-started'), at('recording-resumed'))
          ? 'paused'
          : 'on',
  };
  return withSnapshot(fold, { channels: new Map(channels).set(id, channel) });
}

/** With a participant, once they are known, who is there when they came last, whatever came first. */
function withParticipant(fold: ConversationFold, id: string, stated?: ParticipantRecord): ConversationFold {
  const participants = fold.snapshot.participants.slice();
  const place = countWhile(participants, (one) => one.id < id);
  const there = participants[place];
  const known = there?.id === id ? there : undefined;
  const record = stated ?? known;
  if (record === undefined) return fold;
  const at = lastWordsOn(fold.index, id);
  const participant = { ...record, present: at('joined') > at('left') };
  if (sameJson(known, participant)) return fold;
  participants.splice(place, Number(known !== undefined), participant);
  return withSnapshot(fold, { participants });
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
// Field by field: every message makes a fold and a snapshot, and spreading them would cost more than all the rest.
export function withTimeline(fold: ConversationFold, timeline: FoldedTimeline): ConversationFold {
  const { snapshot, index } = fold;
  let unread = 0;
  for (const channel of index.channels.values()) unread += channel.unread;
  if (timeline === fold.timeline && unread === snapshot.unread) return fold;
  const { id, self, context, channels, participants, tasks, consults, invitations } = snapshot;
  return {
    snapshot: { id, self, context, channels, participants, tasks, consults, invitations, timeline, unread },
    stated: fold.stated,
    timeline,
    index,
  };
}

function withSnapshot(fold: ConversationFold, change: Partial<ConversationSnapshot>): ConversationFold {
  const snapshot = { ...fold.snapshot, ...change };
  return { ...fold, snapshot, stated: snapshot };
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
