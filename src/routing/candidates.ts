import { hasRoomFor } from './capacity';
import type { Seeker } from './lane';
import type { RoutingState } from './state';
import { refusalOf, type Home, type TaskRecord } from './task-record';
import type { Worker } from './worker';
import { slotOf, type Slot, type WorkerRecord } from './worker-record';

/** Whether a worker who satisfies a task's selectors, with room in `slot`, that of its first channel, can be asked for it. Both are in its queue. */
export function suits(state: RoutingState, task: TaskRecord, worker: WorkerRecord, slot: Slot): boolean {
  if (!hasRoomFor(worker, slot, task.demands) || task.only?.includes(worker.id) === false) return false;
  if (task.refusals.size === 0 && task.offers.length === 0) return true;
  return !worker.holds.has(task.id) && refusalOf(task, worker, state.now) === undefined;
}

/** Whether this worker, whoever it is, can be asked for the task. */
export function canTake(state: RoutingState, task: TaskRecord, worker: WorkerRecord): boolean {
  if (!worker.registered || !worker.available || !worker.queues.includes(task.queueId)) return false;
  const slot = slotOf(worker, task.channel);
  const home = state.index.homeOf(task);
  if (slot === undefined || home === undefined || !state.index.facts.answer(worker, home.demand)) return false;
  return suits(state, task, worker, slot);
}

/** How far to look. */
export interface Reach {
  /** So many are wanted. */
  readonly wanted: number;
  /** Behind those, so many more are looked at. */
  readonly beyond: number;
  /** Begin behind this worker, and go round. */
  readonly after?: Worker | undefined;
}

/** Those who can be asked for a task, in the order of its queue's strategy. */
export function search(state: RoutingState, task: TaskRecord, reach: Reach): readonly WorkerRecord[] {
  const home = state.index.homeOf(task);
  if (home === undefined) return [];
  if (home.whom !== undefined) {
    const worker = state.workers.get(home.whom);
    return worker !== undefined && canTake(state, task, worker) ? [worker] : [];
  }
  for (const worker of state.openWorkers) state.index.settle(worker);
  const searcher = new Searcher(state, task, home, reach);
  found.length = 0;
  home.line?.lane?.search(searcher, reach.after);
  return found.slice();
}

// Filled again and again: an array that grows keeps room for more.
const found: WorkerRecord[] = [];

class Searcher implements Seeker {
  readonly bits: readonly number[];
  left = Infinity;
  readonly #state: RoutingState;
  readonly #task: TaskRecord;
  readonly #home: Home;
  readonly #wanted: number;
  readonly #beyond: number;
  /** Whoever has the bits and room can be asked. */
  readonly #takesAll: boolean;

  constructor(state: RoutingState, task: TaskRecord, home: Home, { wanted, beyond }: Reach) {
    this.bits = home.demand.bits;
    this.#state = state;
    this.#task = task;
    this.#home = home;
    this.#wanted = wanted;
    this.#beyond = beyond;
    const { demands, only, refusals, offers } = task;
    this.#takesAll =
      state.index.isRoomUsual &&
      home.demand.others.length === 0 &&
      demands.length === 1 &&
      demands[0].cost === undefined &&
      only === undefined &&
      refusals.size === 0 &&
      offers.length === 0;
  }

  visit(worker: WorkerRecord): void {
    if (!this.#takesAll && !this.#suits(worker)) return;
    found.push(worker);
    if (this.left === Infinity && found.length >= this.#wanted) this.left = this.#beyond;
  }

  #suits(worker: WorkerRecord): boolean {
    const { demand } = this.#home;
    const slot = slotOf(worker, this.#task.channel);
    if (slot === undefined) return false;
    if (demand.others.length > 0 && !this.#state.index.facts.answer(worker, demand)) return false;
    return suits(this.#state, this.#task, worker, slot);
  }
}
