import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBench } from './bench';
import { openWire } from './wire';

// `npm run fuzz` makes a long run of this short one.
const seed = Number(process.env.FUZZ_SEED ?? 20261125);
const runs = Number(process.env.FUZZ_RUNS ?? 200);

/** Values that a careful client never sends. */
const odd = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    'null',
    '[]',
    '{}',
    '"x"',
    '1e999',
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"content":"\\ud800"}',
    '\u0000',
  ),
  fc
    .record({
      content: fc.anything(),
      type: fc.anything(),
      metadata: fc.anything(),
      topic: fc.anything(),
      participants: fc.anything(),
    })
    .map((value) => JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item))),
);

test(
  'no request brings the emulator down or gets an answer that is not described',
  { timeout: 60_000 + 100 * runs },
  async () => {
    const bench = createBench();
    const alice = bench.user();
    const thread = await alice.thread([bench.user()]);
    const paths = [
      '/identities',
      '/identities/8%3Aacs%3Ax/:issueAccessToken',
      '/chat/threads',
      thread,
      `${thread}/messages`,
      `${thread}/messages/1`,
      `${thread}/participants`,
      `${thread}/participants/:add`,
      `${thread}/participants/:remove`,
      `${thread}/typing`,
      `${thread}/readReceipts`,
      '/v4/a',
      '/v3/registrations',
      '/socket.io/1/',
      '/access/entra/:exchangeAccessToken',
      '/teamsUser/:exchangeAccessToken',
      '/chat/config/realTimeNotifications',
    ];
    const request = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT'),
      path: fc.oneof(fc.constantFrom(...paths), fc.webPath()),
      query: fc.oneof(
        fc.constant('api-version=2025-03-15'),
        fc.webQueryParameters(),
        fc.constantFrom('maxPageSize=1&skip=-1', 'syncState=7b7d', 'startTime=9e99'),
      ),
      body: odd,
      token: fc.constantFrom(alice.token, `${alice.token}x`, '..', ''),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ method, path, query, body, token }) => {
        const answer = await bench.send(method, `${path}?${query}`, {
          ...(method !== 'GET' && body !== '' && { body }),
          headers: { authorization: `Bearer ${token}`, 'x-skypetoken': token },
        });
        expect(answer.status).toBeLessThan(500);
      }),
      { seed, numRuns: 5 * runs },
    );
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect((await alice.call('GET', '/chat/threads')).status).toBe(200);
  },
);

test('no frame brings a socket to anything but an orderly end', { timeout: 60_000 + 100 * runs }, async () => {
  const bench = createBench();
  const alice = bench.user();
  const frame = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8'), fc.string(), odd)
      .map(([type, id, data]) => `${type}:${id}::${data}`),
    odd.map((data) => `5:1+::${data}`),
    fc.json().map((data) => `3:::{"id":1,"status":200,"body":${data}}`),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { maxLength: 5 }), async (frames) => {
      const wire = await openWire(bench, alice);
      for (const text of frames) wire.connection.receive(text);
      expect([undefined, 1000, 1002]).toContain(wire.closed);
      wire.connection.ended();
    }),
    { seed, numRuns: runs },
  );
  expect(bench.core.snapshot().sockets).toEqual([]);
});
