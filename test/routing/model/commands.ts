import fc from 'fast-check';
import type { RoutingCommand, TaskSnapshot } from 'onescreen/routing';
import type { Past } from './past';

/**
 * A command with gaps: what task, offer or question it means is known only when its turn comes, and its times count
 * from then.
 */
export interface CommandWish {
  readonly command: RoutingCommand;
  readonly index: number;
}

/** So many tasks at a time are enough; more only take time. */
const mostTasks = 12;

/** What a command can mean: what is there now, and what ever was. */
export interface Known {
  readonly tasks: readonly Pick<TaskSnapshot, 'id' | 'status' | 'offers' | 'channels'>[];
  readonly past: Past;
}

/** The queues that commands name. */
export const queueIds = ['support', 'sales', 'back', 'odd'];

/** The classification policies that they name. */
export const policyIds = ['by-label', 'asked'];

const workerIds = ['ada', 'bob', 'cyd', 'dan', 'eve'] as const;

const workerId = fc.constantFrom(...workerIds);
const queueId = fc.constantFrom(...queueIds);
const channel = fc.constantFrom('chat', 'voice', 'meeting');
const text = fc.constantFrom('a reason', 'another');
/** Costs that add up to the last digit, whatever their order. */
const cost = fc.constantFrom(0, 0.25, 1, 2);
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
  capacity: fc.constantFrom(0, 0.5, 2, 4, 6),
  channels,
  labels,
  maxConcurrentOffers: fc.integer({ min: 1, max: 3 }),
};

const plain = {
  id: fc.constant(''),
  queueId,
  channel: fc.constantFrom('chat', 'chat', 'voice'),
  priority: fc.integer({ min: -1, max: 2 }),
};

const spec = fc.oneof(
  fc.record({ ...plain, virtualStartAt: ahead }, { requiredKeys: ['id', 'queueId', 'channel'] }),
  fc.record(
    {
      ...plain,
      more: fc.constantFrom(['meeting'], []),
      labels,
      selectors,
      virtualStartAt: ahead,
      cost,
      suspend: fc.constantFrom(false, false, true),
    },
    { requiredKeys: ['id', 'queueId', 'channel'] },
  ),
  fc.record({ ...plain, selectors, only: fc.uniqueArray(workerId, { minLength: 1, maxLength: 2 }) }),
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
  close: fc.record(
    { ...of('close'), taskId, closeAt: ahead, disposition: text, note: text },
    { requiredKeys: ['type', 'taskId'] },
  ),
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
  prioritize: fc.record({ ...of('prioritize'), taskId, priority: fc.integer({ min: -1, max: 2 }) }),
  unassign: fc.record({ ...of('unassign'), taskId, suspend: fc.boolean() }, { requiredKeys: ['type', 'taskId'] }),
  classify: fc.record({
    ...of('classify'),
    taskId,
    classificationId: fc.constant(''),
    classification: fc.record(
      { queueId: fc.oneof(queueId, fc.constant('nowhere')), priority: fc.integer({ min: -1, max: 2 }), selectors },
      { requiredKeys: [] },
    ),
  }),
  classificationFailed: fc.record({
    ...of('classificationFailed'),
    taskId,
    classificationId: fc.constant(''),
    reason: text,
  }),
};

/** Commands of the same types that put tasks elsewhere than into a queue at once. */
const received: Readonly<Record<string, fc.Arbitrary<RoutingCommand>>> = {
  'enqueue later': fc.record({
    ...of('enqueue'),
    task: fc.record(
      {
        ...plain,
        selectors,
        labels,
        tags: labels,
        channelReference: text,
        scheduleAt: ahead,
        classificationPolicyId: fc.constantFrom(...policyIds),
        suspend: fc.boolean(),
      },
      { requiredKeys: ['id', 'queueId', 'channel'] },
    ),
  }),
  'requeue elsewhere': fc.record(
    {
      ...of('requeue'),
      taskId,
      reason: text,
      labels,
      scheduleAt: ahead,
      classificationPolicyId: fc.constantFrom(...policyIds),
    },
    { requiredKeys: ['type', 'taskId', 'reason'] },
  ),
};

/** Every type of command. */
export const typesOfCommands = Object.keys(kinds);

const weights: Readonly<Record<string, number>> = {
  register: 4,
  update: 2,
  setAvailable: 12,
  deregister: 1,
  enqueue: 16,
  accept: 14,
  decline: 4,
  requeue: 5,
  hold: 6,
  release: 4,
  complete: 6,
  close: 6,
  cancel: 2,
  decide: 12,
  classify: 12,
  'enqueue later': 7,
};

/** Everybody there is, registered and available, to begin with. */
export const team: fc.Arbitrary<readonly RoutingCommand[]> = fc.tuple(
  ...workerIds.map((id) =>
    fc.record({
      ...of('register'),
      worker: fc.record({
        id: fc.constant(id),
        queues: fc.uniqueArray(queueId, { minLength: 2, maxLength: 4 }),
        capacity: fc.constantFrom(2, 4, 6),
        channels: fc.constantFrom(
          [
            { channel: 'chat', cost: 1 },
            { channel: 'voice', cost: 2, max: 1 },
            { channel: 'meeting', cost: 1, max: 1 },
          ],
          [
            { channel: 'voice', cost: 1, max: 2 },
            { channel: 'chat', cost: 0.25, max: 3 },
          ],
        ),
        labels,
        available: fc.constant(true),
      }),
    }),
  ),
);

/** Any command, those of some kinds left out. */
export function commandWish(
  ...without: readonly (RoutingCommand['type'] | 'enqueue later' | 'requeue elsewhere')[]
): fc.Arbitrary<CommandWish> {
  const left = Object.entries<fc.Arbitrary<RoutingCommand>>({ ...kinds, ...received }).filter(
    ([type]) => !without.some((each) => each === type),
  );
  return fc.record({
    command: fc.oneof(...left.map(([type, arbitrary]) => ({ arbitrary, weight: weights[type] ?? 2 }))),
    index: fc.nat(1_000),
  });
}

/** Tasks of which status a command is for. Now and then it comes for another one all the same. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  assign: ['queued', 'offered'],
  hold: ['assigned'],
  complete: ['assigned'],
  close: ['wrapping'],
  unassign: ['assigned'],
  classify: ['classifying'],
  classificationFailed: ['classifying'],
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
  if (command.type === 'enqueue' && known.tasks.length >= mostTasks)
    return { type: 'cancel', taskId: known.tasks[index % mostTasks]?.id ?? '', reason: 'too many' };
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
      const { virtualStartAt, scheduleAt } = command.task;
      const id = index % 40 === 0 ? pick([], known.past.tasks) : `t${number}`;
      return {
        ...command,
        task: {
          ...command.task,
          id,
          ...(virtualStartAt !== undefined && { virtualStartAt: from(virtualStartAt) }),
          ...(scheduleAt !== undefined && { scheduleAt: from(scheduleAt) }),
        },
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
        ...(command.scheduleAt !== undefined && { scheduleAt: from(command.scheduleAt) }),
      };
    case 'close':
      return {
        ...command,
        taskId: taskId(),
        ...(command.closeAt !== undefined && { closeAt: from(command.closeAt) }),
      };
    case 'assign':
    case 'hold':
    case 'complete':
    case 'cancel':
    case 'prioritize':
    case 'unassign':
      return { ...command, taskId: taskId() };
    case 'decide':
    case 'decisionFailed':
      // The question that was asked last, mostly.
      return { ...command, decisionId: pick(known.past.decisions.slice(-3), known.past.decisions) };
    case 'release': {
      const several = known.tasks.filter((each) => each.channels.length > 1);
      const task = several[index % Math.max(1, several.length)];
      if (stale || task === undefined) return { ...command, taskId: taskId() };
      return { ...command, taskId: task.id, channel: task.channels[index % task.channels.length] ?? command.channel };
    }
    case 'classify':
    case 'classificationFailed': {
      const meant = taskId();
      return { ...command, taskId: meant, classificationId: known.past.classifications.get(meant) ?? 'none' };
    }
    default:
      return command;
  }
}
