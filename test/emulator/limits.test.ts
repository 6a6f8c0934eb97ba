import { documentedSizes } from 'onescreen/emulator';
import { describe, expect, test } from 'vitest';
import { at, createBench, errorOf, identityVersion, participant, type BenchUser } from './bench';

async function statuses(count: number, call: (index: number) => Promise<{ readonly status: number }>) {
  const seen: number[] = [];
  for (let index = 0; index < count; index += 1) seen.push((await call(index)).status);
  return seen;
}
const times = (count: number, status: number) => Array.from({ length: count }, () => status);

describe('rates', () => {
  test('let ten changes of messages pass in ten seconds, by all senders together, and thirty in a minute', async () => {
    const bench = createBench({ limits: {} });
    const [alice, bob] = [bench.user(), bench.user()];
    const thread = await alice.thread([bob]);
    const send = (index: number) =>
      (index % 2 === 0 ? alice : bob).call('POST', `${thread}/messages`, { content: 'a' });
    expect(await statuses(11, send)).toEqual([...times(10, 201), 429]);
    const refused = await send(0);
    expect(errorOf(refused)).toEqual([429, 'TooManyRequests']);
    expect(refused.headers.get('retry-after')).toBe('10');
    await bench.clock.advance(4000);
    expect((await send(0)).headers.get('retry-after')).toBe('6');
    await bench.clock.advance(6000);
    expect(await statuses(11, send)).toEqual([...times(10, 201), 429]);
    await bench.clock.advance(10_000);
    expect(await statuses(11, send)).toEqual([...times(10, 201), 429]);
    await bench.clock.advance(10_000);
    const perMinute = await send(0);
    expect([perMinute.status, perMinute.headers.get('retry-after')]).toEqual([429, '30']);
  });

  test('count each thread and each user by themselves', async () => {
    const bench = createBench({ limits: {} });
    const alice = bench.user();
    const threads = [await alice.thread(), await alice.thread()];
    for (const thread of threads) {
      expect(await statuses(10, () => alice.call('POST', `${thread}/messages`, { content: 'a' }))).toEqual(
        times(10, 201),
      );
    }
    expect(await statuses(9, () => alice.call('POST', '/chat/threads', { topic: 'a' }))).toEqual([
      ...times(8, 201),
      429,
    ]);
    expect((await bench.user().call('POST', '/chat/threads', { topic: 'a' })).status).toBe(201);
  });

  test.each([
    ['list messages', 50, (user: BenchUser, thread: string) => user.call('GET', `${thread}/messages`)],
    ['get thread', 50, (user: BenchUser, thread: string) => user.call('GET', thread)],
    ['list threads', 50, (user: BenchUser) => user.call('GET', '/chat/threads')],
    ['update thread', 5, (user: BenchUser, thread: string) => user.call('PATCH', thread, { topic: 'a' })],
    ['typing', 5, (user: BenchUser, thread: string) => user.call('POST', `${thread}/typing`, {})],
    [
      'add participants',
      10,
      (user: BenchUser, thread: string) =>
        user.call('POST', `${thread}/participants/:add`, { participants: [participant(user.id)] }),
    ],
  ])('bound %s to %i', async (_what, count, call) => {
    const bench = createBench({ limits: {} });
    const alice = bench.user();
    const thread = await alice.thread();
    const seen = await statuses(count + 1, () => call(alice, thread));
    expect([seen.filter((status) => status < 300).length, seen.at(-1)]).toEqual([count, 429]);
  });

  test('bound new identities to a thousand in thirty seconds', async () => {
    const bench = createBench({ limits: {} });
    const create = () => bench.signed('POST', `/identities?${identityVersion}`);
    expect(await statuses(1001, create)).toEqual([...times(1000, 201), 429]);
  });

  test('can be switched off one by one or all together', async () => {
    for (const limits of [{ rates: { changeMessage: false as const } }, { rates: false as const }, false as const]) {
      const alice = createBench({ limits }).user();
      const thread = await alice.thread();
      expect(await statuses(40, () => alice.call('POST', `${thread}/messages`, { content: 'a' }))).toEqual(
        times(40, 201),
      );
    }
  });
});

describe('sizes', () => {
  test('a message has at most 28 KB, its metadata counted in', async () => {
    const alice = createBench({ limits: { rates: false } }).user();
    const thread = await alice.thread();
    const send = (body: object) => alice.call('POST', `${thread}/messages`, body);
    const full = 'ä'.repeat(documentedSizes.messageBytes / 2);
    const sent = await send({ content: full });
    expect(sent.status).toBe(201);
    expect(errorOf(await send({ content: `${full}a` }))).toEqual([413, 'RequestEntityTooLarge']);
    expect(errorOf(await send({ content: full, metadata: { a: '' } }))).toEqual([413, 'RequestEntityTooLarge']);
    const path = `${thread}/messages/${String(at(sent.body, 'id'))}`;
    expect(errorOf(await alice.call('PATCH', path, { content: `${full}a` }))).toEqual([413, 'RequestEntityTooLarge']);
  });

  test('a thread has at most 250 participants, 200 added at once', async () => {
    const bench = createBench({ limits: { rates: false } });
    const alice = bench.user();
    const others = Array.from({ length: 250 }, () => participant(bench.user().id));
    expect(
      errorOf(await alice.call('POST', '/chat/threads', { topic: 'a', participants: others.slice(0, 201) })),
    ).toEqual([400, 'BadRequest']);
    const thread = await alice.thread([], { participants: others.slice(0, 200) });
    const add = (participants: readonly object[]) =>
      alice.call('POST', `${thread}/participants/:add`, { participants });
    expect((await add(others.slice(200, 249))).status).toBe(201);
    expect(errorOf(await add(others.slice(249)))).toEqual([400, 'BadRequest']);
    expect(at((await alice.call('GET', `${thread}/participants?maxPageSize=1000`)).body, 'value')).toHaveLength(200);
  });

  test('metadata of threads and participants have at most 1 KB', async () => {
    const alice = createBench({ limits: { rates: false } }).user();
    const metadata = { a: 'x'.repeat(1024) };
    expect(errorOf(await alice.call('POST', '/chat/threads', { topic: 'a', metadata }))).toEqual([
      413,
      'RequestEntityTooLarge',
    ]);
    const participants = [participant(alice.id, { metadata })];
    expect(errorOf(await alice.call('POST', '/chat/threads', { topic: 'a', participants }))).toEqual([
      413,
      'RequestEntityTooLarge',
    ]);
  });

  test('receipts and typing stop above 20 participants', async () => {
    const bench = createBench({ limits: { rates: false } });
    const alice = bench.user();
    const others = Array.from({ length: 20 }, () => participant(bench.user().id));
    const thread = await alice.thread([], { participants: others.slice(0, 19) });
    const { body } = await alice.call('POST', `${thread}/messages`, { content: 'a' });
    const receipt = () => alice.call('POST', `${thread}/readReceipts`, { chatMessageId: at(body, 'id') });
    expect((await receipt()).status).toBe(200);
    await alice.call('POST', `${thread}/participants/:add`, { participants: others.slice(19) });
    expect(errorOf(await receipt())).toEqual([403, 'Forbidden']);
    expect(errorOf(await alice.call('POST', `${thread}/typing`, {}))).toEqual([403, 'Forbidden']);
  });

  test('can be switched off', async () => {
    const alice = createBench({ limits: false }).user();
    const thread = await alice.thread();
    expect((await alice.call('POST', `${thread}/messages`, { content: 'x'.repeat(100_000) })).status).toBe(201);
  });

  test('no request body above half a megabyte is read', async () => {
    const alice = createBench({ limits: false }).user();
    expect(errorOf(await alice.call('POST', '/chat/threads', { topic: 'x'.repeat(600_000) }))).toEqual([
      413,
      'RequestEntityTooLarge',
    ]);
  });
});
