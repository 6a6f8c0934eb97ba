/** A chunk of more than this many items is split in two: small enough to shift within a few cache lines. */
const mostInChunk = 128;

/** Told of one item after the other. */
export interface Visitor<T> {
  /** True to go no further. */
  visit(item: T): boolean;
}

/**
 * A list that is always in order. Adding, removing and counting cost about O(log n + chunk), whatever
 * the size; adding at the end costs O(1). `Place` is what decides the order. An item's place must not change while it is in the list. Items that compare as equal keep the order in which they came.
 */
export class SortedList<T extends Place, Place extends object = T> {
  readonly #compare: (a: Place, b: Place) => number;
  readonly #chunks: T[][] = [];
  #size = 0;

  constructor(compare: (a: Place, b: Place) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#size;
  }

  get first(): T | undefined {
    return this.#chunks[0]?.[0];
  }

  /** `item` must not be in the list. */
  add(item: T): void {
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
      const home = this.#chunkWhere(isPast);
      const chunk = this.#chunks[home] ?? last;
      chunk.splice(this.#placeWhere(chunk, isPast), 0, item);
      if (chunk.length > mostInChunk) this.#chunks.splice(home + 1, 0, chunk.splice(mostInChunk / 2));
    }
  }

  /** `item` may be missing. */
  delete(item: T): void {
    const isPast = (other: T) => this.#compare(other, item) >= 0;
    const index = this.#chunkWhere(isPast);
    const chunk = this.#chunks[index] ?? [];
    const place = this.#placeWhere(chunk, isPast);
    if (chunk[place] !== item) return;
    this.#size -= 1;
    if (place === 0) chunk.shift();
    else if (place === chunk.length - 1) chunk.pop();
    else chunk.splice(place, 1);
    // The last one stays: lists are often empty for a moment.
    if (chunk.length === 0 && this.#chunks.length > 1) this.#chunks.splice(index, 1);
  }

  /** How many items come before `item`, which need not be in the list. */
  countBefore(item: Place): number {
    const isPast = (other: T) => this.#compare(other, item) >= 0;
    const index = this.#chunkWhere(isPast);
    let count = this.#placeWhere(this.#chunks[index] ?? [], isPast);
    for (let before = 0; before < index; before += 1) count += this.#chunks[before]?.length ?? 0;
    return count;
  }

  /** Shows the items in order, until the visitor has seen enough. The list must not change meanwhile. */
  walk(visitor: Visitor<T>): void {
    for (const chunk of this.#chunks) for (const item of chunk) if (visitor.visit(item)) return;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  // The first chunk whose last item is past; how many there are when there is none.
  #chunkWhere(isPast: (item: T) => boolean): number {
    let low = 0;
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

  #placeWhere(chunk: readonly T[], isPast: (item: T) => boolean): number {
    let low = 0;
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
