import type { TaskRecord } from './task-record';
import type { Slot, WorkerRecord } from './worker-record';
import { SortedList } from './sorted-list';
import { compareTasks } from './task-queue';
import type { Term } from './terms';
import type { Worker } from './worker';
import type { Pool } from './pool';

/** A worker's place in a lane. */
export interface Place {
  readonly worker: WorkerRecord;
  readonly slot: Slot;
  readonly lane: Lane;
  /** The worker as it was when it was put here; later changes have moved it back, if at all. */
  standing: Worker;
  /** False for one who was left out for want of room; see {@link WorkerRecord.absent}. */
  listed: boolean;
}

/**
 * The workers of a pool who can satisfy one term (any, without it), in the order of the queue's strategy. They are put
 * right where somebody looks: until then one who has no room any more, or belongs further back by now, stays where it was.
 */
export class Lane {
  readonly places: SortedList<Place>;
  /** By the number of the second term, if any. */
  readonly lines: (Line | undefined)[] = [];
  /** Those of the lines in which somebody waits. */
  readonly waiting: Line[] = [];

  constructor(
    readonly pool: Pool,
    readonly term: Term | undefined,
  ) {
    this.places = new SortedList((a, b) => pool.order(a.standing, b.standing));
  }

  /** Where tasks wait who ask for the lane's term and for this one. */
  line(second: Term | undefined): Line {
    const mask = (this.term?.bit ?? 0) | (second?.bit ?? 0);
    return (this.lines[second?.number ?? 0] ??= new Line(this.pool, this.waiting, this, mask));
  }
}

/** Waiting tasks of one pool that ask for the same two terms, or for the same worker alone, in order. */
export class Line {
  readonly tasks = new SortedList<TaskRecord>(compareTasks);
  /** The first of them, kept here because every worker who looks for work looks at it. */
  first: TaskRecord | undefined;
  #at = -1;

  /** `among`: the lines of its kind in which somebody waits. `whom`: the only worker, where there is no lane. */
  constructor(
    readonly pool: Pool,
    readonly among: Line[],
    readonly lane: Lane | undefined,
    readonly mask: number,
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
