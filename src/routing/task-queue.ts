import type { Line } from './line';
import type { Pool } from './pool';
import type { ResolvedPolicy } from './queue-policy';
import type { Place, TaskRecord } from './task-record';
import type { QueuePosition } from './task';
import type { Worker } from './worker';
import type { WorkerRecord } from './worker-record';

/** Handling time assumed before any was measured: 5 minutes, a usual mean for calls. */
const assumedHandlingMs = 300_000;

/** So many of the latest handling times are remembered to tell how fast a queue moves. */
const remembered = 20;

/** Expedited first, then by priority, then by age, then as they came. */
export function compareTasks(a: Place, b: Place): number {
  if (a.expedited !== b.expedited) return a.expedited ? -1 : 1;
  return b.priority - a.priority || a.virtualStartAt - b.virtualStartAt || a.order - b.order;
}

/** Tasks of a queue that have their offers out, await a decision, hold still or are up for matching; in no order. */
export class BusyTasks {
  readonly #tasks: TaskRecord[] = [];

  get size(): number {
    return this.#tasks.length;
  }

  add(task: TaskRecord): void {
    task.busyAt = this.#tasks.push(task) - 1;
  }

  delete(task: TaskRecord): void {
    const last = this.#tasks.pop();
    if (last === undefined || last === task) return;
    this.#tasks[task.busyAt] = last;
    last.busyAt = task.busyAt;
  }

  [Symbol.iterator](): Iterator<TaskRecord> {
    return this.#tasks.values();
  }
}

/** A queue: its workers, and the tasks that nobody has yet: in the lines of its pools those that want an offer now, and the busy ones. */
export class TaskQueue {
  readonly busy = new BusyTasks();
  /** By its opening hours: nobody is asked, and tasks keep their place. */
  closed = false;
  /** By channel, those that there were so far. */
  readonly pools = new Map<string, Pool>();
  /** Registered workers, available or not. */
  readonly members = new Set<WorkerRecord>();
  /** Who got the last offer, as the worker was then; known where the strategy wants to know it. */
  lastOffered: Worker | undefined;
  /** The latest handling times in milliseconds, the oldest first. */
  readonly handlings: number[] = [];

  constructor(readonly policy: ResolvedPolicy) {}

  get id(): string {
    return this.policy.id;
  }

  get length(): number {
    let length = this.busy.size;
    for (const line of this.#lines()) length += line.size;
    return length;
  }

  /** Age of the oldest, as the epoch milliseconds from which it counts. Looks at every task in the queue. */
  get oldestStartAt(): number | undefined {
    let oldest = Infinity;
    for (const task of this.busy) oldest = Math.min(oldest, task.virtualStartAt);
    for (const { tasks } of this.#lines()) for (const task of tasks) oldest = Math.min(oldest, task.virtualStartAt);
    return oldest < Infinity ? oldest : undefined;
  }

  /** Notes for how many milliseconds a task of this queue held its worker's capacity. */
  handled(durationMs: number): void {
    this.handlings.push(durationMs);
    if (this.handlings.length > remembered) this.handlings.shift();
  }

  /** How many tasks of all channels come before `task`. */
  ahead(task: Place): number {
    let count = 0;
    for (const other of this.busy) if (compareTasks(other, task) < 0) count += 1;
    for (const { tasks } of this.#lines()) count += tasks.countBefore(task);
    return count;
  }

  /**
   * Position counts all channels of the queue. The wait is an estimate of ours: none for whom somebody is asked;
   * otherwise position, times the mean of the last 20 handling times (wrap-up included where it holds capacity; 5 minutes
   * before any is known), divided by `slots`, the number of such tasks that the queue's available workers can have in
   * hand (at least 1). It is too short where those workers serve other queues as well. It begins in `startsInMs`;
   * undefined: nobody knows when.
   */
  position(task: Place, slots: number, startsInMs: number | undefined, isAsked: boolean): QueuePosition {
    const position = 1 + this.ahead(task);
    const handlingMs =
      this.handlings.length === 0
        ? assumedHandlingMs
        : this.handlings.reduce((sum, each) => sum + each, 0) / this.handlings.length;
    const estimatedWaitMs = isAsked
      ? 0
      : startsInMs === undefined
        ? undefined
        : Math.round(startsInMs + (position * handlingMs) / Math.max(1, slots));
    return {
      position,
      queueLength: this.length,
      ...(estimatedWaitMs !== undefined && { estimatedWaitMs }),
    };
  }

  *#lines(): Iterable<Line> {
    for (const { lanes, waiting } of this.pools.values()) {
      yield* waiting;
      for (const lane of lanes) yield* lane.waiting;
    }
  }
}
