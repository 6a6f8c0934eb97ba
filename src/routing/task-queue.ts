import type { TaskRecord } from './records';
import { SortedList } from './sorted-list';
import type { QueuePosition } from './task';

/** Handling time assumed before any was measured: 5 minutes, a usual mean for calls. */
const assumedHandlingMs = 300_000;

/** So many of the latest handling times are remembered to tell how fast a queue moves. */
const remembered = 20;

/** Expedited first, then by priority, then by age, then as they came. */
export function compareTasks(a: TaskRecord, b: TaskRecord): number {
  if (a.expedited !== b.expedited) return a.expedited ? -1 : 1;
  return b.priority - a.priority || a.virtualStartAt - b.virtualStartAt || a.order - b.order;
}

/**
 * The tasks of one queue that nobody has yet, in order: `waiting` by channel, those that want an offer
 * now; `busy`, those that have their offers out, await a decision or hold still.
 */
export class TaskQueue {
  readonly #waiting = new Map<string, SortedList<TaskRecord>>();
  readonly #busy = new SortedList<TaskRecord>(compareTasks);
  /** By its opening hours: nobody is asked, and tasks keep their place. */
  closed = false;
  /** The latest handling times in milliseconds, the oldest first. */
  readonly handlings: number[] = [];

  waiting(channel: string): SortedList<TaskRecord> {
    let list = this.#waiting.get(channel);
    if (list === undefined) this.#waiting.set(channel, (list = new SortedList(compareTasks)));
    return list;
  }

  get length(): number {
    let length = this.#busy.size;
    for (const list of this.#waiting.values()) length += list.size;
    return length;
  }

  /** Age of the oldest, as the epoch milliseconds from which it counts. Looks at every task in the queue. */
  get oldestStartAt(): number | undefined {
    let oldest: number | undefined;
    for (const list of [this.#busy, ...this.#waiting.values()]) {
      for (const task of list) if (oldest === undefined || task.virtualStartAt < oldest) oldest = task.virtualStartAt;
    }
    return oldest;
  }

  /** Puts `task` where it belongs; out of line when it neither waits nor is offered. */
  place(task: TaskRecord, concurrentOffers: number): void {
    const line = this.#lineFor(task, concurrentOffers);
    if (line === task.line) return;
    task.line?.delete(task);
    line?.add(task);
    task.line = line;
  }

  /** Notes for how many milliseconds a task of this queue held its worker's capacity. */
  handled(durationMs: number): void {
    this.handlings.push(durationMs);
    if (this.handlings.length > remembered) this.handlings.shift();
  }

  /** How many tasks of all channels come before `task`. */
  ahead(task: TaskRecord): number {
    let count = this.#busy.countBefore(task);
    for (const list of this.#waiting.values()) count += list.countBefore(task);
    return count;
  }

  /**
   * Position counts all channels of the queue. The wait is an estimate of ours: position, times the mean
   * of the last 20 handling times (wrap-up included where it holds capacity; 5 minutes before any is known),
   * divided by `slots`, the number of such tasks that the queue's available workers can have in hand
   * (at least 1). It is too short where those workers serve other queues as well.
   */
  position(task: TaskRecord, slots: number): QueuePosition {
    const position = 1 + this.ahead(task);
    const handlingMs =
      this.handlings.length === 0
        ? assumedHandlingMs
        : this.handlings.reduce((sum, each) => sum + each, 0) / this.handlings.length;
    return {
      position,
      queueLength: this.length,
      estimatedWaitMs: Math.round((position * handlingMs) / Math.max(1, slots)),
    };
  }

  #lineFor(task: TaskRecord, concurrentOffers: number): SortedList<TaskRecord> | undefined {
    if (task.suspended || (task.status !== 'queued' && task.status !== 'offered')) return undefined;
    const busy = task.offers.size >= concurrentOffers || task.decisionId !== undefined || task.holdTimer !== undefined;
    return busy ? this.#busy : this.waiting(task.channel);
  }
}
