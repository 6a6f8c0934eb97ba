import { hasRoom, limitFor } from './capacity';
import { refusalOf, type TaskRecord, type WorkerRecord } from './records';
import { satisfiesAll } from './selectors';
import type { RoutingState } from './state';
import type { Verdict } from './sorted-list';
import type { Worker } from './worker';

/** Whether a worker who is available, and in the task's queue, can be asked for it. */
export function fits(state: RoutingState, task: TaskRecord, worker: WorkerRecord): boolean {
  if (task.only?.includes(worker.id) === false) return false;
  if (!satisfiesAll(worker, task.active)) return false;
  if (limitFor(worker, task.demands) !== undefined) return false;
  if (task.refusals.size === 0 && task.offers.size === 0) return true;
  return !worker.holds.has(task.id) && refusalOf(task, worker, state.now) === undefined;
}

/** Whether this worker, whoever it is, can be asked for the task. */
export function canTake(state: RoutingState, task: TaskRecord, worker: WorkerRecord | undefined): boolean {
  return (
    worker?.registered === true && worker.available && worker.queues.includes(task.queueId) && fits(state, task, worker)
  );
}

interface Search {
  /** Called with those who can be asked, in order, until it returns true. */
  readonly visit: (worker: WorkerRecord) => boolean;
  /** Called, once enough are found, for those with room who cannot be asked; true to look no further. */
  readonly miss?: () => boolean;
  /** Whether others are no more than of interest. */
  readonly isEnough?: () => boolean;
  /** Begin behind this worker, and go round. */
  readonly after?: Worker | undefined;
}

/** Looks for those who can be asked for a task, in the order of its queue's strategy. */
export function search(state: RoutingState, task: TaskRecord, { visit, miss, isEnough, after }: Search): void {
  for (const worker of state.openWorkers) state.index.settle(worker);
  const line = state.index.lineFor(task);
  if (line === undefined) return;
  const { pool, mask, whom: lane } = line;
  if (typeof lane === 'string') {
    const worker = state.workers.get(lane);
    if (line.size === 0) pool.personal.delete(lane);
    if (worker !== undefined && canTake(state, task, worker)) visit(worker);
    return;
  }
  lane.places.walk(
    (place): Verdict => {
      const { worker, slot } = place;
      const isStill = worker.isStill(place.standing);
      if (!isStill && !hasRoom(worker, slot, Math.min(slot.cost, pool.leastCost))) {
        place.listed = false;
        slot.absent.push(place);
        return 'drop';
      }
      const enough = isEnough?.() === true;
      if (!enough && (worker.mask & mask) !== mask) return 'next';
      if (!isStill) {
        place.standing = worker.view;
        return 'move';
      }
      if (fits(state, task, worker)) return visit(worker) ? 'stop' : 'next';
      return enough && miss?.() === true ? 'stop' : 'next';
    },
    after && (({ standing }) => pool.order(standing, after) > 0),
  );
}
