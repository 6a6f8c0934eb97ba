import { Table } from './table';
import type { WorkerRecord } from './worker-record';

/**
 * The workers in the index by number, and which entry of a lane is whose: a row of stamps for each worker, by the keys
 * that it gave to its lanes. The stamp is 0 for a lane from which the worker is left out, for want of room.
 */
export class Roster {
  readonly #stamps = new Table();
  readonly #workers: (WorkerRecord | undefined)[] = [];
  /** Numbers of workers who have left. */
  readonly #free: number[] = [];
  #stamped = 0;

  enter(worker: WorkerRecord): void {
    worker.number = this.#free.pop() ?? this.#workers.length;
    this.#workers[worker.number] = worker;
    this.admit(worker, 0);
  }

  leave({ number }: WorkerRecord): void {
    this.#workers[number] = undefined;
    this.#stamps.clear(number);
    this.#free.push(number);
  }

  at(number: number): WorkerRecord | undefined {
    return this.#workers[number];
  }

  /** To be called before a key of the worker is used. */
  admit({ number }: WorkerRecord, key: number): void {
    this.#stamps.reserve(number, key);
  }

  /** The stamp of a new entry; the one before, if any, is nobody's from now on. */
  stamp(number: number, key: number): number {
    this.#stamped = (this.#stamped + 1) | 0 || 1;
    return (this.#stamps.cells[number * this.#stamps.stride + key] = this.#stamped);
  }

  stampOf(number: number, key: number): number {
    return this.#stamps.cells[number * this.#stamps.stride + key] ?? 0;
  }

  isListed(number: number, key: number): boolean {
    return this.stampOf(number, key) !== 0;
  }

  strike(number: number, key: number): void {
    this.#stamps.cells[number * this.#stamps.stride + key] = 0;
  }

  *[Symbol.iterator](): Iterator<WorkerRecord> {
    for (const worker of this.#workers) if (worker !== undefined) yield worker;
  }
}
