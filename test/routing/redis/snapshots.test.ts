import type { RoutingCommand } from 'onescreen/routing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { faultyClient } from './faulty-client';
import { openNode, until } from './nodes';
import { startRedis, type RedisServer } from './redis-server';

const queues = [{ id: 'a' }];
let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.close());

const enqueue = (id: string): RoutingCommand => ({ type: 'enqueue', task: { id, queueId: 'a', channel: 'chat' } });
const key = (domain: string, name: string) => `onescreen:{${domain}}:routing:${name}`;

it('keeps pieces for good only of the snapshot to begin from', async () => {
  const redis = server.client();
  const { node } = await openNode(redis, 'pieces', queues, { leaseMs: 400 });
  await node.apply(enqueue('t-1'));
  await node.close();
  const snapshot = await redis.get(key('pieces', 'snapshot'));
  const whole = key('pieces', `snapshot:${snapshot}`);
  expect(await redis.ttl(whole)).toBe(-1);
  const names = await redis.hlen(whole);

  const again = faultyClient(redis);
  let writes = 0;
  again.meet((command, args) => {
    if (command === 'HGET' || command === 'HKEYS') return;
    if (args.some((each) => /routing:snapshot:\d/.test(String(each)))) writes += 1;
    if (writes === 4) again.drop();
  });
  const dying = await openNode(again, 'pieces', queues, { leaseMs: 400, snapshotEvery: 1 });
  await until(() => writes === 4);
  void dying.node.close();
  const keys = (await redis.keys(key('pieces', 'snapshot:*'))).filter((each) => each !== whole);
  expect(keys).toHaveLength(1);
  expect(await redis.hlen(keys[0]!)).toBeLessThan(names);
  expect(await redis.ttl(keys[0]!)).toBeGreaterThan(0);
  expect(await redis.ttl(whole)).toBe(-1);
});

it('does not mix a snapshot with what another history left of one by the same number', async () => {
  const redis = server.client();
  const { node } = await openNode(redis, 'mixed', queues, { leaseMs: 400 });
  await node.apply(enqueue('t-1'));
  const head = Number(await redis.get(key('mixed', 'head')));
  await redis.hset(key('mixed', `snapshot:${head + 1}`), 'routing/tasks/500', '[]');
  await node.close();
  const next = await openNode(redis, 'mixed', queues, { leaseMs: 400, revision: '2' });
  expect(next.node.view.tasks().map(({ id }) => id)).toEqual(['t-1']);
  await next.node.close();
});

it('begins from no snapshot of which Redis has lost pieces', async () => {
  const redis = server.client();
  const client = faultyClient(redis);
  const { node } = await openNode(client, 'torn', queues, { leaseMs: 400 });
  await node.apply(enqueue('t-1'));
  const pieces = key('torn', `snapshot:${Number(await redis.get(key('torn', 'head'))) + 1}`);
  let lost = 0;
  client.meet(async () => {
    if (lost === 0 && (await redis.hlen(pieces)) > 3) lost = await redis.del(pieces);
  });
  await node.close();
  expect(lost).toBe(1);
  const next = await openNode(redis, 'torn', queues, { leaseMs: 400, commandTimeoutMs: 1_000 });
  expect(next.node.view.tasks().map(({ id }) => id)).toEqual(['t-1']);
  await next.node.close();
});
