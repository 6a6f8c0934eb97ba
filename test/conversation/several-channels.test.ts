import type { ConversationEvent, LogEntry, LogFact, ProviderMessage, TaskRecord } from 'onescreen';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageFold } from '../../src/chat/message-fold';
import { emptyFold, reduce, withTimeline, type ConversationFold } from '../../src/conversation/reduce';
import { snapshotOf } from './histories';

const start = Date.UTC(2026, 0, 5, 8);
const chats = ['ch-1', 'm-1/chat'];
const statuses = ['open', 'accepted', 'declined', 'expired', 'withdrawn'] as const;

const task: TaskRecord = {
  ...{ id: 't-1', conversationId: 'c-1', queueId: 'sales', channel: 'chat', priority: 0, labels: {} },
  ...{ status: 'assigned', agentId: 'ada', queuedAt: start, wrapUp: { dispositions: [], required: false } },
};

function entries(facts: readonly LogFact[]): readonly LogEntry[] {
  return facts.map((fact, index) => ({ seq: index + 1, at: start + index * 10, by: { kind: 'system' }, ...fact }));
}

const person = (id: string, role: 'customer' | 'agent', ref: string) => ({
  ...{ id, role, displayName: id, providerRefs: { acs: ref } },
});

const opening: readonly LogFact[] = [
  { type: 'conversation-opened', context: {} },
  { type: 'participant-joined', participant: person('cleo', 'customer', 'c') },
  { type: 'participant-joined', participant: person('ada', 'agent', 'a') },
  { type: 'channel-opened', channelId: 'ch-1', channel: 'chat', provider: 'acs', providerRefs: {} },
];

const opened = (channelId: string, channel: string): LogFact => ({
  ...{ type: 'channel-opened', channelId, channel, provider: 'teams', providerRefs: {} },
});

const invitation = (id: string, channelId: string, status: (typeof statuses)[number]): LogFact => ({
  type: 'invitation',
  invitation: {
    ...{ id, channel: 'meeting', channelId, taskId: 't-1', status, from: 'Ada', by: 'link' },
    expiresAt: start + 120_000,
  },
});

function joined(): ConversationFold {
  const empty = emptyFold('c-1', 'ada');
  for (const chat of chats) empty.index.channels.set(chat, new MessageFold(chat));
  return empty;
}

const log = (list: readonly LogEntry[]): ConversationEvent[] => list.map((entry) => ({ type: 'log', entry }));

const fold = (events: readonly ConversationEvent[]) => snapshotOf(events.reduce(reduce, joined()));

function plain(events: readonly ConversationEvent[]): unknown {
  const snapshot = fold(events);
  return {
    ...{ ...snapshot, channels: [...snapshot.channels] },
    ...{ tasks: [...snapshot.tasks], consults: [...snapshot.consults] },
    ...{ invitations: [...snapshot.invitations], timeline: [...snapshot.timeline] },
  };
}

const fact = fc.oneof(
  fc
    .tuple(fc.constantFrom('i-1', 'i-2', 'i-3'), fc.constantFrom('m-1', 'v-1'), fc.constantFrom(...statuses))
    .map(([id, channelId, status]) => invitation(id, channelId, status)),
  fc
    .tuple(fc.boolean(), fc.subarray(['chat', 'meeting', 'voice']))
    .map(([again, channels]): LogFact => ({ type: 'task', task: { ...task, channels }, ...(again && { again }) })),
  fc.tuple(fc.boolean(), fc.constantFrom('', '2')).map(([again, more]): LogFact => {
    const participant = { ...person('ada', 'agent', 'a'), providerRefs: { acs: 'a', meeting: `m${more}` } };
    return { type: 'participant-joined', participant, ...(again && { again }) };
  }),
  fc.constantFrom(
    opened('m-1', 'meeting'),
    opened('v-1', 'voice'),
    { type: 'channel-changed', channelId: 'v-1', change: 'held' } as const,
    { type: 'channel-changed', channelId: 'v-1', change: 'resumed' } as const,
    { type: 'channel-changed', channelId: 'm-1', change: 'waiting', participantId: 'cleo' } as const,
    { type: 'channel-closed', channelId: 'v-1', reason: 'declined' } as const,
    { type: 'channel-closed', channelId: 'm-1', reason: 'ended' } as const,
  ),
);

describe('a conversation over several channels, folded', () => {
  it('settles to one state whatever the order and the repetitions of what arrives', () => {
    const message = fc.record({
      channelId: fc.constantFrom(...chats),
      at: fc.nat(200),
      sender: fc.constantFrom('a', 'c', 'm', 'm2'),
    });
    const history = fc.record({
      facts: fc.array(fact, { maxLength: 20 }),
      messages: fc.array(message, { maxLength: 15 }),
      keys: fc.infiniteStream(fc.nat()),
    });
    fc.assert(
      fc.property(history, ({ facts, messages, keys }) => {
        const brought = messages.map(({ channelId, at, sender }, id): ConversationEvent => {
          const item: ProviderMessage = {
            ...{ kind: 'message', providerId: `${id}`, version: 1, at: start + at, seq: id, sender, text: `m${id}` },
          };
          return { type: 'item', channelId, item };
        });
        const events = [...log(entries([...opening, ...facts])), ...brought];
        const shuffled = [...events, ...events.slice(0, 12)]
          .map((event) => ({ event, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ event }) => event);
        expect(plain(shuffled)).toEqual(plain(events));
      }),
      { numRuns: 600 },
    );
  });

  it('has its channels in the order in which they were opened, with the newest word on each, whatever came first', () => {
    const told = entries([
      ...opening,
      opened('z-1', 'chat'),
      opened('a-1', 'chat'),
      { type: 'channel-closed', channelId: 'z-1', reason: 'ended' },
      { type: 'channel-opened', channelId: 'ch-1', channel: 'chat', provider: 'acs', providerRefs: { thread: 'late' } },
    ]);
    for (const order of [told, [...told].reverse(), [...told.slice(5), ...told]]) {
      const { channels } = fold(log(order));
      expect([...channels.values()].map(({ id, open }) => `${id} ${open}`)).toEqual([
        'ch-1 true',
        'z-1 false',
        'a-1 true',
      ]);
      expect(channels.get('ch-1')?.providerRefs).toEqual({ thread: 'late' });
    }
  });

  it('keeps what is told of a channel apart from what is told of a task of the same id', () => {
    const told = entries([...opening, opened('1', 'chat'), { type: 'task', task: { ...task, id: '1' } }]);
    for (const order of [told, [...told].reverse()]) {
      const { channels, tasks } = fold(log(order));
      expect([...channels.keys()]).toEqual(['ch-1', '1']);
      expect([...tasks.keys()]).toEqual(['1']);
    }
  });

  it('keeps the newest word on each invitation, the oldest invitation first', () => {
    const told = entries([
      ...opening,
      invitation('i-2', 'v-1', 'open'),
      invitation('i-1', 'm-1', 'open'),
      invitation('i-2', 'v-1', 'declined'),
    ]);
    for (const order of [told, [...told].reverse()]) {
      const { invitations, timeline } = fold(log(order));
      expect([...invitations.values()].map(({ id, status }) => `${id} ${status}`)).toEqual([
        'i-2 declined',
        'i-1 open',
      ]);
      const shown = [...timeline].flatMap((item) =>
        item.kind === 'invitation' ? [`${item.invitationId} ${item.status}`] : [],
      );
      expect(shown).toEqual(['i-2 open', 'i-1 open', 'i-2 declined']);
    }
  });

  it('takes from what is said again what it says, and does not tell it again', () => {
    const told = entries([
      ...opening,
      { type: 'task', task },
      { type: 'task', task: { ...task, channels: ['chat', 'meeting'] }, again: true },
      { type: 'participant-joined', participant: person('ada', 'agent', 'a2'), again: true },
    ]);
    const { tasks, participants, timeline } = fold(log(told));
    expect(tasks.get('t-1')?.channels).toEqual(['chat', 'meeting']);
    expect(participants.find(({ id }) => id === 'ada')?.providerRefs).toEqual({ acs: 'a2' });
    expect([...timeline].map(({ kind }) => kind)).toEqual(['participant', 'participant', 'channel', 'task']);
  });

  it('counts as unread what came in any chat that is joined, and in none that is left', () => {
    const said = (channelId: string, providerId: string): ConversationEvent => ({
      ...{ type: 'item', channelId },
      item: { kind: 'message', providerId, version: 1, at: start + 100, seq: 0, sender: 'c', text: 'hello' },
    });
    const state = [...log(entries(opening)), said('ch-1', '1'), said('m-1/chat', '2'), said('m-1/chat', '3')].reduce(
      reduce,
      joined(),
    );
    expect(state.unread).toBe(3);
    state.index.channels.delete('m-1/chat');
    expect(withTimeline(state, state.timeline).unread).toBe(1);
    expect(state.unread).toBe(3);
  });
});
