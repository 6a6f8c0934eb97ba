import {
  routingRules,
  type ClassificationFailure,
  type ClassificationPolicy,
  type QueuePolicy,
  type Ranked,
  type RankInput,
  type RoutingCommand,
  type StrategyFailure,
} from 'onescreen/routing';
import type { RedisRoutingOptions } from 'onescreen/routing/redis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openNode, until } from './nodes';
import { startRedis, type RedisServer } from './redis-server';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.close());

const enqueue: RoutingCommand = { type: 'enqueue', task: { id: 't', queueId: 'a', channel: 'chat' } };

async function offered(domain: string, queues: readonly QueuePolicy[], more: Partial<RedisRoutingOptions> = {}) {
  const leading: boolean[] = [];
  const failures: StrategyFailure[] = [];
  const onLeading = (leads: boolean) => void leading.push(leads);
  const onStrategyFailed = (failure: StrategyFailure) => void failures.push(failure);
  const opened = await openNode(server.client(), domain, queues, { onLeading, onStrategyFailed, ...more });
  const { node, faults } = opened;
  const channels = [{ channel: 'chat', cost: 1 }];
  for (const id of ['ada', 'bob'])
    await node.apply({ type: 'register', worker: { id, queues: ['a'], capacity: 5, channels, available: true } });
  await node.apply(enqueue);
  await until(() => node.view.task('t')?.offers.length === 1);
  const [offer] = node.view.task('t')?.offers ?? [];
  await node.close();
  return { offer, leading, failures, faults };
}

// What a strategy in plain JavaScript may answer.
const withScore = (workerId: string, score: unknown): Ranked => Object.assign({ workerId }, { score }) as Ranked;
const circular = (workerId: string): Ranked => {
  const ranked = { workerId };
  return Object.assign(ranked, { self: ranked });
};
const ranks: Record<string, (input: RankInput) => readonly Ranked[]> = {
  'a score that is a BigInt': ({ candidates }) => Array.from(candidates, ({ id }) => withScore(id, 5n)).reverse(),
  'an answer that leads to itself': ({ candidates }) => Array.from(candidates, ({ id }) => circular(id)).reverse(),
};

for (const [index, [name, rank]] of Object.entries(ranks).entries()) {
  it.each([
    ['at once', rank],
    ['later', async (input: RankInput) => rank(input)],
  ])(`follows a ranking and passes over ${name}, told %s`, async (when, answer) => {
    const queues = [{ id: 'a', strategy: { name: 'odd', rank: answer } }];
    const { offer, leading, failures, faults } = await offered(`odd-${index}-${when.slice(-4)}`, queues);
    expect(offer?.workerId).toBe('bob');
    expect(leading).toEqual([true, false]);
    expect(failures).toEqual([]);
    expect(faults).toEqual([]);
  });
}

it.each([
  [
    'at once',
    () => [
      {
        get workerId(): string {
          throw new Error('no');
        },
      },
    ],
  ],
  [
    'later',
    async () => [
      {
        get workerId(): string {
          throw new Error('no');
        },
      },
    ],
  ],
])(
  'asks the longest idle worker where a ranking throws when it is read, told %s, and tells of it',
  async (when, rank) => {
    const queues = [{ id: 'a', strategy: { name: 'thrower', rank } }];
    const onStrategyFailed: StrategyFailure[] = [];
    const { offer, leading, faults } = await offered(`thrower-${when.slice(-4)}`, queues, {
      onStrategyFailed(failure) {
        onStrategyFailed.push(failure);
        throw new Error('whoever is told throws as well');
      },
    });
    expect(offer?.workerId).toBe('ada');
    expect(leading).toEqual([true, false]);
    expect(onStrategyFailed).toHaveLength(1);
    expect(faults.map(({ message }) => message)).toEqual([
      'unable to tell of a failure; whoever was told threw an error',
    ]);
  },
);

it.each([
  ['at once', (answer: object) => answer],
  ['later', async (answer: object) => answer],
])('fails a classification whose answer is no plain JSON, told %s', async (when, how) => {
  const policy: ClassificationPolicy = { id: 'p', fallbackQueueId: 'a', classify: () => how({ priority: 5n }) };
  const failures: ClassificationFailure[] = [];
  const { node, events, faults } = await openNode(server.client(), `classified-${when.slice(-4)}`, [{ id: 'a' }], {
    rules: routingRules({ classification: [policy] }),
    onClassificationFailed: (failure) => void failures.push(failure),
  });
  await node.apply({ type: 'enqueue', task: { id: 't', channel: 'chat', classificationPolicyId: 'p' } });
  await until(() => events.some(({ type }) => type === 'task-queued'));
  expect(events.find(({ type }) => type === 'classification-failed')).toMatchObject({
    reason: 'answered with what is no plain JSON',
  });
  expect(failures).toMatchObject([{ taskId: 't', policyId: 'p', error: expect.any(TypeError) as unknown }]);
  expect(faults).toEqual([]);
  await node.close();
});

it('says on every node where a task would stand that came now', async () => {
  const more = { rules: routingRules() };
  const nodes = [
    await openNode(server.client(), 'to-come', [{ id: 'a' }], more),
    await openNode(server.client(), 'to-come', [{ id: 'a' }], more),
  ];
  const channels = [{ channel: 'chat', cost: 1 }];
  const worker = { id: 'ada', queues: ['a'], capacity: 1, channels, available: true };
  await nodes[0]?.node.apply({ type: 'register', worker });
  const { seq = 0 } = (await nodes[0]?.node.apply(enqueue))?.at(-1) ?? {};
  await until(() => nodes.every(({ node }) => node.seq >= seq));
  for (const { node } of nodes) {
    const standing = node.view.position({ queueId: 'a', channel: 'chat' }, 0);
    expect(standing).toEqual({ position: 2, queueLength: 1, estimatedWaitMs: 600_000 });
    await node.close();
  }
});
