import fc from 'fast-check';
import {
  createRoutingEngine,
  leastLoaded,
  restoreRouting,
  roundRobin,
  routingRules,
  saveRouting,
  type NextTask,
  type OpeningHours,
  type QueuePolicy,
  type RoutingEngine,
  type RoutingOptions,
  type SavedRouting,
} from 'onescreen/routing';
import { describe, expect, it } from 'vitest';
import { Desk, refusal } from './desk';
import { commandWish, concrete, queueIds, team } from './model/commands';
import { Past } from './model/past';
import { outcome } from './model/subject';

const ruled = (...queues: QueuePolicy[]) => new Desk(...queues, routingRules());

/** Open for so many milliseconds, then closed for as many; nobody knows for how long every third time. */
const turns = (ms: number): OpeningHours => ({
  isOpen: (at) => Math.floor(at / ms) % 2 === 0,
  nextChange: (at) => (Math.floor(at / ms) % 3 === 0 ? undefined : (Math.floor(at / ms) + 1) * ms),
});

const options: RoutingOptions = {
  queues: [
    { id: 'support', strategy: roundRobin(), offerTtlMs: 15_000 },
    { id: 'sales', strategy: { name: 'asked', rank: () => [] }, concurrentOffers: 2, onExpire: 'keep' },
    { id: 'back', strategy: leastLoaded(), concurrentOffers: 3, releaseCapacityAt: 'wrapping' },
    { id: 'odd', bypassSelectors: true, hours: turns(25_000) },
  ],
  rules: routingRules({ taskLifeMs: 90_000 }),
};

/** Does all that is due, and asks every question that can be asked. */
function settle(engine: RoutingEngine, now: number): void {
  for (let at = engine.wakeAt; at !== undefined && at <= now; at = engine.wakeAt) engine.apply({ type: 'tick' }, at);
  engine.apply({ type: 'tick' }, now);
}

const next: fc.Arbitrary<NextTask> = fc.record(
  {
    queueId: fc.constantFrom(...queueIds),
    channel: fc.constantFrom('chat', 'voice', 'fax'),
    priority: fc.integer({ min: -1, max: 2 }),
  },
  { requiredKeys: ['queueId', 'channel'] },
);

const step = fc.record({
  wish: commandWish('classify', 'classificationFailed', 'enqueue later', 'requeue elsewhere'),
  passed: fc.constantFrom(0, 0, 1, 900, 7_500),
  next,
});

describe('a task to come', () => {
  it('stands where it does at the moment at which it is enqueued, with the same wait, and asking changes nothing', () => {
    const seen = { asked: 0, waits: 0, nobodyKnows: 0, closed: 0, behindOthers: 0 };
    fc.assert(
      fc.property(team, fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), (first, steps) => {
        const engine = createRoutingEngine(options);
        const past = new Past();
        let now = 1_000_000;
        for (const command of first) engine.apply(command, now);
        for (const [number, { wish, passed, next }] of steps.entries()) {
          now += passed;
          settle(engine, now);
          const result = outcome(engine, concrete(wish, { tasks: engine.tasks(), past }, now, number), now);
          if (typeof result !== 'string') past.note(result);
          settle(engine, now);
          const saved = JSON.stringify(saveRouting(engine));
          const foreseen = engine.position(next, now);
          expect(JSON.stringify(saveRouting(engine))).toBe(saved);
          const then = restoreRouting(options, JSON.parse(saved) as SavedRouting);
          then.apply({ type: 'enqueue', task: { id: 'next', ...next } }, now);
          settle(then, now);
          const position = then.position('next', now);
          expect(foreseen && { ...foreseen, queueLength: foreseen.queueLength + 1 }).toEqual(position);
          if (foreseen?.estimatedWaitMs === undefined) seen.nobodyKnows += 1;
          else if (foreseen.estimatedWaitMs === 0) seen.asked += 1;
          else seen.waits += 1;
          if (engine.queue(next.queueId)?.open === false) seen.closed += 1;
          if ((foreseen?.position ?? 0) > 1) seen.behindOthers += 1;
        }
      }),
      { numRuns: 60 },
    );
    for (const [what, count] of Object.entries(seen)) expect([what, count > 50]).toEqual([what, true]);
  });

  it('goes behind those of its priority and ahead of those of less', () => {
    const desk = ruled({ id: 'support' });
    desk.worker('ada');
    desk.task('in hand');
    desk.accept('in hand');
    for (const priority of [-1, 0, 5]) desk.task(`${priority}`, { priority });
    const standing = (priority?: number) =>
      desk.engine.position({ queueId: 'support', channel: 'chat', ...(priority !== undefined && { priority }) }, 0);
    expect(standing()).toEqual({ position: 3, queueLength: 3, estimatedWaitMs: 900_000 });
    expect(standing(5)?.position).toBe(2);
    expect(standing(6)?.position).toBe(1);
    expect(standing(-2)?.position).toBe(4);
  });

  it('need not wait where somebody has room, and nobody knows where nobody is available or serves the channel', () => {
    const desk = ruled({ id: 'support' });
    const wait = (channel = 'chat') => desk.engine.position({ queueId: 'support', channel }, 0);
    expect(wait()).toEqual({ position: 1, queueLength: 0 });
    desk.worker('ada');
    expect(wait()).toEqual({ position: 1, queueLength: 0, estimatedWaitMs: 0 });
    expect(wait('voice')).toEqual({ position: 1, queueLength: 0 });
    desk.task('t');
    expect(wait()?.estimatedWaitMs).toBe(600_000);
    desk.do({ type: 'setAvailable', workerId: 'ada', available: false });
    expect(wait()).toEqual({ position: 2, queueLength: 1 });
  });

  it('waits where a strategy is asked about all who have room already', () => {
    const desk = ruled({ id: 'support', strategy: { name: 'asked', rank: () => [] } });
    desk.worker('ada', { capacity: 2 });
    const wait = () => desk.engine.position({ queueId: 'support', channel: 'chat' }, 0)?.estimatedWaitMs;
    expect(wait()).toBe(0);
    desk.task('t1');
    expect(wait()).toBe(300_000);
    desk.task('t2');
    expect(desk.engine.position('t1', 0)?.estimatedWaitMs).toBe(0);
    expect(desk.engine.position('t2', 0)?.estimatedWaitMs).toBe(300_000);
  });

  it('counts from when a closed queue opens', () => {
    const desk = ruled({ id: 'day', hours: { isOpen: (at) => at >= 1_000, nextChange: () => 1_000 } });
    desk.do({ type: 'tick' });
    expect(desk.engine.position({ queueId: 'day', channel: 'chat' }, 400)?.estimatedWaitMs).toBe(600 + 300_000);
    desk.worker('ada', { queues: ['day'], capacity: 3 });
    expect(desk.engine.position({ queueId: 'day', channel: 'chat' }, 400)?.estimatedWaitMs).toBe(600 + 100_000);
  });

  it('stands nowhere in a queue that there is not, and an engine without rules says what it lacks', () => {
    expect(ruled().engine.position({ queueId: 'nowhere', channel: 'chat' }, 0)).toBeUndefined();
    const plain = new Desk();
    expect(refusal(() => plain.engine.position({ queueId: 'support', channel: 'chat' }, 0))).toBe(
      'routing/invalid rules',
    );
  });
});
