import type { WorkerRecord } from './worker-record';

/**
 * The workers in the index by number, and which entry of a lane is whose: a row of stamps for each worker, by the keys
 * that it gave to its lanes.
 */
export class Roster {
  /** Keys of a row. */
  #stride = 8;
  /** 0 for a lane from which the worker is left out, for want of room. */
  #stamps = new Int32Array(8 * this.#stride);
  readonly #workers: (WorkerRecord | undefined)[] = [];
  /** Numbers of workers who have left. */
  readonly #free: number[] = [];
  #stamped = 0;

  enter(worker: WorkerRecord): void {
    worker.number = this.#free.pop() ?? this.#workers.length;
    this.#workers[worker.number] = worker;
    if (this.#workers.length * this.#stride > this.#stamps.length) this.#resize(this.#stride, 2 * this.#stamps.length);
  }

  leave({ number }: WorkerRecord): void {
    this.#workers[number] = undefined;
    this.#stamps.fill(0, number * this.#stride, (number + 1) * this.#stride);
    this.#free.push(number);
  }

  at(number: number): WorkerRecord | undefined {
    return this.#workers[number];
  }

  /** Makes room for one more key in every row. */
  admit(key: number): void {
    if (key >= this.#stride) this.#resize(2 * this.#stride, 2 * this.#stamps.length);
  }

  /** The stamp of a new entry; the one before, if any, is nobody's from now on. */
  stamp(number: number, key: number): number {
    this.#stamped = (this.#stamped + 1) | 0 || 1;
    return (this.#stamps[number * this.#stride + key] = this.#stamped);
  }

  isListed(number: number, key: number): boolean {
    return this.#stamps[number * this.#stride + key] !== 0;
  }

  /** Whether the entry with this stamp is the worker's. */
  holds(number: number, key: number, stamp: number): boolean {
    return this.#stamps[number * this.#stride + key] === stamp;
  }

  strike(number: number, key: number): void {
    this.#stamps[number * this.#stride + key] = 0;
  }

  *[Symbol.iterator](): Iterator<WorkerRecord> {
    for (const worker of this.#workers) if (worker !== undefined) yield worker;
  }

  #resize(stride: number, length: number): void {
    const before = this.#stride;
    const stamps = this.#stamps;
    this.#stamps = new Int32Array(length);
    this.#stride = stride;
    for (let from = 0, to = 0; from < stamps.length; from += before, to += stride)
      this.#stamps.set(stamps.subarray(from, from + before), to);
  }
}
