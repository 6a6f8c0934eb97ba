import { hasRoomFor } from './capacity';
import type { Place } from './lane';
import { refusalOf, type Home, type TaskRecord } from './task-record';
import { slotOf, type Slot, type WorkerRecord } from './worker-record';
import type { Verdict, Visitor } from './sorted-list';
import type { RoutingState } from './state';
import { answers, type Demand } from './terms';
import type { Worker } from './worker';

/** Whether a worker with room in `slot`, that of the task's first channel, can be asked for it. Both are in its queue. */
export function fits(state: RoutingState, task: TaskRecord, demand: Demand, worker: WorkerRecord, slot: Slot): boolean {
  if (!answers(worker, demand) || !hasRoomFor(worker, slot, task.demands)) return false;
  if (task.only?.includes(worker.id) === false) return false;
  if (task.refusals.size === 0 && task.offers.length === 0) return true;
  return !worker.holds.has(task.id) && refusalOf(task, worker, state.now) === undefined;
}

/** Whether this worker, whoever it is, can be asked for the task. */
export function canTake(state: RoutingState, task: TaskRecord, worker: WorkerRecord): boolean {
  if (!worker.registered || !worker.available || !worker.queues.includes(task.queueId)) return false;
  const slot = slotOf(worker, task.channel);
  const home = state.index.homeOf(task);
  return slot !== undefined && home !== undefined && fits(state, task, home.demand, worker, slot);
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
  const { pool, whom } = home;
  if (whom !== undefined) {
    const worker = state.workers.get(whom);
    return worker !== undefined && canTake(state, task, worker) ? [worker] : [];
  }
  for (const worker of state.openWorkers) state.index.settle(worker);
  const { after } = reach;
  const searcher = new Searcher(state, task, home, reach);
  home.line?.lane?.places.walk(searcher, after && (({ standing }) => pool.order(standing, after) > 0));
  return searcher.found;
}

class Searcher implements Visitor<Place> {
  readonly found: WorkerRecord[] = [];
  readonly #state: RoutingState;
  readonly #task: TaskRecord;
  readonly #demand: Demand;
  readonly #wanted: number;
  #beyond: number;

  constructor(state: RoutingState, task: TaskRecord, { demand }: Home, { wanted, beyond }: Reach) {
    this.#state = state;
    this.#task = task;
    this.#demand = demand;
    this.#wanted = wanted;
    this.#beyond = beyond;
  }

  // Puts right all that it meets, one who has no room any more or belongs further back, so that what is found depends
  // on nothing that happened before, such as a restart.
  visit(place: Place): Verdict {
    const { slot } = place;
    if (!slot.open) {
      place.listed = false;
      place.worker.absent.push(place);
      return 'drop';
    }
    const { worker } = place;
    if (place.standing !== worker.current) {
      place.standing = worker.view;
      return 'move';
    }
    const enough = this.found.length >= this.#wanted;
    const { mask } = this.#demand;
    if (!enough && (slot.mask & mask) !== mask) return 'next';
    if (fits(this.#state, this.#task, this.#demand, worker, slot)) this.found.push(worker);
    if (enough) this.#beyond -= 1;
    return this.#beyond <= 0 && this.found.length >= this.#wanted ? 'stop' : 'next';
  }
}
