import { Chunk, gone } from './chunk';
import type { Fact, Facts } from './facts';
import { Line } from './line';
import type { Place, Places } from './places';
import type { Pool } from './pool';
import type { Worker } from './worker';

/** Whom a search wants; see {@link Lane.search}. */
export interface Seeker {
  /** Of the worker's row, by turns a word and a mask. */
  readonly bits: readonly number[];
  /** Whether it wants to see those as well who do not have the bits. */
  readonly seesAll: boolean;
  /** Told of workers with room in turn, and whether they have the bits. True to stop. */
  visit(place: Place, answers: boolean): boolean;
}

/**
 * The workers of a pool who can satisfy one fact (any, without it), in the order of the queue's strategy. They are put
 * right where somebody looks: until then one who has no room any more, or belongs further back by now, stays where it was.
 */
export class Lane {
  /** By the number of the second fact, if any. */
  readonly lines: (Line | undefined)[] = [];
  /** Those of the lines in which somebody waits. */
  readonly waiting: Line[] = [];
  readonly #facts: Facts;
  readonly #places: Places;
  readonly #chunks: Chunk[] = [];

  constructor(
    readonly pool: Pool,
    readonly fact: Fact | undefined,
    facts: Facts,
    places: Places,
  ) {
    this.#facts = facts;
    this.#places = places;
  }

  /** Where tasks wait who ask for the lane's fact and for this one. */
  line(second: Fact | undefined): Line {
    return (this.lines[second?.number ?? 0] ??= new Line(this.pool, this.waiting, this, second));
  }

  /** Puts a worker in as it is now. */
  add(place: Place): void {
    place.standing = place.worker.view;
    this.#places.listed[place.number] = 1;
    this.#insert(place, 0);
  }

  /** Looks everywhere when `place` is not where it should be, since a vendor's order may contradict itself. */
  delete(place: Place): void {
    this.#places.listed[place.number] = 0;
    const index = this.#chunkOf(place.standing, 0, false);
    const at = this.#spotOf(this.#chunks[index], place.standing, false);
    if (this.#take(index, at, place)) return;
    for (const [other, chunk] of this.#chunks.entries())
      for (let each = 0; each < chunk.size; each += 1) if (this.#take(other, each, place)) return;
  }

  /**
   * Shows a seeker the workers with room, in order, and puts right all that it passes, so that what is found depends on
   * nothing that happened before, such as a restart. With `after`, begins behind that worker, and goes round once.
   */
  search(seeker: Seeker, after: Worker | undefined): void {
    if (after === undefined) {
      this.#walk(seeker, 0, 0, undefined);
      return;
    }
    const index = this.#chunkOf(after, 0, true);
    const spot = this.#spotOf(this.#chunks[index], after, true);
    if (!this.#walk(seeker, index, spot, undefined)) this.#walk(seeker, 0, 0, after);
  }

  // True when it was stopped, by the seeker or behind `until`.
  #walk(seeker: Seeker, index: number, from: number, until: Worker | undefined): boolean {
    const { rows, stride } = this.#facts;
    const { listed } = this.#places;
    const { order, room } = this.pool;
    const { bits } = seeker;
    for (let chunk = this.#chunks[index]; chunk !== undefined; chunk = this.#chunks[index], from = 0) {
      const { entries } = chunk;
      let stopped = false;
      for (let at = from; at < chunk.size && !stopped; at += 1) {
        const entry = 3 * at;
        const number = entries[entry] ?? gone;
        if (number === gone) continue;
        const row = number * stride;
        if (((rows[row] ?? 0) & room) === 0) {
          listed[entries[entry + 2] ?? 0] = 0;
          chunk.drop(at);
          continue;
        }
        if (rows[row + 1] !== entries[entry + 1] && this.#putBack(chunk, index, at)) {
          // Somebody else is there now.
          at -= 1;
          continue;
        }
        let answers = true;
        for (let bit = 0; bit < bits.length && answers; bit += 2) {
          const mask = bits[bit + 1] ?? 0;
          answers = ((rows[row + (bits[bit] ?? 0)] ?? 0) & mask) === mask;
        }
        if (until === undefined && !answers && !seeker.seesAll) continue;
        const place = chunk.at(at);
        if (place === undefined) continue;
        if (until !== undefined && order(place.standing, until) > 0) stopped = true;
        else if (answers || seeker.seesAll) stopped = seeker.visit(place, answers);
      }
      chunk.tidy(chunk.size >> 1 || 1);
      if (!this.#isCleared(index)) index += 1;
      if (stopped) return true;
    }
    return false;
  }

  // A worker who has changed stays where it is (false) unless it belongs further back by now.
  #putBack(chunk: Chunk, index: number, at: number): boolean {
    const place = chunk.at(at);
    if (place === undefined) return false;
    const standing = (place.standing = place.worker.view);
    chunk.write(at, place);
    const next = this.#next(index, at + 1);
    if (next === undefined || this.pool.order(standing, next.standing) <= 0) return false;
    // A chunk that is walked must not be tidied.
    if (index + 1 === this.#chunks.length || this.#isPast(chunk.last, standing, true)) {
      let to = at;
      while (to + 1 < chunk.size && !this.#isPast(chunk.at(to + 1)?.standing, standing, true)) to += 1;
      chunk.moveBack(at, to, place);
    } else {
      chunk.drop(at);
      this.#insert(place, index + 1);
    }
    return true;
  }

  #next(index: number, from: number): Place | undefined {
    for (let chunk = this.#chunks[index]; chunk !== undefined; chunk = this.#chunks[(index += 1)], from = 0) {
      for (let at = from; at < chunk.size; at += 1) {
        const place = chunk.at(at);
        if (place !== undefined) return place;
      }
    }
    return undefined;
  }

  // Behind those of the same order, in the chunk `low` or behind it; most belong at the end.
  #insert(place: Place, low: number): void {
    const { standing } = place;
    const chunks = this.#chunks;
    const end = chunks[chunks.length - 1];
    if (end === undefined || !this.#isPast(end.last, standing, true)) {
      let chunk = end;
      if (chunk === undefined || chunk.isFull) chunks.push((chunk = new Chunk(this.#places)));
      return chunk.insert(chunk.size, place);
    }
    const home = this.#chunkOf(standing, low, true);
    let chunk = chunks[home] ?? end;
    chunk.tidy();
    if (chunk.isFull) {
      const tail = chunk.split(this.#places);
      chunks.splice(home + 1, 0, tail);
      if (!this.#isPast(chunk.last, standing, true)) chunk = tail;
    }
    chunk.insert(this.#spotOf(chunk, standing, true), place);
  }

  #take(index: number, at: number, place: Place): boolean {
    const chunk = this.#chunks[index];
    if (chunk?.at(at) !== place) return false;
    chunk.drop(at);
    this.#isCleared(index);
    return true;
  }

  // One chunk stays: lanes are often empty for a moment.
  #isCleared(index: number): boolean {
    if (this.#chunks[index]?.size !== 0 || this.#chunks.length === 1) return false;
    this.#chunks.splice(index, 1);
    return true;
  }

  // The first chunk from `low` with somebody who belongs behind `worker` (`behind`), or not in front of it.
  #chunkOf(worker: Worker, low: number, behind: boolean): number {
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isPast(this.#chunks[middle]?.last, worker, behind)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #spotOf(chunk: Chunk | undefined, worker: Worker, behind: boolean): number {
    chunk?.tidy();
    let low = 0;
    let high = chunk?.size ?? 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isPast(chunk?.at(middle)?.standing, worker, behind)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #isPast(other: Worker | undefined, worker: Worker, behind: boolean): boolean {
    if (other === undefined) return false;
    const order = this.pool.order(other, worker);
    return behind ? order > 0 : order >= 0;
  }
}
