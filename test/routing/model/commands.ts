import fc from 'fast-check';
import type { RoutingCommand, TaskSnapshot } from 'onescreen/routing';

/**
 * A command with gaps: what task, offer or question it means is known only when its turn comes, and its times count
 * from then.
 */
export interface CommandWish {
  readonly command: RoutingCommand;
  readonly index: number;
}

/** What a command can mean: what is there now, and what ever was. */
export interface Known {
  readonly tasks: readonly Pick<TaskSnapshot, 'id' | 'status' | 'offers'>[];
  readonly past: {
    readonly tasks: readonly string[];
    readonly offers: readonly string[];
    readonly decisions: readonly string[];
  };
}

/** The queues that commands name. */
export const queueIds = ['support', 'sales', 'back', 'odd'];

const workerIds = ['ada', 'bob', 'cyd', 'dan', 'eve'] as const;

const workerId = fc.constantFrom(...workerIds);
const queueId = fc.constantFrom(...queueIds);
const channel = fc.constantFrom('chat', 'voice', 'meeting');
const text = fc.constantFrom('a reason', 'another');
const cost = fc.constantFrom(0, 0.1, 1, 2);
const ahead = fc.constantFrom(-5_000, 0, 1, 900, 4_000, 20_000);
const labels = fc.record(
  { tier: fc.constantFrom('gold', 'silver'), level: fc.integer({ min: 0, max: 3 }), vip: fc.boolean() },
  { requiredKeys: [] },
);

const selector = fc.oneof(
  fc.record(
    {
      key: fc.constant('tier'),
      operator: fc.constantFrom('equal' as const, 'notEqual' as const),
      value: fc.constantFrom('gold', 'silver'),
      expiresAfterMs: fc.constantFrom(0, 1_000, 20_000),
      expedite: fc.boolean(),
    },
    { requiredKeys: ['key', 'operator', 'value'] },
  ),
  fc.record(
    {
      key: fc.constant('level'),
      operator: fc.constantFrom('greaterThan' as const, 'greaterThanOrEqual' as const, 'lessThan' as const),
      value: fc.integer({ min: 0, max: 3 }),
      expiresAfterMs: fc.constantFrom(500, 6_000),
    },
    { requiredKeys: ['key', 'operator', 'value'] },
  ),
);

/** At times one and the same selector twice. */
const selectors = fc.oneof(
  { weight: 4, arbitrary: fc.array(selector, { maxLength: 2 }) },
  { weight: 1, arbitrary: selector.map((each) => [each, each]) },
);

const channels = fc.uniqueArray(
  fc.record({ channel, cost, max: fc.integer({ min: 1, max: 3 }) }, { requiredKeys: ['channel', 'cost'] }),
  { selector: (each) => each.channel, minLength: 1, maxLength: 3 },
);

const registration = {
  queues: fc.uniqueArray(queueId, { minLength: 1, maxLength: 4 }),
  capacity: fc.constantFrom(0, 0.3, 2, 4, 6),
  channels,
  labels,
  maxConcurrentOffers: fc.integer({ min: 1, max: 3 }),
};

const spec = fc.record(
  {
    id: fc.constant(''),
    queueId,
    channel: fc.constantFrom('chat', 'chat', 'voice'),
    more: fc.constantFrom(['meeting'], []),
    priority: fc.integer({ min: -1, max: 2 }),
    labels,
    selectors,
    virtualStartAt: ahead,
    cost,
    suspend: fc.constantFrom(false, false, true),
    only: fc.uniqueArray(workerId, { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: ['id', 'queueId', 'channel'] },
);

const of = <T extends string>(type: T) => ({ type: fc.constant(type) });
const taskId = fc.constant('');
const offerId = fc.constant('');
const decisionId = fc.constant('');

/** One kind of command each, by type. A type without a line does not compile. */
const kinds: { readonly [T in RoutingCommand['type']]: fc.Arbitrary<RoutingCommand & { readonly type: T }> } = {
  register: fc.record({
    ...of('register'),
    worker: fc.record(
      { id: workerId, ...registration, available: fc.constantFrom(true, true, true, false) },
      { requiredKeys: ['id', 'queues', 'capacity', 'channels', 'available'] },
    ),
  }),
  update: fc.record(
    { ...of('update'), workerId, change: fc.record(registration, { requiredKeys: [] }), reason: text },
    { requiredKeys: ['type', 'workerId', 'change'] },
  ),
  setAvailable: fc.record(
    {
      ...of('setAvailable'),
      workerId,
      available: fc.constantFrom(true, true, true, false),
      keepOffers: fc.boolean(),
      reason: text,
    },
    { requiredKeys: ['type', 'workerId', 'available'] },
  ),
  deregister: fc.record({ ...of('deregister'), workerId, reason: text }, { requiredKeys: ['type', 'workerId'] }),
  enqueue: fc.oneof(
    { weight: 8, arbitrary: fc.record({ ...of('enqueue'), task: spec }) },
    { weight: 1, arbitrary: fc.record({ ...of('enqueue'), task: spec, assignTo: workerId }) },
  ),
  assign: fc.record({ ...of('assign'), taskId, workerId }),
  accept: fc.record({ ...of('accept'), offerId }),
  decline: fc.record(
    { ...of('decline'), offerId, retryAt: ahead, reason: text },
    { requiredKeys: ['type', 'offerId'] },
  ),
  revoke: fc.oneof(
    fc.record({ ...of('revoke'), offerId, reason: text }),
    fc.record({ ...of('revoke'), workerId, reason: text }),
  ),
  requeue: fc.record(
    {
      ...of('requeue'),
      taskId,
      reason: text,
      queueId,
      channel,
      priority: fc.integer({ min: -1, max: 2 }),
      labels,
      selectors,
      suspend: fc.constantFrom(false, false, true),
      exclude: fc.uniqueArray(workerId, { maxLength: 2 }),
      excludeUntil: ahead,
      notBefore: ahead,
    },
    { requiredKeys: ['type', 'taskId', 'reason'] },
  ),
  hold: fc.record({ ...of('hold'), taskId, channel, cost }, { requiredKeys: ['type', 'taskId', 'channel'] }),
  release: fc.record({ ...of('release'), taskId, channel }),
  complete: fc.record({ ...of('complete'), taskId }),
  close: fc.record({ ...of('close'), taskId, closeAt: ahead }, { requiredKeys: ['type', 'taskId'] }),
  cancel: fc.record({ ...of('cancel'), taskId, reason: text }),
  decide: fc.record({
    ...of('decide'),
    decisionId,
    ranked: fc.array(
      fc.record(
        { workerId: fc.oneof(workerId, fc.constant('stranger')), score: fc.double() },
        { requiredKeys: ['workerId'] },
      ),
      { maxLength: 4 },
    ),
  }),
  decisionFailed: fc.record({ ...of('decisionFailed'), decisionId, reason: text }),
  tick: fc.record(of('tick')),
};

/** Every type of command. */
export const typesOfCommands = Object.keys(kinds);

const weights: Readonly<Record<string, number>> = {
  enqueue: 14,
  setAvailable: 10,
  accept: 12,
  decline: 4,
  requeue: 6,
  deregister: 1,
  register: 5,
  cancel: 3,
  complete: 8,
  close: 8,
  decide: 12,
  hold: 10,
};

/** Everybody there is, registered and available, to begin with. */
export const team: fc.Arbitrary<readonly RoutingCommand[]> = fc.tuple(
  ...workerIds.map((id) =>
    kinds.register.map(({ type, worker }) => ({ type, worker: { ...worker, id, available: true } })),
  ),
);

/** Any command. */
export const commandWish: fc.Arbitrary<CommandWish> = fc.record({
  command: fc.oneof(...Object.entries(kinds).map(([type, arbitrary]) => ({ arbitrary, weight: weights[type] ?? 2 }))),
  index: fc.nat(1_000),
});

/** Tasks of which status a command is for. Now and then it comes for another one all the same. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  assign: ['queued', 'offered'],
  hold: ['assigned'],
  complete: ['assigned'],
  close: ['wrapping'],
};

/** The command that a wish comes to at `now`; the `number`th, which is the id of a new task. */
export function concrete({ command, index }: CommandWish, known: Known, now: number, number: number): RoutingCommand {
  const stale = index % 9 === 0;
  if (
    !stale &&
    (command.type === 'accept' || command.type === 'decline') &&
    known.tasks.every(({ offers }) => offers.length === 0)
  )
    return { type: 'setAvailable', workerId: workerIds[index % workerIds.length] ?? '', available: true };
  const pick = (current: readonly string[], past: readonly string[]) => {
    const among = stale || current.length === 0 ? past : current;
    return among[index % Math.max(1, among.length)] ?? 'none';
  };
  const taskId = () => {
    const fitting = known.tasks.filter((each) => wanted[command.type]?.includes(each.status) ?? true);
    return pick(
      fitting.map((each) => each.id),
      known.past.tasks,
    );
  };
  const offerId = () =>
    pick(
      known.tasks.flatMap((each) => each.offers.map((offer) => offer.id)),
      known.past.offers,
    );
  const from = (time: number | undefined) => now + (time ?? 0);
  switch (command.type) {
    case 'enqueue': {
      const { virtualStartAt } = command.task;
      const id = index % 40 === 0 ? pick([], known.past.tasks) : `t${number}`;
      return {
        ...command,
        task: { ...command.task, id, ...(virtualStartAt !== undefined && { virtualStartAt: from(virtualStartAt) }) },
      };
    }
    case 'accept':
      return { ...command, offerId: offerId() };
    case 'decline':
      return {
        ...command,
        offerId: offerId(),
        ...(command.retryAt !== undefined && { retryAt: from(command.retryAt) }),
      };
    case 'revoke':
      return 'offerId' in command ? { ...command, offerId: offerId() } : command;
    case 'requeue':
      return {
        ...command,
        taskId: taskId(),
        ...(command.excludeUntil !== undefined && { excludeUntil: from(command.excludeUntil) }),
        ...(command.notBefore !== undefined && { notBefore: from(command.notBefore) }),
      };
    case 'close':
      return {
        ...command,
        taskId: taskId(),
        ...(command.closeAt !== undefined && { closeAt: from(command.closeAt) }),
      };
    case 'assign':
    case 'hold':
    case 'release':
    case 'complete':
    case 'cancel':
      return { ...command, taskId: taskId() };
    case 'decide':
    case 'decisionFailed':
      // The question that was asked last, mostly.
      return { ...command, decisionId: pick(known.past.decisions.slice(-3), known.past.decisions) };
    default:
      return command;
  }
}
