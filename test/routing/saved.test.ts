import fc from 'fast-check';
import { isContactCenterError } from 'onescreen';
import {
  createRoutingEngine,
  leastLoaded,
  restoreRouting,
  roundRobin,
  saveRouting,
  type QueuePolicy,
  type RoutingCommand,
  type RoutingEngine,
  type RoutingEvent,
  type SavedRouting,
} from 'onescreen/routing';
import { expect, it } from 'vitest';
import { commandWish, concrete } from './model/commands';

/** Every option of a queue, with a strategy that the test answers for, and one whose compare fails now and then. */
const queues: readonly QueuePolicy[] = [
  { id: 'support', strategy: roundRobin(), offerTtlMs: 15_000 },
  {
    id: 'sales',
    strategy: { name: 'custom', rank: () => [] },
    strategyOptions: { region: 'emea' },
    strategyTimeoutMs: 2_000,
    strategyRetryMs: 3_000,
    offerTtlMs: 7_000,
    concurrentOffers: 2,
    onExpire: 'keep',
    releaseCapacityAt: 'wrapping',
  },
  { id: 'back', concurrentOffers: 3, strategy: leastLoaded(), releaseCapacityAt: 'wrapping' },
  {
    id: 'odd',
    onExpire: 'keep',
    strategy: {
      name: 'moody',
      compare: () => {
        throw new Error('no comment');
      },
    },
  },
];

const restored = (engine: RoutingEngine) =>
  restoreRouting({ queues }, JSON.parse(JSON.stringify(saveRouting(engine))) as SavedRouting);

/** The events of a command, or the code of its refusal. */
function outcome(engine: RoutingEngine, command: RoutingCommand, now: number): string {
  try {
    return JSON.stringify(engine.apply(command, now), null, 1);
  } catch (error) {
    if (isContactCenterError(error)) return error.code;
    throw error;
  }
}

/** Whatever can be asked of an engine. Workers of a queue are listed in another order once it is restored. */
function facts(engine: RoutingEngine, now: number): string {
  const tasks = engine.tasks();
  const explained = tasks.map(({ id }) => {
    const { workers, ...rest } = engine.explain(id, now);
    return { ...rest, workers: [...workers].sort((a, b) => (a.workerId < b.workerId ? -1 : 1)) };
  });
  const asked = queues.map(({ id }) => engine.queue(id));
  return JSON.stringify([tasks, engine.workers(), explained, asked, engine.wakeAt], null, 1);
}

const passing = fc.constantFrom(0, 0, 0, 1, 300, 1_000, 4_000, 16_000, -2_500);
const step = fc.record({
  wish: commandWish,
  passed: passing,
  save: fc.constantFrom(false, false, true),
  wake: fc.boolean(),
});

it('goes on after it was saved and restored as if it had not been, under any commands at any times', () => {
  const seen = new Map<string, number>();
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 150, size: 'max' }), (steps) => {
      const engine = createRoutingEngine({ queues });
      let twin = createRoutingEngine({ queues });
      const past = { tasks: [] as string[], offers: [] as string[], decisions: [] as string[] };
      let now = 1_000_000;
      let saves: number[] = [];
      const doBoth = (number: number, command: RoutingCommand, at: number) => {
        const expected = outcome(engine, command, at);
        const what = () =>
          `step ${number}, ${JSON.stringify(command)} at ${at}, restored after steps ${saves.slice(-3).join()}`;
        expect(outcome(twin, command, at), what()).toBe(expected);
        if (facts(twin, at) !== facts(engine, at)) expect(facts(twin, at), `after ${what()}`).toBe(facts(engine, at));
        if (!expected.startsWith('[')) return count(`${command.type} refused`);
        count(command.type);
        for (const event of JSON.parse(expected) as RoutingEvent[]) {
          count(event.type);
          if (event.type === 'task-queued') past.tasks.push(event.taskId);
          if (event.type === 'offer-issued') past.offers.push(event.offerId);
          if (event.type === 'decision-requested') past.decisions.push(event.decisionId);
        }
      };
      for (const [number, { wish, passed, save, wake }] of steps.entries()) {
        const until = Math.max(now, now + passed);
        for (let at = engine.wakeAt; wake && at !== undefined && at <= until; at = engine.wakeAt)
          doBoth(number, { type: 'tick' }, Math.max(at, now));
        now = until;
        doBoth(number, concrete(wish, { tasks: engine.tasks(), past }, now, number), passed < 0 ? now + passed : now);
        if (!save) continue;
        twin = restored(twin);
        saves = [...saves, number];
        count('saved');
      }
      for (let wakes = 0; engine.wakeAt !== undefined && wakes < 300; wakes += 1)
        doBoth(steps.length + wakes, { type: 'tick' }, engine.wakeAt);
    }),
    { numRuns: 150 },
  );
  console.log(Object.fromEntries([...seen].sort()));
});
