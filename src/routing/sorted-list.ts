/** A chunk of more than this many items is split in two: small enough to shift within a few cache lines. */
const mostInChunk = 128;

/** What a visit says of an item: go on to the next, drop this one, put it where it belongs by now, or go no further. */
export type Verdict = 'next' | 'drop' | 'move' | 'stop';

export interface Visitor<T> {
  visit(item: T): Verdict;
}

/**
 * A list that is always in order. Adding, removing and counting cost about O(log n + chunk), whatever
 * the size; adding at the end costs O(1). An item's place must not change while it is in the list, except as
 * {@link SortedList.walk} says. Items that compare as equal keep the order in which they came.
 */
export class SortedList<T extends object> {
  readonly #compare: (a: T, b: T) => number;
  readonly #chunks: T[][] = [];
  #size = 0;

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  get first(): T | undefined {
    return this.#chunks[0]?.[0];
  }

  has(item: T): boolean {
    if (this.#size === 0) return false;
    const isPast = (other: T) => this.#compare(other, item) >= 0;
    const chunk = this.#chunks[this.#chunkWhere(isPast, 0)] ?? [];
    return chunk[this.#placeWhere(chunk, isPast, 0)] === item;
  }

  /** `item` must not be in the list. */
  add(item: T): void {
    this.#put(item, -1, 0);
  }

  /** Looks everywhere when `item` is not where it should be, since a vendor's order may contradict itself. */
  delete(item: T): boolean {
    const isPast = (other: T) => this.#compare(other, item) >= 0;
    const index = this.#chunkWhere(isPast, 0);
    const chunk = this.#chunks[index];
    if (chunk !== undefined && this.#take(index, chunk, this.#placeWhere(chunk, isPast, 0), item)) return true;
    return this.#chunks.some((each, other) => this.#take(other, each, each.indexOf(item), item));
  }

  /** How many items come before `item`, which need not be in the list. */
  countBefore(item: T): number {
    const isPast = (other: T) => this.#compare(other, item) >= 0;
    const index = this.#chunkWhere(isPast, 0);
    let count = this.#placeWhere(this.#chunks[index] ?? [], isPast, 0);
    for (let before = 0; before < index; before += 1) count += this.#chunks[before]?.length ?? 0;
    return count;
  }

  /**
   * Visits the items in order until the visitor says `stop`. An item that it has changed, so that its place is where
   * it was or further back, is to be moved; it is visited again there. With `isBehind`, begins at the first item
   * for which that is true, and goes round once. The list must not change otherwise meanwhile.
   */
  walk(visitor: Visitor<T>, isBehind?: (item: T) => boolean): void {
    if (isBehind === undefined) {
      this.#visit(visitor, 0, 0);
      return;
    }
    const index = this.#chunkWhere(isBehind, 0);
    const place = this.#placeWhere(this.#chunks[index] ?? [], isBehind, 0);
    if (this.#visit(visitor, index, place)) return;
    this.#visit({ visit: (item) => (isBehind(item) ? 'stop' : visitor.visit(item)) }, 0, 0);
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  // True when it was stopped. What goes leaves a gap behind `kept`, which is closed once for each chunk.
  #visit(visitor: Visitor<T>, index: number, from: number): boolean {
    for (let chunk = this.#chunks[index]; chunk !== undefined; chunk = this.#chunks[index], from = 0) {
      let place = from;
      let kept = from;
      let verdict: Verdict = 'next';
      for (let item = chunk[place]; item !== undefined && verdict !== 'stop'; item = chunk[place]) {
        verdict = visitor.visit(item);
        if (verdict === 'next') {
          if (kept < place) chunk[kept] = item;
          kept += 1;
          place += 1;
        } else if (verdict === 'drop') {
          this.#size -= 1;
          place += 1;
        } else if (verdict === 'move') {
          const next = chunk[place + 1] ?? this.#chunks[index + 1]?.[0];
          if (next === undefined || this.#compare(item, next) <= 0) continue;
          this.#size -= 1;
          place += 1;
          this.#put(item, index, place);
        }
      }
      if (kept < place) {
        for (let item = chunk[place]; item !== undefined; item = chunk[++place]) chunk[kept++] = item;
        chunk.length = kept;
      }
      if (chunk.length === 0 && this.#chunks.length > 1) this.#chunks.splice(index, 1);
      else index += 1;
      if (verdict === 'stop') return true;
    }
    return false;
  }

  // Not in front of `place` in the chunk `index`, which is being visited and has a gap.
  #put(item: T, index: number, place: number): void {
    this.#size += 1;
    const last = this.#chunks[this.#chunks.length - 1];
    const end = last?.[last.length - 1];
    if (last === undefined) {
      this.#chunks.push([item]);
    } else if (end === undefined || this.#compare(end, item) <= 0) {
      if (last.length < mostInChunk) last.push(item);
      else this.#chunks.push([item]);
    } else {
      const isPast = (other: T) => this.#compare(other, item) > 0;
      const home = this.#chunkWhere(isPast, Math.max(0, index));
      const chunk = this.#chunks[home] ?? last;
      chunk.splice(this.#placeWhere(chunk, isPast, home === index ? place : 0), 0, item);
      if (chunk.length > mostInChunk && home !== index) this.#chunks.splice(home + 1, 0, chunk.splice(mostInChunk / 2));
    }
  }

  #take(index: number, chunk: T[], place: number, item: T): boolean {
    if (chunk[place] !== item) return false;
    this.#cut(chunk, place);
    // The last one stays: lists are often empty for a moment.
    if (chunk.length === 0 && this.#chunks.length > 1) this.#chunks.splice(index, 1);
    return true;
  }

  #cut(chunk: T[], place: number): void {
    this.#size -= 1;
    if (place === 0) chunk.shift();
    else if (place === chunk.length - 1) chunk.pop();
    else chunk.splice(place, 1);
  }

  // The first chunk from `low` on whose last item is past; how many there are when there is none.
  #chunkWhere(isPast: (item: T) => boolean, low: number): number {
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const chunk = this.#chunks[middle];
      const last = chunk?.[chunk.length - 1];
      if (last !== undefined && isPast(last)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #placeWhere(chunk: readonly T[], isPast: (item: T) => boolean, low: number): number {
    let high = chunk.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const item = chunk[middle];
      if (item !== undefined && isPast(item)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
