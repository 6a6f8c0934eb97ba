import type { Selector } from 'onescreen';
import { hasRoom } from './capacity';
import { Lane, type Line } from './lane';
import { createPool, type Pool } from './pool';
import type { ResolvedPolicy } from './queue-policy';
import { flexibilityOf, slotOf, type Entry, type Slot, type TaskRecord, type WorkerRecord } from './records';
import { idLabel } from './selectors';
import { meets, Terms, type Term } from './terms';

/** Finds who can take a task, and what a worker can take: by queue, channel and what tasks ask for. */
export class WorkerIndex {
  readonly #policies: ReadonlyMap<string, ResolvedPolicy>;
  readonly #pools = new Map<string, Map<string, Pool>>();
  readonly #byQueue = new Map<string, Set<WorkerRecord>>();
  readonly #terms = new Terms((term) => this.#count(term));
  readonly #workers = new Set<WorkerRecord>();
  /** The last answer of {@link lineFor}, as long as no worker comes or goes. */
  #answered: { readonly active?: readonly Selector[]; readonly line?: Line } = {};

  constructor(policies: ReadonlyMap<string, ResolvedPolicy>) {
    this.#policies = policies;
    for (const id of policies.keys()) {
      this.#pools.set(id, new Map());
      this.#byQueue.set(id, new Set());
    }
  }

  /** Registered workers of a queue, available or not. */
  membersOf(queueId: string): ReadonlySet<WorkerRecord> {
    return this.#byQueue.get(queueId) ?? new Set();
  }

  /** The pools of a queue so far, by channel. */
  poolsOf(queueId: string): ReadonlyMap<string, Pool> {
    return this.#pools.get(queueId) ?? new Map();
  }

  pool(queueId: string, channel: string): Pool | undefined {
    const pools = this.#pools.get(queueId);
    const policy = this.#policies.get(queueId);
    if (pools === undefined || policy === undefined) return undefined;
    let pool = pools.get(channel);
    if (pool === undefined) pools.set(channel, (pool = createPool(policy, channel)));
    return pool;
  }

  /** To be called after anything in `worker` changed. */
  refresh(worker: WorkerRecord): void {
    const { entry } = worker;
    worker.reckon();
    if (entry !== undefined && worker.registered && isSame(entry, worker)) {
      this.#putForward(worker);
    } else {
      if (entry !== undefined) this.#leave(worker, entry);
      if (worker.registered) this.#enter(worker);
    }
    countIn(worker);
  }

  /** Puts a worker who has room again where it was left out. */
  settle(worker: WorkerRecord): void {
    for (const slot of worker.slots) {
      const { absent, pools } = slot;
      if (absent.length === 0 || !pools.some((pool) => hasRoom(worker, slot, Math.min(slot.cost, pool.leastCost))))
        continue;
      let kept = 0;
      for (const place of absent) {
        place.listed = hasRoom(worker, slot, Math.min(slot.cost, place.lane.pool.leastCost));
        if (place.listed) {
          place.standing = worker.view;
          place.lane.places.add(place);
        } else absent[kept++] = place;
      }
      absent.length = kept;
    }
  }

  /** Where a task of these selectors waits, and whom it asks. */
  lineFor(task: TaskRecord): Line | undefined {
    const { active, line: known } = this.#answered;
    if (active === task.active && known?.pool.channel === task.channel && known.pool.queueId === task.queueId)
      return known;
    const line = this.#lineFor(task);
    // Personal lines come and go.
    if (typeof line?.whom === 'object') this.#answered = { active: task.active, line };
    return line;
  }

  #lineFor(task: TaskRecord): Line | undefined {
    const pool = this.pool(task.queueId, task.channel);
    if (pool === undefined) return undefined;
    const whom = onlyOne(task);
    if (whom !== undefined) return pool.lineOf(whom);
    let first: Term | undefined;
    let second: Term | undefined;
    for (const selector of task.active) {
      const term = this.#terms.of(selector);
      if (term === undefined || term === first || term === second) continue;
      if (first === undefined || term.workers < first.workers) {
        second = first;
        first = term;
      } else if (second === undefined || term.workers < second.workers) second = term;
    }
    return this.#lane(pool, first).line(second);
  }

  /** Makes room in the pool for workers who have little capacity left, for a task that costs less than usual. */
  admitCost(queueId: string, channel: string, cost: number | undefined): void {
    if (cost === undefined) return;
    const pool = this.pool(queueId, channel);
    if (pool === undefined || cost >= pool.leastCost) return;
    pool.leastCost = cost;
    for (const worker of this.membersOf(queueId)) {
      this.settle(worker);
      countIn(worker);
    }
  }

  #enter(worker: WorkerRecord): void {
    const { labels, queues, channels } = worker;
    this.#answered = {};
    const terms = this.#terms.all.filter((term) => meets(labels, term));
    for (const term of terms) term.workers += 1;
    worker.flexibility = flexibilityOf(worker);
    worker.mask = terms.reduce((mask, { bit }) => mask | bit, 0);
    worker.slots = channels.map(({ channel, cost, max = Infinity }) => ({
      channel,
      cost,
      max,
      held: 0,
      pools: queues.flatMap((queueId) => this.pool(queueId, channel) ?? []),
      lanes: [],
      places: [],
      absent: [],
    }));
    worker.isAskedFor = worker.slots.some(({ pools }) => pools.some(({ open }) => open !== undefined));
    worker.reckon();
    this.#workers.add(worker);
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
    worker.entry = undefined;
    this.#answered = {};
    for (const term of terms) term.workers -= 1;
    for (const queueId of queues) this.#byQueue.get(queueId)?.delete(worker);
    for (const { pools, places } of worker.slots) {
      for (const pool of pools) pool.open?.delete(worker);
      for (const place of places) if (place.listed) place.lane.places.delete(place);
    }
  }

  // Lanes forgive a worker that belongs further back by now, but not one that belongs further to the front.
  #putForward(worker: WorkerRecord): void {
    const { latest, slots } = worker;
    if (latest === undefined) return;
    for (const pool of slots[0]?.pools ?? []) {
      const order = pool.order(latest, worker);
      if (order <= 0 && !(pool.rotates && order < 0)) continue;
      for (const { places, absent } of slots) {
        for (const place of places) {
          if (!place.listed || place.lane.pool.queueId !== pool.queueId) continue;
          place.lane.places.delete(place);
          place.listed = false;
          absent.push(place);
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
      if (!meets(worker.labels, term)) continue;
      worker.entry?.terms.push(term);
      term.workers += 1;
      worker.mask |= term.bit;
    }
  }
}

function isSame(entry: Entry, { labels, queues, channels }: WorkerRecord): boolean {
  return entry.labels === labels && entry.queues === queues && entry.channels === channels;
}

// Where a strategy has to be asked, its questions are no more than the workers with room.
function countIn(worker: WorkerRecord): void {
  if (!worker.isAskedFor) return;
  for (const slot of worker.slots) {
    for (const { open, leastCost } of slot.pools) {
      if (open === undefined) continue;
      if (worker.registered && hasRoom(worker, slot, Math.min(slot.cost, leastCost))) open.add(worker);
      else open.delete(worker);
    }
  }
}

function join(worker: WorkerRecord, slot: Slot, lane: Lane): void {
  const place = { worker, slot, lane, standing: worker.view, listed: false };
  slot.places.push(place);
  slot.lanes.push(lane);
  slot.absent.push(place);
}

// The worker who alone can take the task, as far as its selectors and its command say so.
function onlyOne({ only, active }: TaskRecord): string | undefined {
  if (only?.length === 1) return only[0];
  for (const { key, operator, value } of active)
    if (key === idLabel && operator === 'equal' && typeof value === 'string') return value;
  return undefined;
}
