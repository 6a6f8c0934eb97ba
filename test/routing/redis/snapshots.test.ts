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
  let lost = 0;
  client.meet(async () => {
    const [pieces = ''] = await redis.keys(key('torn', 'snapshot:*'));
    if (lost === 0 && (await redis.hlen(pieces)) > 3) lost = await redis.del(pieces);
  });
  await node.close();
  expect(lost).toBe(1);
  const next = await openNode(redis, 'torn', queues, { leaseMs: 400, commandTimeoutMs: 1_000 });
  expect(next.node.view.tasks().map(({ id }) => id)).toEqual(['t-1']);
  await next.node.close();
});

it('says so where the snapshot is of a format that it does not know, and begins from the next that it does', async () => {
  const redis = server.client();
  const { node } = await openNode(redis, 'format', queues, { leaseMs: 400 });
  await node.apply(enqueue('t-1'));
  await node.close();
  const whole = key('format', `snapshot:${await redis.get(key('format', 'snapshot'))}`);
  await redis.hset(whole, 'own/version/', '2');
  const quick = { leaseMs: 400, commandTimeoutMs: 500 };
  await expect(openNode(redis, 'format', queues, quick)).rejects.toMatchObject({
    code: 'routing/differs',
    retryable: true,
    message: expect.stringContaining('has format 2, which this version does not know'),
  });
  const waiting = openNode(redis, 'format', queues, { leaseMs: 400 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  const head = Number(await redis.get(key('format', 'head')));
  await redis.copy(whole, key('format', `snapshot:${head + 1}`));
  await redis.hset(key('format', `snapshot:${head + 1}`), 'own/version/', '1');
  await redis.set(key('format', 'snapshot'), head + 1);
  const next = await waiting;
  expect(next.node.view.tasks().map(({ id }) => id)).toEqual(['t-1']);
  await next.node.close();
});

it('leaves a snapshot, and shortens the log, also where leaders are many and short', async () => {
  const redis = server.client();
  const more = { leaseMs: 400, snapshotEvery: 100 };
  let here = await openNode(redis, 'short', queues, more);
  for (let round = 0; round < 8; round += 1) {
    await until(() => here.node.leading);
    for (let index = 0; index < 20; index += 1) {
      await here.node.apply(enqueue(`${round}-${index}`));
      await here.node.apply({ type: 'cancel', taskId: `${round}-${index}`, reason: 'test' });
    }
    const next = await openNode(redis, 'short', queues, more);
    // Long enough for each to have heard of the other.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await here.node.close();
    here = next;
  }
  await expect.poll(async () => Number(await redis.get(key('short', 'snapshot')))).toBeGreaterThan(200);
  expect(await redis.xlen(key('short', 'log'))).toBeLessThan(300);
  await here.node.close();
});
