import type { Labels } from 'onescreen';
import { heldBy } from './capacity';
import type { RoutingCommand } from './commands';
import { enterQueue, timed } from './enter-queue';
import type { RevokeReason, RoutingEvent, TaskResult } from './events';
import { endDecision } from './matching';
import { awaitRetry, detachOffer, makeRoom, noOffers, refuse, revokeOffer } from './offers';
import type { Offer } from './offer';
import { amend, type TaskRecord, type TimedSelector } from './task-record';
import type { WorkerRecord } from './worker-record';
import type { RoutingState } from './state';
import type { TaskSpec } from './task';
import type { Requeue } from './vocabulary';

type Close = Omit<Partial<Extract<RoutingCommand, { type: 'close' }>>, 'type'>;

const none: readonly never[] = [];
const noSelectors: readonly TimedSelector[] = none;
const noRefusals: TaskRecord['refusals'] = new Map();
const noLabels: Labels = Object.freeze({});

export function enqueueTask(state: RoutingState, spec: TaskSpec, assignTo?: WorkerRecord): void {
  const task: TaskRecord = {
    id: spec.id,
    expedited: false,
    priority: spec.priority ?? 0,
    virtualStartAt: Math.min(spec.virtualStartAt ?? state.now, state.now),
    order: state.count('order'),
    queueId: spec.queueId ?? '',
    queue: state.queues.get(spec.queueId ?? ''),
    channel: spec.channel,
    demands: spec.cost === undefined && spec.more === undefined ? state.usualDemands(spec.channel) : demandsOf(spec),
    labels: spec.labels === undefined ? noLabels : { ...spec.labels },
    selectors: spec.selectors === undefined ? noSelectors : timed(spec.selectors, state.now),
    active: none,
    expired: none,
    enqueuedAt: state.now,
    status: 'queued',
    suspended: spec.suspend ?? false,
    only: spec.only && [...spec.only],
    line: undefined,
    busyAt: 0,
    open: false,
    home: undefined,
    offers: noOffers,
    refusals: noRefusals,
    decisionId: undefined,
    misses: 0,
    workerId: undefined,
    previousWorkers: none,
    requeues: 0,
    assignedAt: undefined,
    closeAt: undefined,
    selectorTimer: undefined,
    heldFor: undefined,
    holdTimer: undefined,
    closeTimer: undefined,
    retryTimer: undefined,
    dueTimer: undefined,
    extra: undefined,
  };
  state.tasks.set(task.id, task);
  state.vocabulary?.counted(state);
  const { tags, channelReference } = spec;
  if (tags !== undefined || channelReference !== undefined) {
    const facts = {
      ...(tags !== undefined && { tags: { ...tags } }),
      ...(channelReference !== undefined && { channelReference }),
    };
    amend(task, { facts });
  }
  if (assignTo === undefined && state.vocabulary?.receive(state, task, spec) === true) return;
  emitQueued(state, task);
  if (assignTo === undefined) return enterQueue(state, task, true);
  state.index.admitCost(task);
  assignTask(state, task, assignTo);
}

/** One for each of its channels. */
export function demandsOf({ channel, cost, more }: TaskSpec): TaskRecord['demands'] {
  const first = { channel, cost };
  return more === undefined ? [first] : [first, ...more.map((other) => ({ channel: other, cost: undefined }))];
}

/** Gives a task that nobody has yet to a worker. */
export function assignTask(state: RoutingState, task: TaskRecord, worker: WorkerRecord): void {
  // What it is offered it has room for, even where it would cost more by now.
  const offered = worker.holds.get(task.id);
  for (const offer of task.offers) revokeOffer(state, offer, 'task-assigned');
  stopMatching(state, task);
  const { id: taskId, queueId } = task;
  task.status = 'assigned';
  task.suspended = false;
  task.workerId = worker.id;
  task.assignedAt = state.now;
  worker.take(taskId, { channels: offered?.channels ?? heldBy(worker, task.demands) });
  state.refresh(worker, false);
  state.emit({ seq: state.nextEvent(), at: state.now, type: 'task-assigned', taskId, workerId: worker.id, queueId });
  makeRoom(state, worker);
}

export function acceptOffer(state: RoutingState, offer: Offer): void {
  const { task, worker } = offer;
  detachOffer(state, offer);
  task.status = 'assigned';
  task.workerId = worker.id;
  task.assignedAt = state.now;
  stopMatching(state, task);
  worker.keep(task.id);
  // It holds what it held; only a limit on offers leaves room for more.
  state.refresh(worker, worker.maxConcurrentOffers !== undefined);
  const { id: offerId, taskId, workerId } = offer;
  state.emit({ seq: state.nextEvent(), at: state.now, type: 'offer-accepted', offerId, taskId, workerId });
  state.emit({
    seq: state.nextEvent(),
    at: state.now,
    type: 'task-assigned',
    offerId,
    taskId,
    workerId,
    queueId: task.queueId,
  });
  for (const other of task.offers) revokeOffer(state, other, 'accepted-elsewhere');
}

export function requeueTask(state: RoutingState, task: TaskRecord, command: Requeue): void {
  const { labels, selectors, channel, notBefore, excludeUntil: retryAt } = command;
  const from = withdraw(state, task);
  task.suspended = command.suspend ?? false;
  if (task.extra?.unqueued !== true) task.only = undefined;
  if (channel !== undefined) replaceFirst(task, channel);
  task.priority = command.priority ?? task.priority;
  if (labels !== undefined) task.labels = { ...labels };
  if (selectors !== undefined) {
    task.selectors = timed(selectors, state.now);
    task.expired = [];
  }
  for (const id of command.exclude ?? []) {
    const worker = state.workers.get(id);
    if (worker !== undefined)
      refuse(state, task, worker, { outcome: 'excluded', ...(retryAt !== undefined && { retryAt }) });
  }
  if (state.vocabulary?.divert(state, task, command, from) === true) return;
  if (notBefore !== undefined && notBefore > state.now) state.holdStill(task, notBefore, 'command');
  putInQueue(state, task, command, from);
}

/** Takes a task from its queue, and from whoever has it or is asked for it: the worker who had it. */
export function withdraw(
  state: RoutingState,
  task: TaskRecord,
  reason: RevokeReason = 'task-requeued',
): string | undefined {
  const from = task.workerId;
  stopMatching(state, task);
  for (const offer of task.offers) revokeOffer(state, offer, reason);
  state.leaveLine(task);
  // They count again when it is in a queue.
  task.active = none;
  task.misses = 0;
  task.workerId = undefined;
  task.assignedAt = undefined;
  if (from !== undefined) {
    task.previousWorkers = [...task.previousWorkers, from];
    freeWorker(state, from, task);
  }
  return from;
}

/** Puts a task that was withdrawn into a queue. */
export function putInQueue(
  state: RoutingState,
  task: TaskRecord,
  { queueId = task.queueId, reason }: Pick<Requeue, 'queueId' | 'reason'>,
  from?: string,
): void {
  state.setQueue(task, queueId);
  task.status = 'queued';
  if (state.vocabulary?.release(state, task) !== true) {
    task.requeues += 1;
    emitRequeued(state, task, reason, task.suspended, from);
  }
  awaitRetry(state, task);
  enterQueue(state, task, false);
}

export function completeTask(state: RoutingState, task: TaskRecord): void {
  const { workerId } = task;
  if (workerId === undefined) return;
  task.status = 'wrapping';
  state.emit({ seq: state.nextEvent(), at: state.now, type: 'task-wrapping', taskId: task.id, workerId });
  if (task.queue?.policy.releaseCapacityAt === 'wrapping') endHandling(state, workerId, task);
}

export function closeTask(state: RoutingState, task: TaskRecord, command: Close = {}): void {
  const { workerId } = task;
  if (workerId === undefined) return;
  const { id: taskId } = task;
  const { closeAt = state.now, disposition, note } = command;
  if (disposition !== undefined || note !== undefined) {
    amend(task, { result: { ...(disposition !== undefined && { disposition }), ...(note !== undefined && { note }) } });
  }
  if (task.status === 'wrapping') {
    task.status = 'completed';
    const event: RoutingEvent = { seq: state.nextEvent(), at: state.now, type: 'task-completed', taskId, workerId };
    state.emit(closeAt > state.now ? { ...event, closeAt } : event);
  }
  state.timers.cancel(task.closeTimer);
  task.closeTimer = undefined;
  if (closeAt > state.now) {
    task.closeAt = closeAt;
    task.closeTimer = state.timers.set(closeAt, () => closeTask(state, task));
    return;
  }
  forget(state, task);
  endHandling(state, workerId, task);
  const event: RoutingEvent = { seq: state.nextEvent(), at: state.now, type: 'task-closed', taskId, workerId };
  state.emit(task.extra?.result === undefined ? event : { ...event, ...task.extra.result });
}

export function cancelTask(state: RoutingState, task: TaskRecord, reason: string, result: TaskResult = {}): void {
  const workerId = withdraw(state, task, 'task-cancelled');
  forget(state, task);
  const worker = workerId === undefined ? {} : { workerId };
  state.emit({
    seq: state.nextEvent(),
    at: state.now,
    type: 'task-cancelled',
    taskId: task.id,
    reason,
    ...worker,
    disposition: 'Cancelled',
    ...result,
  });
}

export function emitQueued(state: RoutingState, task: TaskRecord, receivedAt?: number): void {
  const { id: taskId, queueId, channel, priority, virtualStartAt, suspended } = task;
  const event: RoutingEvent = {
    seq: state.nextEvent(),
    at: state.now,
    type: 'task-queued',
    taskId,
    queueId,
    channel,
    priority,
    virtualStartAt,
    suspended,
  };
  state.emit(receivedAt === undefined ? event : { ...event, receivedAt });
}

export function emitRequeued(
  state: RoutingState,
  { id: taskId, queueId }: TaskRecord,
  reason: string,
  suspended: boolean,
  fromWorkerId: string | undefined,
): void {
  const from = fromWorkerId === undefined ? {} : { fromWorkerId };
  state.emit({
    seq: state.nextEvent(),
    at: state.now,
    type: 'task-requeued',
    taskId,
    queueId,
    reason,
    suspended,
    ...from,
  });
}

// Withdraws what is under way to find a worker, but not the offers that are out.
function stopMatching(state: RoutingState, task: TaskRecord): void {
  const decision = task.decisionId === undefined ? undefined : state.decisions.get(task.decisionId);
  if (decision !== undefined) endDecision(state, decision);
  state.leaveLine(task);
  state.cancelTimers(task);
  task.home = undefined;
}

function forget(state: RoutingState, task: TaskRecord): void {
  state.leaveLine(task);
  state.cancelTimers(task);
  state.tasks.delete(task.id);
  if (state.tasks.size === 0) state.vocabulary?.counted(state);
}

function freeWorker(state: RoutingState, workerId: string, task: TaskRecord): void {
  const worker: WorkerRecord | undefined = state.workers.get(workerId);
  if (worker !== undefined) state.release(worker, task.id, true);
}

function endHandling(state: RoutingState, workerId: string, task: TaskRecord): void {
  if (task.assignedAt !== undefined) task.queue?.handled(state.now - task.assignedAt);
  task.assignedAt = undefined;
  freeWorker(state, workerId, task);
}

// A task has each channel once.
function replaceFirst(task: TaskRecord, channel: string): void {
  const [first, ...others] = task.demands;
  task.channel = channel;
  task.demands = [{ ...first, channel }, ...others.filter((each) => each.channel !== channel)];
}
