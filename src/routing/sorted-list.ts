/** Longest chunk; twice this many items are split in two. Small enough to search linearly in a cache line or two. */
const chunkSize = 64;

/**
 * A list that is always in order. Adding, removing and counting cost about O(log n + chunk), whatever
 * the size. An item's place must not change while it is in the list. Items that compare as equal
 * keep the order in which they came.
 */
export class SortedList<T extends object> {
  readonly #compare: (a: T, b: T) => number;
  readonly #chunks: T[][] = [];
  readonly #home = new Map<T, T[]>();

  constructor(compare: (a: T, b: T) => number) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#home.size;
  }

  get first(): T | undefined {
    return this.#chunks[0]?.[0];
  }

  has(item: T): boolean {
    return this.#home.has(item);
  }

  add(item: T): void {
    if (this.#home.has(item)) return;
    const index = Math.min(this.#chunkAfter(item), Math.max(0, this.#chunks.length - 1));
    const chunk = this.#chunks[index];
    if (chunk === undefined) {
      const only = [item];
      this.#chunks.push(only);
      this.#home.set(item, only);
      return;
    }
    chunk.splice(this.#placeIn(chunk, item), 0, item);
    this.#home.set(item, chunk);
    if (chunk.length <= 2 * chunkSize) return;
    const tail = chunk.splice(chunkSize);
    for (const moved of tail) this.#home.set(moved, tail);
    this.#chunks.splice(index + 1, 0, tail);
  }

  // Goes by identity, so that an item is found even when a vendor's order contradicts itself.
  delete(item: T): boolean {
    const chunk = this.#home.get(item);
    if (chunk === undefined) return false;
    this.#home.delete(item);
    chunk.splice(chunk.indexOf(item), 1);
    if (chunk.length === 0) this.#chunks.splice(this.#chunks.indexOf(chunk), 1);
    return true;
  }

  /** How many items come before `item`, which need not be in the list. */
  countBefore(item: T): number {
    let count = 0;
    for (const chunk of this.#chunks) {
      const last = chunk[chunk.length - 1];
      if (last !== undefined && this.#compare(last, item) < 0) {
        count += chunk.length;
        continue;
      }
      for (const other of chunk) {
        if (this.#compare(other, item) >= 0) return count;
        count += 1;
      }
    }
    return count;
  }

  /**
   * Visits the items in order until `visit` returns true. With `after`, begins behind that item's
   * place and goes round once. The list must not change meanwhile.
   */
  walk(visit: (item: T) => boolean, after?: T): void {
    const from = after === undefined ? 0 : this.#chunkAfter(after);
    const head = this.#chunks[from];
    const start = after === undefined || head === undefined ? 0 : this.#placeIn(head, after);
    for (let index = from; index < this.#chunks.length; index += 1) {
      const chunk = this.#chunks[index] ?? [];
      for (let place = index === from ? start : 0; place < chunk.length; place += 1) {
        const item = chunk[place];
        if (item !== undefined && visit(item)) return;
      }
    }
    for (let index = 0; after !== undefined && index <= from && index < this.#chunks.length; index += 1) {
      const chunk = this.#chunks[index] ?? [];
      const end = index === from ? start : chunk.length;
      for (let place = 0; place < end; place += 1) {
        const item = chunk[place];
        if (item !== undefined && visit(item)) return;
      }
    }
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  // The first chunk whose last item comes after `item`; the number of chunks when there is none.
  #chunkAfter(item: T): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const last = this.#chunks[middle]?.at(-1);
      if (last !== undefined && this.#compare(last, item) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #placeIn(chunk: readonly T[], item: T): number {
    let low = 0;
    let high = chunk.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = chunk[middle];
      if (other !== undefined && this.#compare(other, item) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
