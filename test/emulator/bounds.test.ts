import { expect, test } from 'vitest';
import { at, createBench, identityVersion } from './bench';
import { openWire } from './wire';

test('of deleted threads and users the newest thousand are remembered', { timeout: 60_000 }, async () => {
  const bench = createBench();
  const alice = bench.user();
  const kept = await alice.thread();
  for (let index = 0; index < 1_010; index += 1) {
    expect((await alice.call('DELETE', await alice.thread())).status).toBe(204);
    const { body } = await bench.signed('POST', `/identities?${identityVersion}`);
    const id = encodeURIComponent(String(at(body, 'identity', 'id')));
    expect((await bench.signed('DELETE', `/identities/${id}?${identityVersion}`)).status).toBe(204);
  }
  const { threads, identities } = bench.core.snapshot();
  expect([threads.length, identities.length]).toEqual([1_001, 1_001]);
  expect((await alice.call('GET', kept)).status).toBe(200);

  // The order of creation goes on as if none had been forgotten.
  const newest = await alice.thread();
  const { body } = await alice.call('GET', '/chat/threads?maxPageSize=1');
  expect(`/chat/threads/${encodeURIComponent(String(at(body, 'value', 0, 'id')))}`).toBe(newest);
});

test('a frozen socket is cut when too much waits behind it', async () => {
  const bench = createBench();
  const wire = await openWire(bench, bench.user());
  bench.core.faults.freezeSockets();
  for (let index = 0; index < 1_000 && wire.closed === undefined; index += 1) {
    wire.connection.receive('x'.repeat(200_000));
  }
  expect(wire.closed).toBe('terminated');
  expect(bench.core.snapshot().sockets).toEqual([]);
});

test('faults that have ended are forgotten', async () => {
  const { core, clock } = createBench();
  for (let index = 0; index < 10; index += 1) core.faults.requests.add({ forMs: 1_000, answer: { status: 503 } });
  expect(core.faults.requests.rules()).toHaveLength(10);
  await clock.advance(2_000);
  expect(core.faults.requests.rules()).toEqual([]);
});
