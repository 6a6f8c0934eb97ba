import type { Place, Places } from './places';
import type { Worker } from './worker';

/** Entries of a chunk before it is split in two: few enough to shift within some cache lines. */
const most = 64;

/** In place of a worker's number: nobody is there any more. */
export const gone = -1;

/**
 * Part of a lane: places in order, as numbers, because what lies side by side in memory is looked at fast. An entry is
 * three of them: the worker's, its version when it was put there, and the place's. The last entry is never gone.
 */
export class Chunk {
  readonly entries = new Int32Array(3 * most);
  /** How many entries there are, those that are gone included. */
  size = 0;
  /** Who is last. */
  last: Worker | undefined;
  readonly #places: readonly Place[];
  #gone = 0;

  constructor({ all }: Places) {
    this.#places = all;
  }

  get isFull(): boolean {
    return this.size === most;
  }

  /** Undefined where somebody is gone, and beyond the end. */
  at(at: number): Place | undefined {
    return at < this.size && this.entries[3 * at] !== gone ? this.#places[this.entries[3 * at + 2] ?? 0] : undefined;
  }

  /** Must not be full. */
  insert(at: number, place: Place): void {
    this.entries.copyWithin(3 * at + 3, 3 * at, 3 * this.size);
    this.size += 1;
    this.write(at, place);
  }

  write(at: number, place: Place): void {
    this.entries[3 * at] = place.worker.number;
    this.entries[3 * at + 1] = place.worker.version;
    this.entries[3 * at + 2] = place.number;
    if (at === this.size - 1) this.last = place.standing;
  }

  /** Moves the entry `from` back to `to`; those between come forward. */
  moveBack(from: number, to: number, place: Place): void {
    this.entries.copyWithin(3 * from, 3 * from + 3, 3 * to + 3);
    this.write(to, place);
  }

  drop(at: number): void {
    this.entries[3 * at] = gone;
    this.#gone += 1;
    if (at < this.size - 1) return;
    while (this.size > 0 && this.entries[3 * this.size - 3] === gone) {
      this.size -= 1;
      this.#gone -= 1;
    }
    this.last = this.at(this.size - 1)?.standing;
  }

  /** Closes the gaps, where there are at least so many. */
  tidy(atLeast = 1): void {
    if (this.#gone < atLeast) return;
    const { entries } = this;
    let to = 0;
    for (let from = 0; from < 3 * this.size; from += 3) {
      if (entries[from] === gone) continue;
      entries.copyWithin(to, from, from + 3);
      to += 3;
    }
    this.size = to / 3;
    this.#gone = 0;
  }

  /** Takes away its second half. To be called without gaps. */
  split(places: Places): Chunk {
    const half = this.size >> 1;
    const tail = new Chunk(places);
    tail.entries.set(this.entries.subarray(3 * half, 3 * this.size));
    tail.size = this.size - half;
    tail.last = this.last;
    this.size = half;
    this.last = this.at(half - 1)?.standing;
    return tail;
  }
}
