import { beforeEach, describe, expect, test } from 'vitest';
import { at, chatVersion, createBench, errorOf, origin, participant, type Bench, type BenchUser } from './bench';

let bench: Bench;
let alice: BenchUser;
let bob: BenchUser;
beforeEach(() => {
  bench = createBench();
  alice = bench.user();
  bob = bench.user();
});

const messages = async (user: BenchUser, thread: string) =>
  at((await user.call('GET', `${thread}/messages`)).body, 'value');

describe('creating a thread', () => {
  test('answers with the thread, its location and the dates in whole seconds', async () => {
    await bench.clock.advance(123);
    const retentionPolicy = { kind: 'threadCreationDate', deleteThreadAfterDays: 60 };
    const answer = await alice.call('POST', '/chat/threads', {
      topic: 'Lunch',
      metadata: { tag: 'a' },
      retentionPolicy,
      participants: [participant(bob.id)],
    });
    const id = String(at(answer.body, 'chatThread', 'id'));
    expect(answer.body).toEqual({
      chatThread: {
        id,
        topic: 'Lunch',
        createdOn: '2026-01-05T08:00:00Z',
        createdByCommunicationIdentifier: { rawId: alice.id, communicationUser: { id: alice.id } },
        metadata: { tag: 'a' },
        retentionPolicy,
      },
    });
    expect(answer.headers.get('location')).toBe(
      `${origin.replace('http', 'https')}/chat/threads/${encodeURIComponent(id)}`,
    );
  });

  test('starts the history with the members and the topic', async () => {
    const thread = await alice.thread([bob]);
    const initiatorCommunicationIdentifier = { rawId: alice.id, communicationUser: { id: alice.id } };
    const member = (user: BenchUser) => ({ ...participant(user.id), shareHistoryTime: '1970-01-01T00:00:00Z' });
    const now = bench.clock.now();
    expect(await messages(bob, thread)).toEqual([
      {
        id: String(now + 1),
        type: 'topicUpdated',
        sequenceId: '2',
        version: String(now + 1),
        content: { topic: 'Lunch', initiatorCommunicationIdentifier },
        createdOn: '2026-01-05T08:00:00Z',
      },
      {
        id: String(now),
        type: 'participantAdded',
        sequenceId: '1',
        version: String(now),
        content: { participants: [member(alice), member(bob)], initiatorCommunicationIdentifier },
        createdOn: '2026-01-05T08:00:00Z',
      },
    ]);
  });

  test('twice with one repeatability-request-id makes one thread for that user', async () => {
    const id = { 'repeatability-request-id': '35dd6e71-251b-4e29-8376-ba93d09c3fbf' };
    const create = async (user: BenchUser) =>
      at((await user.call('POST', '/chat/threads', { topic: 'Once' }, id)).body, 'chatThread', 'id');
    const first = await create(alice);
    expect(await create(alice)).toBe(first);
    expect(await create(bob)).not.toBe(first);
    expect(bench.core.snapshot().threads).toHaveLength(2);
  });

  test('leaves out who cannot join and says why', async () => {
    const foreign = '8:acs:8540c0de-899f-4cce-8cb5-3ec493af3800_0e59221d-0c1d-46ae-9544-c963ce56c10b';
    const answer = await alice.call('POST', '/chat/threads', {
      topic: 'Some',
      participants: [participant(bob.id), participant(foreign), participant('8:acs:nobody')],
    });
    expect(answer.status).toBe(201);
    expect(at(answer.body, 'invalidParticipants')).toEqual([
      { target: foreign, code: '403', message: 'Permissions check failed' },
      { target: '8:acs:nobody', code: '404', message: 'Participant not found' },
    ]);
  });

  test.each([
    ['no topic', {}],
    ['an empty topic', { topic: '' }],
    ['a topic of a wrong type', { topic: 7 }],
    ['participants that are no list', { topic: 'a', participants: {} }],
    ['a participant without an identifier', { topic: 'a', participants: [{}] }],
    [
      'a participant with two identities',
      {
        topic: 'a',
        participants: [
          participant('8:acs:a', { communicationIdentifier: { rawId: 'x', communicationUser: { id: 'y' } } }),
        ],
      },
    ],
    [
      'a history time that is none',
      { topic: 'a', participants: [participant('8:acs:a', { shareHistoryTime: 'yesterday' })] },
    ],
    [
      'a history time that is a number',
      { topic: 'a', participants: [participant('8:acs:a', { shareHistoryTime: '1' })] },
    ],
    ['metadata that are no strings', { topic: 'a', metadata: { a: 1 } }],
    [
      'a retention of 29 days',
      { topic: 'a', retentionPolicy: { kind: 'threadCreationDate', deleteThreadAfterDays: 29 } },
    ],
    [
      'a retention of 91 days',
      { topic: 'a', retentionPolicy: { kind: 'threadCreationDate', deleteThreadAfterDays: 91 } },
    ],
    ['an unknown retention', { topic: 'a', retentionPolicy: { kind: 'never' } }],
    ['no body', undefined],
    ['a body that is no object', '"topic"'],
    ['malformed JSON', '{"topic":'],
  ])('is refused with %s', async (_what, body) => {
    expect(errorOf(await alice.call('POST', '/chat/threads', body))).toEqual([400, 'BadRequest']);
  });

  test('is refused with another media type', async () => {
    expect(
      errorOf(await alice.call('POST', '/chat/threads', '{"topic":"a"}', { 'content-type': 'text/plain' })),
    ).toEqual([415, 'UnsupportedMediaType']);
  });
});

describe('a thread', () => {
  test('is changed by a merge patch', async () => {
    const thread = await alice.thread([bob], { metadata: { keep: '1', drop: '2' } });
    expect(
      (
        await bob.call('PATCH', thread, {
          topic: 'Dinner',
          metadata: { drop: null, add: '3' },
          retentionPolicy: { kind: 'none' },
        })
      ).status,
    ).toBe(204);
    expect((await alice.call('GET', thread)).body).toMatchObject({
      topic: 'Dinner',
      metadata: { keep: '1', add: '3' },
      retentionPolicy: { kind: 'none' },
    });
    expect(at(await messages(alice, thread), 0)).toMatchObject({
      type: 'topicUpdated',
      content: { topic: 'Dinner' },
      sequenceId: '3',
    });
  });

  test('changed in its metadata alone gets no system message', async () => {
    const thread = await alice.thread();
    await alice.call('PATCH', thread, { metadata: { a: '1' } });
    expect(at(await messages(alice, thread), 0, 'sequenceId')).toBe('2');
  });

  test('is closed to others and unknown under any other id', async () => {
    const thread = await alice.thread();
    const answers = [
      await bob.call('GET', thread),
      await bob.call('PATCH', thread, { topic: 'mine' }),
      await bob.call('DELETE', thread),
      await bob.call('GET', `${thread}/messages`),
      await bob.call('POST', `${thread}/messages`, { content: 'a' }),
      await bob.call('GET', `${thread}/participants`),
      await bob.call('POST', `${thread}/participants/:add`, { participants: [participant(bob.id)] }),
      await bob.call('POST', `${thread}/participants/:remove`, { rawId: alice.id }),
      await bob.call('POST', `${thread}/typing`, {}),
      await bob.call('GET', `${thread}/readReceipts`),
      await bob.call('POST', `${thread}/readReceipts`, { chatMessageId: '1' }),
    ];
    expect(answers.map(errorOf)).toEqual(answers.map(() => [403, 'Forbidden']));
    expect(errorOf(await alice.call('GET', '/chat/threads/19:none@thread.v2'))).toEqual([404, 'NotFound']);
  });

  test('that was deleted is gone for all and listed as deleted', async () => {
    const thread = await alice.thread([bob]);
    await bench.clock.advance(10_000);
    await alice.call('POST', `${thread}/messages`, { content: 'a' });
    await bench.clock.advance(10_000);
    expect((await alice.call('DELETE', thread)).status).toBe(204);
    expect(errorOf(await bob.call('GET', thread))).toEqual([404, 'NotFound']);
    expect(errorOf(await bob.call('POST', `${thread}/messages`, { content: 'a' }))).toEqual([404, 'NotFound']);
    expect(at((await bob.call('GET', '/chat/threads')).body, 'value', 0)).toMatchObject({
      deletedOn: '2026-01-05T08:00:20Z',
      lastMessageReceivedOn: '2026-01-05T08:00:10Z',
    });
  });

  test('goes away when its retention ends', async () => {
    const thread = await alice.thread([], {
      retentionPolicy: { kind: 'threadCreationDate', deleteThreadAfterDays: 30 },
    });
    const { token } = bench.core.issueToken(alice.id, { lifeMs: 1e11 });
    const get = () => bench.send('GET', `${thread}?${chatVersion}`, { headers: { authorization: `Bearer ${token}` } });
    await bench.clock.advance(30 * 86_400_000 - 1);
    expect((await get()).status).toBe(200);
    await bench.clock.advance(1);
    expect((await get()).status).toBe(404);
  });
});

describe('listing threads', () => {
  test('gives pages, the newest first, with links that work', async () => {
    for (let index = 0; index < 5; index += 1) await alice.thread([], { topic: String(index) });
    await bob.thread();
    const topics: unknown[] = [];
    for (let path: string | undefined = '/chat/threads?maxPageSize=2'; path !== undefined;) {
      const { body }: { body: unknown } = path.includes('api-version')
        ? await bench.send('GET', path, { headers: { authorization: `Bearer ${alice.token}` } })
        : await alice.call('GET', path);
      const value = at(body, 'value');
      topics.push(...(Array.isArray(value) ? value.map((item) => at(item, 'topic')) : []));
      const next = at(body, 'nextLink');
      path = typeof next === 'string' ? next.replace(origin.replace('http', 'https'), '') : undefined;
    }
    expect(topics).toEqual(['4', '3', '2', '1', '0']);
  });

  test('from a start time leaves out what has been quiet since', async () => {
    await alice.thread([], { topic: 'old' });
    await bench.clock.advance(60_000);
    await alice.thread([], { topic: 'new' });
    const { body } = await alice.call('GET', '/chat/threads?startTime=2026-01-05T08:00:30Z');
    expect(body).toMatchObject({ value: [{ topic: 'new', lastMessageReceivedOn: '2026-01-05T08:01:00Z' }] });
  });

  test.each(['maxPageSize=0', 'maxPageSize=-1', 'maxPageSize=x', 'startTime=soon', 'syncState=zz'])(
    'is refused with %s',
    async (query) => {
      expect(errorOf(await alice.call('GET', `/chat/threads?${query}`))).toEqual([400, 'BadRequest']);
    },
  );
});

describe('scopes', () => {
  test('chat.join may take part but not make, change or delete threads', async () => {
    const joiner = bench.user(['chat.join']);
    const thread = await alice.thread([joiner]);
    expect((await joiner.call('POST', `${thread}/messages`, { content: 'a' })).status).toBe(201);
    expect(
      (await joiner.call('POST', `${thread}/participants/:add`, { participants: [participant(bob.id)] })).status,
    ).toBe(201);
    expect(errorOf(await joiner.call('POST', '/chat/threads', { topic: 'a' }))).toEqual([403, 'Forbidden']);
    expect(errorOf(await joiner.call('PATCH', thread, { topic: 'a' }))).toEqual([403, 'Forbidden']);
    expect(errorOf(await joiner.call('DELETE', thread))).toEqual([403, 'Forbidden']);
  });

  test('chat.join.limited may not add or remove anybody either', async () => {
    const guest = bench.user(['chat.join.limited']);
    const thread = await alice.thread([guest]);
    expect((await guest.call('POST', `${thread}/messages`, { content: 'a' })).status).toBe(201);
    expect(
      errorOf(await guest.call('POST', `${thread}/participants/:add`, { participants: [participant(bob.id)] })),
    ).toEqual([403, 'Forbidden']);
    expect(errorOf(await guest.call('POST', `${thread}/participants/:remove`, { rawId: alice.id }))).toEqual([
      403,
      'Forbidden',
    ]);
  });

  test('voip alone may not chat', async () => {
    expect(errorOf(await bench.user(['voip']).call('GET', '/chat/threads'))).toEqual([403, 'Forbidden']);
  });
});
