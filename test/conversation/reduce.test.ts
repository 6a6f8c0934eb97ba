import type {
  ConversationEvent,
  ConversationSnapshot,
  LogEntry,
  LogFact,
  ProviderItem,
  ProviderMessage,
} from 'onescreen';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageFold } from '../../src/chat/message-fold';
import { emptyFold, reduce, type ConversationFold } from '../../src/conversation/reduce';
import { snapshotOf } from './histories';

const start = Date.UTC(2026, 0, 5, 8);
const channelId = 'ch-1';

function entry(seq: number, fact: LogFact): LogEntry {
  return { seq, at: start + seq * 10, by: { kind: 'system' }, ...fact };
}

function joined(seq: number, id: string, role: 'customer' | 'agent', acs: string): LogEntry {
  return entry(seq, { type: 'participant-joined', participant: { id, role, displayName: id, providerRefs: { acs } } });
}

const acsChat = { channel: 'chat', provider: 'acs', providerRefs: {} } as const;

const opening: readonly LogEntry[] = [
  entry(1, { type: 'conversation-opened', context: { product: 'bike' } }),
  joined(2, 'customer', 'customer', '8:acs:c'),
  joined(3, 'ada', 'agent', '8:acs:a'),
  entry(4, { type: 'channel-opened', channelId, ...acsChat }),
];

function message(id: number, sender: string, text: string, extra: Partial<ProviderMessage> = {}): ProviderMessage {
  return { kind: 'message', providerId: `${id}`, version: id, at: start + id, seq: 0, sender, text, ...extra };
}

function fold(events: readonly ConversationEvent[], self = 'ada'): ConversationSnapshot {
  return snapshotOf(events.reduce(reduce, joinedFold(self)));
}

/** A conversation whose chat is joined. */
function joinedFold(self = 'ada'): ConversationFold {
  const empty = emptyFold('c-1', self);
  empty.index.channels.set(channelId, new MessageFold(channelId));
  return empty;
}

function log(entries: readonly LogEntry[]): ConversationEvent[] {
  return entries.map((one) => ({ type: 'log', entry: one }));
}

function items(list: readonly ProviderItem[]): ConversationEvent[] {
  return list.map((item) => ({ type: 'item', channelId, item }));
}

function plain(snapshot: ConversationSnapshot): unknown {
  return {
    ...snapshot,
    channels: [...snapshot.channels],
    consults: [...snapshot.consults],
    tasks: [...snapshot.tasks],
    timeline: [...snapshot.timeline],
  };
}

function messagesOf(snapshot: ConversationSnapshot) {
  return [...snapshot.timeline].filter((item) => item.kind === 'message');
}

describe('folding a conversation', () => {
  it.each([
    ['in order', [5, 6]],
    ['the other way round', [6, 5]],
  ])('takes a name that was told of two for that of the later one, whom the log brings %s', (_, order) => {
    const told = new Map([
      [5, joined(5, 'bea', 'agent', '8:acs:shared')],
      [6, joined(6, 'ada', 'agent', '8:acs:shared')],
    ]);
    const entries = [...opening, ...order.flatMap((seq) => told.get(seq) ?? [])];
    const [shown] = messagesOf(fold([...log(entries), ...items([message(20, '8:acs:shared', 'a')])]));
    expect(shown).toMatchObject({ from: 'ada', direction: 'out' });
  });

  it('shows of a message who wrote it, by the name of a participant and by that of its provider, as far as they are known', () => {
    const named = { senderName: 'Cleo', html: '<p>b</p>', editedAt: start + 50 };
    const shown = messagesOf(
      fold([
        ...log(opening),
        ...items([
          message(20, '8:acs:c', 'a'),
          message(21, '8:acs:c', 'b', named),
          message(22, '8:acs:nobody', 'c'),
          message(23, '8:acs:nobody', 'd', { senderName: 'Nobody', deletedAt: start + 60 }),
        ]),
      ]),
    ).map(({ text, from, fromName, html, editedAt, deletedAt }) => ({
      text,
      from,
      fromName,
      html,
      editedAt,
      deletedAt,
    }));
    const nothing = {
      from: undefined,
      fromName: undefined,
      html: undefined,
      editedAt: undefined,
      deletedAt: undefined,
    };
    expect(shown).toEqual([
      { ...nothing, text: 'a', from: 'customer' },
      {
        ...nothing,
        ...{ text: 'b', from: 'customer', fromName: 'Cleo' },
        html: named.html,
        editedAt: new Date(start + 50),
      },
      { ...nothing, text: 'c' },
      { ...nothing, text: 'd', fromName: 'Nobody', deletedAt: new Date(start + 60) },
    ]);
  });

  it('leaves participants as they are when somebody comes or leaves late who has come back since', () => {
    const again = joined(9, 'customer', 'customer', '8:acs:c');
    const before = log([...opening, again]).reduce(reduce, joinedFold());
    const left = entry(7, { type: 'participant-left', participantId: 'customer', reason: 'gone' });
    const after = log([left, joined(5, 'customer', 'customer', '8:acs:c')]).reduce(reduce, before);
    expect(after.timeline.length).toBe(before.timeline.length + 2);
    expect(after.stated.participants).toBe(before.stated.participants);
  });

  it('settles to one state whatever the order and the repetitions of what arrives', () => {
    const sender = fc.constantFrom('8:acs:c', '8:acs:a', 'ada', 'stranger');
    const history = fc.record({
      messages: fc.array(
        fc.record({
          id: fc.integer({ min: 1, max: 40 }),
          sender,
          client: fc.boolean(),
          edits: fc.nat(2),
          deleted: fc.boolean(),
        }),
        { maxLength: 25 },
      ),
      receipts: fc.array(fc.record({ reader: sender, upTo: fc.integer({ min: 0, max: 45 }) }), { maxLength: 4 }),
      patches: fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.option(fc.nat(3))), { maxLength: 4 }),
      leaves: fc.boolean(),
      seed: fc.infiniteStream(fc.nat()),
    });
    fc.assert(
      fc.property(history, ({ messages, receipts, patches, leaves, seed }) => {
        const unique = new Map(messages.map((one) => [one.id, one]));
        const brought: ProviderItem[] = [];
        for (const { id, sender: from, client, edits, deleted } of unique.values()) {
          const extra = client ? { clientId: `k${id}` } : {};
          brought.push(message(id, from, `m${id}`, extra));
          for (let edit = 1; edit <= edits; edit++) {
            brought.push(
              message(id, from, `m${id}.${edit}`, {
                ...extra,
                version: id + edit * 100,
                editedAt: start + id + edit * 100,
              }),
            );
          }
          if (deleted)
            brought.push(message(id, from, '', { ...extra, version: id + 900, deletedAt: start + id + 900 }));
        }
        for (const { reader, upTo } of receipts) brought.push({ kind: 'receipt', reader, upTo: start + upTo });
        const more = patches.map((patch, index) => entry(5 + index, { type: 'context-changed', patch }));
        const last = 5 + patches.length;
        const ending = leaves
          ? [
              entry(last, { type: 'participant-left', participantId: 'customer', reason: 'ended' }),
              entry(last + 1, { type: 'channel-closed', channelId, reason: 'ended' }),
              entry(last + 2, { type: 'channel-opened', channelId: 'ch-0', ...acsChat }),
            ]
          : [];
        const events = [...log([...opening, ...more, ...ending]), ...items(brought)];
        const expected = plain(fold(events));
        const shuffled = [...events, ...events.slice(0, 10)]
          .map((event) => ({ event, key: seed.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ event }) => event);
        expect(plain(fold(shuffled))).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives back the same fold for what it knows already', () => {
    const events = [...log(opening), ...items([message(100, '8:acs:c', 'hello')])];
    const once = events.reduce(reduce, joinedFold());
    const twice = events.reduce(reduce, once);
    expect(twice).toBe(once);
  });

  it('has another statement of everything but messages only when something else than messages has changed', () => {
    const before = log(opening).reduce(reduce, joinedFold());
    const brought = items([message(1, '8:acs:c', 'hello'), message(2, '8:acs:a', 'hi')]).reduce(reduce, before);
    expect(brought.stated).toBe(before.stated);
    const patched = reduce(brought, {
      type: 'log',
      entry: entry(5, { type: 'context-changed', patch: { product: 'car' } }),
    });
    expect(patched.stated).not.toBe(before.stated);
    expect(patched.stated.context).toEqual({ product: 'car' });
  });

  it('puts what the provider brings in the place of the message that was being sent, under the same id', () => {
    const sending = { type: 'sending', channelId, clientId: 'k1', text: 'hi', at: start, seq: 1 } as const;
    const before = [...log(opening), { ...sending, state: 'sending' } as const];
    const pending = messagesOf(fold(before));
    expect(pending).toMatchObject([{ state: 'sending', direction: 'out', text: 'hi' }]);
    const settled = messagesOf(fold([...before, ...items([message(200, '8:acs:a', 'hi', { clientId: 'k1' })])]));
    expect(settled).toMatchObject([{ state: 'sent', id: pending[0]?.id, from: 'ada' }]);
    const late = [
      ...log(opening),
      ...items([message(200, '8:acs:a', 'hi', { clientId: 'k1' })]),
      { ...sending, state: 'failed' } as const,
    ];
    expect(messagesOf(fold(late))).toMatchObject([{ state: 'sent' }]);
  });

  it('does not let somebody else settle a message by guessing its client id', () => {
    const sending = {
      type: 'sending',
      channelId,
      clientId: 'k1',
      text: 'hi',
      at: start,
      seq: 1,
      state: 'sending',
    } as const;
    const shown = messagesOf(
      fold([...log(opening), sending, ...items([message(200, '8:acs:c', 'fake', { clientId: 'k1' })])]),
    );
    expect(shown.map(({ text, state }) => [text, state])).toEqual([
      ['fake', 'sent'],
      ['hi', 'sending'],
    ]);
  });

  it('keeps messages that are not stored yet below all others, in order of sending', () => {
    const sending = (seq: number) =>
      ({ type: 'sending', channelId, clientId: `k${seq}`, text: `p${seq}`, at: start, seq, state: 'queued' }) as const;
    const shown = messagesOf(
      fold([...log(opening), sending(2), sending(1), ...items([message(9_000, '8:acs:c', 'later')])]),
    );
    expect(shown.map((item) => item.text)).toEqual(['later', 'p1', 'p2']);
  });

  it('marks own messages as read up to the receipt, those that come later included', () => {
    const receipt = { kind: 'receipt', reader: '8:acs:c', upTo: start + 300 } as const;
    const shown = messagesOf(
      fold([
        ...log(opening),
        ...items([
          message(200, '8:acs:a', 'one'),
          receipt,
          message(300, '8:acs:a', 'two'),
          message(301, '8:acs:a', 'three'),
        ]),
      ]),
    );
    expect(shown.map((item) => item.state)).toEqual(['read', 'read', 'sent']);
  });

  it('counts what is unread until it is marked as read', () => {
    const events = [
      ...log(opening),
      ...items([message(200, '8:acs:c', 'one'), message(201, '8:acs:c', 'two'), message(202, '8:acs:a', 'mine')]),
    ];
    expect(fold(events).unread).toBe(2);
    const seen = { kind: 'receipt', reader: '8:acs:a', upTo: start + 200 } as const;
    expect(fold([...events, ...items([seen])]).unread).toBe(1);
    const removed = message(201, '8:acs:c', '', { version: 999, deletedAt: start + 999 });
    expect(fold([...events, ...items([seen, removed])]).unread).toBe(0);
  });

  it('keeps the newest word about each consult, oldest consult first, whatever came first', () => {
    const consult = (seq: number, id: string, status: 'ringing' | 'consulting' | 'completed') =>
      entry(seq, {
        type: 'consult',
        consult: { id, taskId: 't-1', purpose: 'consult', kind: 'agent', displayName: 'Bea', status },
      });
    const entries = [
      consult(5, 'z', 'ringing'),
      consult(6, 'z', 'consulting'),
      consult(7, 'z', 'completed'),
      consult(8, 'a', 'ringing'),
      consult(9, 'a', 'consulting'),
    ];
    for (const order of [entries, [...entries].reverse(), [...entries.slice(2), ...entries]]) {
      const { consults, timeline } = fold(log([...opening, ...order]));
      expect([...consults.values()].map(({ id, status }) => `${id} ${status}`)).toEqual([
        'z completed',
        'a consulting',
      ]);
      const told = [...timeline].flatMap((item) =>
        item.kind === 'consult' ? [`${item.consultId} ${item.status}`] : [],
      );
      expect(told).toEqual(['z ringing', 'z consulting', 'z completed', 'a ringing', 'a consulting']);
    }
  });

  it('tells a promise to call back in the timeline, with when it is due', () => {
    const callback = {
      id: 'cb-1',
      conversationId: 'c-1',
      queueId: 'sales',
      phone: '+14255550100',
      customer: 'Cleo',
      dueAt: start + 60_000,
      requestedAt: start,
      status: 'scheduled',
    } as const;
    const { timeline } = fold(log([...opening, entry(5, { type: 'callback', callback })]));
    expect(timeline.at(timeline.length - 1)).toMatchObject({
      kind: 'callback',
      callbackId: 'cb-1',
      dueAt: new Date(start + 60_000),
      status: 'scheduled',
    });
  });

  it('tells a recording that is paused from one that goes on and one that has ended, whatever came first', () => {
    const changes = ['recording-started', 'recording-paused', 'recording-resumed', 'recording-paused'] as const;
    const entries = changes.map((change, index) => entry(5 + index, { type: 'channel-changed', channelId, change }));
    const recordingAfter = (list: readonly LogEntry[]) =>
      fold(log([...list, ...opening])).channels.get(channelId)?.recording;
    expect([0, 1, 2, 3, 4].map((count) => recordingAfter(entries.slice(0, count)))).toEqual([
      'off',
      'on',
      'paused',
      'on',
      'paused',
    ]);
    expect(recordingAfter([...entries].reverse())).toBe('paused');
    const over = entry(9, { type: 'channel-changed', channelId, change: 'recording-stopped' });
    expect(recordingAfter([over, ...entries])).toBe('off');
    const again = entry(10, { type: 'channel-changed', channelId, change: 'recording-started' });
    expect(recordingAfter([again, over, ...entries])).toBe('on');
  });

  it('leaves every snapshot as it was', () => {
    let state = joinedFold();
    const taken: { readonly snapshot: ConversationSnapshot; readonly copy: unknown }[] = [];
    const script = [
      ...log(opening),
      ...items(Array.from({ length: 200 }, (_, i) => message(100 + ((i * 37) % 200), '8:acs:c', `m${i}`))),
    ];
    for (const event of script) {
      state = reduce(state, event);
      const snapshot = snapshotOf(state);
      taken.push({ snapshot, copy: structuredClone(plain(snapshot)) });
    }
    for (const { snapshot, copy } of taken) expect(plain(snapshot)).toEqual(copy);
  });
});
