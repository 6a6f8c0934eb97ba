import { DroppedConnection } from 'onescreen/emulator';
import { beforeEach, describe, expect, test } from 'vitest';
import { at, createBench, errorOf, origin, type Bench, type BenchUser } from './bench';
import { openWire } from './wire';

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

const send = (content: string, user = alice) => user.call('POST', `${thread}/messages`, { content });
const stored = () =>
  bench.core.snapshot().threads[0]?.messages.flatMap(({ content }) => ('text' in content ? [content.text] : []));
const operation = 'ChatThread_SendChatMessage';

describe('faults of requests', () => {
  test('answer before the request took effect, as often as asked', async () => {
    bench.core.faults.requests.add({
      operation,
      times: 2,
      answer: { status: 503, code: 'ServiceUnavailable', headers: { 'retry-after': '1' } },
    });
    const first = await send('a');
    expect([errorOf(first), first.headers.get('retry-after')]).toEqual([[503, 'ServiceUnavailable'], '1']);
    expect((await send('b')).status).toBe(503);
    expect((await send('c')).status).toBe(201);
    expect(stored()).toEqual(['c']);
  });

  test('answer after the request took effect', async () => {
    bench.core.faults.requests.add({ operation, when: 'after', answer: { status: 503 } });
    expect((await send('a')).status).toBe(503);
    expect(stored()).toEqual(['a']);
  });

  test('drop the connection before or after the effect', async () => {
    bench.core.faults.requests.add({ operation, answer: 'drop' });
    await expect(send('a')).rejects.toBeInstanceOf(DroppedConnection);
    bench.core.faults.requests.add({ operation, when: 'after', answer: 'drop' });
    await expect(send('b')).rejects.toBeInstanceOf(DroppedConnection);
    expect(stored()).toEqual(['b']);
  });

  test('delay the effect, or only the answer', async () => {
    bench.core.faults.requests.add({ operation, delayMs: 1000 });
    bench.core.faults.requests.add({ operation, when: 'after', delayMs: 1000 });
    const late = send('late');
    const slow = send('slow');
    await bench.clock.advance(999);
    expect(stored()).toEqual(['slow']);
    await bench.clock.advance(1);
    expect([(await late).status, (await slow).status]).toEqual([201, 201]);
    expect(stored()).toEqual(['slow', 'late']);
  });

  test('can be meant for one user, one method, one path or one span of time', async () => {
    const { requests } = bench.core.faults;
    requests.add({ user: bob.id, answer: { status: 500 } });
    expect([(await send('a')).status, (await send('b', bob)).status]).toEqual([201, 500]);
    requests.add({ method: 'get', path: '/messages', answer: { status: 429 }, forMs: 5000 });
    const list = () => alice.call('GET', `${thread}/messages`);
    expect([(await list()).status, (await list()).status, (await alice.call('GET', thread)).status]).toEqual([
      429, 429, 200,
    ]);
    await bench.clock.advance(5000);
    expect((await list()).status).toBe(200);
    const id = requests.add({ answer: { status: 500 }, times: 9 });
    expect(requests.rules().at(-1)).toMatchObject({ id, left: 9 });
    expect([requests.remove(id), requests.remove(id)]).toEqual([true, false]);
    expect((await list()).status).toBe(200);
  });

  test('refuse allocation and stop the registrar for a while', async () => {
    const allocate = () => bench.send('POST', '/v4/a', { headers: { 'x-skypetoken': alice.token } });
    bench.core.faults.refuseAllocation({ forMs: 1000, status: 401 });
    expect((await allocate()).status).toBe(401);
    await bench.clock.advance(1000);
    expect((await allocate()).status).toBe(200);
    bench.core.faults.stopRegistrar({ times: 1 });
    const deaf = await openWire(bench, bob);
    await send('a');
    expect(deaf.events).toEqual([]);
  });
});

describe('faults of pushes', () => {
  test('lose, double, swap and delay them, and reach one user or event alone', async () => {
    const wire = await openWire(bench, bob);
    const own = await openWire(bench, alice);
    const { pushes } = bench.core.faults;
    pushes.add({ fault: 'lose', user: bob.id });
    await send('lost');
    pushes.add({ fault: 'duplicate', event: 200, user: bob.id });
    await send('twice');
    pushes.add({ fault: 'swap', user: bob.id });
    await send('second');
    await send('first');
    pushes.add({ fault: { delayMs: 1000 }, user: bob.id });
    await send('late');
    const texts = ({ events }: typeof wire) => events.map(({ body }) => at(body, 'messageBody'));
    expect(texts(wire)).toEqual(['twice', 'twice', 'first', 'second']);
    await bench.clock.advance(1000);
    expect(texts(wire).at(-1)).toBe('late');
    expect(texts(own)).toEqual(['lost', 'twice', 'second', 'first', 'late']);
    expect(stored()).toEqual(texts(own));
  });

  test('are taken back by clear, which lets go what was held', async () => {
    const wire = await openWire(bench, bob);
    bench.core.faults.pushes.add({ fault: 'swap', user: bob.id });
    await send('held');
    expect(wire.events).toEqual([]);
    bench.core.faults.clear();
    expect(wire.events).toHaveLength(1);
  });
});

describe('faults of sockets', () => {
  test('cut, close or end them', async () => {
    const closed: unknown[] = [];
    for (const how of ['terminate', 'close', 'disconnect'] as const) {
      const wire = await openWire(bench, bob);
      expect(bench.core.faults.dropSockets({ user: bob.id }, how)).toBe(1);
      closed.push([wire.closed, wire.frames.at(-1) === '0::']);
    }
    expect(closed).toEqual([
      ['terminated', false],
      [1001, false],
      [1000, true],
    ]);
    expect(bench.core.faults.dropSockets()).toBe(0);
  });

  test('freeze them and thaw them with what they held, in order', async () => {
    const wire = await openWire(bench, bob);
    expect(bench.core.faults.freezeSockets({ user: bob.id })).toBe(1);
    await send('a');
    await send('b');
    wire.connection.receive('5:9+::{"name":"ping"}');
    expect([wire.events.length, wire.frames.length]).toEqual([0, 2]);
    bench.core.faults.thawSockets();
    expect(wire.events.map(({ body }) => at(body, 'messageBody'))).toEqual(['a', 'b']);
    expect(wire.frames.at(-1)).toBe('6:::9+["pong"]');
  });

  test('send any frame', async () => {
    const wire = await openWire(bench, bob);
    const frame = '5:::{"name":"trouter.message_loss","args":[{"droppedIndicators":[{"tag":"a","etag":"b"}]}]}';
    expect(bench.core.faults.sendFrame(frame)).toBe(1);
    expect(wire.frames.at(-1)).toBe(frame);
  });
});

describe('tokens and time', () => {
  test('tokens can be made void, of one user or all', async () => {
    bench.core.faults.expireTokens(bob.id);
    expect([(await send('a')).status, (await send('b', bob)).status]).toEqual([201, 401]);
    bench.core.faults.expireTokens();
    expect((await send('a')).status).toBe(401);
  });

  test('the clock moves ahead: tokens end, windows open, timers fire', async () => {
    const wire = await openWire(bench, bob);
    bench.core.faults.moveClock(86_400_000);
    expect(errorOf(await send('a'))).toEqual([401, 'Unauthorized']);
    expect(wire.closed).toBe('terminated');
    const { token } = bench.core.issueToken(alice.id);
    await bench.send('POST', `${thread}/messages?api-version=2025-03-15`, {
      body: { content: 'tomorrow' },
      headers: { authorization: `Bearer ${token}` },
    });
    const newest = bench.core.snapshot().threads[0]?.messages.at(-1);
    expect(newest?.createdAt).toBe(bench.clock.now() + 86_400_000);
  });
});

describe('what is not known', () => {
  test('fails loudly and is listed once, with a count', async () => {
    const warnings: string[] = [];
    const { core, send: request } = createBench({ onWarning: (message) => warnings.push(message) });
    expect(errorOf(await request('GET', '/chat/polls'))).toEqual([404, 'NotFound']);
    expect(errorOf(await request('GET', '/chat/polls'))).toEqual([404, 'NotFound']);
    const wrong = await request('PUT', '/chat/threads');
    expect([errorOf(wrong), wrong.headers.get('allow')]).toEqual([[405, 'MethodNotAllowed'], 'GET, POST']);
    expect(core.unknownRequests()).toEqual([
      { request: 'GET /chat/polls', count: 2 },
      { request: 'PUT /chat/threads', count: 1 },
    ]);
    expect(warnings).toHaveLength(2);
  });
});

test('neither tokens nor texts nor phone numbers reach the log', async () => {
  const wire = await openWire(bench, bob);
  await send('canary text');
  await alice.call('PATCH', thread, { topic: 'canary topic' });
  await bench.send('GET', '/calls/4%3A%2B15550100200?phone=+15550100200');
  wire.connection.receive('5:::{"name":"user.activity","args":["canary"]}');
  const log = JSON.stringify([bench.core.log(), bench.core.unknownRequests()]);
  for (const secret of ['canary', alice.token, bob.token, '15550100200', bench.core.accessKey])
    expect(log).not.toContain(secret);
  expect(bench.core.log().map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['request', 'frame', 'push', 'socket']),
  );
});

describe('the control surface', () => {
  const control = async (method: string, path: string, body?: unknown) => {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const response = await bench.core.control(
      new Request(`${origin}${path}`, { method, ...(text !== undefined && { body: text }) }),
    );
    return { status: response.status, body: (await response.json()) as unknown };
  };

  test('does everything that can be done in process', async () => {
    const wire = await openWire(bench, bob);
    const { body: rule } = await control('POST', '/faults/requests', {
      operation,
      times: 2,
      answer: { status: 503, headers: { 'retry-after': '3' } },
    });
    const refused = await send('a');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '3']);
    expect(at((await control('GET', '/faults')).body, 'requests', 0)).toMatchObject({ operation, left: 1 });
    expect((await control('DELETE', `/faults/requests/${String(at(rule, 'id'))}`)).status).toBe(200);
    expect((await control('DELETE', '/faults/requests/99')).status).toBe(404);
    await control('POST', '/faults/pushes', { fault: 'lose', user: bob.id });
    await send('lost');
    expect(wire.events).toEqual([]);
    expect((await control('POST', '/sockets/freeze', {})).body).toEqual({ sockets: 1 });
    expect((await control('POST', '/sockets/thaw')).body).toEqual({ sockets: 1 });
    expect((await control('POST', '/sockets/send', { frame: '2::' })).body).toEqual({ sockets: 1 });
    expect((await control('POST', '/sockets/drop', { how: 'close', user: bob.id })).body).toEqual({ sockets: 1 });
    expect(wire.closed).toBe(1001);
    await control('POST', '/allocation/refuse', { times: 1 });
    expect((await bench.send('POST', '/v4/a', { headers: { 'x-skypetoken': bob.token } })).status).toBe(503);
    await control('POST', '/registrar/stop', { forMs: 10 });
    await control('POST', '/faults/clear');
    expect((await control('GET', '/faults')).body).toEqual({ requests: [], pushes: [], callEvents: [] });
    await control('POST', '/tokens/expire', { user: alice.id });
    expect((await send('a')).status).toBe(401);
    const user = at((await control('POST', '/users')).body, 'id');
    const token = at(
      (await control('POST', '/tokens/issue', { user, scopes: ['chat'], lifeMs: 60_000 })).body,
      'token',
    );
    expect(
      (
        await bench.send('GET', '/chat/threads?api-version=2025-03-15', {
          headers: { authorization: `Bearer ${String(token)}` },
        })
      ).status,
    ).toBe(200);
    expect((await control('POST', '/clock/move', { ms: 1000 })).body).toEqual({ now: bench.clock.now() + 1000 });
    expect(at((await control('GET', '/state')).body, 'threads', 0, 'topic')).toBe('Lunch');
    expect(at((await control('GET', '/log')).body, 'value', 0, 'kind')).toBe('request');
    await bench.send('GET', '/nowhere');
    expect((await control('GET', '/unknown')).body).toEqual({ value: [{ request: 'GET /nowhere', count: 1 }] });
    expect((await control('GET', '/')).status).toBe(200);
  });

  test.each([
    ['/faults/requests', { times: 0 }],
    ['/faults/requests', { when: 'during' }],
    ['/faults/requests', { answer: {} }],
    ['/faults/requests', { answer: { status: 204 } }],
    ['/faults/requests', { answer: { status: 500, headers: { 'a b': 'c' } } }],
    ['/faults/requests', { answer: { status: 500, headers: { a: 'b\r\nc: d' } } }],
    ['/faults/requests', '{'],
    ['/faults/requests', []],
    ['/faults/pushes', {}],
    ['/faults/pushes', { fault: 'explode' }],
    ['/sockets/drop', { how: 'gently' }],
    ['/sockets/send', {}],
    ['/clock/move', { ms: -1 }],
    ['/clock/move', {}],
    ['/tokens/issue', {}],
  ])('refuses POST %s with %j', async (path, body) => {
    expect((await control('POST', path, body)).status).toBe(400);
  });

  test('does not know other paths', async () => {
    expect((await control('GET', '/elsewhere')).status).toBe(404);
  });
});

test('a closed emulator has no timers and no sockets', async () => {
  const wire = await openWire(bench, bob);
  await alice.thread([], { retentionPolicy: { kind: 'threadCreationDate', deleteThreadAfterDays: 30 } });
  bench.core.close();
  expect(wire.closed).toBe('terminated');
  expect(bench.clock.pending).toBe(0);
});
