import type { Selector } from 'onescreen';
import {
  createRoutingEngine,
  leastFlexible,
  leastLoaded,
  longestIdle,
  type RoutingCommand,
  type RoutingEngine,
  type RoutingEvent,
  type RoutingStrategy,
  type WorkerSnapshot,
  type WorkerSpec,
} from 'onescreen/routing';
import { seededRandom } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';

// So many that the engine keeps them in several pieces, which every command moves within and between.
const teamSize = 400;
const commands = 1_200;

const strategies: readonly RoutingStrategy[] = [
  longestIdle(),
  leastLoaded(),
  leastFlexible(),
  { name: 'newest', compare: (a, b) => b.idleSince - a.idleSince },
  { name: 'busiest', compare: (a, b) => b.loadRatio - a.loadRatio || b.openOffers - a.openOffers },
];

describe.each(strategies)('$name in a team of hundreds', (strategy) => {
  it('asks the very worker whom sorting all of them would name', () => {
    const asked = work(strategy, 1);
    expect(asked).toBeGreaterThan(100);
  });
});

/** Random work; how many tasks found somebody at once. */
function work(strategy: RoutingStrategy, seed: number): number {
  const random = seededRandom(seed);
  const below = (limit: number) => Math.floor(random.next() * limit);
  const engine = createRoutingEngine({ queues: [{ id: 'support', strategy, onExpire: 'keep' }] });
  const offers: string[] = [];
  const assigned: string[] = [];
  let now = 1_000_000;
  let asked = 0;

  function apply(command: RoutingCommand): readonly RoutingEvent[] {
    const events = engine.apply(command, now);
    for (const event of events) {
      if (event.type === 'offer-issued') offers.push(event.offerId);
      if (event.type === 'task-assigned') assigned.push(event.taskId);
    }
    return events;
  }

  function take(list: string[]): string | undefined {
    return list.splice(below(list.length), 1)[0];
  }

  for (let index = 0; index < teamSize; index += 1) {
    now += below(3) * 1_000;
    apply({ type: 'register', worker: member(index, below(4)) });
  }
  for (let index = 0; index < commands; index += 1) {
    now += below(3) * 700;
    apply({ type: 'tick' });
    const workerId = `w${below(teamSize)}`;
    const chance = below(100);
    const offerId = chance < 62 && chance >= 40 ? take(offers) : undefined;
    const taskId = chance >= 62 && chance < 84 ? take(assigned) : undefined;
    if (chance < 40) {
      const channel = below(3) === 0 ? 'voice' : 'chat';
      const selectors = [[], [skill(below(3))], [skill(0), skill(1)]][below(3)] ?? [];
      const expected = bestOf(engine, strategy, channel, selectors);
      const events = apply({ type: 'enqueue', task: { id: `t${index}`, queueId: 'support', channel, selectors } });
      const found = events.find((event) => event.type === 'offer-issued');
      expect(found?.type === 'offer-issued' ? found.workerId : undefined, `task ${index}`).toBe(expected);
      if (expected !== undefined) asked += 1;
      else apply({ type: 'cancel', taskId: `t${index}`, reason: 'nobody' });
    } else if (offerId !== undefined) {
      if (engine.offer(offerId) === undefined) continue;
      apply(below(5) === 0 ? { type: 'decline', offerId } : { type: 'accept', offerId });
    } else if (taskId !== undefined) {
      apply({ type: 'complete', taskId });
      apply({ type: 'close', taskId });
    } else if (chance < 90) {
      apply({ type: 'setAvailable', workerId, available: below(4) > 0, keepOffers: true });
    } else if (chance < 95) {
      apply({ type: 'update', workerId, change: { labels: member(0, below(4)).labels ?? {} } });
    } else if (engine.worker(workerId)?.taskIds.length === 0) {
      apply({ type: 'deregister', workerId });
      apply({ type: 'register', worker: member(Number(workerId.slice(1)), below(4)) });
    }
  }
  return asked;
}

function member(index: number, skills: number): WorkerSpec {
  const labels = Object.fromEntries(Array.from({ length: skills }, (_, each) => [`skill-${each}`, 1 + (index % 3)]));
  const channels = [
    { channel: 'voice', cost: 100, max: 1 },
    { channel: 'chat', cost: 30, max: 3 },
  ];
  return { id: `w${index}`, labels, queues: ['support'], capacity: 100, channels, available: true };
}

function skill(number: number): Selector {
  return { key: `skill-${number}`, operator: 'greaterThanOrEqual', value: 2 };
}

function bestOf(
  engine: RoutingEngine,
  strategy: RoutingStrategy,
  channel: string,
  selectors: readonly Selector[],
): string | undefined {
  const able = engine.workers().filter((worker) => canTake(worker, channel, selectors));
  return able.sort((a, b) => strategy.compare?.(a, b) || (a.id < b.id ? -1 : 1))[0]?.id;
}

function canTake(worker: WorkerSnapshot, channel: string, selectors: readonly Selector[]): boolean {
  const { registered, available, channels, load, consumed, capacity, labels } = worker;
  const served = channels.find((each) => each.channel === channel);
  if (!registered || !available || served === undefined) return false;
  if ((load[channel] ?? 0) >= (served.max ?? Infinity) || consumed + served.cost > capacity) return false;
  return selectors.every(({ key, value }) => Number(labels[key] ?? 0) >= Number(value));
}

it('tells apart more labels, values and channels than it keeps bits for', () => {
  const count = 700;
  const engine = createRoutingEngine({ queues: [{ id: 'support' }] });
  for (let index = 0; index < count; index += 1) {
    const channels = [{ channel: `channel-${index % 50}`, cost: 1 }];
    const labels = { account: `account-${index}`, level: index, [`product-${index % 200}`]: true };
    engine.apply(
      {
        type: 'register',
        worker: { id: `w${index}`, labels, queues: ['support'], capacity: 1, channels, available: true },
      },
      index,
    );
  }
  for (let index = count - 1; index >= 0; index -= 1) {
    const selectors: readonly Selector[] =
      [
        [{ key: 'account', operator: 'equal' as const, value: `account-${index}` }],
        [
          { key: 'level', operator: 'greaterThanOrEqual' as const, value: index },
          { key: 'level', operator: 'lessThan' as const, value: index + 1 },
        ],
        [
          { key: 'account', operator: 'equal' as const, value: `account-${index}` },
          { key: `product-${index % 200}`, operator: 'equal' as const, value: true },
        ],
      ][index % 3] ?? [];
    const task = { id: `t${index}`, queueId: 'support', channel: `channel-${index % 50}`, selectors };
    const asked = engine.apply({ type: 'enqueue', task }, count).filter(({ type }) => type === 'offer-issued');
    expect(asked).toMatchObject([{ taskId: `t${index}`, workerId: `w${index}` }]);
    // Another one finds nobody, however it asks.
    const again = engine.apply({ type: 'enqueue', task: { ...task, id: `again-${index}` } }, count);
    expect(again.filter(({ type }) => type === 'offer-issued')).toEqual([]);
  }
});
