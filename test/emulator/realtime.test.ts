import { beforeEach, describe, expect, test } from 'vitest';
import { at, createBench, errorOf, origin, participant, type Bench, type BenchUser } from './bench';
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

const send = (content: string) => alice.call('POST', `${thread}/messages`, { content });

describe('the way to a socket', () => {
  test('starts at a configuration that names this server', async () => {
    const headers = { authorization: `Bearer ${alice.token}` };
    const answer = await bench.send('GET', '/chat/config/realTimeNotifications?api-version=2024-09-01', { headers });
    expect(answer.body).toEqual({ trouterServiceUrl: origin, registrarServiceUrl: origin, cloudType: 'Public' });
  });

  test('gives an endpoint for a day, as JSON, with a socket.io address that has no path', async () => {
    const answer = await bench.send('POST', '/v4/a?epid=e', {
      headers: { 'x-skypetoken': alice.token, 'content-type': 'text/plain' },
    });
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(answer.body).toMatchObject({
      socketio: `${origin}/`,
      ttl: '86400',
      surl: `${origin}/v4/f/${String(at(answer.body, 'id'))}/`,
    });
  });

  test('is closed without a good token', async () => {
    const attempts = [
      bench.send('POST', '/v4/a'),
      bench.send('POST', '/v4/a', { headers: { 'x-skypetoken': 'forged' } }),
      bench.send('POST', '/v4/a', { headers: { authorization: `Bearer ${alice.token}` } }),
      bench.send('GET', '/socket.io/1/?v=v4'),
      bench.send('GET', '/socket.io/1/?sr=x&se=9999999999999&sig=y', { headers: { 'x-skypetoken': alice.token } }),
      bench.send('POST', '/v3/registrations', { body: {} }),
      bench.send('DELETE', '/v3/registrations/x'),
      bench.send('GET', '/chat/config/realTimeNotifications?api-version=2024-09-01'),
    ];
    expect((await Promise.all(attempts)).map(errorOf)).toEqual(attempts.map(() => [401, 'Unauthorized']));
  });

  test('is closed to connect parameters of somebody else and to a session used before', async () => {
    const wire = await openWire(bench, alice);
    const stolen = await bench.send('GET', `/socket.io/1/?${wire.query}`, { headers: { 'x-skypetoken': bob.token } });
    expect(errorOf(stolen)).toEqual([401, 'Unauthorized']);
    const socket = { send: () => {}, close: () => {}, terminate: () => {} };
    const fresh = await bench.send('GET', `/socket.io/1/?${wire.query}`, { headers: { 'x-skypetoken': alice.token } });
    const url = `${origin}/socket.io/1/websocket/${String(fresh.body).split(':')[0]}`;
    expect(() => bench.core.connect(`${url}?sr=other`, socket)).toThrow('not valid');
    expect(() => bench.core.connect(`${url}?${wire.query}`, socket)).toThrow('not valid');
    expect(() => bench.core.connect(`${origin}/elsewhere`, socket)).toThrow('no websocket');
  });

  test('leads back to the same endpoint, so that the registration goes on', async () => {
    const first = await openWire(bench, bob);
    first.connection.ended();
    const second = await openWire(bench, bob, { query: first.query, register: false });
    expect(second.endpoint).toBe(first.endpoint);
    await send('again');
    expect(second.events.map(({ eventId }) => eventId)).toEqual([200]);
  });
});

describe('a socket', () => {
  test('is greeted, kept warm and answered', async () => {
    const { connection, frames } = await openWire(bench, alice);
    expect(frames).toEqual(['1::', '5:::{"name":"trouter.connected","args":[{"ttl":"86400","dur":"12"}]}']);
    connection.receive('5:1+::{"name":"user.activity","args":[{"state":"active","cv":"x.2"}]}');
    connection.receive('5:2+::{"name":"ping"}');
    connection.receive('2::');
    expect(frames.slice(2)).toEqual(['6:::1+[]', '6:::2+["pong"]']);
    await bench.clock.advance(30_000);
    expect(frames.at(-1)).toBe('2::');
  });

  test('that says nothing for two minutes is given up', async () => {
    const wire = await openWire(bench, alice);
    await bench.clock.advance(150_000);
    expect(wire.closed).toBe('terminated');
    expect(bench.core.snapshot().sockets).toEqual([]);
  });

  test.each(['', 'x', '5:::', '5:1+::{', '3:::[]', '9::', '5:::{"args":[]}', '3:::"a"', '1::', 'null'])(
    'is closed on the malformed frame %j',
    async (frame) => {
      const wire = await openWire(bench, alice);
      wire.connection.receive(frame);
      expect(wire.closed).toBe(1002);
    },
  );

  test('is closed on a frame of 1 MB', async () => {
    const wire = await openWire(bench, alice);
    wire.connection.receive(`5:::{"name":"${'x'.repeat(1_000_000)}"}`);
    expect(wire.closed).toBe(1009);
  });

  test('ends with the frame that says so', async () => {
    const wire = await openWire(bench, alice);
    wire.connection.receive('0::');
    expect(wire.closed).toBe(1000);
    expect(bench.core.snapshot().sockets).toEqual([]);
  });
});

describe('registrations', () => {
  test('of one user each get every event, and nobody else does', async () => {
    const wires = [
      await openWire(bench, bob, { registrationId: 'a' }),
      await openWire(bench, bob, { registrationId: 'b' }),
    ];
    const stranger = await openWire(bench, bench.user());
    await send('hello');
    expect(wires.map(({ events }) => events.map(({ eventId }) => eventId))).toEqual([[200], [200]]);
    expect(stranger.events).toEqual([]);
  });

  test('are needed: a socket alone is deaf', async () => {
    const wire = await openWire(bench, bob, { register: false });
    await send('hello');
    expect(wire.events).toEqual([]);
  });

  test('end after their time and when they are taken back', async () => {
    const short = await openWire(bench, bob, { registrationId: 'short', ttl: 20 });
    const long = await openWire(bench, bob, { registrationId: 'long' });
    await bench.clock.advance(21_000);
    await send('later');
    expect([short.events.length, long.events.length]).toEqual([0, 1]);
    const headers = { 'x-skypetoken': bob.token };
    expect((await bench.send('DELETE', '/v3/registrations/long', { headers })).status).toBe(202);
    expect(errorOf(await bench.send('DELETE', '/v3/registrations/long', { headers }))).toEqual([404, 'NotFound']);
    await send('last');
    expect(long.events).toHaveLength(1);
  });

  test('cannot point to the endpoint of somebody else', async () => {
    const wire = await openWire(bench, bob);
    const path = `${origin}/v4/f/${wire.endpoint}/`;
    const body = { registrationId: 'spy', transports: { TROUTER: [{ path, ttl: 7200 }] } };
    expect(
      errorOf(await bench.send('POST', '/v3/registrations', { body, headers: { 'x-skypetoken': alice.token } })),
    ).toEqual([400, 'BadRequest']);
  });

  test.each([
    {},
    { registrationId: 'a' },
    { registrationId: 'a', transports: { TROUTER: [] } },
    { registrationId: 'a', transports: { TROUTER: [{ path: 1, ttl: 1 }] } },
    [],
  ])('with %j are refused', async (body) => {
    expect(
      errorOf(await bench.send('POST', '/v3/registrations', { body, headers: { 'x-skypetoken': alice.token } })),
    ).toEqual([400, 'BadRequest']);
  });
});

describe('events', () => {
  test('go to the right people', async () => {
    const carol = bench.user();
    const wires = {
      alice: await openWire(bench, alice),
      bob: await openWire(bench, bob),
      carol: await openWire(bench, carol),
    };
    const { body } = await send('a');
    const path = `${thread}/messages/${String(at(body, 'id'))}`;
    await alice.call('PATCH', path, { content: 'b' });
    await bob.call('POST', `${thread}/readReceipts`, { chatMessageId: at(body, 'id') });
    await alice.call('DELETE', path);
    await bob.call('POST', `${thread}/typing`, {});
    await alice.call('PATCH', thread, { topic: 'b' });
    await alice.call('POST', `${thread}/participants/:add`, { participants: [participant(carol.id)] });
    await alice.call('POST', `${thread}/participants/:remove`, { rawId: carol.id });
    await alice.call('DELETE', thread);
    const ids = (name: keyof typeof wires) => wires[name].events.map(({ eventId }) => eventId);
    expect(ids('alice')).toEqual([200, 247, 246, 248, 245, 258, 260, 261, 259]);
    expect(ids('bob')).toEqual([200, 247, 248, 245, 258, 260, 261, 259]);
    expect(ids('carol')).toEqual([257, 260, 261]);
    for (const [name, user] of Object.entries({ alice, bob, carol })) {
      const recipients = wires[name === 'alice' ? 'alice' : name === 'bob' ? 'bob' : 'carol'].events.map(({ body }) =>
        at(body, 'recipientMri'),
      );
      expect(new Set(recipients)).toEqual(new Set([user.id]));
    }
  });

  test('have the fields that the wire has', async () => {
    await bench.clock.advance(706);
    const { events } = await openWire(bench, bob);
    const { body } = await alice.call('POST', `${thread}/messages`, {
      content: 'Hi 😀',
      senderDisplayName: 'Dr. Älice',
      metadata: { a: '1' },
    });
    const id = String(at(body, 'id'));
    expect(events[0]?.body).toMatchObject({
      eventId: 200,
      senderId: alice.id,
      recipientMri: bob.id,
      groupId: decodeURIComponent(thread.split('/')[3] ?? ''),
      messageId: id,
      version: id,
      messageType: 'Text',
      messageBody: 'Hi 😀',
      senderDisplayName: 'Dr. Älice',
      originalArrivalTime: '2026-01-05T08:00:00.706Z',
      acsChatMessageMetadata: '{"a":"1"}',
      attachments: '[]',
    });
    await alice.call('POST', `${thread}/readReceipts`, { chatMessageId: id });
    const receipt: unknown = JSON.parse(String(at(events[1]?.body, 'messageBody')));
    expect(at(receipt, 'consumptionhorizon')).toBe(`${id};${bench.clock.now()};0`);
  });

  test('have nested strings that unescape gives back unharmed', async () => {
    const { events } = await openWire(bench, bob);
    const topic = 'Käse %41 "ünd" 😀 + _-./@*';
    await alice.call('PATCH', thread, { topic });
    const nested = String(at(events[0]?.body, 'properties'));
    expect(nested).toMatch(/^[\w@*+\-./%]+$/);
    const text = nested.replace(
      /%u([0-9A-F]{4})|%([0-9A-F]{2})/g,
      (_all, long: string | undefined, short: string | undefined) =>
        String.fromCharCode(Number.parseInt(long ?? short ?? '', 16)),
    );
    expect(at(JSON.parse(text), 'topic')).toBe(topic);
  });

  test('of a thread that its policy deletes name nobody', async () => {
    const own = await alice.thread([], { retentionPolicy: { kind: 'threadCreationDate', deleteThreadAfterDays: 30 } });
    await bench.clock.advance(30 * 86_400_000 - 60_000);
    const { token } = bench.core.issueToken(alice.id);
    const { events } = await openWire(bench, { ...alice, token });
    await bench.clock.advance(60_000);
    expect(events.map(({ body }) => body)).toMatchObject([
      {
        eventId: 259,
        reason: 'deletedByPolicy',
        deletedBy: null,
        threadId: decodeURIComponent(own.split('/')[3] ?? ''),
      },
    ]);
  });
});
