import fc from 'fast-check';
import { isContactCenterError } from 'onescreen';
import {
  createRoutingEngine,
  roundRobin,
  type RoutingCommand,
  type RoutingEngine,
  type RoutingEvent,
  type TaskSnapshot,
  type WorkerSpec,
} from 'onescreen/routing';
import { expect, it } from 'vitest';
import { Oracle } from './oracle';

const queues = [
  { id: 'support', offerTtlMs: 15_000, concurrentOffers: 1 },
  { id: 'sales', offerTtlMs: 7_000, concurrentOffers: 2, onExpire: 'keep', releaseCapacityAt: 'wrapping' },
] as const;

const workerId = fc.constantFrom('ada', 'bob', 'cyd', 'dan');
const queueId = fc.constantFrom('support', 'sales');
const channel = fc.constantFrom('chat', 'voice');
const anyChannel = fc.constantFrom('chat', 'voice', 'meeting');
const index = fc.nat(1_000);

/** A wish, made concrete when its turn comes: which of the open offers, tasks and workers is meant is known only then. */
type Wish =
  | { kind: 'return'; worker: WorkerSpec }
  | { kind: 'command'; command: RoutingCommand }
  | { kind: 'offer'; what: 'accept' | 'decline'; index: number; retryAfter: number | undefined }
  | { kind: 'channel'; what: 'hold' | 'release'; index: number; channel: string; cost: number | undefined }
  | {
      kind: 'task';
      what: 'complete' | 'close' | 'cancel' | 'requeue' | 'assign';
      index: number;
      /** One with several channels is meant, if there is any. */
      several?: boolean;
      workerId: string;
      more: object;
      closeAfter: number | undefined;
    };

const tables = [
  [{ channel: 'chat', cost: 1 }],
  [
    { channel: 'chat', cost: 1, max: 2 },
    { channel: 'voice', cost: 3, max: 1 },
  ],
  [
    { channel: 'voice', cost: 2 },
    { channel: 'chat', cost: 2 },
  ],
  [
    { channel: 'chat', cost: 1 },
    { channel: 'voice', cost: 2, max: 1 },
    { channel: 'meeting', cost: 1, max: 1 },
  ],
];

const registration = {
  queues: fc.subarray(['support', 'sales'], { minLength: 1 }),
  capacity: fc.constantFrom(0, 2, 3, 4, 5, 6),
  channels: fc.constantFrom(...tables),
  labels: fc.record({ tier: fc.constantFrom('gold', 'silver') }),
  maxConcurrentOffers: fc.integer({ min: 1, max: 3 }),
};

const register = fc.record(
  { id: workerId, ...registration, available: fc.constantFrom(true, true, true, false) },
  { requiredKeys: ['id', 'queues', 'capacity', 'channels', 'labels', 'available'] },
);

const selectors = fc.constantFrom(
  [],
  [],
  [{ key: 'tier', operator: 'equal' as const, value: 'gold' }],
  [{ key: 'tier', operator: 'equal' as const, value: 'silver', expiresAfterMs: 20_000, expedite: true }],
);

const task = fc.record({
  queueId,
  channel,
  priority: fc.integer({ min: -1, max: 2 }),
  selectors,
  suspend: fc.constantFrom(false, false, false, true),
});
const only = fc.constantFrom(undefined, undefined, undefined, ['ada'], ['bob', 'cyd']);
const costs = fc.constantFrom(undefined, undefined, undefined, 1, 2);

const channelWish = fc.record({
  kind: fc.constant('channel' as const),
  what: fc.constantFrom('hold', 'hold', 'release'),
  index,
  channel: anyChannel,
  cost: costs,
});

const wish: fc.Arbitrary<Wish> = fc.oneof(
  {
    weight: 2,
    arbitrary: register.map((worker) => ({ kind: 'command' as const, command: { type: 'register' as const, worker } })),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(task, costs, only).map(([spec, cost, alone]) => ({
      kind: 'command' as const,
      command: {
        type: 'enqueue' as const,
        task: { id: '', ...spec, ...(cost !== undefined && { cost }), ...(alone !== undefined && { only: alone }) },
      },
    })),
  },
  {
    weight: 8,
    arbitrary: fc
      .record({ workerId, available: fc.constantFrom(true, true, true, true, false), keepOffers: fc.boolean() })
      .map((each) => ({ kind: 'command' as const, command: { type: 'setAvailable' as const, ...each } })),
  },
  {
    weight: 1,
    arbitrary: workerId.map((id) => ({
      kind: 'command' as const,
      command: { type: 'deregister' as const, workerId: id },
    })),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'command' as const, command: { type: 'tick' as const } }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('offer' as const),
      what: fc.constantFrom('accept', 'accept', 'decline'),
      index,
      retryAfter: fc.option(fc.integer({ min: 1, max: 30_000 }), { nil: undefined }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('task' as const),
      what: fc.constantFrom('complete', 'complete', 'close', 'close', 'cancel', 'requeue', 'assign'),
      index,
      workerId,
      more: fc.record(
        { queueId, priority: fc.integer({ min: -1, max: 2 }), suspend: fc.boolean() },
        { requiredKeys: [] },
      ),
      closeAfter: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
    }),
  },
  { weight: 5, arbitrary: channelWish },
);

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

/** A team whose tasks gain and lose channels, and are given away with them. */
const team = fc.tuple(
  ...['ada', 'bob', 'cyd'].map((id) =>
    fc
      .tuple(fc.constantFrom(3, 4, 6), fc.constantFrom(...tables.slice(1)), fc.constantFrom(1, 2, 5))
      .map(([capacity, channels, maxConcurrentOffers]) => ({
        kind: 'command' as const,
        command: {
          type: 'register' as const,
          worker: { id, queues: ['support', 'sales'], capacity, channels, maxConcurrentOffers, available: true },
        },
      })),
  ),
);

const busy: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 3, arbitrary: wish },
  {
    weight: 4,
    arbitrary: fc.record({ queueId, channel }).map((spec) => ({
      kind: 'command' as const,
      command: { type: 'enqueue' as const, task: { id: '', ...spec } },
    })),
  },
  {
    weight: 6,
    arbitrary: index.map((each) => ({
      kind: 'offer' as const,
      what: 'accept' as const,
      index: each,
      retryAfter: undefined,
    })),
  },
  { weight: 8, arbitrary: channelWish },
  {
    weight: 3,
    arbitrary: workerId.map((id) => ({
      kind: 'command' as const,
      command: { type: 'setAvailable' as const, workerId: id, available: true },
    })),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(index, workerId, queueId, fc.constantFrom('requeue', 'requeue', 'requeue', 'complete', 'close'))
      .map(([each, id, to, what]) => ({
        kind: 'task' as const,
        what,
        several: what === 'requeue',
        index: each,
        workerId: id,
        more: { queueId: to },
        closeAfter: undefined,
      })),
  },
);

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

/** What the model leaves out: changes of workers, returns to work in hand, revocation, and strategies that answer as they like. */
const wild: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 20, arbitrary: wish },
  { weight: 2, arbitrary: register.map((worker) => ({ kind: 'return' as const, worker })) },
  {
    weight: 3,
    arbitrary: fc.tuple(workerId, fc.record(registration, { requiredKeys: [] })).map(([id, change]) => ({
      kind: 'command' as const,
      command: { type: 'update' as const, workerId: id, change },
    })),
  },
  {
    weight: 2,
    arbitrary: workerId.map((id) => ({
      kind: 'command' as const,
      command: { type: 'revoke' as const, workerId: id, reason: 'wild' },
    })),
  },
);

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

function concrete(wanted: Wish, engine: RoutingEngine, now: number, number: number): RoutingCommand | undefined {
  if (wanted.kind === 'offer') {
    const open = engine.tasks().flatMap((each) => each.offers);
    const offer = open[wanted.index % Math.max(1, open.length)];
    if (offer === undefined) return undefined;
    if (wanted.what === 'accept') return { type: 'accept', offerId: offer.id };
    return {
      type: 'decline',
      offerId: offer.id,
      ...(wanted.retryAfter !== undefined && { retryAt: now + wanted.retryAfter }),
    };
  }
  if (wanted.kind === 'task') {
    const { what, more } = wanted;
    const wants: Record<string, readonly string[]> = {
      complete: ['assigned'],
      close: ['wrapping'],
      requeue: ['queued', 'offered', 'assigned'],
      assign: ['queued', 'offered'],
    };
    const fitting = engine.tasks().filter((each) => wants[what]?.includes(each.status) ?? true);
    const rich = fitting.filter((each) => wanted.several === true && each.channels.length > 1);
    const among = rich.length > 0 ? rich : fitting;
    const chosen = among[wanted.index % Math.max(1, among.length)];
    if (chosen === undefined) return undefined;
    const taskId = chosen.id;
    if (what === 'close')
      return { type: 'close', taskId, ...(wanted.closeAfter !== undefined && { closeAt: now + wanted.closeAfter }) };
    if (what === 'assign') {
      const ids = [wanted.workerId, ...engine.workers().map((each) => each.id)];
      const able = ids.find((id) => roomFor(engine, id, chosen));
      return able === undefined ? { type: 'tick' } : { type: what, taskId, workerId: able };
    }
    if (what === 'complete') return { type: 'complete', taskId };
    return { type: what, taskId, reason: 'model', ...(what === 'requeue' && more) };
  }
  if (wanted.kind === 'channel') {
    const { what, channel: name, cost } = wanted;
    const fitting = engine.tasks().filter((each) => what === 'release' || each.status === 'assigned');
    const wished = fitting.filter((each) => what === 'hold' || each.channels.length > 1);
    const among = wished.length > 0 ? wished : fitting;
    const taskId = among[wanted.index % Math.max(1, among.length)]?.id;
    if (taskId === undefined) return undefined;
    return { type: what, taskId, channel: name, ...(what === 'hold' && cost !== undefined && { cost }) };
  }
  const known = (id: string) => engine.workers().find((each) => each.id === id);
  if (wanted.kind === 'return')
    return known(wanted.worker.id)?.registered === true ? undefined : { type: 'register', worker: wanted.worker };
  const { command } = wanted;
  if (command.type === 'enqueue')
    return {
      ...command,
      task: { ...command.task, id: `t${number}`, ...(number % 3 === 0 && { virtualStartAt: now - 20_000 }) },
    };
  // Who left with work in hand is still known; coming back is tested elsewhere.
  if (command.type === 'register') return known(command.worker.id) === undefined ? command : undefined;
  if ('workerId' in command) return known(command.workerId)?.registered === true ? command : undefined;
  return command;
}

// Who has no room is refused; that is tested elsewhere.
function roomFor(engine: RoutingEngine, id: string, chosen: TaskSnapshot): boolean {
  const worker = engine.worker(id);
  if (worker?.registered !== true) return false;
  if (chosen.offers.some((offer) => offer.workerId === id)) return true;
  const verdict = engine.explain(chosen.id, 0).workers.find((each) => each.workerId === id);
  const limits: readonly string[] = ['channel', 'channel-maximum', 'capacity'];
  return verdict !== undefined && !verdict.rejectedBy.some(({ by }) => limits.includes(by));
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
