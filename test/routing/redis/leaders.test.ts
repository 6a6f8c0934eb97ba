import { systemClock, type Clock } from 'onescreen';
import { routingRules, type RoutingCommand, type RoutingEvent, type WorkerSpec } from 'onescreen/routing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { faultyClient } from './faulty-client';
import { openNode, until, type TestNode } from './nodes';
import { startRedis, type RedisServer } from './redis-server';

const queues = [{ id: 'support', offerTtlMs: 60_000 }];
const quick = { leaseMs: 400 };

const ada: WorkerSpec = {
  id: 'ada',
  queues: ['support'],
  capacity: 100,
  channels: [{ channel: 'chat', cost: 1 }],
  available: true,
};

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.close());

const enqueue = (id: string): RoutingCommand => ({
  type: 'enqueue',
  task: { id, queueId: 'support', channel: 'chat' },
});
const queued = (events: readonly RoutingEvent[]) =>
  events.flatMap((event) => (event.type === 'task-queued' ? event.taskId : []));

// Tokens of the leaders who wrote the log, in its order.
async function tokens(domain: string): Promise<number[]> {
  const entries = await server.client().xrange(`onescreen:{${domain}}:routing:log`, '-', '+');
  return entries.map(([, fields]) => (JSON.parse(fields[1] ?? '') as { token: number }).token);
}

async function leaderOf(nodes: readonly TestNode[]): Promise<TestNode> {
  await until(() => nodes.some(({ node }) => node.leading));
  return nodes.find(({ node }) => node.leading)!;
}

// One node has answered; the others apply the log a moment later.
async function expectOneStory(nodes: readonly TestNode[]): Promise<void> {
  const most = Math.max(...nodes.map(({ events }) => events.length));
  await until(() => nodes.every(({ events }) => events.length >= most));
  const [first, ...others] = nodes.map(({ events }) => events);
  expect(first!.map(({ seq }) => seq)).toEqual(first!.map((_, index) => index + 1));
  for (const other of others) expect(other).toEqual(first);
}

it('refuses a leader who stood still and comes back: it follows the new one, and what it was asked for is done once', async () => {
  const clients = [faultyClient(server.client()), faultyClient(server.client())];
  const nodes = await Promise.all(
    clients.map((client) => openNode(client, 'paused', queues, { ...quick, clock: client.clock })),
  );
  const old = await leaderOf(nodes);
  const other = nodes.find((each) => each !== old)!;
  const client = clients[nodes.indexOf(old)]!;
  await old.node.apply({ type: 'register', worker: ada });

  client.hold(true);
  const asked = old.node.apply(enqueue('t-old'));
  await until(() => other.node.leading);
  await other.node.apply(enqueue('t-new'));
  expect(old.node.leading).toBe(true);
  client.hold(false);

  await asked;
  await until(() => !old.node.leading);
  await old.node.apply(enqueue('t-after'));
  await until(() => nodes.every(({ node }) => node.view.tasks().length === 3));
  for (const { events } of nodes) expect(queued(events).sort()).toEqual(['t-after', 't-new', 't-old']);
  const written = await tokens('paused');
  expect(written).toEqual([...written].sort((a, b) => a - b));
  await expectOneStory(nodes);
  await Promise.all(nodes.map(({ node }) => node.close()));
});

it('lets nobody write by a lease that has passed to another, even when that one has written nothing yet', async () => {
  const client = faultyClient(server.client());
  const only = await openNode(client, 'fenced', queues, { ...quick, clock: client.clock });
  await leaderOf([only]);
  await only.node.apply({ type: 'register', worker: ada });
  const [before] = (await tokens('fenced')).slice(-1);
  client.hold(true);
  const asked = only.node.apply(enqueue('t-1'));
  // Somebody else takes the lease, and does nothing with it until it has ended.
  const stranger = server.client();
  await stranger.set(
    'onescreen:{fenced}:routing:lease',
    `${await stranger.incr('onescreen:{fenced}:routing:token')}:stranger`,
    'PX',
    600,
  );
  client.hold(false);
  await until(() => !only.node.leading);
  expect(only.faults.map(({ code }) => code)).toContain('session/unavailable');
  expect(await stranger.get('onescreen:{fenced}:routing:lease')).toMatch(/:stranger$/);
  await asked;
  // By a lease of its own again: nothing was written by the old one since.
  const [after] = (await tokens('fenced')).slice(-1);
  expect(after).toBeGreaterThan(before! + 1);
  expect(queued(only.events)).toEqual(['t-1']);
  await only.node.close();
});

it('goes on with the next node when a leader vanishes without a word, and takes its timers over', async () => {
  const clients = [faultyClient(server.client()), faultyClient(server.client()), faultyClient(server.client())];
  const short = [{ id: 'support', offerTtlMs: 300, onExpire: 'keep' as const }];
  const nodes = await Promise.all(clients.map((client) => openNode(client, 'vanished', short, quick)));
  const first = await leaderOf(nodes);
  await first.node.apply({ type: 'register', worker: ada });
  await first.node.apply(enqueue('t-1'));
  clients[nodes.indexOf(first)]!.drop();
  const rest = nodes.filter((each) => each !== first);
  await until(() => rest.every(({ events }) => events.some(({ type }) => type === 'offer-expired')));
  await rest[0]!.node.apply(enqueue('t-2'));
  await expectOneStory(rest.map((each) => each));
  await Promise.all(rest.map(({ node }) => node.close()));
});

it('hands over at once when the leader is closed', async () => {
  const nodes = await Promise.all([1, 2].map(() => openNode(server.client(), 'closed', queues)));
  const first = await leaderOf(nodes);
  const other = nodes.find((each) => each !== first)!;
  await first.node.apply({ type: 'register', worker: ada });
  const from = performance.now();
  await first.node.close();
  await other.node.apply(enqueue('t-1'));
  // A lease that had to run out would take 2 s.
  expect(performance.now() - from).toBeLessThan(1_000);
  expect(other.node.leading).toBe(true);
  await other.node.close();
});

it('does a command once that arrives twice', async () => {
  const nodes = await Promise.all([1, 2].map(() => openNode(server.client(), 'twice', queues)));
  const leader = await leaderOf(nodes);
  const other = nodes.find((each) => each !== leader)!;
  const text = `["${other.node.node}",1,1,[${JSON.stringify({ type: 'register', worker: ada })},${JSON.stringify(enqueue('t-1'))}]]`;
  const client = server.client();
  await client.xadd('onescreen:{twice}:routing:inbox', '*', 'c', text);
  await client.xadd('onescreen:{twice}:routing:inbox', '*', 'c', 'nonsense');
  await client.xadd('onescreen:{twice}:routing:inbox', '*', 'c', text);
  await leader.node.apply(enqueue('t-2'));
  await until(() => nodes.every(({ node }) => node.view.tasks().length === 2));
  await until(() => leader.faults.length > 0);
  expect(leader.faults.map(({ message }) => message)).toEqual([
    'unable to use an entry of the inbox; it makes no sense',
  ]);
  expect(leader.node.view.workers()).toHaveLength(1);
  await expectOneStory(nodes);
  await Promise.all(nodes.map(({ node }) => node.close()));
});

it('does a command once, in whatever order it arrives, and however often, even from a snapshot on', async () => {
  const first = await openNode(server.client(), 'unordered', queues, { snapshotEvery: 1, rules: routingRules() });
  const client = server.client();
  const done = ({ events }: TestNode) =>
    events.flatMap((event) => (event.type === 'task-prioritized' ? event.priority : []));
  const send = async (low: number, ...numbers: readonly number[]) => {
    for (const number of numbers) {
      const command: RoutingCommand = { type: 'prioritize', taskId: 't-1', priority: number };
      const text = JSON.stringify(['elsewhere', low, number, [command]]);
      await client.xadd('onescreen:{unordered}:routing:inbox', '*', 'c', text);
    }
  };
  await first.node.apply(enqueue('t-1'));
  await send(1, 3, 5);
  await send(1, 1, 3, 1);
  await send(2, 2, 4, 5, 1);
  await send(5, 4, 5, 7);
  await until(() => done(first).includes(7));
  const head = Number(await client.get('onescreen:{unordered}:routing:head'));
  const saved = async () => {
    await first.node.apply({ type: 'tick' });
    return Number(await client.get('onescreen:{unordered}:routing:snapshot'));
  };
  await expect.poll(saved).toBeGreaterThanOrEqual(head);
  await first.node.close();

  const next = await openNode(server.client(), 'unordered', queues, { rules: routingRules() });
  await send(6, 9, 7, 4);
  await send(7, 6, 7, 8);
  await until(() => done(next).includes(8));
  expect([...done(first), ...done(next)]).toEqual([3, 5, 1, 2, 4, 7, 9, 8]);
  expect(next.faults).toEqual([]);
  await next.node.close();
});

it('saves snapshots, shortens the log, and lets a node begin from there', async () => {
  const nodes = [await openNode(server.client(), 'snapshot', queues, { snapshotEvery: 100 })];
  const [first] = nodes;
  await first!.node.apply({ type: 'register', worker: ada });
  for (let index = 0; index < 2_000; index += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, each) => first!.node.apply(enqueue(`t-${index + each}`))));
  }
  const client = server.client();
  await expect.poll(() => client.get('onescreen:{snapshot}:routing:snapshot')).not.toBeNull();
  await expect.poll(() => client.xlen('onescreen:{snapshot}:routing:log')).toBeLessThan(50);
  expect(await client.xlen('onescreen:{snapshot}:routing:inbox')).toBe(0);
  const late = await openNode(server.client(), 'snapshot', queues);
  expect(late.node.seq).toBe(first!.node.seq);
  expect(late.node.view.tasks()).toEqual(first!.node.view.tasks());
  expect(late.events).toEqual([]);
  await first!.node.close();
  await late.node.apply(enqueue('t-last'));
  expect(late.node.view.tasks()).toHaveLength(2_001);
  await late.node.close();
});

it('spreads domains over nodes, and gives some to a node that joins', { timeout: 30_000 }, async () => {
  const domains = Array.from({ length: 12 }, (_, index) => `spread-${index}`);
  const open = (node: string) =>
    Promise.all(domains.map((each) => openNode(server.client(), each, queues, { ...quick, node })));
  const [one, two] = await Promise.all([open('one'), open('two')]);
  const led = (nodes: readonly TestNode[]) => nodes.filter(({ node }) => node.leading).length;
  await until(() => led(one) + led(two) === domains.length && led(one) > 1 && led(two) > 1);
  const three = await open('three');
  await until(() => led(three) > 0 && led(one) + led(two) + led(three) === domains.length);
  await Promise.all(domains.map((_, index) => two[index]!.node.apply({ type: 'register', worker: ada })));
  for (const nodes of [one, two, three]) await Promise.all(nodes.map(({ node }) => node.close()));
});

it('lets what is due come soon, whose ever clock was ahead of it', async () => {
  const ahead: Clock = {
    now: () => systemClock.now() + 3_600_000,
    schedule: (delayMs, run) => systemClock.schedule(delayMs, run),
  };
  const client = faultyClient(server.client(), ahead);
  const queues = [{ id: 'a', offerTtlMs: 1_000 }];
  const former = await openNode(client, 'ahead', queues, { leaseMs: 300, clock: client.clock });
  await until(() => former.node.leading);
  const channels = [{ channel: 'chat', cost: 1 }];
  const worker = { id: 'ada', queues: ['a'], capacity: 1, channels, available: true };
  await former.node.apply({ type: 'register', worker });
  await former.node.apply({ type: 'enqueue', task: { id: 't-1', queueId: 'a', channel: 'chat' } });
  expect(former.node.view.task('t-1')?.offers).toHaveLength(1);
  const next = await openNode(server.client(), 'ahead', queues, { leaseMs: 300 });
  client.drop();
  await until(() => next.node.view.task('t-1')?.offers.length === 0, 10_000);
  expect(next.events.map(({ type }) => type)).toContain('offer-expired');
  await next.node.close();
});
