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
  readonly all: Place[] = [];
  /** Which entry of its lane is a place's; 0 for one that is left out, for want of room. */
  stamps = new Int32Array(64);
  readonly #free: number[] = [];
  #stamped = 0;

  create(worker: WorkerRecord, slot: Slot, lane: Lane): Place {
    const number = this.#free.pop() ?? this.all.length;
    const place = { number, worker, slot, lane, standing: worker.view };
    this.all[number] = place;
    if (number >= this.stamps.length) {
      const { stamps } = this;
      this.stamps = new Int32Array(2 * stamps.length);
      this.stamps.set(stamps);
    }
    return place;
  }

  isListed({ number }: Place): boolean {
    return this.stamps[number] !== 0;
  }

  stamp({ number }: Place): number {
    this.#stamped = this.#stamped + 1 || 1;
    return (this.stamps[number] = this.#stamped | 0);
  }

  forget({ number }: Place): void {
    this.stamps[number] = 0;
    this.#free.push(number);
  }
}
