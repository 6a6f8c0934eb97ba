import type { RoutingCommand } from 'onescreen/routing';
import { redisRouting, type RedisClient, type RedisConnection } from 'onescreen/routing/redis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openNode, until } from './nodes';
import { startRedis, type RedisServer } from './redis-server';

const queues = [{ id: 'support' }];
let server: RedisServer;
beforeEach(async () => {
  server = await startRedis();
});
afterEach(() => server.close());

const enqueue = (id: string): RoutingCommand => ({
  type: 'enqueue',
  task: { id, queueId: 'support', channel: 'chat' },
});

it(
  'loses nothing that was answered when Redis is killed, and goes on when it is back',
  { timeout: 60_000 },
  async () => {
    const nodes = await Promise.all([1, 2, 3].map(() => openNode(server.client(), 'killed', queues, { leaseMs: 500 })));
    const told = new Set<string>();
    let count = 0;
    let running = true;
    const load = nodes.map(async ({ node }) => {
      while (running) {
        count += 1;
        const id = `t-${count}`;
        await node.apply(enqueue(id)).then(
          () => told.add(id),
          (error: unknown) => expect(error).toMatchObject({ code: 'command/timed-out', retryable: true }),
        );
      }
    });
    for (let kill = 0; kill < 3; kill += 1) {
      const before = told.size;
      await until(() => told.size > before + 200);
      await server.kill();
      await new Promise((resolve) => setTimeout(resolve, 200));
      await server.restart();
    }
    const before = told.size;
    await until(() => told.size > before + 200);
    running = false;
    await Promise.all(load);
    await until(() => nodes.every(({ node }) => node.seq === nodes[0]!.node.seq));
    for (const { node, events } of nodes) {
      const tasks = new Set(node.view.tasks().map(({ id }) => id));
      expect([...told].filter((id) => !tasks.has(id))).toEqual([]);
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
      expect(events).toEqual(nodes[0]!.events);
    }
    await Promise.all(nodes.map(({ node }) => node.close()));
  },
);

it('does what a crash of Redis took out of the inbox, where it is not written to the disk', async () => {
  const sender = await openNode(server.client(), 'inbox', queues, { mayLead: false });
  const client = server.client();
  const written = async () => /aof_current_size:\d+/.exec(await client.info('persistence'))?.[0];
  const before = await written();
  const asked = sender.node.apply(enqueue('t-1'));
  await expect.poll(() => client.xlen('onescreen:{inbox}:routing:inbox')).toBe(1);
  expect(before).toBeDefined();
  expect(await written()).toBe(before);
  await server.kill();
  await server.restart();
  const leader = await openNode(server.client(), 'inbox', queues);
  await asked;
  await until(() => leader.node.seq === sender.node.seq);
  expect(leader.node.view.tasks().map(({ id }) => id)).toEqual(['t-1']);
  await Promise.all([sender, leader].map(({ node }) => node.close()));
});

it('does what was lost on its way also while much else goes on', async () => {
  const leader = await openNode(server.client(), 'loss', queues, { leaseMs: 300 });
  await until(() => leader.node.leading);
  const redis = server.client();
  let lost = 0;
  const losing: RedisClient = {
    duplicate(options) {
      const connection: RedisConnection = redis.duplicate(options);
      return {
        get status() {
          return connection.status;
        },
        call(command, args) {
          if (lost > 0 || !args.includes('onescreen:{loss}:routing:inbox')) return connection.call(command, args);
          lost += 1;
          return Promise.resolve('ok');
        },
        on: (event: 'ready' | 'close' | 'end' | 'error', listener: (error: Error) => void) =>
          event === 'error' ? connection.on('error', listener) : connection.on(event, listener as () => void),
        disconnect: (reconnect?: boolean) => connection.disconnect(reconnect),
      };
    },
  };
  const sender = await openNode(losing, 'loss', queues, { leaseMs: 300, mayLead: false });
  let running = true;
  const load = (async () => {
    for (let count = 0; running; count += 1) await leader.node.apply(enqueue(`load-${count}`));
  })();
  await sender.node.apply(enqueue('t-1'));
  running = false;
  await load;
  expect(lost).toBe(1);
  expect(leader.node.view.task('t-1')).toBeDefined();
  await Promise.all([sender, leader].map(({ node }) => node.close()));
});

it('takes what comes into an inbox that counts from lower on when Redis is back', async () => {
  const leader = await openNode(server.client(), 'lower', queues, { leaseMs: 10_000 });
  const sender = await openNode(server.client(), 'lower', queues, { mayLead: false });
  await until(() => leader.node.leading);
  const client = server.client();
  const inbox = 'onescreen:{lower}:routing:inbox';
  await client.xadd(inbox, '9999999999999-1', 'c', JSON.stringify(['elsewhere', 1, 1, [enqueue('t-1')]]));
  await until(() => sender.node.view.task('t-1') !== undefined);
  await client.del(inbox);
  await server.kill();
  await server.restart();
  await sender.node.apply(enqueue('t-2'));
  expect(leader.node.leading).toBe(true);
  await until(() => leader.node.view.tasks().length === 2);
  await Promise.all([leader, sender].map(({ node }) => node.close()));
});

it('refuses a command in time, with an error that says to try again, while Redis stands still', async () => {
  const { node, faults } = await openNode(server.client(), 'still', queues, { leaseMs: 300, commandTimeoutMs: 600 });
  await node.apply(enqueue('t-1'));
  server.pause(true);
  await expect(node.apply(enqueue('t-2'))).rejects.toMatchObject({ code: 'command/timed-out', retryable: true });
  server.pause(false);
  await until(() => node.leading);
  await node.apply(enqueue('t-3'));
  expect(faults.length).toBeGreaterThan(0);
  await node.close();
});

it('is not opened where there is no Redis, and says so in time', async () => {
  const redis = server.client();
  await server.kill();
  const opened = redisRouting({ redis, domain: 'nowhere', queues, commandTimeoutMs: 300 });
  await expect(opened).rejects.toMatchObject({ code: 'session/unavailable', retryable: true });
});

it('refuses options that make no sense, by name', async () => {
  const redis = server.client();
  await expect(redisRouting({ redis, domain: 'a{b}', queues })).rejects.toMatchObject({ field: 'domain' });
  await expect(redisRouting({ redis, domain: 'a', queues, leaseMs: 10 })).rejects.toMatchObject({ field: 'leaseMs' });
});
