import { channelOf, limitFor } from './capacity';
import type { ResolvedPolicy } from './queue-policy';
import type { WorkerRecord } from './records';
import { SortedList } from './sorted-list';
import { compareLongestIdle } from './strategies/longest-idle';
import type { Worker } from './worker';

/** The workers of one queue who can take one more task of one channel now, best first. Not all have room for a task with more channels. */
export interface Pool {
  readonly workers: SortedList<Worker>;
  /** Decisions of this pool that are awaited. */
  deciding: number;
  /** What the strategy's `compare` did wrong since this was last told. */
  fault: string | undefined;
  /** The least that a task of this pool was ever said to cost, where that is below the worker's own cost. */
  leastCost: number;
}

/** Keeps workers where a decision looks for them: by queue and channel, in the order of the queue's strategy. */
export class WorkerIndex {
  readonly #policies: ReadonlyMap<string, ResolvedPolicy>;
  readonly #pools = new Map<string, Map<string, Pool>>();
  readonly #byQueue = new Map<string, Set<WorkerRecord>>();
  readonly #memberships = new Map<Worker, Pool[]>();

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

  /** By channel. */
  poolsOf(queueId: string): ReadonlyMap<string, Pool> {
    return this.#pools.get(queueId) ?? new Map();
  }

  pool(queueId: string, channel: string): Pool | undefined {
    const pools = this.#pools.get(queueId);
    const policy = this.#policies.get(queueId);
    if (pools === undefined || policy === undefined) return undefined;
    let pool = pools.get(channel);
    if (pool === undefined) pools.set(channel, (pool = createPool(policy)));
    return pool;
  }

  /** Puts `next`, the worker's new view, where `record.view` was. */
  replace(record: WorkerRecord, next: Worker): void {
    for (const pool of this.#memberships.get(record.view) ?? []) pool.workers.delete(record.view);
    this.#memberships.delete(record.view);
    if (record.view.queues !== next.queues || !record.registered) {
      for (const queueId of record.view.queues) this.#byQueue.get(queueId)?.delete(record);
    }
    record.view = next;
    if (!record.registered) return;
    for (const queueId of next.queues) this.#byQueue.get(queueId)?.add(record);
    if (!next.available) return;
    const memberships: Pool[] = [];
    for (const queueId of next.queues) {
      for (const { channel } of next.channels) {
        const pool = this.pool(queueId, channel);
        if (pool === undefined || !hasRoom(next, channel, pool)) continue;
        pool.workers.add(next);
        memberships.push(pool);
      }
    }
    this.#memberships.set(next, memberships);
  }

  /** Makes room in the pool for workers who have little capacity left, for a task that costs less than usual. */
  admitCost(queueId: string, channel: string, cost: number | undefined): void {
    const pool = this.pool(queueId, channel);
    if (pool === undefined || cost === undefined || cost >= pool.leastCost) return;
    pool.leastCost = cost;
    for (const { view } of this.membersOf(queueId)) {
      const memberships = this.#memberships.get(view);
      if (memberships === undefined || memberships.includes(pool) || !hasRoom(view, channel, pool)) continue;
      pool.workers.add(view);
      memberships.push(pool);
    }
  }
}

function hasRoom(worker: Worker, channel: string, pool: Pool): boolean {
  const usual = channelOf(worker, channel)?.cost ?? 0;
  return limitFor(worker, [{ channel, cost: Math.min(usual, pool.leastCost) }]) === undefined;
}

function createPool(policy: ResolvedPolicy): Pool {
  const { strategy } = policy;
  const pool: Pool = { workers: new SortedList(order), deciding: 0, fault: undefined, leastCost: Infinity };
  function order(a: Worker, b: Worker): number {
    return byStrategy(a, b) || compareIds(a, b);
  }
  function byStrategy(a: Worker, b: Worker): number {
    if (strategy.compare === undefined) return compareLongestIdle(a, b);
    try {
      const result = strategy.compare(a, b);
      if (typeof result === 'number' && !Number.isNaN(result)) return result;
      pool.fault = `${strategy.name} did not compare two workers`;
    } catch {
      pool.fault = `${strategy.name} threw an error`;
    }
    return compareLongestIdle(a, b);
  }
  return pool;
}

function compareIds(a: Worker, b: Worker): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
