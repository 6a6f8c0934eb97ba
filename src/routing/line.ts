import type { Fact } from './facts';
import type { Lane } from './lane';
import type { Pool } from './pool';
import { SortedList } from './sorted-list';
import type { Place, TaskRecord } from './task-record';
import { compareTasks } from './task-queue';

/** Waiting tasks of one pool that ask for the same two facts, or for the same worker alone, in order. */
export class Line {
  readonly tasks = new SortedList<TaskRecord, Place>(compareTasks);
  /** The first of them, kept here because every worker who looks for work looks at it. */
  first: TaskRecord | undefined;
  #at = -1;

  /** `among`: the lines of its kind in which somebody waits. `second`: beside the lane's. `whom`: the only worker, where there is no lane. */
  constructor(
    readonly pool: Pool,
    readonly among: Line[],
    readonly lane: Lane | undefined,
    readonly second: Fact | undefined,
    readonly whom?: string,
  ) {}

  get size(): number {
    return this.tasks.size;
  }

  add(task: TaskRecord): void {
    if (this.tasks.size === 0) {
      this.#at = this.among.push(this) - 1;
      this.pool.awaited += 1;
    }
    this.tasks.add(task);
    this.first = this.tasks.first;
  }

  delete(task: TaskRecord): void {
    this.tasks.delete(task);
    this.first = this.tasks.first;
    if (this.first !== undefined) return;
    this.pool.awaited -= 1;
    const last = this.among.pop();
    if (last !== undefined && last !== this) {
      this.among[this.#at] = last;
      last.#at = this.#at;
    }
    if (this.whom !== undefined) this.pool.personal.delete(this.whom);
  }
}
