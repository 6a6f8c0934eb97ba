import type { Roster } from './roster';
import type { Worker } from './worker';
import type { WorkerRecord } from './worker-record';

/** Entries of a chunk before it is split in two: few enough to shift within some cache lines. */
const most = 64;

/** In place of a worker's number: nobody is there any more. */
export const gone = -1;

/**
 * Part of a lane: workers in order, as numbers, because what lies side by side in memory is looked at fast. An entry is
 * four of them: the worker's, the version of its standing, the lane's key there, and the stamp that it had.
 */
export class Chunk {
  readonly entries = new Int32Array(4 * most);
  /** By entry, the worker as it was when it was put here; later changes have moved it back, if at all. */
  readonly #standings: (Worker | undefined)[] = [];
  /** Nobody in it belongs behind this one. */
  last: Worker | undefined;
  readonly #roster: Roster;

  constructor(roster: Roster) {
    this.#roster = roster;
  }

  /** How many entries there are, those of nobody included. */
  get size(): number {
    return this.#standings.length;
  }

  get isFull(): boolean {
    return this.size === most;
  }

  isSomebody(at: number): boolean {
    const { entries } = this;
    const number = entries[4 * at] ?? gone;
    return number !== gone && this.#roster.stampOf(number, entries[4 * at + 2] ?? 0) === entries[4 * at + 3];
  }

  /** Undefined for an entry that is nobody's, and beyond the end. */
  standing(at: number): Worker | undefined {
    return at < this.size && this.isSomebody(at) ? this.#standings[at] : undefined;
  }

  /** Takes out whoever is there; the entry stays, as nobody's. */
  drop(at: number): void {
    if (this.isSomebody(at)) this.#roster.strike(this.entries[4 * at] ?? 0, this.entries[4 * at + 2] ?? 0);
    this.entries[4 * at] = gone;
  }

  /** Must not be full. */
  insert(at: number, worker: WorkerRecord, key: number): void {
    if (at < this.size) {
      this.entries.copyWithin(4 * at + 4, 4 * at, 4 * this.size);
      this.#standings.splice(at, 0, undefined);
    }
    this.write(at, worker, key);
  }

  write(at: number, worker: WorkerRecord, key: number): void {
    const { entries } = this;
    const { view, number } = worker;
    entries[4 * at] = number;
    entries[4 * at + 1] = worker.standing;
    entries[4 * at + 2] = key;
    entries[4 * at + 3] = this.#roster.stamp(number, key);
    this.#standings[at] = view;
    if (at === this.size - 1) this.last = view;
  }

  /** Moves the entry `from` back to `to`; those between come forward. */
  moveBack(from: number, to: number, worker: WorkerRecord, key: number): void {
    this.entries.copyWithin(4 * from, 4 * from + 4, 4 * to + 4);
    this.#standings.copyWithin(from, from + 1, to + 1);
    this.write(to, worker, key);
  }

  /** Takes out all entries that are nobody's. */
  tidy(): void {
    let to = 0;
    for (let from = 0; from < this.size; from += 1) {
      if (!this.isSomebody(from)) continue;
      if (to < from) {
        this.entries.copyWithin(4 * to, 4 * from, 4 * from + 4);
        this.#standings[to] = this.#standings[from];
      }
      to += 1;
    }
    this.#standings.length = to;
  }

  /** Takes away its second half. */
  split(): Chunk {
    const half = this.size >> 1;
    const tail = new Chunk(this.#roster);
    tail.entries.set(this.entries.subarray(4 * half, 4 * this.size));
    tail.#standings.push(...this.#standings.splice(half));
    tail.last = this.last;
    this.last = this.standing(half - 1);
    return tail;
  }
}
