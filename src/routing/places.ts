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
  /** 0 for one that its lane has left out, for want of room. */
  listed = new Uint8Array(64);
  readonly #free: number[] = [];

  create(worker: WorkerRecord, slot: Slot, lane: Lane): Place {
    const number = this.#free.pop() ?? this.all.length;
    const place = { number, worker, slot, lane, standing: worker.view };
    this.all[number] = place;
    if (number >= this.listed.length) {
      const { listed } = this;
      this.listed = new Uint8Array(2 * listed.length);
      this.listed.set(listed);
    }
    this.listed[number] = 0;
    return place;
  }

  forget({ number }: Place): void {
    this.#free.push(number);
  }
}
