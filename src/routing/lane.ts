import { Chunk, gone } from './chunk';
import type { Fact, Facts } from './facts';
import { Line } from './line';
import type { Pool } from './pool';
import type { Roster } from './roster';
import type { Worker } from './worker';
import type { WorkerRecord } from './worker-record';

/** Whom a search wants; see {@link Lane.search}. */
export interface Seeker {
  /** Of the worker's row, by turns a word and a mask. */
  readonly bits: readonly number[];
  /** At how many more workers with room to look; without limit until it has enough. */
  left: number;
  /** Told of those who have the bits as well, in turn. */
  visit(worker: WorkerRecord): void;
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
  readonly #roster: Roster;
  readonly #chunks: Chunk[] = [];
  /** How many entries the chunks have, and how many of them were deleted. */
  #size = 0;
  #deleted = 0;

  constructor(
    readonly pool: Pool,
    readonly fact: Fact | undefined,
    facts: Facts,
    roster: Roster,
  ) {
    this.#facts = facts;
    this.#roster = roster;
  }

  /** Where tasks wait who ask for the lane's fact and for this one. */
  line(second: Fact | undefined): Line {
    return (this.lines[second?.number ?? 0] ??= new Line(this.pool, this.waiting, this, second));
  }

  /** Puts a worker in as it is now, behind those of the same order. `key`: its own for this lane. */
  add(worker: WorkerRecord, key: number): void {
    this.#insert(worker, key, 0);
  }

  /**
   * To be called when the order of a worker who is in it has changed. `forward`: it may belong further to the front.
   * Behind all others it is put at once, which costs least.
   */
  move(worker: WorkerRecord, key: number, forward: boolean, hasRoom: boolean): void {
    const isLast = !this.#isPast(this.#chunks[this.#chunks.length - 1]?.last, worker);
    if (!forward && !isLast) return;
    this.delete(worker, key);
    if (!hasRoom) return;
    if (isLast) this.#append(worker, key);
    else this.add(worker, key);
  }

  /** Its entry stays until somebody comes past, or there are too many. */
  delete({ number }: WorkerRecord, key: number): void {
    this.#roster.strike(number, key);
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
    const { cells: rows, stride } = this.#facts.table;
    const { order, room } = this.pool;
    const { bits } = seeker;
    for (let chunk = this.#chunks[index]; chunk !== undefined; chunk = this.#chunks[index], from = 0) {
      const { entries, size } = chunk;
      let stopped = false;
      let nobodies = 0;
      for (let at = from; at < size && !stopped; at += 1) {
        const number = entries[4 * at] ?? gone;
        const row = number * stride;
        if (row < 0 || ((rows[row] ?? 0) & room) === 0) {
          if (number !== gone) chunk.drop(at);
          nobodies += 1;
          continue;
        }
        // Who was taken out has changed since, or was put elsewhere.
        if (rows[row + 1] !== entries[4 * at + 1] && this.#putRight(chunk, index, at)) {
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
        if (until !== undefined) {
          const standing = chunk.standing(at);
          if (standing !== undefined && order(standing, until) > 0) return true;
        }
        const worker = answers ? this.#roster.at(number) : undefined;
        if (worker !== undefined) seeker.visit(worker);
        if (left < Infinity) seeker.left -= 1;
        stopped = seeker.left <= 0;
      }
      if (2 * nobodies < size || !this.#tidy(index)) index += 1;
      if (stopped) return true;
    }
    return false;
  }

  // A worker whose order has changed stays where it is (false) unless it belongs further back, or has another entry, by now.
  #putRight(chunk: Chunk, index: number, at: number): boolean {
    const { entries } = chunk;
    const worker = chunk.isSomebody(at) ? this.#roster.at(entries[4 * at] ?? gone) : undefined;
    if (worker === undefined) {
      entries[4 * at] = gone;
      return true;
    }
    const key = entries[4 * at + 2] ?? 0;
    const next = this.#next(index, at + 1);
    if (!this.#isPast(worker, next)) {
      chunk.write(at, worker, key);
      if (!this.#isPast(chunk.last, worker)) chunk.last = worker.view;
      return false;
    }
    // A chunk that is walked must not be tidied.
    if (index + 1 === this.#chunks.length || this.#isPast(chunk.last, worker)) {
      let to = at;
      while (to + 1 < chunk.size && !this.#isPast(chunk.standing(to + 1), worker)) to += 1;
      chunk.moveBack(at, to, worker, key);
    } else {
      entries[4 * at] = gone;
      this.#insert(worker, key, index + 1);
    }
    return true;
  }

  #next(index: number, from: number): Worker | undefined {
    for (let chunk = this.#chunks[index]; chunk !== undefined; chunk = this.#chunks[(index += 1)], from = 0) {
      for (let at = from; at < chunk.size; at += 1) {
        const standing = chunk.standing(at);
        if (standing !== undefined) return standing;
      }
    }
    return undefined;
  }

  // In the chunk `low` or behind it; most belong at the end.
  #insert(worker: WorkerRecord, key: number, low: number): void {
    const chunks = this.#chunks;
    const end = chunks[chunks.length - 1];
    if (end === undefined || !this.#isPast(end.last, worker)) return this.#append(worker, key);
    this.#size += 1;
    let home = this.#chunkOf(worker, low);
    const chunk = chunks[home] ?? end;
    if (chunk.isFull) {
      this.#size -= chunk.size;
      chunk.tidy();
      this.#size += chunk.size;
      if (chunk.isFull) {
        chunks.splice(home + 1, 0, chunk.split());
        if (!this.#isPast(chunk.last, worker)) home += 1;
      }
    }
    const into = chunks[home] ?? end;
    into.insert(this.#spotOf(into, worker), worker, key);
  }

  #append(worker: WorkerRecord, key: number): void {
    const chunks = this.#chunks;
    let end = chunks[chunks.length - 1];
    if (end === undefined || end.isFull) chunks.push((end = new Chunk(this.#roster)));
    this.#size += 1;
    end.insert(end.size, worker, key);
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
      let standing = chunk.standing(at);
      while (standing === undefined && at + 1 < high) standing = chunk.standing((at += 1));
      if (standing === undefined || this.#isPast(standing, worker)) high = middle;
      else low = at + 1;
    }
    return low;
  }

  #isPast(other: Worker | undefined, worker: Worker | undefined): boolean {
    return other !== undefined && worker !== undefined && this.pool.order(other, worker) > 0;
  }
}
