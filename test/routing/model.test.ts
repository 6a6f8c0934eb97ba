import fc from 'fast-check';
import { isContactCenterError } from 'onescreen';
import {
  createRoutingEngine,
  longestIdle,
  roundRobin,
  type RoutingCommand,
  type RoutingEngine,
  type RoutingEvent,
} from 'onescreen/routing';
import { expect, it } from 'vitest';
import { busy, concrete, team, wild, wish, type Wish } from './model/wishes';
import { Oracle } from './oracle';

const queues = [
  { id: 'support', offerTtlMs: 15_000, concurrentOffers: 1, strategy: longestIdle() },
  {
    id: 'sales',
    offerTtlMs: 7_000,
    concurrentOffers: 2,
    onExpire: 'keep',
    releaseCapacityAt: 'wrapping',
    strategy: longestIdle(),
  },
] as const;

const step = fc.tuple(wish, fc.constantFrom(0, 0, 0, 1, 300, 1_500, 7_500, -500));

// What happened in the steps, which engine and oracle took in the same way.
function runModel(steps: readonly (readonly [Wish, number])[]): { commands: number; offers: number; several: number } {
  const engine = createRoutingEngine({ queues });
  const oracle = new Oracle(queues);
  const log: RoutingEvent[] = [];
  const counted = { commands: 0, offers: 0, several: 0 };
  let now = 1_000_000;
  for (const [number, [wanted, passed]] of steps.entries()) {
    now = advance(engine, oracle, log, now, Math.max(now, now + passed));
    const command = concrete(wanted, engine, now, number);
    if (command === undefined) continue;
    // A clock that goes backwards changes nothing.
    const said = passed < 0 ? now + passed : now;
    counted.commands += 1;
    for (const taskId of applyToBoth(engine, oracle, log, command, said)) {
      counted.offers += 1;
      if ((engine.task(taskId)?.channels.length ?? 0) > 1) counted.several += 1;
    }
    compare(engine, oracle);
    checkHands(engine);
    checkLimits(engine);
  }
  advance(engine, oracle, log, now, now + 3_600_000);
  checkLog(log, engine);
  return counted;
}

it('does what the obvious model does, under any commands at any times', () => {
  let commands = 0;
  let offers = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 120, size: 'max' }), (steps) => {
      const counted = runModel(steps);
      commands += counted.commands;
      offers += counted.offers;
    }),
    { numRuns: 200 },
  );
  expect(commands).toBeGreaterThan(4_000);
  expect(offers).toBeGreaterThan(300);
});

it('asks for a task with several channels only whom it fits with all of them, and gives nobody more than they may have', () => {
  let several = 0;
  const busyStep = fc.tuple(busy, fc.constantFrom(0, 0, 0, 1, 300, 1_500, 7_500));
  fc.assert(
    fc.property(team, fc.array(busyStep, { minLength: 20, maxLength: 120, size: 'max' }), (workers, steps) => {
      several += runModel([...workers.map((each) => [each, 0] as const), ...steps]).several;
    }),
    { numRuns: 100 },
  );
  expect(several).toBeGreaterThan(20);
});

const wildQueues = [
  { id: 'support', strategy: roundRobin() },
  { id: 'sales', concurrentOffers: 2, onExpire: 'keep', strategy: { name: 'custom', rank: () => [] } },
] as const;

const reply = fc.constantFrom('rank', 'rank', 'nobody', 'strangers', 'fail', 'silence');

it('loses nothing, doubles nothing and leaves no match lying, whatever is done and whatever strategies answer', () => {
  let commands = 0;
  const wildStep = fc.tuple(wild, fc.constantFrom(0, 0, 0, 300, 4_000, 16_000), reply);
  fc.assert(
    fc.property(fc.array(wildStep, { minLength: 10, maxLength: 120, size: 'max' }), (steps) => {
      const engine = createRoutingEngine({ queues: wildQueues });
      const twin = createRoutingEngine({ queues: wildQueues });
      const log: RoutingEvent[] = [];
      const doBoth = (command: RoutingCommand, now: number, replies: string) => {
        commands += 1;
        let next: RoutingCommand | undefined = command;
        while (next !== undefined) {
          const events = tried(engine, next, now);
          if (typeof events === 'string') {
            same(JSON.stringify([engine.tasks(), engine.workers()]), JSON.stringify([twin.tasks(), twin.workers()]));
            break;
          }
          if (JSON.stringify(twin.apply(next, now)) !== JSON.stringify(events))
            throw new Error('the same commands gave different events');
          log.push(...events);
          next = replyTo(engine, events.at(-1), replies);
        }
        checkHands(engine);
        checkMatched(engine);
      };
      let now = 1_000_000;
      for (const [number, [wanted, passed, replies]] of steps.entries()) {
        now += passed;
        const command = concrete(wanted, engine, now, number);
        if (command !== undefined) doBoth(command, now, replies);
      }
      for (let wakes = 0; engine.wakeAt !== undefined && wakes < 500; wakes += 1)
        doBoth({ type: 'tick' }, engine.wakeAt, 'fail');
      checkLog(log, engine);
    }),
    { numRuns: 150 },
  );
  expect(commands).toBeGreaterThan(4_000);
});

// Nobody woke the engine on the way, so what is meant may have ended; and a channel may find no room. The code of the refusal then.
function tried(engine: RoutingEngine, command: RoutingCommand, now: number): readonly RoutingEvent[] | string {
  try {
    return engine.apply(command, now);
  } catch (error) {
    const channels: readonly string[] = ['worker/no-capacity', 'worker/gone', 'task/wrong-state'];
    const refused = command.type === 'hold' || command.type === 'release' ? channels : [];
    if (isContactCenterError(error) && ['offer/gone', 'task/gone', ...refused].includes(error.code)) return error.code;
    throw error;
  }
}

function replyTo(engine: RoutingEngine, event: RoutingEvent | undefined, replies: string): RoutingCommand | undefined {
  if (event?.type !== 'decision-requested') return undefined;
  const { decisionId } = event;
  switch (replies) {
    case 'rank': {
      const candidates = [...(engine.decision(decisionId)?.input.candidates ?? [])];
      return { type: 'decide', decisionId, ranked: candidates.reverse().map((each) => ({ workerId: each.id })) };
    }
    case 'nobody':
      return { type: 'decide', decisionId, ranked: [] };
    case 'strangers':
      return { type: 'decide', decisionId, ranked: [{ workerId: 'stranger' }] };
    case 'fail':
      return { type: 'decisionFailed', decisionId, reason: 'failed' };
    default:
      return { type: 'tick' };
  }
}

// Between commands no task waits for a worker while somebody could be asked, unless a strategy is thinking about others.
function checkMatched(engine: RoutingEngine): void {
  const tasks = engine.tasks();
  for (const each of tasks) {
    if (each.status !== 'queued' || each.suspended || each.deciding) continue;
    if (tasks.some((other) => other.deciding && other.queueId === each.queueId && other.channel === each.channel))
      continue;
    const { waitsFor, candidates } = engine.explain(each.id, 0);
    if (waitsFor === 'worker' && candidates > 0)
      throw new Error(`${each.id} waits though ${candidates} could be asked`);
  }
}

// Ticks exactly when the engine wants to be woken.
function advance(engine: RoutingEngine, oracle: Oracle, log: RoutingEvent[], from: number, to: number): number {
  for (let wake = engine.wakeAt; wake !== undefined && wake <= to; wake = engine.wakeAt) {
    applyToBoth(engine, oracle, log, { type: 'tick' }, Math.max(wake, from));
    compare(engine, oracle);
  }
  return to;
}

function applyToBoth(
  engine: RoutingEngine,
  oracle: Oracle,
  log: RoutingEvent[],
  command: RoutingCommand,
  now: number,
): readonly string[] {
  const meant = new Map(engine.tasks().flatMap((each) => each.offers.map((offer) => [offer.id, offer] as const)));
  const events = tried(engine, command, now);
  const refusal = typeof events === 'string' ? events : undefined;
  same(refusal, oracle.refusal(command));
  if (typeof events === 'string') return [];
  log.push(...events);
  const issued = events.flatMap((event) => (event.type === 'offer-issued' ? event : []));
  const pairs = issued.map(({ taskId, workerId: to }) => `${taskId} -> ${to}`);
  same(pairs.join(), oracle.apply(command, (id) => meant.get(id), now).join());
  return issued.map((each) => each.taskId);
}

function compare(engine: RoutingEngine, oracle: Oracle): void {
  const tasks = engine.tasks().map((each) => `${each.id} ${each.status}`);
  same(tasks.join(), [...oracle.tasks.keys()].map((id) => `${id} ${oracle.status(id)}`).join());
  for (const worker of engine.workers()) {
    same(`${worker.id} ${worker.consumed}`, `${worker.id} ${oracle.consumed(worker.id)}`);
    const load = Object.entries(worker.load).flatMap(([name, count]) => new Array<string>(count).fill(name));
    same(`${worker.id} ${load.sort().join()}`, `${worker.id} ${oracle.load(worker.id).join()}`);
  }
}

// As long as nobody's limits are changed nobody has more than them, whoever is offered, given or adds what.
function checkLimits(engine: RoutingEngine): void {
  for (const { id, consumed, capacity, channels, load } of engine.workers()) {
    if (consumed > capacity) throw new Error(`${id} has ${consumed} of ${capacity}`);
    for (const { channel: name, max } of channels)
      if ((load[name] ?? 0) > (max ?? Infinity)) throw new Error(`${id} has ${load[name]} of channel ${name}`);
  }
}

function checkHands(engine: RoutingEngine): void {
  const hands = new Map<string, string>();
  for (const worker of engine.workers()) {
    // Only a change of the worker itself can leave it with more than it may have, and then it has no offers.
    const { capacity, consumed, channels, load, offerIds, taskIds, id } = worker;
    if (offerIds.length > 0 && consumed > capacity) throw new Error(`${id} has ${consumed} of ${capacity}`);
    const offered = new Set(
      offerIds.flatMap((offerId) => engine.task(engine.offer(offerId)?.taskId ?? '')?.channels ?? []),
    );
    for (const { channel: name, max } of channels) {
      if (offered.has(name) && (load[name] ?? 0) > (max ?? Infinity))
        throw new Error(`${id} has ${load[name]} of channel ${name}`);
    }
    for (const taskId of taskIds) {
      if (hands.has(taskId)) throw new Error(`${taskId} is in the hands of ${hands.get(taskId)} and ${id}`);
      hands.set(taskId, id);
    }
  }
  for (const each of engine.tasks()) if (each.status === 'assigned') same(hands.get(each.id), each.workerId);
}

function checkLog(log: readonly RoutingEvent[], engine: RoutingEngine): void {
  expect(log.map((event) => event.seq)).toEqual(log.map((_, at) => at + 1));
  const open = new Set<string>();
  for (const event of log) {
    if (event.type === 'offer-issued') open.add(event.offerId);
    else if ('offerId' in event && event.type !== 'task-assigned' && !open.delete(event.offerId))
      throw new Error(`${event.offerId} ended twice`);
  }
  const offers = engine.tasks().flatMap((each) => each.offers.map((offer) => offer.id));
  expect([...open].sort()).toEqual(offers.sort());
  const ended = new Set(
    log.flatMap((event) => (event.type === 'task-closed' || event.type === 'task-cancelled' ? event.taskId : [])),
  );
  const enqueued = log.flatMap((event) => (event.type === 'task-queued' ? event.taskId : []));
  expect(engine.tasks().map((each) => each.id)).toEqual(enqueued.filter((id) => !ended.has(id)));
}

function same(actual: string | undefined, wanted: string | undefined): void {
  if (actual !== wanted) expect(actual).toBe(wanted);
}
