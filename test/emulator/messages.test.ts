import { beforeEach, describe, expect, test } from 'vitest';
import { at, createBench, errorOf, origin, participant, type Bench, type BenchUser } from './bench';

let bench: Bench;
let alice: BenchUser;
let bob: BenchUser;
let thread: string;
beforeEach(async () => {
  bench = createBench();
  alice = bench.user();
  bob = bench.user();
  thread = await alice.thread([bob]);
});

async function send(user: BenchUser, content: string, more: object = {}) {
  const answer = await user.call('POST', `${thread}/messages`, { content, ...more });
  expect(answer.status).toBe(201);
  return String(at(answer.body, 'id'));
}
const get = async (user: BenchUser, id: string) => (await user.call('GET', `${thread}/messages/${id}`)).body;
const list = async (user: BenchUser, query = ''): Promise<readonly unknown[]> => {
  const value = at((await user.call('GET', `${thread}/messages${query}`)).body, 'value');
  return Array.isArray(value) ? [...(value as readonly unknown[])] : [];
};
const texts = async (user: BenchUser, query = '') =>
  (await list(user, query)).flatMap((item) => (at(item, 'type') === 'text' ? [at(item, 'content', 'message')] : []));

describe('a message', () => {
  test('has the shape that the service gives it', async () => {
    await bench.clock.advance(10_718);
    const id = await send(bob, 'content', { senderDisplayName: 'Bob', metadata: { tags: 'sometag' } });
    expect(id).toBe(String(bench.clock.now()));
    expect(await get(alice, id)).toEqual({
      id,
      type: 'text',
      sequenceId: '3',
      version: id,
      content: { message: 'content', attachments: [] },
      senderDisplayName: 'Bob',
      createdOn: '2026-01-05T08:00:10Z',
      senderCommunicationIdentifier: { rawId: bob.id, communicationUser: { id: bob.id } },
      metadata: { tags: 'sometag' },
    });
  });

  test('gets an id above every one before, even in the same millisecond', async () => {
    const ids = [await send(alice, 'a'), await send(bob, 'b'), await send(alice, 'c')].map(Number);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    expect(new Set(ids).size).toBe(3);
  });

  test('is edited by its sender alone, keeping its id', async () => {
    const id = await send(alice, 'one', { metadata: { a: '1' } });
    await bench.clock.advance(2000);
    expect(errorOf(await bob.call('PATCH', `${thread}/messages/${id}`, { content: 'mine' }))).toEqual([
      403,
      'Forbidden',
    ]);
    expect(
      (await alice.call('PATCH', `${thread}/messages/${id}`, { content: 'two', metadata: { b: '2' } })).status,
    ).toBe(204);
    expect(await get(bob, id)).toMatchObject({
      id,
      version: String(bench.clock.now()),
      content: { message: 'two' },
      editedOn: '2026-01-05T08:00:02Z',
      createdOn: '2026-01-05T08:00:00Z',
      metadata: { a: '1', b: '2' },
    });
  });

  test('is deleted by its sender alone and stays in the list without its content', async () => {
    const id = await send(alice, 'secret', { metadata: { a: '1' } });
    expect(errorOf(await bob.call('DELETE', `${thread}/messages/${id}`))).toEqual([403, 'Forbidden']);
    expect((await alice.call('DELETE', `${thread}/messages/${id}`)).status).toBe(204);
    expect((await alice.call('DELETE', `${thread}/messages/${id}`)).status).toBe(204);
    const [newest] = await list(bob);
    expect(newest).toMatchObject({ id, content: {}, deletedOn: '2026-01-05T08:00:00Z' });
    expect(JSON.stringify(bench.core.snapshot())).not.toContain('secret');
    expect(errorOf(await alice.call('PATCH', `${thread}/messages/${id}`, { content: 'back' }))).toEqual([
      400,
      'BadRequest',
    ]);
  });

  test('of the system cannot be changed', async () => {
    const [topic] = await list(alice);
    const path = `${thread}/messages/${String(at(topic, 'id'))}`;
    expect(errorOf(await alice.call('PATCH', path, { content: 'a' }))).toEqual([403, 'Forbidden']);
    expect(errorOf(await alice.call('DELETE', path))).toEqual([403, 'Forbidden']);
  });

  test('that does not exist is not found', async () => {
    for (const method of ['GET', 'DELETE', 'PATCH']) {
      expect(
        errorOf(await alice.call(method, `${thread}/messages/1`, method === 'PATCH' ? { content: 'a' } : undefined)),
      ).toEqual([404, 'NotFound']);
    }
  });

  test.each([
    ['no content', {}],
    ['an empty content', { content: '' }],
    ['a content of a wrong type', { content: { message: 'a' } }],
    ['a type of the system', { content: 'a', type: 'topicUpdated' }],
    ['an unknown type', { content: 'a', type: 'markdown' }],
    ['a display name of a wrong type', { content: 'a', senderDisplayName: 5 }],
    ['metadata of a wrong type', { content: 'a', metadata: ['a'] }],
    ['metadata that are no strings', { content: 'a', metadata: { a: { b: 'c' } } }],
    ['no body', undefined],
    ['malformed JSON', '{content}'],
  ])('with %s is refused', async (_what, body) => {
    expect(errorOf(await alice.call('POST', `${thread}/messages`, body))).toEqual([400, 'BadRequest']);
    expect(await list(alice)).toHaveLength(2);
  });
});

describe('listing messages', () => {
  test('goes from the newest back, page by page, undisturbed by new ones', async () => {
    for (let index = 0; index < 6; index += 1) await send(alice, String(index));
    const first = (await bob.call('GET', `${thread}/messages?maxPageSize=3`)).body;
    await send(alice, 'meanwhile');
    const link = String(at(first, 'nextLink'));
    expect(link).toMatch(
      /^https:\/\/127\.0\.0\.1:4040\/chat\/threads\/19:[\w-]+@thread\.v2\/messages\?syncState=[0-9a-f]+&startTime=0&maxPageSize=3&api-version=2025-03-15$/,
    );
    const second = await bench.send('GET', link.replace(origin.replace('http', 'https'), ''), {
      headers: { authorization: `Bearer ${bob.token}` },
    });
    const page = (body: unknown) => [0, 1, 2].map((index) => at(body, 'value', index, 'content', 'message'));
    expect([page(first), page(second.body)]).toEqual([
      ['5', '4', '3'],
      ['2', '1', '0'],
    ]);
  });

  test('has no link on a last page that is just full', async () => {
    expect(at((await alice.call('GET', `${thread}/messages?maxPageSize=2`)).body, 'nextLink')).toBeUndefined();
  });

  test('goes on through its links from a start time before all time', async () => {
    const first = await bob.call('GET', `${thread}/messages?maxPageSize=1&startTime=0001-01-01T00:00:00Z`);
    const link = String(at(first.body, 'nextLink')).replace(origin.replace('http', 'https'), '');
    const second = await bench.send('GET', link, { headers: { authorization: `Bearer ${bob.token}` } });
    expect(second.body).toMatchObject({ value: [{ sequenceId: '1' }] });
  });

  test('stops at the start time', async () => {
    await send(alice, 'early');
    await bench.clock.advance(60_000);
    await send(alice, 'late');
    expect(await texts(bob, '?startTime=2026-01-05T08:00:30.500Z')).toEqual(['late']);
  });
});

describe('participants', () => {
  const add = (user: BenchUser, more: object = {}) =>
    alice.call('POST', `${thread}/participants/:add`, { participants: [participant(user.id, more)] });

  test('are listed with skip and maxPageSize', async () => {
    await add(bench.user(), { displayName: 'Carol', metadata: { role: 'bot' } });
    const first = (await alice.call('GET', `${thread}/participants?maxPageSize=2`)).body;
    expect(at(first, 'value')).toHaveLength(2);
    const link = String(at(first, 'nextLink'));
    expect(link).toContain('/participants?skip=2&maxPageSize=2&api-version=2025-03-15');
    const rest = await bench.send('GET', link.replace(origin.replace('http', 'https'), ''), {
      headers: { authorization: `Bearer ${alice.token}` },
    });
    expect(rest.body).toMatchObject({
      value: [{ displayName: 'Carol', metadata: { role: 'bot' }, shareHistoryTime: '1970-01-01T00:00:00Z' }],
    });
    expect(at(rest.body, 'nextLink')).toBeUndefined();
  });

  test('that join see history from their share time on', async () => {
    await send(alice, 'before');
    await bench.clock.advance(60_000);
    const carol = bench.user();
    const dave = bench.user();
    expect((await add(carol, { shareHistoryTime: '2026-01-05T08:00:30Z' })).body).toEqual({});
    await add(dave);
    await send(alice, 'after');
    expect(await texts(carol)).toEqual(['after']);
    expect(await texts(dave)).toEqual(['after', 'before']);
    expect((await list(carol)).map((item) => at(item, 'type'))).toEqual([
      'text',
      'participantAdded',
      'participantAdded',
    ]);
  });

  test('see everything written since they joined, even with a share time to come', async () => {
    await send(alice, 'before');
    const carol = bench.user();
    await add(carol, { shareHistoryTime: '2999-01-01T00:00:00Z' });
    const own = await send(carol, 'after');
    expect((await list(carol)).map((item) => at(item, 'type'))).toEqual(['text', 'participantAdded']);
    expect((await carol.call('PATCH', `${thread}/messages/${own}`, { content: 'edited' })).status).toBe(204);
    const { body } = await alice.call('GET', `${thread}/participants`);
    expect(at(body, 'value', 2, 'shareHistoryTime')).toBe('2999-01-01T00:00:00Z');
  });

  test('that were removed read the old history and do nothing else', async () => {
    const id = await send(alice, 'old');
    await bench.clock.advance(1000);
    expect(
      (await alice.call('POST', `${thread}/participants/:remove`, { rawId: bob.id, communicationUser: { id: bob.id } }))
        .status,
    ).toBe(204);
    await bench.clock.advance(1000);
    const later = await send(alice, 'new');
    expect(await texts(bob)).toEqual(['old']);
    expect(await get(bob, id)).toMatchObject({ content: { message: 'old' } });
    expect(errorOf(await bob.call('GET', `${thread}/messages/${later}`))).toEqual([404, 'NotFound']);
    expect(errorOf(await bob.call('POST', `${thread}/messages`, { content: 'a' }))).toEqual([403, 'Forbidden']);
    expect(errorOf(await bob.call('POST', `${thread}/typing`, {}))).toEqual([403, 'Forbidden']);
    expect(
      errorOf(await bob.call('POST', `${thread}/participants/:add`, { participants: [participant(bob.id)] })),
    ).toEqual([403, 'Forbidden']);
    expect(at((await bob.call('GET', '/chat/threads')).body, 'value')).toEqual([]);
    await add(bob);
    expect(await texts(bob)).toEqual(['new', 'old']);
  });

  test('that are there already stay as they are, and see no more history than before', async () => {
    await send(alice, 'before');
    await bench.clock.advance(60_000);
    const carol = bench.user();
    await add(carol, { displayName: 'Carol', shareHistoryTime: '2026-01-05T08:00:30Z' });
    const { length } = await list(alice);
    expect(await add(carol, { displayName: 'Caroline' })).toMatchObject({ status: 201, body: {} });
    expect(at((await alice.call('GET', `${thread}/participants`)).body, 'value', 2)).toMatchObject({
      displayName: 'Carol',
      shareHistoryTime: '2026-01-05T08:00:30Z',
    });
    expect(await texts(carol)).toEqual([]);
    expect(await list(alice)).toHaveLength(length);
  });

  test('who are none cannot be removed', async () => {
    expect(errorOf(await alice.call('POST', `${thread}/participants/:remove`, { rawId: bench.user().id }))).toEqual([
      404,
      'NotFound',
    ]);
    expect(errorOf(await alice.call('POST', `${thread}/participants/:remove`, {}))).toEqual([400, 'BadRequest']);
  });

  test('who cannot join are reported by an add that succeeds', async () => {
    const answer = await alice.call('POST', `${thread}/participants/:add`, {
      participants: [participant('8:acs:nobody')],
    });
    expect(answer).toMatchObject({
      status: 201,
      body: { invalidParticipants: [{ code: '404', target: '8:acs:nobody' }] },
    });
  });
});

describe('read receipts', () => {
  const read = (user: BenchUser, chatMessageId: string) =>
    user.call('POST', `${thread}/readReceipts`, { chatMessageId });

  test('keep the newest message that each reader read', async () => {
    const first = await send(alice, 'a');
    const second = await send(alice, 'b');
    await bench.clock.advance(5000);
    for (const id of [second, first]) expect(await read(bob, id)).toMatchObject({ status: 200, body: undefined });
    await read(alice, first);
    expect((await alice.call('GET', `${thread}/readReceipts`)).body).toEqual({
      value: [
        {
          senderCommunicationIdentifier: { rawId: bob.id, communicationUser: { id: bob.id } },
          chatMessageId: second,
          readOn: '2026-01-05T08:00:05Z',
        },
        {
          senderCommunicationIdentifier: { rawId: alice.id, communicationUser: { id: alice.id } },
          chatMessageId: first,
          readOn: '2026-01-05T08:00:05Z',
        },
      ],
    });
    expect(at((await alice.call('GET', `${thread}/readReceipts?maxPageSize=1`)).body, 'nextLink')).toContain('skip=1');
  });

  test('need a message that exists', async () => {
    expect(errorOf(await read(bob, '17'))).toEqual([404, 'NotFound']);
    expect(errorOf(await bob.call('POST', `${thread}/readReceipts`, {}))).toEqual([400, 'BadRequest']);
  });
});

test('typing answers 200 without a body', async () => {
  expect(await alice.call('POST', `${thread}/typing`, { senderDisplayName: 'Alice' })).toMatchObject({
    status: 200,
    body: undefined,
  });
  expect((await alice.call('POST', `${thread}/typing`)).status).toBe(200);
  expect(errorOf(await alice.call('POST', `${thread}/typing`, { senderDisplayName: 1 }))).toEqual([400, 'BadRequest']);
});
