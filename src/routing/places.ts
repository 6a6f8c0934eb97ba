import type { Lane } from './lane';
import type { Worker } from './worker';
import type { Slot, WorkerRecord } from './worker-record';

/** A worker's place in a lane. */
export interface Place {
  /** A number of its own. */
  readonly number: number;
  readonly worker: WorkerRecord;
  readonly slot: Slot;
  readonly lane: Lane;
  /** The worker as it was when it was put here; later changes have moved it back, if at all. */
  standing: Worker;
}

/** All places of an engine, by their numbers. */
export class Places {
  readonly #all: Place[] = [];
  /** Which entry of its lane is a place's; 0 for one that is left out, for want of room. */
  stamps = new Int32Array(64);
  readonly #free: number[] = [];
  #stamped = 0;

  /** The number of a new one. */
  create(worker: WorkerRecord, slot: Slot, lane: Lane): number {
    const number = this.#free.pop() ?? this.#all.length;
    this.#all[number] = { number, worker, slot, lane, standing: worker.view };
    if (number >= this.stamps.length) {
      const { stamps } = this;
      this.stamps = new Int32Array(2 * stamps.length);
      this.stamps.set(stamps);
    }
    return number;
  }

  at(number: number): Place | undefined {
    return this.#all[number];
  }

  isListed(number: number): boolean {
    return this.stamps[number] !== 0;
  }

  stamp({ number }: Place): number {
    this.#stamped = this.#stamped + 1 || 1;
    return (this.stamps[number] = this.#stamped | 0);
  }

  forget(number: number): void {
    this.stamps[number] = 0;
    this.#free.push(number);
  }
}
