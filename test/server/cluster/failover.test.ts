import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { afterEach, expect, it } from 'vitest';
import { attachSockets } from 'onescreen/server';
import { joinCluster, startClusterNode, type ClusterNode } from 'onescreen/server/redis';
import { movingAddress } from '../../moving-address';
import { breakWriting, isReading, placesOf } from '../../redis-places';
import { agent } from '../contact-center';
import { openPage } from './nodes';
import { startRedis, type RedisServer } from './redis-server';

const running: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await one.close();
});

async function redisServer(): Promise<RedisServer> {
  const redis = await startRedis();
  running.push(redis);
  return redis;
}

function node(redis: Redis, domain: string): ClusterNode {
  const joined = joinCluster({
    ...{ authenticate: () => agent('ann'), queues: [{ id: 'support' }] },
    ...{ redis, domain, leaseMs: 500 },
  });
  running.push(joined);
  return joined;
}

const start = () =>
  new Request('http://cc.example/conversations', {
    method: 'POST',
    body: JSON.stringify({ customer: { displayName: 'Cleo' } }),
    headers: { 'content-type': 'application/json', 'idempotency-key': 'one-start-and-only-one' },
  });

const leads = (one: ClusterNode) => expect.poll(() => one.leads$.value, { timeout: 10_000 }).toBe(true);

/** A client whose connections, made from it, ask nothing while they are held. */
function heldClient(redis: RedisServer) {
  const client = redis.client();
  const duplicate = client.duplicate.bind(client);
  const waiting: (() => void)[] = [];
  let held = false;
  client.duplicate = (options) => {
    const connection = duplicate(options);
    const asked = connection.eval.bind(connection) as (...args: unknown[]) => Promise<unknown>;
    const eval_ = async (...args: unknown[]) => {
      while (held) await new Promise<void>((resolve) => waiting.push(resolve));
      return asked(...args);
    };
    return Object.assign(connection, { eval: eval_ });
  };
  return {
    client,
    hold(next: boolean) {
      held = next;
      if (!held) for (const resume of waiting.splice(0)) resume();
    },
  };
}

it('lets one node alone lead where Redis has forgotten who was elected last', async () => {
  const redis = await redisServer();
  const held = heldClient(redis);
  const former = node(held.client, 'forgotten');
  await leads(former);
  held.hold(true);
  await new Promise((resolve) => setTimeout(resolve, 100));
  // As a replica that takes over without the last election.
  await redis.client().del('onescreen:{forgotten}:server:fence', 'onescreen:{forgotten}:server:lease');
  const next = node(redis.client(), 'forgotten');
  await leads(next);
  held.hold(false);
  await expect.poll(() => former.leads$.value).toBe(false);
  for (let look = 0; look < 20; look++) {
    expect([former.leads$.value, next.leads$.value]).toEqual([false, true]);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});

/** An address that leads to a Redis, and clients that go there. */
async function addressOf(redis: RedisServer) {
  const address = await movingAddress(portOf(redis));
  running.push(address);
  const client = () => {
    const client = new Redis({ port: address.port, maxRetriesPerRequest: null });
    client.on('error', () => {});
    running.push({ close: () => client.disconnect() });
    return client;
  };
  return { client, address };
}

const portOf = ({ url }: RedisServer) => Number(new URL(url).port);

it('goes on with the Redis that has taken over when the one before only reads', async () => {
  const [primary, replica] = [await redisServer(), await redisServer()];
  const { client, address } = await addressOf(primary);
  const only = node(client(), 'moved');
  await leads(only);
  address.moveTo(portOf(replica));
  await primary.client().replicaof('127.0.0.1', portOf(replica));
  await expect.poll(() => replica.client().get('onescreen:{moved}:server:fence'), { timeout: 10_000 }).not.toBe(null);
  expect((await only.handle(start())).status).toBe(201);
});

it('reads where it writes, though only the connections that write were broken', async () => {
  const [former, next] = [await redisServer(), await redisServer()];
  const { client, address } = await addressOf(former);
  const nodes = [node(client(), 'half'), node(client(), 'half')];
  await expect.poll(() => nodes.filter((one) => one.leads$.value).length, { timeout: 10_000 }).toBe(1);
  for (const one of nodes) {
    running.push(attachSockets(createServer().listen(0, '127.0.0.1'), one, { adapter: one.adapter }));
    expect((await one.handle(start())).status).toBe(201);
  }
  const admin = former.client();
  await expect.poll(async () => (await placesOf(admin)).filter(isReading).length).toBe(7);
  address.moveTo(portOf(next));
  await breakWriting(admin);
  await expect.poll(() => next.client().get('onescreen:{half}:server:fence'), { timeout: 10_000 }).not.toBe(null);
  for (const one of nodes) expect((await one.handle(start())).status).toBe(201);
  await expect.poll(() => placesOf(admin)).toEqual([]);
});

it('goes on when nothing comes through its connections any more, and nobody says so', async () => {
  const redis = await redisServer();
  const { client, address } = await addressOf(redis);
  await leads(node(redis.client(), 'silent'));
  const follower = node(client(), 'silent');
  expect((await follower.handle(start())).status).toBe(201);
  address.forget();
  expect((await follower.handle(start())).status).toBe(201);
});

it('outlives a page that goes while Redis is full', async () => {
  const rejections: unknown[] = [];
  const rejected = (error: unknown) => rejections.push(error);
  process.on('unhandledRejection', rejected);
  running.push({ close: () => process.off('unhandledRejection', rejected) });
  const redis = await redisServer();
  const started = await startClusterNode({
    ...{ authenticate: () => agent('ann'), queues: [{ id: 'support' }] },
    ...{ redis: redis.client(), domain: 'full' },
  });
  running.push(started);
  await leads(started.node);
  const page = openPage(started.url, 'agents', { token: 'ann' });
  running.push(page);
  await expect.poll(() => page.socket.connected).toBe(true);
  const admin = redis.client();
  await admin.config('SET', 'maxmemory', '1');
  // Broken off, so that the server keeps what it knows of the page for its return.
  page.socket.io.engine.close();
  await expect.poll(() => admin.info('errorstats')).toContain('errorstat_OOM');
  await new Promise((resolve) => setTimeout(resolve, 200));
  await admin.config('SET', 'maxmemory', '0');
  expect(rejections).toEqual([]);
});

/** A client whose connections, made from it, are refused the next entry of a stream, as by a Redis that is full. */
function refusedClient(redis: RedisServer) {
  const client = redis.client();
  const duplicate = client.duplicate.bind(client);
  let refused = '';
  client.duplicate = (options) => {
    const connection = duplicate(options);
    const added = connection.xadd.bind(connection) as (...args: unknown[]) => Promise<string | null>;
    const xadd = async (...args: unknown[]) => {
      if (refused === '' || !String(args[0]).startsWith(refused)) return added(...args);
      refused = '';
      throw new Error("OOM command not allowed when used memory > 'maxmemory'.");
    };
    return Object.assign(connection, { xadd });
  };
  return {
    client,
    refuse(prefix: string) {
      refused = prefix;
    },
    get wasRefused() {
      return refused === '';
    },
  };
}

it('answers another node also where Redis had no room for the answer', async () => {
  const redis = await redisServer();
  const room = refusedClient(redis);
  const leader = node(room.client, 'room');
  await leads(leader);
  const follower = node(redis.client(), 'room');
  expect((await follower.handle(start())).status).toBe(201);
  room.refuse('onescreen:{room}:server:node:');
  expect((await follower.handle(start())).status).toBe(201);
  expect(room.wasRefused).toBe(true);
});
