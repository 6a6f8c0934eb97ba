import fc from 'fast-check';
import type {
  ConversationEvent,
  ConversationSnapshot,
  LogEntry,
  LogFact,
  ProviderItem,
  ProviderMessage,
  TaskRecord,
  TaskStatus,
} from 'onescreen';
import { MessageFold } from '../../src/chat/message-fold';
import { emptyFold, type ConversationFold } from '../../src/conversation/reduce';

const chats = ['ch-1', 'ch-2'] as const;
const channels = [...chats, 'v-1'] as const;

const start = Date.UTC(2026, 0, 5, 8);

/** A conversation whose chats are joined, as Ada sees it. */
export function joinedFold(): ConversationFold {
  const fold = emptyFold('c-1', 'ada');
  for (const chat of chats) fold.index.channels.set(chat, new MessageFold(chat));
  return fold;
}

/** All that a fold knows, as a conversation shows it. */
export function snapshotOf({ stated, timeline, unread }: ConversationFold): ConversationSnapshot {
  return { ...stated, timeline, unread };
}

const person = (id: string, role: 'customer' | 'agent', acs: string): LogFact => ({
  type: 'participant-joined',
  participant: { id, role, displayName: id, providerRefs: { acs } },
});

const opened = (id: (typeof channels)[number], actions: readonly string[] = []): LogFact => ({
  ...{ type: 'channel-opened', channelId: id, channel: id === 'v-1' ? 'voice' : 'chat', provider: 'acs' },
  ...{ providerRefs: {}, actions },
});

const opening: readonly LogFact[] = [
  { type: 'conversation-opened', context: {} },
  person('cleo', 'customer', 'c'),
  person('ada', 'agent', 'a'),
  opened('ch-1'),
];

const anyChannel = fc.constantFrom(...channels);

/** What else the log may tell. Ids are the control plane's own: of a task and of a channel they may be the same. */
const fact = fc.oneof(
  fc.nat(30).map((note): LogFact => ({ type: 'note', text: `n${note}` })),
  fc.tuple(anyChannel, fc.subarray(['hold', 'mute'])).map(([id, actions]) => opened(id, actions)),
  anyChannel.map((id): LogFact => ({ type: 'channel-closed', channelId: id, reason: `${id} ended` })),
  fc
    .tuple(
      anyChannel,
      fc.constantFrom(
        ...(['held', 'resumed', 'recording-started', 'recording-paused', 'recording-resumed'] as const),
        'recording-stopped',
      ),
    )
    .map(([id, change]): LogFact => ({ type: 'channel-changed', channelId: id, change })),
  fc
    .tuple(fc.constantFrom('t-1', 'ch-2'), fc.constantFrom('queued', 'assigned', 'wrapping'), fc.boolean())
    .map(([id, status, again]): LogFact => ({ type: 'task', task: task(id, status), ...(again && { again }) })),
  fc.constantFrom(person('cleo', 'customer', 'c'), person('ada', 'agent', 'a'), person('bea', 'agent', 'b')),
  fc
    .constantFrom('cleo', 'ada', 'bea')
    .map((participantId): LogFact => ({ type: 'participant-left', participantId, reason: 'gone' })),
  fc
    .dictionary(fc.constantFrom('a', 'b', 'c'), fc.option(fc.nat(3)))
    .map((patch): LogFact => ({ type: 'context-changed', patch })),
);

/** What its service says of one message, from the first version to the last. */
const versions = fc.record({
  channelId: fc.constantFrom(...chats),
  at: fc.nat(30),
  sender: fc.constantFrom('c', 'a', 'b', 'stranger'),
  own: fc.boolean(),
  edits: fc.nat(3),
  deleted: fc.boolean(),
});

const receipt = fc.record({
  channelId: fc.constantFrom(...chats),
  reader: fc.constantFrom('c', 'a', 'b'),
  upTo: fc.nat(35),
});

/** Everything that a conversation was ever told, in the order in which it came about. */
export const history = fc
  .record({
    messages: fc.array(versions, { maxLength: 12 }),
    receipts: fc.array(receipt, { maxLength: 3 }),
    facts: fc.array(fact, { maxLength: 12 }),
  })
  .map(({ messages, receipts, facts }) => {
    const items: readonly ConversationEvent[] = [
      ...messages.flatMap(({ channelId, ...message }, index) =>
        versionsOf(index, message).map((item) => itemOf(channelId, item)),
      ),
      ...receipts.map(({ channelId, reader, upTo }) =>
        itemOf(channelId, { kind: 'receipt', reader, upTo: start + upTo }),
      ),
    ];
    return {
      log: [...opening, ...facts].map((one, index): ConversationEvent => ({
        type: 'log',
        entry: entry(index + 1, one),
      })),
      items,
    };
  });

/** A read after a loss brings the newest version of each message, and how far everybody has seen. */
export function readOf(items: readonly ConversationEvent[]): readonly ConversationEvent[] {
  const newest = new Map<string, ConversationEvent>();
  for (const event of items) {
    if (event.type !== 'item') continue;
    const key = event.item.kind === 'message' ? event.item.providerId : `${event.item.reader} ${event.item.upTo}`;
    newest.set(`${event.channelId} ${key}`, event);
  }
  return [...newest.values()];
}

/** By `keys`, another order. */
export function shuffled<T>(list: readonly T[], keys: readonly number[]): readonly T[] {
  return list
    .map((value, index) => ({ value, key: keys[index % Math.max(1, keys.length)] ?? 0, index }))
    .sort((a, b) => a.key - b.key || b.index - a.index)
    .map(({ value }) => value);
}

/** All that a snapshot says, as text: equal when two say the same, in the same order. */
export function told({ timeline, channels, tasks, consults, invitations, ...rest }: ConversationSnapshot): string {
  const lists = [channels, tasks, consults, invitations].map((map) => [...map]);
  return JSON.stringify({ ...rest, lists, timeline: [...timeline].map((item) => Object.entries(item).sort()) });
}

function itemOf(channelId: string, item: ProviderItem): ConversationEvent {
  return { type: 'item', channelId, item };
}

function task(id: string, status: TaskStatus): TaskRecord {
  return {
    ...{ id, conversationId: 'c-1', queueId: 'sales', channel: 'chat', priority: 0, labels: {}, status },
    ...{ queuedAt: start, wrapUp: { dispositions: [], required: false } },
  };
}

function entry(seq: number, fact: LogFact): LogEntry {
  return { seq, at: start + seq, by: { kind: 'system' }, ...fact };
}

function versionsOf(
  index: number,
  { at, sender, own, edits, deleted }: { at: number; sender: string; own: boolean; edits: number; deleted: boolean },
): readonly ProviderMessage[] {
  const message: ProviderMessage = {
    ...{ kind: 'message', providerId: `${index}`, version: 1, at: start + at, seq: index, sender, text: `m${index}` },
    ...(own && { clientId: `k${index}` }),
  };
  const all = [message];
  for (let edit = 1; edit <= edits; edit++)
    all.push({ ...message, version: 1 + edit, text: `m${index}.${edit}`, editedAt: start + at + edit });
  if (deleted) all.push({ ...message, version: 9, text: '', deletedAt: start + at + 9 });
  return all;
}
