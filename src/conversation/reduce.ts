import { given } from '../given';
import type { ChannelChange, LogEntry, ParticipantRecord } from '../protocol/log-entry';
import type { ConversationEvent } from './conversation-event';
import { emptySnapshot, type ChannelInfo, type ConversationSnapshot, type Participant } from './conversation-state';
import type { LabelValue, Labels } from './labels';
import type { ChannelFold, Identities } from './channel-fold';
import { ChunkedTimeline, type FoldedTimeline } from './timeline';
import type { TimelineItem } from './timeline-item';

/**
 * A snapshot and what is needed to fold the next event into it. The indexes change in place: only the newest
 * fold may be reduced further, while every snapshot stays as it was.
 */
export interface ConversationFold {
  readonly snapshot: ConversationSnapshot;
  readonly timeline: FoldedTimeline;
  /** Positions of the log that are folded. */
  readonly seen: Set<number>;
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
  /** Earlier conversations that are folded. */
  readonly previous: Set<string>;
}

export function emptyFold(id: string, self: string): ConversationFold {
  const names = new Map<string, string>();
  return {
    snapshot: emptySnapshot(id, self),
    timeline: ChunkedTimeline.empty,
    seen: new Set(),
    channels: new Map(),
    names,
    who: { self, participantOf: (name) => names.get(name) },
    lastWord: new Map(),
    closedBecause: new Map(),
    previous: new Set(),
  };
}

/**
 * Folds one event. Duplicates change nothing (the same fold comes back), and any order of the same events, gaps
 * filled later included, ends in the same snapshot.
 */
export function reduce(fold: ConversationFold, event: ConversationEvent): ConversationFold {
  switch (event.type) {
    case 'log':
      return reduceEntry(fold, event.entry);
    case 'previous': {
      const { id, entries } = event.conversation;
      if (fold.previous.has(id)) return fold;
      fold.previous.add(id);
      const source = sourceOf(id);
      let { timeline } = fold;
      for (const entry of entries) {
        const item = toTimelineItem(entry);
        if (item !== undefined) timeline = timeline.with({ ...item, source, id: `${source}/${entry.seq}` });
      }
      for (const item of event.messages) timeline = timeline.with(item);
      return withTimeline(fold, timeline);
    }
    case 'forgotten': {
      const channel = fold.channels.get(event.channelId);
      return channel === undefined ? fold : withTimeline(fold, channel.forget(fold.timeline, event.before));
    }
    case 'sending':
    case 'item': {
      const channel = fold.channels.get(event.channelId);
      return channel === undefined ? fold : withTimeline(fold, channel.take(fold.timeline, event, fold.who));
    }
  }
}

/** Where items of an earlier conversation come from. */
export function sourceOf(previousId: string): string {
  return `previous/${previousId}`;
}

function reduceEntry(fold: ConversationFold, entry: LogEntry): ConversationFold {
  if (fold.seen.has(entry.seq)) return fold;
  fold.seen.add(entry.seq);
  const item = toTimelineItem(entry);
  const next = item === undefined ? fold : withTimeline(fold, fold.timeline.with(item));
  switch (entry.type) {
    case 'conversation-opened':
      return withContext(next, entry.seq, entry.context);
    case 'context-changed':
      return withContext(next, entry.seq, entry.patch);
    case 'channel-opened': {
      const { channelId: id, channel: type, provider, providerRefs, actions = [] } = entry;
      return withChannel(next, { id, type, provider, providerRefs, actions, ...changesOf(next, id) });
    }
    case 'channel-changed':
    case 'channel-closed': {
      const { channelId } = entry;
      if (entry.type === 'channel-changed') hasLastWord(next, `${entry.change}:${channelId}`, entry.seq);
      else if (hasLastWord(next, `closed:${channelId}`, entry.seq)) next.closedBecause.set(channelId, entry.reason);
      const known = next.snapshot.channels.get(channelId);
      return known === undefined ? next : withChannel(next, { ...known, ...changesOf(next, channelId) });
    }
    case 'participant-joined':
      return withParticipant(next, entry.participant, entry.seq);
    case 'participant-left':
      return withoutParticipant(next, entry.participantId, entry.seq);
    case 'task':
      return withSnapshot(next, { tasks: inOrder(next, next.snapshot.tasks, entry.task, entry.seq) });
    case 'consult':
      return withSnapshot(next, { consults: inOrder(next, next.snapshot.consults, entry.consult, entry.seq) });
    case 'invitation':
      return withSnapshot(next, {
        invitations: inOrder(next, next.snapshot.invitations, entry.invitation, entry.seq),
      });
    default:
      // Notes and callbacks are timeline items alone; messages of a hosted chat come back through their provider.
      return next;
  }
}

function toTimelineItem(entry: LogEntry): TimelineItem | undefined {
  const base = { id: `log/${entry.seq}`, at: new Date(entry.at), source: 'log', seq: entry.seq };
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
      const { id, displayName } = entry.participant;
      return { ...base, kind: 'participant', participantId: id, displayName, change: 'joined' };
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
        by: entry.by,
        ...given({ agentId, reason, disposition }),
      };
    }
    case 'consult': {
      const { id: consultId, kind: target, agentId, participantId, ...consult } = entry.consult;
      return { ...base, ...consult, kind: 'consult', consultId, target, by: entry.by };
    }
    case 'callback': {
      const { id: callbackId, dueAt, status, note } = entry.callback;
      const callback = { callbackId, dueAt: new Date(dueAt), status, by: entry.by };
      return { ...base, kind: 'callback', ...callback, ...given({ note }) };
    }
    case 'invitation': {
      const { id: invitationId, channelId, channel, status } = entry.invitation;
      return { ...base, kind: 'invitation', invitationId, channelId, channel, status, by: entry.by };
    }
    case 'note':
      return { ...base, kind: 'note', by: entry.by, text: entry.text };
    default:
      return undefined;
  }
}

function withContext(
  fold: ConversationFold,
  seq: number,
  patch: Readonly<Record<string, LabelValue | null>>,
): ConversationFold {
  const context = new Map(Object.entries(fold.snapshot.context));
  for (const [key, value] of Object.entries(patch)) {
    if (!hasLastWord(fold, `context:${key}`, seq)) continue;
    if (value === null) context.delete(key);
    else context.set(key, value);
  }
  return withSnapshot(fold, { context: sorted(context) });
}

function withChannel(fold: ConversationFold, channel: ChannelInfo): ConversationFold {
  return withSnapshot(fold, { channels: new Map(fold.snapshot.channels).set(channel.id, channel) });
}

/** What the newest changes make of a channel, whatever came first. */
function changesOf(
  { lastWord, closedBecause }: ConversationFold,
  channelId: string,
): Pick<ChannelInfo, 'open' | 'closedBecause' | 'held' | 'recording'> {
  const reason = closedBecause.get(channelId);
  const at = (change: ChannelChange) => lastWord.get(`${change}:${channelId}`) ?? 0;
  return {
    open: reason === undefined,
    ...given({ closedBecause: reason }),
    held: at('held') > at('resumed'),
    recording:
      at('recording-started') <= at('recording-stopped')
        ? 'off'
        : at('recording-paused') > Math.max(at('recording-started'), at('recording-resumed'))
          ? 'paused'
          : 'on',
  };
}

/** `known` with the newest word on `record`; in the order in which they began, whatever came first. */
function inOrder<T extends { readonly id: string }>(
  fold: ConversationFold,
  known: ReadonlyMap<string, T>,
  record: T,
  seq: number,
): ReadonlyMap<string, T> {
  const { lastWord } = fold;
  const began = (id: string) => lastWord.get(`began:${id}`) ?? seq;
  lastWord.set(`began:${record.id}`, Math.min(seq, began(record.id)));
  const all = new Map(known);
  if (hasLastWord(fold, `last:${record.id}`, seq)) all.set(record.id, record);
  return new Map([...all].sort(([a], [b]) => began(a) - began(b)));
}

function withParticipant(fold: ConversationFold, record: ParticipantRecord, seq: number): ConversationFold {
  for (const name of [record.id, ...Object.values(record.providerRefs)]) fold.names.set(name, record.id);
  const known = fold.snapshot.participants.find((participant) => participant.id === record.id);
  const newest = hasLastWord(fold, `participant:${record.id}`, seq);
  const present = hasLastWord(fold, `present:${record.id}`, seq) ? true : (known?.present ?? false);
  const next = withRoster(fold, { ...(newest || known === undefined ? record : known), present });
  let timeline = next.timeline;
  for (const channel of next.channels.values()) timeline = channel.identify(timeline, next.who);
  return withTimeline(next, timeline);
}

function withoutParticipant(fold: ConversationFold, participantId: string, seq: number): ConversationFold {
  if (!hasLastWord(fold, `present:${participantId}`, seq)) return fold;
  const known = fold.snapshot.participants.find((participant) => participant.id === participantId);
  return known === undefined ? fold : withRoster(fold, { ...known, present: false });
}

function withRoster(fold: ConversationFold, participant: Participant): ConversationFold {
  const others = fold.snapshot.participants.filter((one) => one.id !== participant.id);
  const participants = [...others, participant].sort((a, b) => (a.id < b.id ? -1 : 1));
  return withSnapshot(fold, { participants });
}

/** With what is unread of the channels that are joined now. */
export function recounted(fold: ConversationFold): ConversationFold {
  return withTimeline(fold, fold.timeline);
}

// Field by field: every message makes a fold and a snapshot, and spreading them would cost more than all the rest.
function withTimeline(fold: ConversationFold, timeline: FoldedTimeline): ConversationFold {
  const { snapshot, seen, channels, names, who, lastWord, closedBecause, previous } = fold;
  let unread = 0;
  for (const channel of channels.values()) unread += channel.unread;
  if (timeline === fold.timeline && unread === snapshot.unread) return fold;
  const { id, self, context, participants, tasks, consults, invitations } = snapshot;
  return {
    snapshot: {
      id,
      self,
      context,
      channels: snapshot.channels,
      participants,
      tasks,
      consults,
      invitations,
      timeline,
      unread,
    },
    timeline,
    seen,
    channels,
    names,
    who,
    lastWord,
    closedBecause,
    previous,
  };
}

function withSnapshot(fold: ConversationFold, change: Partial<ConversationSnapshot>): ConversationFold {
  return { ...fold, snapshot: { ...fold.snapshot, ...change } };
}

/** Whether the entry at `seq` is the newest about `subject`; notes that it is. */
function hasLastWord(fold: ConversationFold, subject: string, seq: number): boolean {
  if ((fold.lastWord.get(subject) ?? 0) > seq) return false;
  fold.lastWord.set(subject, seq);
  return true;
}

function sorted(context: ReadonlyMap<string, LabelValue>): Labels {
  return Object.fromEntries([...context].sort(([a], [b]) => (a < b ? -1 : 1)));
}
