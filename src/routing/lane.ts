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
  /** At how many more workers with room to look; without limit until it has enough. */
  left: number;
  /** Told of those who have the bits as well, in turn. */
  visit(place: Place): void;
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
  /** How many entries the chunks have, and how many of them were deleted. */
  #size = 0;
  #deleted = 0;

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

  /** Puts a worker in as it is now, behind those of the same order. */
  add(number: number): void {
    const place = this.#places.at(number);
    if (place === undefined) return;
    place.standing = place.worker.view;
    this.#insert(place, 0);
  }

  /** Whether nobody belongs behind this worker. */
  endsBefore(worker: Worker): boolean {
    return !this.#isPast(this.#chunks[this.#chunks.length - 1]?.last, worker);
  }

  /** To be called when the worker has changed; its entry stays until somebody comes past, or there are too many. */
  delete(number: number): void {
    this.#places.stamps[number] = 0;
    this.#deleted += 1;
    if (2 * this.#deleted <= this.#size) return;
    for (let index = this.#chunks.length - 1; index >= 0; index -= 1) this.#tidy(index);
    this.#deleted = 0;
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
    const index = this.#chunkOf(after, 0);
    const chunk = this.#chunks[index];
    const from = chunk === undefined ? 0 : this.#spotOf(chunk, after);
    if (!this.#walk(seeker, index, from, undefined)) this.#walk(seeker, 0, 0, after);
  }

  // True when it was stopped, by the seeker or behind `until`.
  #walk(seeker: Seeker, index: number, from: number, until: Worker | undefined): boolean {
    const { rows, stride } = this.#facts;
    const { stamps } = this.#places;
    const { order, room } = this.pool;
    const { bits } = seeker;
    for (let chunk = this.#chunks[index]; chunk !== undefined; chunk = this.#chunks[index], from = 0) {
      const { entries } = chunk;
      let stopped = false;
      let nobodies = 0;
      for (let at = from; at < chunk.size && !stopped; at += 1) {
        const entry = 4 * at;
        const row = (entries[entry] ?? gone) * stride;
        if (row < 0) {
          nobodies += 1;
          continue;
        }
        if (((rows[row] ?? 0) & room) === 0) {
          const number = entries[entry + 2] ?? 0;
          if (stamps[number] === entries[entry + 3]) stamps[number] = 0;
          entries[entry] = gone;
          nobodies += 1;
          continue;
        }
        if (rows[row + 1] !== entries[entry + 1] && this.#putRight(chunk, index, at)) {
          // Somebody else is there now.
          at -= 1;
          continue;
        }
        let answers = true;
        for (let bit = 0; bit < bits.length && answers; bit += 2) {
          const mask = bits[bit + 1] ?? 0;
          answers = ((rows[row + (bits[bit] ?? 0)] ?? 0) & mask) === mask;
        }
        const { left } = seeker;
        if (answers || until !== undefined) {
          const place = chunk.at(at);
          if (place === undefined) continue;
          if (until !== undefined && order(place.standing, until) > 0) return true;
          if (answers) seeker.visit(place);
        }
        if (left < Infinity) seeker.left -= 1;
        stopped = seeker.left <= 0;
      }
      if (2 * nobodies < chunk.size || !this.#tidy(index)) index += 1;
      if (stopped) return true;
    }
    return false;
  }

  // A worker who has changed stays where it is (false) unless it belongs further back, or has another entry, by now.
  #putRight(chunk: Chunk, index: number, at: number): boolean {
    const place = chunk.at(at);
    if (place === undefined) {
      chunk.entries[4 * at] = gone;
      return true;
    }
    const standing = (place.standing = place.worker.view);
    const next = this.#next(index, at + 1);
    if (next === undefined || !this.#isPast(standing, next.standing)) {
      chunk.write(at, place);
      if (!this.#isPast(chunk.last, standing)) chunk.last = standing;
      return false;
    }
    // A chunk that is walked must not be tidied.
    if (index + 1 === this.#chunks.length || this.#isPast(chunk.last, standing)) {
      let to = at;
      while (to + 1 < chunk.size && !this.#isPast(chunk.at(to + 1)?.standing, standing)) to += 1;
      chunk.moveBack(at, to, place);
    } else {
      chunk.entries[4 * at] = gone;
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

  // In the chunk `low` or behind it; most belong at the end.
  #insert(place: Place, low: number): void {
    const { standing } = place;
    const chunks = this.#chunks;
    const end = chunks[chunks.length - 1];
    this.#size += 1;
    if (end === undefined || !this.#isPast(end.last, standing)) {
      let chunk = end;
      if (chunk === undefined || chunk.isFull) chunks.push((chunk = new Chunk(this.#places)));
      return chunk.insert(chunk.size, place);
    }
    let home = this.#chunkOf(standing, low);
    const chunk = chunks[home] ?? end;
    if (chunk.isFull) {
      this.#size -= chunk.size;
      chunk.tidy();
      this.#size += chunk.size;
      if (chunk.isFull) {
        chunks.splice(home + 1, 0, chunk.split());
        if (!this.#isPast(chunk.last, standing)) home += 1;
      }
    }
    const into = chunks[home] ?? end;
    into.insert(this.#spotOf(into, standing), place);
  }

  // True when nothing is left of the chunk. One stays: lanes are often empty for a moment.
  #tidy(index: number): boolean {
    const chunk = this.#chunks[index];
    if (chunk === undefined) return false;
    this.#size -= chunk.size;
    chunk.tidy();
    this.#size += chunk.size;
    if (chunk.size > 0) return false;
    chunk.last = undefined;
    if (this.#chunks.length === 1) return false;
    this.#chunks.splice(index, 1);
    return true;
  }

  // The first chunk from `low` with somebody who belongs behind `worker`.
  #chunkOf(worker: Worker, low: number): number {
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isPast(this.#chunks[middle]?.last, worker)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  // The first place that belongs behind `worker`.
  #spotOf(chunk: Chunk, worker: Worker): number {
    let low = 0;
    let high = chunk.size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      let at = middle;
      let place = chunk.at(at);
      while (place === undefined && at + 1 < high) place = chunk.at((at += 1));
      if (place === undefined || this.#isPast(place.standing, worker)) high = middle;
      else low = at + 1;
    }
    return low;
  }

  #isPast(other: Worker | undefined, worker: Worker): boolean {
    return other !== undefined && this.pool.order(other, worker) > 0;
  }
}
