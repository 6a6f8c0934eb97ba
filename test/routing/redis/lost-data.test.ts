import type { RoutingCommand, RoutingEvent } from 'onescreen/routing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { faultyClient } from './faulty-client';
import { openNode, until, type TestNode } from './nodes';
import { startRedis, type RedisServer } from './redis-server';

const queues = [{ id: 'a' }];
const quick = { leaseMs: 400 };
let server: RedisServer;
beforeEach(async () => {
  server = await startRedis();
});
afterEach(() => server.close());

const enqueue = (id: string): RoutingCommand => ({ type: 'enqueue', task: { id, queueId: 'a', channel: 'chat' } });
const queued = ({ events }: TestNode) => events.flatMap((event) => (event.type === 'task-queued' ? event.taskId : []));

/** What stands of the log as it is now, to go back to; of all else nothing is left, or all. */
async function remember(domain: string, isRestKept = false): Promise<() => Promise<void>> {
  const client = server.client();
  const key = (name: string) => `onescreen:{${domain}}:routing:${name}`;
  const [head, log] = await Promise.all([client.get(key('head')), client.xrange(key('log'), '-', '+')]);
  return async () => {
    const step = isRestKept ? client.multi().del(key('log'), key('head')) : client.multi().flushall();
    if (head !== null) step.set(key('head'), head);
    for (const [id, fields] of log) step.xadd(key('log'), id, ...fields);
    await step.exec();
  };
}

it('tells of what happens after Redis has lost everything, and that what it told before is void', async () => {
  const nodes = await Promise.all([1, 2, 3].map(() => openNode(server.client(), 'all', queues, quick)));
  for (let index = 0; index < 300; index += 1) await nodes[0]!.node.apply(enqueue(`t-${index}`));
  await until(() => nodes.every(({ node }) => node.seq === 300));
  await server.client().flushall();
  for (const { events } of nodes) events.length = 0;
  await until(() => nodes.every(({ node }) => node.seq === 0));
  await nodes[1]!.node.apply(enqueue('new'));
  await until(() => nodes.every((each) => queued(each).length > 0));
  for (const each of nodes) {
    expect(queued(each)).toEqual(['new']);
    expect(each.events.map(({ seq }) => seq)).toEqual([1]);
    expect(each.skipped).toEqual([{ from: 1, to: 300, void: true }]);
    expect(each.node.view.tasks().map(({ id }) => id)).toEqual(['new']);
  }
  await Promise.all(nodes.map(({ node }) => node.close()));
});

it('goes on from what is left of the log, with one story on all nodes, however fast another went on', async () => {
  const nodes = await Promise.all([1, 2].map(() => openNode(server.client(), 'end', queues, quick)));
  for (let index = 0; index < 10; index += 1) await nodes[0]!.node.apply(enqueue(`kept-${index}`));
  const goBack = await remember('end');
  for (let index = 0; index < 10; index += 1) await nodes[0]!.node.apply(enqueue(`lost-${index}`));
  await until(() => nodes.every(({ node }) => node.seq === 20));
  for (const { events } of nodes) events.length = 0;
  await goBack();
  // Some go into the log before the other node has noticed.
  await Promise.all(Array.from({ length: 30 }, (_, index) => nodes[index % 2]!.node.apply(enqueue(`new-${index}`))));
  await until(() => nodes.every(({ node }) => node.seq === 40));
  for (const { node, events, skipped } of nodes) {
    expect(skipped).toEqual([{ from: 11, to: 20, void: true }]);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, index) => 11 + index));
    expect(events).toEqual(nodes[0]!.events);
    expect(node.view.tasks().filter(({ id }) => id.startsWith('lost'))).toEqual([]);
    expect(node.view.tasks()).toHaveLength(40);
  }
  await Promise.all(nodes.map(({ node }) => node.close()));
});

it('begins anew where the log has gone on with as many other events before this node came to know', async () => {
  const client = faultyClient(server.client());
  const here = await openNode(server.client(), 'fork', queues, { ...quick, node: 'here' });
  const away = await openNode(client, 'fork', queues, { ...quick, node: 'away', clock: client.clock, mayLead: false });
  for (let index = 0; index < 5; index += 1) await here.node.apply(enqueue(`kept-${index}`));
  const goBack = await remember('fork');
  for (let index = 0; index < 5; index += 1) await here.node.apply(enqueue(`lost-${index}`));
  await until(() => away.node.seq === 10);
  client.hold(true);
  await goBack();
  for (let index = 0; index < 6; index += 1) await here.node.apply(enqueue(`new-${index}`));
  for (let index = 0; index < 6; index += 1) await here.node.apply({ type: 'tick' });
  client.hold(false);
  await until(() => away.node.seq === 11);
  await until(() => away.node.view.task('new-5') !== undefined);
  expect(away.node.view.tasks()).toEqual(here.node.view.tasks());
  expect(away.skipped).toEqual([{ from: 6, to: 10, void: true }]);
  expect(queued(away)).toEqual(queued(here));
  await Promise.all([here, away].map(({ node }) => node.close()));
});

it('goes back also where the leader has nothing to do and its lease is left', async () => {
  const only = await openNode(server.client(), 'idle', queues, quick);
  await only.node.apply(enqueue('kept'));
  const goBack = await remember('idle', true);
  await only.node.apply(enqueue('lost'));
  await goBack();
  await until(() => only.skipped.length > 0);
  expect(only.skipped).toEqual([{ from: 2, to: 2, void: true }]);
  expect(only.node.view.tasks().map(({ id }) => id)).toEqual(['kept']);
  await only.node.close();
});

it('leads by what the log has, where that is as long as what Redis has lost of it', async () => {
  const clients = [faultyClient(server.client()), faultyClient(server.client())];
  const nodes = await Promise.all(
    clients.map((client) => openNode(client, 'length', queues, { ...quick, clock: client.clock })),
  );
  await until(() => nodes.some(({ node }) => node.leading));
  for (let index = 0; index < 5; index += 1) await nodes[0]!.node.apply(enqueue(`kept-${index}`));
  const goBack = await remember('length');
  for (let index = 0; index < 5; index += 1) await nodes[0]!.node.apply(enqueue(`lost-${index}`));
  await until(() => nodes.every(({ node }) => node.seq === 10));
  const here = nodes.find(({ node }) => node.leading)!;
  const away = nodes.find((each) => each !== here)!;
  const client = server.client();
  const length = async () => Number(await client.get('onescreen:{length}:routing:head'));
  clients[nodes.indexOf(away)]!.hold(true);
  const before = await length();
  await goBack();
  for (let index = 0; (await length()) < before; index += 1) await here.node.apply(enqueue(`new-${index}`));
  clients[nodes.indexOf(here)]!.drop();
  expect(await length()).toBe(before);
  clients[nodes.indexOf(away)]!.hold(false);
  await until(() => away.node.leading);
  await away.node.apply(enqueue('after'));
  const late = await openNode(server.client(), 'length', queues, quick);
  expect(late.node.view.tasks().map(({ id }) => id)).toContain('new-0');
  expect(away.node.view.tasks()).toEqual(late.node.view.tasks());
  expect(away.skipped).toEqual([{ from: 6, to: 10, void: true }]);
  await Promise.all([away, late].map(({ node }) => node.close()));
});

it.each([
  ['the log', 1],
  ['its last snapshot', 2],
])('tells of what happens after all that it had was lost and replaced, as %s says', async (_, snapshots) => {
  const client = faultyClient(server.client());
  let here = await openNode(server.client(), 'far', queues, quick);
  const away = await openNode(client, 'far', queues, { ...quick, clock: client.clock, mayLead: false });
  for (let index = 0; index < 5; index += 1) await here.node.apply(enqueue(`kept-${index}`));
  const goBack = await remember('far');
  for (let index = 0; index < 10; index += 1) await here.node.apply(enqueue(`lost-${index}`));
  await until(() => away.node.seq === 15);
  client.hold(true);
  await goBack();
  for (let index = 0; index < 3; index += 1) await here.node.apply(enqueue(`new-${index}`));
  for (let index = 0; index < 15; index += 1) await here.node.apply({ type: 'tick' });
  for (let count = 0; count < snapshots; count += 1) {
    await here.node.close();
    here = await openNode(server.client(), 'far', queues, quick);
    await until(() => here.node.leading);
  }
  away.events.length = 0;
  client.hold(false);
  for (const id of ['later-0', 'later-1', 'later-2']) await here.node.apply(enqueue(id));
  await until(() => away.node.view.task('later-2') !== undefined);
  expect(away.skipped).toEqual([
    { from: 6, to: 15, void: true },
    { from: 6, to: 8, void: false },
  ]);
  expect(queued(away)).toEqual(['later-0', 'later-1', 'later-2']);
  await Promise.all([here, away].map(({ node }) => node.close()));
});

it('tells one story on all nodes, however often Redis goes back', { timeout: 60_000 }, async () => {
  const stories = [1, 2, 3].map((): RoutingEvent[] => []);
  const nodes = await Promise.all(
    stories.map((story) =>
      openNode(server.client(), 'often', queues, {
        ...quick,
        onEvents: (events) => void story.push(...events),
        onSkipped: ({ from, void: isVoid }) => (isVoid ? void story.splice(from - 1) : undefined),
      }),
    ),
  );
  let goBack = await remember('often');
  for (let round = 0; round < 12; round += 1) {
    if (round % 3 === 1) goBack = await remember('often');
    const asked = Array.from({ length: 60 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 5 * (round % 4)));
      await nodes[index % 3]!.node.apply(enqueue(`${round}-${index}`));
    });
    await new Promise((resolve) => setTimeout(resolve, 30 * (round % 5)));
    await goBack();
    await Promise.all(asked);
  }
  await until(() => nodes.every(({ node }) => node.seq === nodes[0]!.node.seq));
  const [first] = stories;
  expect(first!.map(({ seq }) => seq)).toEqual(Array.from({ length: nodes[0]!.node.seq }, (_, index) => index + 1));
  for (const story of stories) expect(story).toEqual(first);
  const told = first!.flatMap((event) => (event.type === 'task-queued' ? event.taskId : []));
  for (const { node } of nodes) expect(node.view.tasks().map(({ id }) => id)).toEqual(told);
  await Promise.all(nodes.map(({ node }) => node.close()));
});

it('stops nothing where listeners throw', async () => {
  const skipped: unknown[] = [];
  const fail = () => {
    throw new Error('of a listener');
  };
  const { node, faults } = await openNode(server.client(), 'throws', queues, {
    ...{ ...quick, onEvents: fail, onLeading: fail },
    onSkipped: (range) => {
      skipped.push(range);
      fail();
    },
  });
  await node.apply(enqueue('t-1'));
  await server.client().flushall();
  await until(() => node.seq === 0);
  await node.apply(enqueue('t-2'));
  expect(node.view.tasks().map(({ id }) => id)).toEqual(['t-2']);
  expect(skipped).toEqual([{ from: 1, to: 1, void: true }]);
  expect(
    faults.filter(({ cause }) => cause instanceof Error && cause.message === 'of a listener').length,
  ).toBeGreaterThan(3);
  await node.close();
});

it('goes on, and is closed, where whoever is told of faults throws', async () => {
  const { node } = await openNode(server.client(), 'faults', queues, {
    ...quick,
    onFault: () => {
      throw new Error('of a listener');
    },
  });
  await node.apply(enqueue('t-1'));
  await server.kill();
  await server.restart();
  await node.apply(enqueue('t-2'));
  expect(node.view.tasks()).toHaveLength(2);
  await server.kill();
  await node.close();
});
