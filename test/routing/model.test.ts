import fc from 'fast-check';
import {
  createRoutingEngine,
  routingRules,
  type RoutingCommand,
  type RoutingEngine,
  type RoutingEvent,
} from 'onescreen/routing';
import { expect, it } from 'vitest';
import { commandWish, concrete, team, typesOfCommands } from './model/commands';
import { course, drive, leftOut, subjectQueues, Tally } from './model/drive';
import { everyPolicy } from './model/every-policy';
import { Past } from './model/past';
import { OneEngine, outcome } from './model/subject';

it('does what the obvious model does, under 100,000 commands at any times, delivered twice and restarted in between', async () => {
  const tally = new Tally();
  const options = { queues: subjectQueues, rules: routingRules() };
  await fc.assert(
    fc.asyncProperty(course(400), (steps) => drive(new OneEngine(options), steps, tally)),
    { numRuns: 540 },
  );
  console.log(`${tally.commands} commands\n${tally.toString()}`);
  expect(tally.commands).toBeGreaterThan(100_000);
  const known = typesOfCommands.filter((type) => !leftOut.some((each) => each === type));
  const rare = [
    ...known.map((type) => `${type} accepted`),
    ...known.filter((type) => type !== 'tick').map((type) => `${type} refused`),
    ...['offer-issued', 'offer-accepted', 'offer-declined', 'offer-expired', 'offer-revoked'].map(
      (each) => `event ${each}`,
    ),
    ...['task-assigned', 'task-closed', 'selectors-expired'].map((each) => `event ${each}`),
    ...['routing/invalid', 'task/gone', 'task/wrong-state', 'worker/gone', 'offer/gone', 'worker/no-capacity'],
    ...['clock put back', 'delivered twice', 'restart', 'looked for someone overtaken'],
  ].filter((what) => tally.of(what) < 50);
  expect(rare, 'hardly happened').toEqual([]);
}, 600_000);

const step = fc.record({ wish: commandWish(), passed: fc.constantFrom(0, 0, 0, 300, 4_000, 16_000) });

it('loses nothing, doubles nothing and leaves no match lying, whatever is done and whatever strategies and rules say', () => {
  let commands = 0;
  fc.assert(
    fc.property(team, fc.array(step, { minLength: 10, maxLength: 120, size: 'max' }), (first, steps) => {
      const engine = createRoutingEngine(everyPolicy);
      const log: RoutingEvent[] = [];
      const past = new Past();
      let now = 1_000_000;
      const apply = (command: RoutingCommand): void => {
        commands += 1;
        const events = outcome(engine, command, now);
        if (typeof events === 'string') return;
        past.note(events);
        log.push(...events);
        // Behind a question the engine stops, until the answer or anything else comes.
        if (events.at(-1)?.type === 'decision-requested') return apply({ type: 'tick' });
        checkHands(engine);
        checkMatched(engine);
      };
      for (const command of first) apply(command);
      for (const [number, { wish, passed }] of steps.entries()) {
        now += passed;
        apply(concrete(wish, { tasks: engine.tasks(), past }, now, number));
      }
      for (let wakes = 0; engine.wakeAt !== undefined && wakes < 300; wakes += 1) {
        now = Math.max(now, engine.wakeAt);
        apply({ type: 'tick' });
      }
      checkLog(log, engine, now);
    }),
    { numRuns: 100 },
  );
  expect(commands).toBeGreaterThan(5_000);
}, 300_000);

// Between commands no task waits for a worker while somebody could be asked, unless a strategy is thinking about others.
function checkMatched(engine: RoutingEngine): void {
  const tasks = engine.tasks();
  for (const { id, status, suspended, deciding, queueId, channel } of tasks) {
    if (status !== 'queued' || suspended || deciding) continue;
    if (tasks.some((each) => each.deciding && each.queueId === queueId && each.channel === channel)) continue;
    const { waitsFor, candidates } = engine.explain(id, 0);
    if (waitsFor === 'worker' && candidates > 0) throw new Error(`${id} waits though ${candidates} could be asked`);
  }
}

function checkHands(engine: RoutingEngine): void {
  const hands = new Map<string, string>();
  for (const { capacity, consumed, offerIds, taskIds, id } of engine.workers()) {
    // Only a change of the worker itself can leave it with more than it may have, and then it has no offers.
    if (offerIds.length > 0 && consumed > capacity) throw new Error(`${id} has ${consumed} of ${capacity}`);
    for (const taskId of taskIds) {
      if (hands.has(taskId)) throw new Error(`${taskId} is in the hands of ${hands.get(taskId)} and ${id}`);
      hands.set(taskId, id);
    }
  }
  for (const { id, status, workerId } of engine.tasks())
    if (status === 'assigned' && hands.get(id) !== workerId)
      throw new Error(`${id} is not in the hands of ${workerId}`);
}

function checkLog(log: readonly RoutingEvent[], engine: RoutingEngine, now: number): void {
  expect(log.map((event) => event.seq)).toEqual(log.map((_, at) => at + 1));
  const open = new Set<string>();
  const living = new Set<string>();
  for (const event of log) {
    if (event.type === 'offer-issued') open.add(event.offerId);
    else if ('offerId' in event && event.type !== 'task-assigned' && !open.delete(event.offerId))
      throw new Error(`${event.offerId} ended twice`);
    if (event.type === 'task-received' || event.type === 'task-queued') living.add(event.taskId);
    if (event.type === 'task-closed' || event.type === 'task-cancelled') living.delete(event.taskId);
  }
  const offers = engine.tasks().flatMap((each) => each.offers);
  expect([...open].sort()).toEqual(offers.map(({ id }) => id).sort());
  expect(offers.filter(({ expiresAt }) => expiresAt <= now)).toEqual([]);
  expect(
    engine
      .tasks()
      .map((each) => each.id)
      .sort(),
  ).toEqual([...living].sort());
}
