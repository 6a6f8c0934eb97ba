import fc from 'fast-check';
import type { RoutingCommand, RoutingEngine, TaskSnapshot, WorkerSpec } from 'onescreen/routing';

export const workerId = fc.constantFrom('ada', 'bob', 'cyd', 'dan');
export const queueId = fc.constantFrom('support', 'sales');
export const channel = fc.constantFrom('chat', 'voice');
export const anyChannel = fc.constantFrom('chat', 'voice', 'meeting');
export const index = fc.nat(1_000);

/** A wish, made concrete when its turn comes: which of the open offers, tasks and workers is meant is known only then. */
export type Wish =
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

export const tables = [
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

export const registration = {
  queues: fc.subarray(['support', 'sales'], { minLength: 1 }),
  capacity: fc.constantFrom(0, 2, 3, 4, 5, 6),
  channels: fc.constantFrom(...tables),
  labels: fc.record({ tier: fc.constantFrom('gold', 'silver') }),
  maxConcurrentOffers: fc.integer({ min: 1, max: 3 }),
};

export const register = fc.record(
  { id: workerId, ...registration, available: fc.constantFrom(true, true, true, false) },
  { requiredKeys: ['id', 'queues', 'capacity', 'channels', 'labels', 'available'] },
);

export const selectors = fc.constantFrom(
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

export const wish: fc.Arbitrary<Wish> = fc.oneof(
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

/** A team whose tasks gain and lose channels, and are given away with them. */
export const team = fc.tuple(
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

export const busy: fc.Arbitrary<Wish> = fc.oneof(
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

/** What the model leaves out: changes of workers, returns to work in hand, revocation, and strategies that answer as they like. */
export const wild: fc.Arbitrary<Wish> = fc.oneof(
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

/** The command that a wish comes to now; undefined when there is nothing it could mean. */
export function concrete(wanted: Wish, engine: RoutingEngine, now: number, number: number): RoutingCommand | undefined {
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
