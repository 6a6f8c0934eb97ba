import { hasRoom } from './capacity';
import { Facts, type Fact } from './facts';
import { Lane } from './lane';
import { Places } from './places';
import { createPool, type Pool } from './pool';
import type { Home, TaskRecord } from './task-record';
import { flexibilityOf, slotOf, type Entry, type Slot, type WorkerRecord } from './worker-record';
import { idLabel } from './selectors';
import type { TaskQueue } from './task-queue';

/** Finds who can take a task, and what a worker can take: by queue, channel and what tasks ask for. */
export class WorkerIndex {
  readonly #queues: ReadonlyMap<string, TaskQueue>;
  readonly #workers = new Set<WorkerRecord>();
  readonly facts = new Facts(this.#workers);
  /** Numbers of workers who have left. */
  readonly #free: number[] = [];
  readonly #places = new Places();
  readonly #rooms = new Map<string, number>();
  #changes = 0;
  /** New whenever a worker enters or leaves. */
  #generation = 0;

  constructor(queues: ReadonlyMap<string, TaskQueue>) {
    this.#queues = queues;
  }

  /** The workers and tasks of one queue and one channel, made when somebody first asks. */
  pool(queue: TaskQueue, channel: string): Pool {
    let pool = queue.pools.get(channel);
    if (pool === undefined) queue.pools.set(channel, (pool = createPool(queue, channel, this.#roomOf(channel))));
    return pool;
  }

  // Where there are many channels, some share a bit: it says then that one of them has room.
  #roomOf(channel: string): number {
    const known = this.#rooms.get(channel) ?? 1 << (this.#rooms.size % 32);
    this.#rooms.set(channel, known);
    return known;
  }

  /** To be called after anything in `worker` changed. */
  refresh(worker: WorkerRecord): void {
    const { entry } = worker;
    this.#changes = (this.#changes + 1) | 0;
    worker.touch(this.#changes);
    if (entry !== undefined && worker.registered && isSame(entry, worker)) {
      this.#noteRoom(worker);
      this.#reorder(worker);
    } else {
      if (entry !== undefined) this.#leave(worker, entry);
      if (worker.registered) this.#enter(worker);
    }
  }

  /** Puts a worker who has room again where it was left out. */
  settle({ slots }: WorkerRecord): void {
    for (const { open, places } of slots) {
      if (open)
        for (const number of places) if (!this.#places.isListed(number)) this.#places.at(number)?.lane.add(number);
    }
  }

  /** What a task asks for in its queue, and where it is to wait. */
  homeOf(task: TaskRecord): Home | undefined {
    const { home } = task;
    return home?.generation === this.#generation ? home : (task.home = this.#homeFor(task));
  }

  #homeFor(task: TaskRecord): Home | undefined {
    if (task.queue === undefined) return undefined;
    const pool = this.pool(task.queue, task.channel);
    const demand = this.facts.demandOf(task.active);
    const whom = onlyOne(task);
    const line = whom === undefined ? this.#lane(pool, demand.first).line(demand.second) : undefined;
    return { generation: this.#generation, pool, demand, line, whom };
  }

  /** Makes room in the pool for workers who have little capacity left, for a task that costs less than usual. */
  admitCost({ queue, channel, demands: [{ cost }] }: TaskRecord): void {
    if (cost === undefined || queue === undefined) return;
    const pool = this.pool(queue, channel);
    if (cost >= pool.leastCost) return;
    pool.leastCost = cost;
    for (const worker of queue.members) {
      const slot = slotOf(worker, channel);
      if (slot === undefined) continue;
      slot.least = Math.min(slot.least, cost);
      this.#noteRoom(worker);
      this.settle(worker);
    }
  }

  #enter(worker: WorkerRecord): void {
    const { labels, queues, channels } = worker;
    const served = queues.flatMap((id) => this.#queues.get(id) ?? []);
    worker.number = this.#free.pop() ?? this.#workers.size;
    this.#workers.add(worker);
    this.#generation += 1;
    this.facts.enter(worker);
    worker.entry = { labels, queues, channels, served };
    worker.flexibility = flexibilityOf(worker);
    worker.slots = channels.map(({ channel, cost, max = Infinity }) => {
      const pools = served.map((queue) => this.pool(queue, channel));
      return {
        open: false,
        room: this.#roomOf(channel),
        channel,
        cost,
        least: pools.reduce((least, { leastCost }) => Math.min(least, leastCost), cost),
        max,
        usual: [{ channel, cost }],
        held: 0,
        pools,
        lanes: [],
        places: [],
      };
    });
    worker.isAskedFor = worker.slots.some(({ pools }) => pools.some(({ open }) => open !== undefined));
    worker.reckon();
    this.#noteRoom(worker);
    for (const { members } of served) members.add(worker);
    for (const slot of worker.slots) {
      for (const { lanes } of slot.pools) for (const lane of lanes) this.#join(worker, slot, lane);
    }
    this.settle(worker);
  }

  #leave(worker: WorkerRecord, { served }: Entry): void {
    this.#workers.delete(worker);
    this.#free.push(worker.number);
    this.#generation += 1;
    worker.entry = undefined;
    this.facts.leave(worker);
    for (const { members } of served) members.delete(worker);
    for (const { pools, places } of worker.slots) {
      for (const pool of pools) pool.open?.delete(worker);
      for (const number of places) {
        if (this.#places.isListed(number)) this.#places.at(number)?.lane.delete(number);
        this.#places.forget(number);
      }
    }
    worker.slots = [];
  }

  // Lanes forgive a worker that belongs further back by now, but not one that belongs further to the front. At the end
  // it is put at once, which costs least.
  #reorder(worker: WorkerRecord): void {
    const { latest, slots } = worker;
    const pools = slots[0]?.pools;
    if (latest === undefined || pools === undefined) return;
    for (const pool of pools) {
      const order = pool.order(latest, worker);
      if (order === 0) continue;
      const must = order > 0 || pool.rotates;
      for (const { places } of slots) {
        for (const number of places) {
          const lane = this.#places.isListed(number) ? this.#places.at(number)?.lane : undefined;
          if (lane?.pool.queue === pool.queue && (must || lane.endsBefore(worker))) lane.delete(number);
        }
      }
      this.settle(worker);
    }
  }

  #lane(pool: Pool, fact: Fact | undefined): Lane {
    const known = pool.byFact[fact?.number ?? 0];
    if (known !== undefined) return known;
    const lane = new Lane(pool, fact, this.facts, this.#places);
    pool.byFact[fact?.number ?? 0] = lane;
    pool.lanes.push(lane);
    for (const worker of pool.queue.members) {
      const slot = slotOf(worker, pool.channel);
      if (slot === undefined) continue;
      this.#join(worker, slot, lane);
      this.settle(worker);
    }
    return lane;
  }

  #join(worker: WorkerRecord, slot: Slot, lane: Lane): void {
    if (lane.fact !== undefined && !this.facts.has(worker.number, lane.fact)) return;
    // No larger than they must be: there are many.
    slot.places = [...slot.places, this.#places.create(worker, slot, lane)];
    slot.lanes = [...slot.lanes, lane];
  }

  // Where a strategy has to be asked, its questions are no more than the workers with room.
  #noteRoom(worker: WorkerRecord): void {
    let room = 0;
    for (const slot of worker.slots) {
      slot.open = hasRoom(worker, slot, slot.least);
      if (slot.open) room |= slot.room;
      if (!worker.isAskedFor) continue;
      for (const { open, leastCost } of slot.pools) {
        if (hasRoom(worker, slot, Math.min(slot.cost, leastCost))) open?.add(worker);
        else open?.delete(worker);
      }
    }
    this.facts.note(worker, room);
  }
}

function isSame(entry: Entry, { labels, queues, channels }: WorkerRecord): boolean {
  return entry.labels === labels && entry.queues === queues && entry.channels === channels;
}

// The worker who alone can take the task, as far as its selectors and its command say so.
function onlyOne({ only, active }: TaskRecord): string | undefined {
  if (only?.length === 1) return only[0];
  for (const { key, operator, value } of active)
    if (key === idLabel && operator === 'equal' && typeof value === 'string') return value;
  return undefined;
}
