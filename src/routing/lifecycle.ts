import type { Selector } from 'onescreen';
import { heldBy, overloaded } from './capacity';
import type { RoutingCommand } from './commands';
import { nextSelectorExpiry } from './explanation';
import { endDecision } from './matching';
import { awaitRetry, detachOffer, offersOf, refuse, revokeOffer } from './offers';
import type { OfferRecord, TaskRecord, TimedSelector, WorkerRecord } from './records';
import type { RoutingState } from './state';
import type { TaskSpec } from './task';

type Requeue = Extract<RoutingCommand, { type: 'requeue' }>;

export function enqueueTask(state: RoutingState, spec: TaskSpec, assignTo?: WorkerRecord): void {
  const task: TaskRecord = {
    id: spec.id,
    expedited: false,
    priority: spec.priority ?? 0,
    virtualStartAt: Math.min(spec.virtualStartAt ?? state.now, state.now),
    order: state.count('order'),
    queueId: spec.queueId,
    channel: spec.channel,
    demands: [{ channel: spec.channel, cost: spec.cost }, ...(spec.more ?? []).map((channel) => ({ channel }))],
    labels: spec.labels ?? {},
    selectors: timed(spec.selectors ?? [], state.now),
    active: [],
    expired: [],
    enqueuedAt: state.now,
    status: 'queued',
    suspended: spec.suspend ?? false,
    only: spec.only,
    line: undefined,
    offers: new Map(),
    refusals: new Map(),
    decisionId: undefined,
    misses: 0,
    workerId: undefined,
    previousWorkers: [],
    requeues: 0,
    assignedAt: undefined,
    closeAt: undefined,
    selectorTimer: undefined,
    heldFor: undefined,
    holdTimer: undefined,
    closeTimer: undefined,
    retryTimer: undefined,
  };
  state.tasks.set(task.id, task);
  const { id: taskId, queueId, channel, priority, virtualStartAt, suspended } = task;
  state.emit({ type: 'task-queued', taskId, queueId, channel, priority, virtualStartAt, suspended });
  state.index.admitCost(queueId, channel, spec.cost);
  if (assignTo !== undefined) return assignTask(state, task, assignTo);
  relax(state, task);
  state.enterLine(task);
}

/** Gives a task that nobody has yet to a worker. */
export function assignTask(state: RoutingState, task: TaskRecord, worker: WorkerRecord): void {
  for (const offer of [...task.offers.values()]) revokeOffer(state, offer, 'task-assigned');
  stopMatching(state, task);
  const { id: taskId, queueId } = task;
  task.status = 'assigned';
  task.suspended = false;
  task.workerId = worker.id;
  task.assignedAt = state.now;
  worker.holds.set(taskId, { channels: heldBy(worker.view, task.demands) });
  state.refresh(worker, false);
  state.emit({ type: 'task-assigned', taskId, workerId: worker.id, queueId });
  makeRoom(state, worker, task);
}

/** Revokes offers for which nothing is left: a strategy's time may have run out just now, and its question become an offer. */
export function makeRoom(state: RoutingState, worker: WorkerRecord, { demands }: TaskRecord): void {
  for (const offer of offersOf(state, worker).reverse()) {
    if (overloaded(worker.view, demands)) revokeOffer(state, offer, 'worker-changed');
  }
}

export function acceptOffer(state: RoutingState, offer: OfferRecord): void {
  const task = detachOffer(state, offer);
  const worker = state.workers.get(offer.workerId);
  if (task === undefined || worker === undefined) return;
  task.status = 'assigned';
  task.workerId = worker.id;
  task.assignedAt = state.now;
  stopMatching(state, task);
  worker.holds.set(task.id, { channels: worker.holds.get(task.id)?.channels ?? [] });
  state.refresh(worker, true);
  const ids = { offerId: offer.id, taskId: task.id, workerId: worker.id };
  state.emit({ type: 'offer-accepted', ...ids });
  state.emit({ type: 'task-assigned', ...ids, queueId: task.queueId });
  for (const other of [...task.offers.values()]) revokeOffer(state, other, 'accepted-elsewhere');
}

export function requeueTask(state: RoutingState, task: TaskRecord, command: Requeue): void {
  const from = task.workerId;
  stopMatching(state, task);
  for (const offer of [...task.offers.values()]) revokeOffer(state, offer, 'task-requeued');
  state.leaveLine(task);
  task.status = 'queued';
  task.suspended = command.suspend ?? false;
  task.only = undefined;
  task.queueId = command.queueId ?? task.queueId;
  if (command.channel !== undefined) replaceFirst(task, command.channel);
  task.priority = command.priority ?? task.priority;
  task.labels = command.labels ?? task.labels;
  if (command.selectors !== undefined) {
    task.selectors = timed(command.selectors, state.now);
    task.expired = [];
  }
  task.misses = 0;
  task.workerId = undefined;
  task.assignedAt = undefined;
  task.requeues += 1;
  for (const id of command.exclude ?? []) {
    const worker = state.workers.get(id);
    if (worker === undefined) continue;
    const { excludeUntil: retryAt } = command;
    refuse(state, task, worker, { outcome: 'excluded', ...(retryAt !== undefined && { retryAt }) });
  }
  if (from !== undefined) {
    task.previousWorkers = [...task.previousWorkers, from];
    freeWorker(state, from, task);
  }
  const { id: taskId, queueId, suspended } = task;
  state.emit({
    type: 'task-requeued',
    taskId,
    queueId,
    reason: command.reason,
    suspended,
    ...(from !== undefined && { fromWorkerId: from }),
  });
  state.index.admitCost(queueId, task.channel, task.demands[0].cost);
  relax(state, task);
  awaitRetry(state, task);
  if (command.notBefore !== undefined && command.notBefore > state.now) {
    state.holdStill(task, command.notBefore, 'command');
  }
  state.enterLine(task);
}

export function completeTask(state: RoutingState, task: TaskRecord): void {
  const { workerId } = task;
  if (workerId === undefined) return;
  task.status = 'wrapping';
  state.emit({ type: 'task-wrapping', taskId: task.id, workerId });
  if (state.policies.get(task.queueId)?.releaseCapacityAt === 'wrapping') endHandling(state, workerId, task);
}

export function closeTask(state: RoutingState, task: TaskRecord, closeAt?: number): void {
  const { workerId } = task;
  if (workerId === undefined) return;
  if (task.status === 'wrapping') {
    const later = closeAt !== undefined && closeAt > state.now ? { closeAt } : {};
    task.status = 'completed';
    state.emit({ type: 'task-completed', taskId: task.id, workerId, ...later });
  }
  state.timers.cancel(task.closeTimer);
  task.closeTimer = undefined;
  if (closeAt !== undefined && closeAt > state.now) {
    task.closeAt = closeAt;
    task.closeTimer = state.timers.set(closeAt, () => closeTask(state, task));
    return;
  }
  forget(state, task);
  endHandling(state, workerId, task);
  state.emit({ type: 'task-closed', taskId: task.id, workerId });
}

export function cancelTask(state: RoutingState, task: TaskRecord, reason: string): void {
  stopMatching(state, task);
  for (const offer of [...task.offers.values()]) revokeOffer(state, offer, 'task-cancelled');
  const { id: taskId, workerId } = task;
  forget(state, task);
  if (workerId !== undefined) freeWorker(state, workerId, task);
  state.emit({ type: 'task-cancelled', taskId, reason, ...(workerId !== undefined && { workerId }) });
}

// Withdraws what is under way to find a worker, but not the offers that are out.
function stopMatching(state: RoutingState, task: TaskRecord): void {
  const decision = task.decisionId === undefined ? undefined : state.decisions.get(task.decisionId);
  if (decision !== undefined) endDecision(state, decision);
  state.leaveLine(task);
  state.cancelTimers(task);
}

function forget(state: RoutingState, task: TaskRecord): void {
  state.leaveLine(task);
  state.cancelTimers(task);
  state.tasks.delete(task.id);
}

function freeWorker(state: RoutingState, workerId: string, task: TaskRecord): void {
  const worker: WorkerRecord | undefined = state.workers.get(workerId);
  if (worker !== undefined) state.release(worker, task.id, true);
}

function endHandling(state: RoutingState, workerId: string, task: TaskRecord): void {
  if (task.assignedAt !== undefined) state.queues.get(task.queueId)?.handled(state.now - task.assignedAt);
  task.assignedAt = undefined;
  freeWorker(state, workerId, task);
}

function timed(selectors: readonly Selector[], now: number): readonly TimedSelector[] {
  return selectors.map((selector) => ({
    selector,
    expiresAt: selector.expiresAfterMs === undefined ? undefined : now + selector.expiresAfterMs,
  }));
}

// A task has each channel once.
function replaceFirst(task: TaskRecord, channel: string): void {
  const [first, ...others] = task.demands;
  task.channel = channel;
  task.demands = [{ ...first, channel }, ...others.filter((each) => each.channel !== channel)];
}

// Works out which selectors count now, says which have stopped to, and wakes up for the next one.
function relax(state: RoutingState, task: TaskRecord): void {
  const counts = ({ expiresAt }: TimedSelector) => expiresAt === undefined || expiresAt > state.now;
  const ended = task.selectors.filter((each) => !counts(each)).map(({ selector }) => selector);
  const fresh = ended.filter((selector) => !task.expired.includes(selector));
  state.leaveLine(task);
  task.active = task.selectors.filter(counts).map(({ selector }) => selector);
  task.expired = ended;
  task.expedited = task.active.some((selector) => selector.expedite === true);
  if (fresh.length > 0) state.emit({ type: 'selectors-expired', taskId: task.id, selectors: fresh });
  const next = nextSelectorExpiry(task);
  if (next === undefined) return;
  task.selectorTimer = state.timers.set(next, () => relaxInLine(state, task));
}

export function relaxInLine(state: RoutingState, task: TaskRecord): void {
  task.selectorTimer = undefined;
  relax(state, task);
  state.enterLine(task);
}
