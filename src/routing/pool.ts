import type { Lane } from './lane';
import { Line } from './line';
import type { TaskQueue } from './task-queue';
import type { WorkerRecord } from './worker-record';
import { compareLongestIdle } from './strategies/longest-idle';
import type { RoutingStrategy } from './strategy';
import type { Worker } from './worker';

/** The tasks and the workers of one queue and one channel. */
export interface Pool {
  readonly queue: TaskQueue;
  readonly channel: string;
  /** The bit of its channel where room is noted. */
  readonly room: number;
  /** The queue's strategy, then ids. */
  readonly order: (a: Worker, b: Worker) => number;
  readonly rotates: boolean;
  readonly lanes: Lane[];
  /** The same, by the number of their fact; 0 for the one without. */
  readonly byFact: (Lane | undefined)[];
  /** Where tasks wait for one worker alone, by its id, as long as there are any. */
  readonly personal: Map<string, Line>;
  /** The personal lines. */
  readonly waiting: Line[];
  /** How many lines of all kinds somebody waits in. */
  awaited: number;
  lineOf(workerId: string): Line;
  /** Who can take one more task now; kept only where a strategy has to be asked. Not all have room for a task with more channels. */
  readonly open: Set<WorkerRecord> | undefined;
  /** Decisions of this pool that are awaited. */
  deciding: number;
  /** The least that a task of this pool was ever said to cost, where that is below the worker's own cost. */
  leastCost: number;
}

/** As many questions are open as there are workers to give: another answer could not be followed. */
export function isSaturated({ open, deciding }: Pool): boolean {
  return open !== undefined && deciding >= open.size;
}

export function createPool(queue: TaskQueue, channel: string, room: number): Pool {
  const { strategy } = queue.policy;
  const pool: Pool = {
    queue,
    channel,
    room,
    order: (a, b) => byStrategy(a, b) || compareIds(a, b),
    rotates: strategy.rotate === true,
    lanes: [],
    byFact: [],
    personal: new Map(),
    waiting: [],
    awaited: 0,
    lineOf(workerId) {
      let line = pool.personal.get(workerId);
      if (line === undefined)
        pool.personal.set(workerId, (line = new Line(pool, pool.waiting, undefined, undefined, workerId)));
      return line;
    },
    open: strategy.compare === undefined ? new Set() : undefined,
    deciding: 0,
    leastCost: Infinity,
  };
  function byStrategy(a: Worker, b: Worker): number {
    if (strategy.compare === undefined) return compareLongestIdle(a, b);
    try {
      const result = strategy.compare(a, b);
      if (isOrder(result)) return result;
    } catch {
      // Told at the decision, by orderFault.
    }
    return compareLongestIdle(a, b);
  }
  return pool;
}

/** What the strategy does wrong when it is to compare these two. */
export function orderFault(strategy: RoutingStrategy, a: Worker, b: Worker): string | undefined {
  try {
    return isOrder(strategy.compare?.(a, b)) ? undefined : `${strategy.name} did not compare two workers`;
  } catch {
    return `${strategy.name} threw an error`;
  }
}

function isOrder(result: unknown): result is number {
  return typeof result === 'number' && !Number.isNaN(result);
}

function compareIds(a: Worker, b: Worker): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
