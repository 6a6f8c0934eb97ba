import fc from 'fast-check';
import type {
  ConversationEvent,
  ConversationSnapshot,
  LogEntry,
  LogFact,
  ProviderItem,
  ProviderMessage,
} from 'onescreen';
import { MessageFold } from '../../src/chat/message-fold';
import { emptyFold, type ConversationFold } from '../../src/conversation/reduce';

export const channelId = 'ch-1';

const start = Date.UTC(2026, 0, 5, 8);

/** A conversation whose chat is joined, as Ada sees it. */
export function joinedFold(): ConversationFold {
  const fold = emptyFold('c-1', 'ada');
  fold.index.channels.set(channelId, new MessageFold(channelId));
  return fold;
}

const person = (id: string, role: 'customer' | 'agent', acs: string): LogFact => ({
  type: 'participant-joined',
  participant: { id, role, displayName: id, providerRefs: { acs } },
});

const opening: readonly LogFact[] = [
  { type: 'conversation-opened', context: {} },
  person('cleo', 'customer', 'c'),
  person('ada', 'agent', 'a'),
  { type: 'channel-opened', channelId, channel: 'chat', provider: 'acs', providerRefs: {} },
];

/** What its service says of one message, from the first version to the last. */
const versions = fc.record({
  at: fc.nat(30),
  sender: fc.constantFrom('c', 'a', 'stranger'),
  own: fc.boolean(),
  edits: fc.nat(3),
  deleted: fc.boolean(),
});

const receipt = fc.record({ reader: fc.constantFrom('c', 'a'), upTo: fc.nat(35) });

/** Everything that a conversation was ever told, in the order in which it came about. */
export const history = fc
  .record({
    messages: fc.array(versions, { maxLength: 12 }),
    receipts: fc.array(receipt, { maxLength: 3 }),
    notes: fc.array(fc.nat(30), { maxLength: 3 }),
  })
  .map(({ messages, receipts, notes }) => {
    const facts: readonly LogFact[] = [
      ...opening,
      ...notes.map((note): LogFact => ({ type: 'note', text: `n${note}` })),
    ];
    const items: readonly ProviderItem[] = [
      ...messages.flatMap((message, index) => versionsOf(index, message)),
      ...receipts.map(({ reader, upTo }): ProviderItem => ({ kind: 'receipt', reader, upTo: start + upTo })),
    ];
    return {
      log: facts.map((fact, index): ConversationEvent => ({ type: 'log', entry: entry(index + 1, fact) })),
      items: items.map((item): ConversationEvent => ({ type: 'item', channelId, item })),
    };
  });

/** A read after a loss brings the newest version of each message, and how far everybody has seen. */
export function readOf(items: readonly ConversationEvent[]): readonly ConversationEvent[] {
  const newest = new Map<string, ConversationEvent>();
  for (const event of items) {
    if (event.type !== 'item') continue;
    const key = event.item.kind === 'message' ? event.item.providerId : `${event.item.reader} ${event.item.upTo}`;
    newest.set(key, event);
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

/** All that a snapshot says, as text: equal when two say the same. */
export function told({ timeline, channels, tasks, consults, invitations, ...rest }: ConversationSnapshot): string {
  const lists = [channels, tasks, consults, invitations].map((map) => [...map]);
  return JSON.stringify({ ...rest, lists, timeline: [...timeline].map((item) => Object.entries(item).sort()) });
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
