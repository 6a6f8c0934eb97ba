import { hasRoom } from './capacity';
import { Facts, type Fact } from './facts';
import { Lane } from './lane';
import { createPool, type Pool } from './pool';
import { Roster } from './roster';
import type { Home, TaskRecord } from './task-record';
import { flexibilityOf, slotOf, type Entry, type WorkerRecord } from './worker-record';
import { idLabel } from './selectors';
import type { TaskQueue } from './task-queue';

/** Finds who can take a task, and what a worker can take: by queue, channel and what tasks ask for. */
export class WorkerIndex {
  readonly #queues: ReadonlyMap<string, TaskQueue>;
  readonly #roster = new Roster();
  readonly facts = new Facts(this.#roster);
  readonly #rooms = new Map<string, number>();
  #hasCheaper = false;
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

  /** Whether the bit of a channel says that there is room at the usual cost: no task was ever said to cost less, and no two channels share a bit. */
  get isRoomUsual(): boolean {
    return !this.#hasCheaper && this.#rooms.size <= 32;
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
  settle(worker: WorkerRecord): void {
    const { number, lanes } = worker;
    const room = this.facts.roomOf(worker);
    for (let key = 0; room !== 0 && key < lanes.length; key += 1) {
      const lane = lanes[key];
      if (lane !== undefined && (lane.pool.room & room) !== 0 && !this.#roster.isListed(number, key))
        lane.add(worker, key);
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
    this.#hasCheaper = true;
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
    this.#roster.enter(worker);
    this.#generation += 1;
    this.facts.enter(worker);
    worker.standing = this.#changes;
    this.facts.renew(worker);
    worker.lanes = [];
    worker.entry = { labels, queues, channels, served };
    worker.flexibility = flexibilityOf(worker);
    worker.slots = channels.map(({ channel, cost, max = Infinity }) => {
      const pools = served.map((queue) => this.pool(queue, channel));
      const least = pools.reduce((lowest, { leastCost }) => Math.min(lowest, leastCost), cost);
      if (least < cost) this.#hasCheaper = true;
      return {
        open: false,
        room: this.#roomOf(channel),
        channel,
        cost,
        least,
        max,
        usual: [{ channel, cost }],
        held: 0,
        pools,
      };
    });
    worker.isAskedFor = worker.slots.some(({ pools }) => pools.some(({ open }) => open !== undefined));
    worker.reckon();
    this.#noteRoom(worker);
    for (const { members } of served) members.add(worker);
    for (const slot of worker.slots) {
      for (const { lanes } of slot.pools) for (const lane of lanes) this.#join(worker, lane);
    }
    this.settle(worker);
  }

  #leave(worker: WorkerRecord, { served }: Entry): void {
    for (const { pools } of worker.slots) for (const pool of pools) pool.open?.delete(worker);
    for (const [key, lane] of worker.lanes.entries())
      if (this.#roster.isListed(worker.number, key)) lane.delete(worker, key);
    for (const { members } of served) members.delete(worker);
    this.facts.leave(worker);
    this.#roster.leave(worker);
    this.#generation += 1;
    worker.entry = undefined;
    worker.slots = [];
    worker.lanes = [];
  }

  // Lanes forgive a worker that belongs further back by now, but not one that belongs further to the front.
  #reorder(worker: WorkerRecord): void {
    const { latest, slots, lanes, number } = worker;
    const pools = slots[0]?.pools;
    if (latest === undefined || pools === undefined) return;
    for (const pool of pools) {
      const order = pool.order(latest, worker);
      if (order === 0) continue;
      worker.standing = this.#changes;
      this.facts.renew(worker);
      const forward = order > 0 || pool.rotates;
      const room = this.facts.roomOf(worker);
      for (let key = 0; key < lanes.length; key += 1) {
        const lane = this.#roster.isListed(number, key) ? lanes[key] : undefined;
        if (lane?.pool.queue === pool.queue) lane.move(worker, key, forward, (lane.pool.room & room) !== 0);
      }
    }
    // Only now: an entry that is taken out has to be of an older standing.
    if (worker.standing === this.#changes) this.settle(worker);
  }

  #lane(pool: Pool, fact: Fact | undefined): Lane {
    const known = pool.byFact[fact?.number ?? 0];
    if (known !== undefined) return known;
    const lane = new Lane(pool, fact, this.facts, this.#roster);
    pool.byFact[fact?.number ?? 0] = lane;
    pool.lanes.push(lane);
    for (const worker of pool.queue.members) {
      const slot = slotOf(worker, pool.channel);
      const key = slot && this.#join(worker, lane);
      if (key !== undefined && slot?.open === true) lane.add(worker, key);
    }
    return lane;
  }

  // The key that the worker has for the lane; undefined where it does not belong there.
  #join(worker: WorkerRecord, lane: Lane): number | undefined {
    if (lane.fact !== undefined && !this.facts.has(worker.number, lane.fact)) return undefined;
    const key = worker.lanes.length;
    this.#roster.admit(worker, key);
    // No larger than it must be: there are many.
    worker.lanes = [...worker.lanes, lane];
    return key;
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
