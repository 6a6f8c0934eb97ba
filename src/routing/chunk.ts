import type { Place, Places } from './places';
import type { Worker } from './worker';

/** Entries of a chunk before it is split in two: few enough to shift within some cache lines. */
const most = 64;

/** In place of a worker's number: nobody is there any more. */
export const gone = -1;

/**
 * Part of a lane: places in order, as numbers, because what lies side by side in memory is looked at fast. An entry is
 * four of them: the worker's, its version when it was put there, the place's, and the stamp that it had.
 */
export class Chunk {
  readonly entries = new Int32Array(4 * most);
  /** How many entries there are, those of nobody included. */
  size = 0;
  /** Nobody in it belongs behind this one. */
  last: Worker | undefined;
  readonly #places: Places;

  constructor(places: Places) {
    this.#places = places;
  }

  get isFull(): boolean {
    return this.size === most;
  }

  /** Undefined for an entry that is nobody's, and beyond the end. */
  at(at: number): Place | undefined {
    const number = this.entries[4 * at + 2] ?? 0;
    const isThere = at < this.size && this.entries[4 * at] !== gone;
    return isThere && this.#places.stamps[number] === this.entries[4 * at + 3] ? this.#places.at(number) : undefined;
  }

  /** Must not be full. */
  insert(at: number, place: Place): void {
    this.entries.copyWithin(4 * at + 4, 4 * at, 4 * this.size);
    this.size += 1;
    this.write(at, place);
  }

  write(at: number, place: Place): void {
    this.entries[4 * at] = place.worker.number;
    this.entries[4 * at + 1] = place.worker.version;
    this.entries[4 * at + 2] = place.number;
    this.entries[4 * at + 3] = this.#places.stamp(place);
    if (at === this.size - 1) this.last = place.standing;
  }

  /** Moves the entry `from` back to `to`; those between come forward. */
  moveBack(from: number, to: number, place: Place): void {
    this.entries.copyWithin(4 * from, 4 * from + 4, 4 * to + 4);
    this.write(to, place);
  }

  /** Takes out all entries that are nobody's. */
  tidy(): void {
    let to = 0;
    for (let from = 0; from < this.size; from += 1) {
      if (this.at(from) === undefined) continue;
      if (to < from) this.entries.copyWithin(4 * to, 4 * from, 4 * from + 4);
      to += 1;
    }
    this.size = to;
  }

  /** Takes away its second half. */
  split(): Chunk {
    const half = this.size >> 1;
    const tail = new Chunk(this.#places);
    tail.entries.set(this.entries.subarray(4 * half, 4 * this.size));
    tail.size = this.size - half;
    tail.last = this.last;
    this.size = half;
    this.last = this.at(half - 1)?.standing;
    return tail;
  }
}
