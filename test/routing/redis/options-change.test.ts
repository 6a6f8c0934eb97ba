import type { QueuePolicy, RoutingCommand, RoutingEvent, RoutingStrategy, WorkerSpec } from 'onescreen/routing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { faultyClient } from './faulty-client';
import { openNode, until, type TestNode } from './nodes';
import { startRedis, type RedisServer } from './redis-server';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.close());

const quick = { leaseMs: 400, commandTimeoutMs: 1_000 };
const register = (id: string): RoutingCommand => {
  const worker: WorkerSpec = {
    id,
    queues: ['a'],
    capacity: 1,
    channels: [{ channel: 'chat', cost: 1 }],
    available: true,
  };
  return { type: 'register', worker };
};
const enqueue = (id: string): RoutingCommand => ({ type: 'enqueue', task: { id, queueId: 'a', channel: 'chat' } });
const first: RoutingStrategy = { name: 'own', compare: (a, b) => (a.id < b.id ? -1 : 1) };
const last: RoutingStrategy = { name: 'own', compare: (a, b) => (a.id < b.id ? 1 : -1) };
const queues = (strategy: RoutingStrategy, more: Partial<QueuePolicy> = {}): QueuePolicy[] => [
  { id: 'a', strategy, offerTtlMs: 60_000, ...more },
];

// Two workers of whom one has a task in hand, and what the other may get.
async function atWork({ node }: TestNode): Promise<string | undefined> {
  await node.apply(register('ada'));
  await node.apply(register('bob'));
  await node.apply(enqueue('t-1'));
  const [offer] = node.view.task('t-1')?.offers ?? [];
  if (offer !== undefined) await node.apply({ type: 'accept', offerId: offer.id });
  return node.view.task('t-1')?.workerId;
}
const holder = ({ node }: TestNode) => node.view.task('t-1')?.workerId;
const codes = ({ faults }: TestNode) => faults.map(({ code }) => code);

it('leaves in whose hands tasks are when all nodes are closed and opened with another strategy', async () => {
  const before = await openNode(server.client(), 'restart', queues(first), quick);
  expect(await atWork(before)).toBe('ada');
  await before.node.close();
  const after = await openNode(server.client(), 'restart', queues(last), { ...quick, revision: '2' });
  expect(holder(after)).toBe('ada');
  await after.node.apply(enqueue('t-2'));
  expect(after.node.view.task('t-2')?.offers.map(({ workerId }) => workerId)).toEqual(['bob']);
  expect(after.faults).toEqual([]);
  await after.node.close();
});

it('does so where nodes are closed at the same moment', async () => {
  const nodes = [
    await openNode(server.client(), 'together', queues(first), quick),
    await openNode(server.client(), 'together', queues(first), quick),
    await openNode(server.client(), 'together', queues(first), quick),
  ];
  expect(await atWork(nodes[0]!)).toBe('ada');
  // Long enough for each to have heard of the others.
  await new Promise((resolve) => setTimeout(resolve, quick.leaseMs));
  await Promise.all(nodes.map(({ node }) => node.close()));
  const after = await openNode(server.client(), 'together', queues(last, { concurrentOffers: 2 }), quick);
  expect(holder(after)).toBe('ada');
  await after.node.close();
});

it('does so where a node is closed at the moment at which it gets the lease of another that is', async () => {
  const leader = await openNode(server.client(), 'won', queues(first), { ...quick, node: 'first' });
  await atWork(leader);
  const client = faultyClient(server.client());
  const next = await openNode(client, 'won', queues(first), { ...quick, node: 'next' });
  await new Promise((resolve) => setTimeout(resolve, quick.leaseMs / 2));
  const won = new Promise<void>((resolve) => {
    client.meet(async (_command, _args, answer) => {
      if (!Array.isArray(answer) || !String(answer[0]).endsWith(':next')) return;
      resolve();
      await new Promise((later) => setTimeout(later, 50));
    });
  });
  const closed = leader.node.close();
  await won;
  await Promise.all([closed, next.node.close()]);
  const after = await openNode(server.client(), 'won', queues(last), quick);
  expect(holder(after)).toBe('ada');
  await after.node.close();
});

it('says which queue is missing where there are tasks of it', async () => {
  const before = await openNode(server.client(), 'missing', queues(first), quick);
  await before.node.apply(enqueue('t-1'));
  await before.node.close();
  await expect(openNode(server.client(), 'missing', [{ id: 'b' }], quick)).rejects.toMatchObject({
    code: 'routing/invalid',
    message: 'unable to restore routing; there is no queue "a"',
  });
  const again = await openNode(server.client(), 'missing', [{ id: 'b' }, ...queues(first)], quick);
  expect(again.node.view.tasks()).toHaveLength(1);
  await again.node.close();
});

it.each([
  ['a revision', { revision: '2' }, {}],
  ['a number', {}, { concurrentOffers: 2 }],
  ['a rule', {}, { offerTtlMs: 1_000 }],
])(
  'does not take part beside nodes that have another queue, told by %s, and takes over when they are closed',
  async (name, more, policy) => {
    const domain = `beside-${name.slice(2)}`;
    const old = await openNode(server.client(), domain, queues(first), quick);
    await atWork(old);
    const refused = openNode(server.client(), domain, queues(last, policy), { ...quick, ...more });
    await expect(refused).rejects.toMatchObject({ code: 'routing/differs', retryable: true });
    const waiting = openNode(server.client(), domain, queues(last, policy), {
      ...quick,
      commandTimeoutMs: 20_000,
      ...more,
    });
    await new Promise((resolve) => setTimeout(resolve, quick.leaseMs));
    await old.node.apply(enqueue('t-2'));
    expect(old.node.leading).toBe(true);
    await old.node.close();
    const next = await waiting;
    expect([holder(next), next.node.view.task('t-2')?.offers.length]).toEqual(['ada', 1]);
    await next.node.apply({ type: 'cancel', taskId: 't-2', reason: 'test' });
    expect(codes(next)).toEqual(['routing/differs']);
    await next.node.close();
  },
);

it('does not decide anew what a leader decided who ended without being closed', async () => {
  const client = faultyClient(server.client());
  const killed = await openNode(client, 'killed', queues(first), quick);
  await atWork(killed);
  client.drop();
  const other = { ...quick, revision: '2' };
  await expect(openNode(server.client(), 'killed', queues(last), other)).rejects.toMatchObject({
    code: 'routing/differs',
  });
  const again = await openNode(server.client(), 'killed', queues(first), quick);
  await until(() => again.node.leading);
  expect(holder(again)).toBe('ada');
  await again.node.close();
  const next = await openNode(server.client(), 'killed', queues(last), other);
  expect(holder(next)).toBe('ada');
  await next.node.close();
});

it('does so after a leader who ended without being closed where all others are closed before one of them leads', async () => {
  const client = faultyClient(server.client());
  const killed = await openNode(client, 'orphans', queues(first), quick);
  const others = [
    await openNode(server.client(), 'orphans', queues(first), quick),
    await openNode(server.client(), 'orphans', queues(first), quick),
  ];
  expect(await atWork(killed)).toBe('ada');
  await until(() => others.every((each) => holder(each) === 'ada'));
  if (!killed.node.leading) throw new Error('the first does not lead');
  client.drop();
  await Promise.all(others.map(({ node }) => node.close()));
  const after = await openNode(server.client(), 'orphans', queues(last), { ...quick, revision: '2' });
  expect(holder(after)).toBe('ada');
  await after.node.close();
});

it('is closed soon where others are there', async () => {
  const nodes = [
    await openNode(server.client(), 'soon', queues(first), { leaseMs: 4_000 }),
    await openNode(server.client(), 'soon', queues(first), { leaseMs: 4_000 }),
  ];
  await until(() => nodes.some(({ node }) => node.leading));
  const began = Date.now();
  await nodes.find(({ node }) => !node.leading)!.node.close();
  expect(Date.now() - began).toBeLessThan(2_500);
  await Promise.all(nodes.map(({ node }) => node.close()));
});

it('stands still, refuses and says why, once, when a node with other queues leads', async () => {
  const saving = { ...quick, snapshotEvery: 1 };
  const old = await openNode(server.client(), 'overtaken', queues(first), saving);
  await atWork(old);
  const text = server.client();
  const read = (name: string) => text.get(`onescreen:{overtaken}:routing:${name}`);
  await expect
    .poll(async () => {
      await old.node.apply({ type: 'tick' });
      await new Promise((resolve) => setTimeout(resolve, 100));
      return (await read('snapshot')) === (await read('head'));
    })
    .toBe(true);
  const young = await openNode(server.client(), 'overtaken', queues(last), {
    ...saving,
    revision: '2',
    mayLead: false,
  });
  await old.node.apply(enqueue('t-2'));
  await until(() => young.faults.length > 0);
  await expect(young.node.apply(enqueue('t-3'))).rejects.toMatchObject({ code: 'routing/differs' });
  await new Promise((resolve) => setTimeout(resolve, 3 * quick.leaseMs));
  expect(codes(young)).toEqual(['routing/differs']);
  await old.node.close();
  // The snapshot of whoever closed has all of it.
  await until(() => young.node.view.task('t-2') !== undefined);
  expect(holder(young)).toBe('ada');
  await young.node.close();
});

it('tells a node that decides otherwise by the same queues, and goes on without it', async () => {
  const right = await openNode(server.client(), 'otherwise', queues(first), quick);
  await until(() => right.node.leading);
  const wrong = await openNode(server.client(), 'otherwise', queues(last), quick);
  await atWork(right);
  await right.node.apply(enqueue('t-2'));
  await until(() => codes(wrong).includes('routing/differs'));
  const refused = () => wrong.node.apply(enqueue('t-3')).catch((error: unknown) => error);
  await expect.poll(refused).toMatchObject({ code: 'routing/differs' });
  await new Promise((resolve) => setTimeout(resolve, 3 * quick.leaseMs));
  expect(codes(wrong)).toEqual(['routing/differs']);
  expect(wrong.skipped.filter(({ void: isVoid }) => isVoid).length).toBeGreaterThan(0);
  await right.node.apply(enqueue('t-4'));
  expect([right.node.leading, wrong.node.leading]).toEqual([true, false]);
  expect(right.faults).toEqual([]);
  await Promise.all([right, wrong].map(({ node }) => node.close()));
});

it('takes back all that it told where it decided otherwise', async () => {
  const right = await openNode(server.client(), 'back', queues(first), quick);
  await until(() => right.node.leading);
  const story: RoutingEvent[] = [];
  const wrong = await openNode(server.client(), 'back', queues(last), {
    ...quick,
    onEvents: (events) => void story.push(...events),
    onSkipped: ({ from }) => void story.splice(from - 1),
  });
  await atWork(right);
  await right.node.apply(enqueue('t-2'));
  await expect
    .poll(() => wrong.node.apply({ type: 'tick' }).catch((error: unknown) => error))
    .toMatchObject({
      code: 'routing/differs',
    });
  expect(story).toEqual(right.events.slice(0, story.length));
  await wrong.node.close();
  await expect(wrong.node.apply({ type: 'tick' })).rejects.toMatchObject({ code: 'session/closed' });
  await right.node.close();
});

it('hears a node of the same name as one that ended as another', async () => {
  const named = { ...quick, node: 'pod-1' };
  const before = await openNode(server.client(), 'name', queues(first), named);
  for (const id of ['t-1', 't-2', 't-3']) await before.node.apply(enqueue(id));
  await before.node.close();
  const after = await openNode(server.client(), 'name', queues(first), named);
  await after.node.apply(enqueue('t-4'));
  expect(after.node.view.tasks()).toHaveLength(4);
  await after.node.close();
});
