import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryStore, type ConversationStore } from 'onescreen/server';
import { redisStore } from 'onescreen/server/redis';
import { startRedis, type RedisServer } from './redis-server';

let redis: RedisServer;
let domains = 0;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.close());

const by = { kind: 'system' } as const;
const note = (at: number, text: string) => ({ at, by, type: 'note', text }) as const;
const message = (at: number, id: string) =>
  ({ at, by, type: 'message', channelId: 'ch', message: { id, from: 'p', text: `${id} — “ü”` } }) as const;
const opened = (at: number, customerId?: string) =>
  ({ at, by, type: 'conversation-opened', context: customerId === undefined ? {} : { customerId } }) as const;

const stores = {
  memory: memoryStore,
  Redis: () => redisStore({ redis: redis.client(), domain: `store-${++domains}` }),
} satisfies Record<string, () => ConversationStore>;

it.each(['', 'a}b', '{a}'])('the store in Redis refuses "%s" for a domain', (domain) => {
  const refused = expect.objectContaining({ code: 'command/invalid', field: 'domain' });
  expect(() => redisStore({ redis: redis.client(), domain })).toThrow(refused);
});

describe.each(Object.entries(stores))('the store in %s', (_, open) => {
  it('numbers each conversation’s entries from 1 without gaps, and never lets time go back', async () => {
    const store = open();
    const added = await Promise.all([
      store.append('a', [note(10, 'x'), note(5, 'y')]),
      store.append('b', [note(1, 'z')]),
      store.append('a', [note(7, 'w'), note(11.5, 'v')]),
      store.append('a', []),
    ]);
    expect(added.map((entries) => entries.map(({ seq }) => seq))).toEqual([[1, 2], [1], [3, 4], []]);
    const log = await store.read('a');
    expect(log.map(({ seq, at }) => [seq, at])).toEqual([
      [1, 10],
      [2, 10],
      [3, 10],
      [4, 11.5],
    ]);
    expect([...(added[0] ?? []), ...(added[2] ?? [])]).toEqual(log);
    expect(await store.read('unheard-of')).toEqual([]);
  });

  it('reads by place, kind and number, also in a long log', async () => {
    const store = open();
    await store.append('a', [note(1, 'n1'), message(2, 'm2'), message(3, 'm3'), note(4, 'n4'), message(5, 'm5')]);
    const seqs = async (query: Parameters<typeof store.read>[1]) =>
      (await store.read('a', query)).map(({ seq }) => seq);
    expect(await seqs({ from: 3 })).toEqual([3, 4, 5]);
    expect(await seqs({ before: 3 })).toEqual([1, 2]);
    expect(await seqs({ from: 2, before: 5, only: 'messages' })).toEqual([2, 3]);
    expect(await seqs({ only: 'state' })).toEqual([1, 4]);
    expect(await seqs({ only: 'messages', limit: 2 })).toEqual([3, 5]);
    expect(await seqs({ before: 99, limit: 0 })).toEqual([]);
    await store.append(
      'a',
      Array.from({ length: 600 }, (_, index) => message(6, `m${6 + index}`)),
    );
    expect(await seqs({ only: 'state' })).toEqual([1, 4]);
    expect(await seqs({ only: 'messages', limit: 3, before: 404 })).toEqual([401, 402, 403]);
    expect((await store.read('a', { from: 600, limit: 1 }))[0]).toMatchObject({ seq: 605, message: { id: 'm605' } });
  });

  it('finds a customer’s conversations, whosever they were before', async () => {
    const store = open();
    await store.append('a', [opened(1_700_000_000_001, 'cleo')]);
    await store.append('b', [opened(1_700_000_000_002)]);
    await store.append('c', [opened(1_700_000_000_003, 'dora')]);
    const patch = (customerId: string | number | null) =>
      ({ at: 9, by, type: 'context-changed', patch: { customerId } }) as const;
    await store.append('b', [patch('cleo'), note(9, 'x')]);
    await store.append('c', [patch(7), patch('cleo')]);
    const of = async (id: string, query: { before?: number; limit: number } = { limit: 9 }) =>
      (await store.conversationsOf?.(id, query))?.map((one) => [one.id, one.openedAt - 1_700_000_000_000]);
    expect(await of('cleo')).toEqual([
      ['c', 3],
      ['b', 2],
      ['a', 1],
    ]);
    expect(await of('dora')).toEqual([]);
    expect(await of('cleo', { limit: 1 })).toEqual([['c', 3]]);
    expect(await of('cleo', { before: 1_700_000_000_003, limit: 1 })).toEqual([['b', 2]]);
    await store.append('a', [patch(null)]);
    expect((await of('cleo'))?.map(([id]) => id)).toEqual(['c', 'b']);
  });
});

describe.each(Object.entries(stores))('for a server that starts, the store in %s', (_, open) => {
  it('knows the conversations that have not ended, the one opened first first', async () => {
    const store = open();
    await store.append('b', [opened(2)]);
    await store.append('a', [opened(1), note(9, 'x')]);
    await store.append('c', [opened(3)]);
    await store.append('b', [note(4, 'y'), { at: 5, by, type: 'conversation-ended' }]);
    await store.append('c', [{ at: 5, by, type: 'kept', kept: { attached: true } }]);
    expect(await store.open?.()).toEqual([
      { id: 'a', openedAt: 1 },
      { id: 'c', openedAt: 3 },
    ]);
    expect((await store.read('c', { only: 'state' })).at(-1)).toMatchObject({ seq: 2, kept: { attached: true } });
  });

  it('remembers of each agent what was said last', async () => {
    const store = open();
    const ann = { id: 'ann', availability: { kind: 'available' } } as const;
    const ben = { id: 'ben', availability: { kind: 'unavailable', reason: 'lunch' }, goneAt: 7 } as const;
    await store.keepAgent?.('ann', { ...ann, goneAt: 3 });
    await store.keepAgent?.('ben', ben);
    await store.keepAgent?.('cas', { ...ann, id: 'cas' });
    await store.keepAgent?.('ann', ann);
    await store.keepAgent?.('cas', undefined);
    expect([...((await store.agents?.()) ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([ann, ben]);
  });
});

describe('the store in Redis', () => {
  it('takes nothing from who does not lead any more, and says so', async () => {
    const client = redis.client();
    await client.set('fence', 7);
    const lost: number[] = [];
    const of = (token: number) =>
      redisStore({ redis: client, domain: 'fenced', term: { fence: 'fence', token, lost: () => lost.push(token) } });
    await of(7).append('a', [note(1, 'x')]);
    await client.set('fence', 8);
    await expect(of(7).append('a', [note(2, 'y')])).rejects.toMatchObject({ code: 'session/closed' });
    const ann = { id: 'ann', availability: { kind: 'available' } } as const;
    await expect(of(7).keepAgent?.('ann', ann)).rejects.toMatchObject({ code: 'session/closed' });
    expect(await of(8).agents?.()).toEqual([]);
    await of(8).append('a', [note(3, 'z')]);
    expect((await of(8).read('a')).map(({ at }) => at)).toEqual([1, 3]);
    expect(lost).toEqual([7, 7]);
  });

  it('has an entry once, and all that it confirmed, when Redis is killed while it writes', async () => {
    const store = redisStore({ redis: redis.client(), domain: 'killed' });
    const confirmed: number[] = [];
    const writing = Promise.all(
      Array.from({ length: 10 }, async (_, writer) => {
        for (let turn = 0; turn < 60; turn++) {
          for (const { at } of await store.append('a', [note(1, `${writer}-${turn}`)])) confirmed.push(at);
          if (turn === 20 && writer === 0) void redis.kill().then(() => redis.start());
        }
      }),
    );
    await writing;
    const log = await store.read('a');
    const texts = log.map((entry) => (entry.type === 'note' ? entry.text : ''));
    expect(new Set(texts).size).toBe(600);
    expect(log.map(({ seq }) => seq)).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
    expect(confirmed).toHaveLength(600);
  });
});
