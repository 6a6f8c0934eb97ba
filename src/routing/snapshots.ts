import type { Selector } from 'onescreen';
import type { Offer } from './offer';
import type { TaskRecord } from './task-record';
import type { WorkerRecord } from './worker-record';
import type { RoutingState } from './state';
import type { OfferSnapshot, RoutableTask, TaskSnapshot } from './task';
import type { WorkerSnapshot } from './worker';

/** A queue at one moment. */
export interface QueueSnapshot {
  readonly id: string;
  readonly name: string;
  /** False while its opening hours say that it is closed. */
  readonly open: boolean;
  /** Tasks that nobody has yet, suspended ones not counted. */
  readonly length: number;
  /** Epoch milliseconds from which the age of the oldest of them counts. */
  readonly oldestStartAt?: number;
  readonly registeredWorkers: number;
  readonly availableWorkers: number;
}

/** The reader's own, so that what it does to them changes nothing here. */
export function routableTask(task: TaskRecord): RoutableTask {
  const { id, queueId, channel, demands, priority, labels, enqueuedAt, virtualStartAt } = task;
  return {
    id,
    queueId,
    channel,
    channels: demands.map((each) => each.channel),
    priority,
    labels: { ...labels },
    selectors: copies(task.extra?.bypassed ?? task.active),
    enqueuedAt,
    virtualStartAt,
  };
}

export function copies(selectors: readonly Selector[]): readonly Selector[] {
  return selectors.map((each) => ({ ...each }));
}

export function taskSnapshot(task: TaskRecord): TaskSnapshot {
  return {
    ...routableTask(task),
    status: task.status,
    suspended: task.suspended,
    deciding: task.decisionId !== undefined,
    expiredSelectors: copies(task.expired),
    ...(task.only !== undefined && { only: [...task.only] }),
    offers: task.offers.map(offerSnapshot),
    requeues: task.requeues,
    ...task.extra?.facts,
    ...(task.workerId !== undefined && { workerId: task.workerId }),
    ...(task.closeAt !== undefined && { closeAt: task.closeAt }),
  };
}

export function offerSnapshot({ id, taskId, workerId, cost, issuedAt, expiresAt }: Offer): OfferSnapshot {
  return { id, taskId, workerId, cost, issuedAt, expiresAt };
}

export function workerSnapshot(worker: WorkerRecord): WorkerSnapshot {
  const offerIds: string[] = [];
  const taskIds: string[] = [];
  for (const [taskId, { offerId }] of worker.holds) {
    if (offerId === undefined) taskIds.push(taskId);
    else offerIds.push(offerId);
  }
  const { registered, tags } = worker;
  return { ...worker.view, registered, offerIds, taskIds, ...(tags !== undefined && { tags }) };
}

export function queueSnapshot(state: RoutingState, id: string): QueueSnapshot | undefined {
  const queue = state.queues.get(id);
  if (queue === undefined) return undefined;
  const { policy, members, oldestStartAt } = queue;
  let available = 0;
  for (const worker of members) if (worker.available) available += 1;
  return {
    id,
    name: policy.name,
    open: !queue.closed,
    length: queue.length,
    ...(oldestStartAt !== undefined && { oldestStartAt }),
    registeredWorkers: members.size,
    availableWorkers: available,
  };
}
