import { hasRoom } from './capacity';
import { Lane } from './lane';
import { createPool, type Pool } from './pool';
import type { ResolvedPolicy } from './queue-policy';
import type { Home, TaskRecord } from './task-record';
import { flexibilityOf, slotOf, type Entry, type Slot, type WorkerRecord } from './worker-record';
import { idLabel } from './selectors';
import { meets, Terms, type Term } from './terms';

const nobody: ReadonlySet<WorkerRecord> = new Set();

/** Finds who can take a task, and what a worker can take: by queue, channel and what tasks ask for. */
export class WorkerIndex {
  readonly #policies: ReadonlyMap<string, ResolvedPolicy>;
  readonly #pools = new Map<string, Map<string, Pool>>();
  readonly #byQueue = new Map<string, Set<WorkerRecord>>();
  readonly #terms = new Terms((term) => this.#count(term));
  readonly #workers = new Set<WorkerRecord>();
  /** New whenever a worker enters or leaves. */
  #generation = 0;

  constructor(policies: ReadonlyMap<string, ResolvedPolicy>) {
    this.#policies = policies;
    for (const id of policies.keys()) {
      this.#pools.set(id, new Map());
      this.#byQueue.set(id, new Set());
    }
  }

  /** Registered workers of a queue, available or not. */
  membersOf(queueId: string): ReadonlySet<WorkerRecord> {
    return this.#byQueue.get(queueId) ?? nobody;
  }

  /** The pools of a queue so far, by channel. */
  poolsOf(queueId: string): ReadonlyMap<string, Pool> {
    return this.#pools.get(queueId) ?? new Map();
  }

  pool(queueId: string, channel: string): Pool | undefined {
    const pools = this.#pools.get(queueId);
    const known = pools?.get(channel);
    const policy = this.#policies.get(queueId);
    if (known !== undefined || pools === undefined || policy === undefined) return known;
    const pool = createPool(policy, channel);
    pools.set(channel, pool);
    return pool;
  }

  /** To be called after anything in `worker` changed. */
  refresh(worker: WorkerRecord): void {
    const { entry } = worker;
    worker.touch();
    if (entry !== undefined && worker.registered && isSame(entry, worker)) {
      noteRoom(worker);
      this.#putForward(worker);
    } else {
      if (entry !== undefined) this.#leave(worker, entry);
      if (worker.registered) this.#enter(worker);
    }
  }

  /** Puts a worker who has room again where it was left out. */
  settle(worker: WorkerRecord): void {
    const { absent } = worker;
    let kept = 0;
    for (const place of absent) {
      if (place.slot.open) {
        place.listed = true;
        place.standing = worker.view;
        place.lane.places.add(place);
      } else absent[kept++] = place;
    }
    if (kept < absent.length) absent.length = kept;
  }

  /** What a task asks for in its queue, and where it is to wait. */
  homeOf(task: TaskRecord): Home | undefined {
    const { home } = task;
    return home?.generation === this.#generation ? home : (task.home = this.#homeFor(task));
  }

  #homeFor(task: TaskRecord): Home | undefined {
    const pool = this.pool(task.queueId, task.channel);
    if (pool === undefined) return undefined;
    const demand = this.#terms.demandOf(task.active);
    const whom = onlyOne(task);
    const line = whom === undefined ? this.#lane(pool, demand.first).line(demand.second) : undefined;
    return { generation: this.#generation, pool, demand, line, whom };
  }

  /** Makes room in the pool for workers who have little capacity left, for a task that costs less than usual. */
  admitCost(queueId: string, channel: string, cost: number | undefined): void {
    if (cost === undefined) return;
    const pool = this.pool(queueId, channel);
    if (pool === undefined || cost >= pool.leastCost) return;
    pool.leastCost = cost;
    for (const worker of this.membersOf(queueId)) {
      noteRoom(worker);
      this.settle(worker);
    }
  }

  #enter(worker: WorkerRecord): void {
    const { labels, queues, channels } = worker;
    const terms = this.#terms.all.filter((term) => meets(labels, term));
    for (const term of terms) term.workers += 1;
    worker.flexibility = flexibilityOf(worker);
    worker.mask = terms.reduce((mask, { bit }) => mask | bit, 0);
    worker.row = this.#terms.rowOf(labels);
    worker.absent.length = 0;
    worker.slots = channels.map(({ channel, cost, max = Infinity }) => ({
      open: false,
      mask: worker.mask,
      channel,
      cost,
      max,
      usual: [{ channel, cost }],
      held: 0,
      pools: queues.flatMap((queueId) => this.pool(queueId, channel) ?? []),
      lanes: [],
      places: [],
    }));
    worker.isAskedFor = worker.slots.some(({ pools }) => pools.some(({ open }) => open !== undefined));
    worker.reckon();
    noteRoom(worker);
    this.#workers.add(worker);
    this.#generation += 1;
    worker.entry = { labels, queues, channels, terms };
    for (const queueId of queues) this.#byQueue.get(queueId)?.add(worker);
    for (const slot of worker.slots) {
      for (const { lanes } of slot.pools) {
        for (const lane of lanes) if (lane.term === undefined || terms.includes(lane.term)) join(worker, slot, lane);
      }
    }
    this.settle(worker);
  }

  #leave(worker: WorkerRecord, { queues, terms }: Entry): void {
    this.#workers.delete(worker);
    this.#generation += 1;
    worker.entry = undefined;
    for (const term of terms) term.workers -= 1;
    for (const queueId of queues) this.#byQueue.get(queueId)?.delete(worker);
    for (const { pools, places } of worker.slots) {
      for (const pool of pools) pool.open?.delete(worker);
      for (const place of places) if (place.listed) place.lane.places.delete(place);
    }
    worker.slots = [];
    worker.absent.length = 0;
  }

  // Lanes forgive a worker that belongs further back by now, but not one that belongs further to the front.
  #putForward(worker: WorkerRecord): void {
    const { latest, slots } = worker;
    const pools = slots[0]?.pools;
    if (latest === undefined || pools === undefined) return;
    for (const pool of pools) {
      const order = pool.order(latest, worker);
      if (order <= 0 && !(pool.rotates && order < 0)) continue;
      for (const { places } of slots) {
        for (const place of places) {
          if (!place.listed || place.lane.pool.queueId !== pool.queueId) continue;
          place.lane.places.delete(place);
          place.listed = false;
          worker.absent.push(place);
        }
      }
      this.settle(worker);
    }
  }

  #lane(pool: Pool, term: Term | undefined): Lane {
    const known = pool.byTerm[term?.number ?? 0];
    if (known !== undefined) return known;
    const lane = new Lane(pool, term);
    pool.byTerm[term?.number ?? 0] = lane;
    pool.lanes.push(lane);
    for (const worker of this.membersOf(pool.queueId)) {
      const slot = slotOf(worker, pool.channel);
      if (slot === undefined || (term !== undefined && !meets(worker.labels, term))) continue;
      join(worker, slot, lane);
      this.settle(worker);
    }
    return lane;
  }

  #count(term: Term): void {
    for (const worker of this.#workers) {
      const { labels, row, entry } = worker;
      const has = meets(labels, term);
      if (term.value === undefined) row.push(has ? labels[term.key] : undefined);
      if (!has) continue;
      entry?.terms.push(term);
      term.workers += 1;
      worker.mask |= term.bit;
      for (const slot of worker.slots) slot.mask = worker.mask;
    }
  }
}

function isSame(entry: Entry, { labels, queues, channels }: WorkerRecord): boolean {
  return entry.labels === labels && entry.queues === queues && entry.channels === channels;
}

// Where a strategy has to be asked, its questions are no more than the workers with room.
function noteRoom(worker: WorkerRecord): void {
  for (const slot of worker.slots) {
    let least = slot.cost;
    for (const { leastCost } of slot.pools) if (leastCost < least) least = leastCost;
    slot.open = hasRoom(worker, slot, least);
    if (!worker.isAskedFor) continue;
    for (const { open, leastCost } of slot.pools) {
      if (hasRoom(worker, slot, Math.min(slot.cost, leastCost))) open?.add(worker);
      else open?.delete(worker);
    }
  }
}

function join(worker: WorkerRecord, slot: Slot, lane: Lane): void {
  const place = { worker, slot, lane, standing: worker.view, listed: false };
  slot.places.push(place);
  slot.lanes.push(lane);
  worker.absent.push(place);
}

// The worker who alone can take the task, as far as its selectors and its command say so.
function onlyOne({ only, active }: TaskRecord): string | undefined {
  if (only?.length === 1) return only[0];
  for (const { key, operator, value } of active)
    if (key === idLabel && operator === 'equal' && typeof value === 'string') return value;
  return undefined;
}
