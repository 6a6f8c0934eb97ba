import { Redis } from 'ioredis';
import type { RoutingCommand } from 'onescreen/routing';
import { afterEach, expect, it } from 'vitest';
import { movingAddress } from '../../moving-address';
import { breakWriting, isReading, placesOf } from '../../redis-places';
import { openNode, until, type TestNode } from './nodes';
import { startRedis, type RedisServer } from './redis-server';

const queues = [{ id: 'a' }];
const running: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});

async function redisServer(): Promise<RedisServer> {
  const redis = await startRedis();
  running.push(redis);
  return redis;
}

/** An address that leads to a Redis, and clients that go there. */
async function addressOf(redis: RedisServer) {
  const address = await movingAddress(redis.port);
  running.push(address);
  const clientOf = () => {
    const client = new Redis({ port: address.port, retryStrategy: () => 50 });
    client.on('error', () => {});
    running.push({ close: () => client.disconnect() });
    return client;
  };
  return { address, clientOf };
}

async function twoNodes(clientOf: () => Redis, domain: string): Promise<readonly TestNode[]> {
  const open = () => openNode(clientOf(), domain, queues, { leaseMs: 400 });
  return [await open(), await open()];
}

const enqueue = (id: string): RoutingCommand => ({ type: 'enqueue', task: { id, queueId: 'a', channel: 'chat' } });

it('goes on with the Redis that has taken over when the one before only reads', async () => {
  const [primary, replica] = [await redisServer(), await redisServer()];
  const { address, clientOf } = await addressOf(primary);
  const nodes = await twoNodes(clientOf, 'moved');
  for (const [index, { node }] of nodes.entries()) await node.apply(enqueue(`before-${index}`));
  await replica.client().replicaof('127.0.0.1', primary.port);
  await until(() => nodes.some(({ node }) => node.leading));
  await expect.poll(() => replica.client().exists('onescreen:{moved}:routing:log'), { timeout: 10_000 }).toBe(1);
  await replica.client().replicaof('NO', 'ONE');
  address.moveTo(replica.port);
  await primary.client().replicaof('127.0.0.1', replica.port);
  for (const [index, { node }] of nodes.entries()) await node.apply(enqueue(`after-${index}`));
  await until(() => nodes.every(({ node }) => node.view.tasks().length === 4));
  await Promise.all(nodes.map(({ node }) => node.close()));
});

it('reads where it writes, though only the connection that writes was broken', async () => {
  const [former, next] = [await redisServer(), await redisServer()];
  const { address, clientOf } = await addressOf(former);
  const nodes = await twoNodes(clientOf, 'half');
  await until(() => nodes.some(({ node }) => node.leading));
  const admin = former.client();
  await expect.poll(async () => (await placesOf(admin)).filter(isReading).length).toBe(2);
  address.moveTo(next.port);
  await breakWriting(admin);
  for (const [index, { node }] of nodes.entries()) await node.apply(enqueue(`after-${index}`));
  await until(() => nodes.every(({ node }) => node.view.tasks().length === 2));
  await expect.poll(() => placesOf(admin)).toEqual([]);
  await Promise.all(nodes.map(({ node }) => node.close()));
});

it('gives Redis large commands one by one, whoever sends many at once', async () => {
  const redis = await redisServer();
  const nodes = [await openNode(redis.client(), 'large', queues), await openNode(redis.client(), 'large', queues)];
  const labels = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`l-${index}`, 'x'.repeat(1_000)]));
  const asked = nodes.flatMap(({ node }, of) =>
    Array.from({ length: 15 }, (_, index) =>
      node.apply({ type: 'enqueue', task: { id: `${of}-${index}`, queueId: 'a', channel: 'chat', labels } }),
    ),
  );
  await Promise.all(asked);
  const log = await redis.client().xrange('onescreen:{large}:routing:log', '-', '+');
  expect(Math.max(...log.map(([, [, text = '']]) => text.length))).toBeLessThan(1_500_000);
  expect(nodes.map(({ faults }) => faults)).toEqual([[], []]);
  await Promise.all(nodes.map(({ node }) => node.close()));
});

it(
  'answers every command while Redis stops now and then, and is told that it is full',
  { timeout: 60_000 },
  async () => {
    const redis = await redisServer();
    const admin = redis.client();
    const nodes = await Promise.all(
      [1, 2].map(() => openNode(redis.client(), 'full', queues, { leaseMs: 400, commandTimeoutMs: 20_000 })),
    );
    await nodes[0]!.node.apply(enqueue('before'));
    await admin.config('SET', 'maxmemory', '1mb');
    const asked = nodes.map(({ node }, index) => node.apply(enqueue(`full-${index}`)));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await admin.config('SET', 'maxmemory', '0');
    await Promise.all(asked);
    await admin.call('CLIENT', 'PAUSE', '700', 'ALL');
    await Promise.all(nodes.map(({ node }, index) => node.apply(enqueue(`paused-${index}`))));
    void admin.call('DEBUG', 'SLEEP', '0.7').catch(() => {});
    await Promise.all(nodes.map(({ node }, index) => node.apply(enqueue(`slept-${index}`))));
    await until(() => nodes.every(({ node }) => node.view.tasks().length === 7));
    await Promise.all(nodes.map(({ node }) => node.close()));
  },
);
