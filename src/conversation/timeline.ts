import { compareItems, isPending, type TimelineItem } from './timeline-item';

/** Everything that happened in a conversation, oldest first. Immutable: a change makes a new one that shares what stayed. */
export interface Timeline {
  readonly length: number;
  /** The item at `index`; a negative index counts from the end. */
  at(index: number): TimelineItem | undefined;
  /** Items from `from` up to, but without, `to`; both count from the end when negative. */
  slice(from?: number, to?: number): readonly TimelineItem[];
  [Symbol.iterator](): Iterator<TimelineItem>;
}

/** A timeline that another one can be made from. */
export interface FoldedTimeline extends Timeline {
  /** Puts `item` at its place; one that is there already makes way. */
  with(item: TimelineItem): FoldedTimeline;
  /** Takes `before` out and puts `after` at its place. */
  replace(before: TimelineItem, after: TimelineItem): FoldedTimeline;
  without(item: TimelineItem): FoldedTimeline;
  /** Those for which `isKept` holds; costs as much as the timeline is long. */
  filter(isKept: (item: TimelineItem) => boolean): FoldedTimeline;
}

/** Items of a chunk: an append copies none, a change copies one chunk and the list of chunks. */
const chunkSize = 128;

type Chunk = readonly TimelineItem[];

/** The chunks that are full, and what a search needs to know of each without looking into it. */
interface Past {
  readonly chunks: readonly Chunk[];
  /** Index of the first item of each chunk, and of the end. */
  readonly starts: readonly number[];
  /** Time of the last item of each chunk, epoch milliseconds; infinite where it is pending. */
  readonly times: readonly number[];
}

/**
 * A sorted list in chunks, the last of which is its end. Versions share chunks, and an append writes behind the end,
 * where older versions, which know their own length, never look.
 */
export class ChunkedTimeline implements FoldedTimeline {
  static readonly empty = new ChunkedTimeline(pastOf([]), [], 0);

  readonly length: number;
  readonly #past: Past;
  /** A later version may have appended more than is ours. */
  readonly #end: TimelineItem[];

  private constructor(past: Past, end: TimelineItem[], length: number) {
    this.#past = past;
    this.#end = end;
    this.length = length;
  }

  at(index: number): TimelineItem | undefined {
    const wanted = this.#fromStart(index);
    if (!(wanted < this.length)) return undefined;
    const chunk = this.#chunkOf(wanted);
    return this.#items(chunk)[wanted - this.#start(chunk)];
  }

  slice(from = 0, to = this.length): readonly TimelineItem[] {
    const first = this.#fromStart(from);
    const last = Math.min(this.length, this.#fromStart(to));
    const items: TimelineItem[] = [];
    for (let chunk = this.#chunkOf(first); this.#start(chunk) < last; chunk++) {
      const start = this.#start(chunk);
      items.push(...this.#items(chunk).slice(Math.max(0, first - start), last - start));
    }
    return items;
  }

  *[Symbol.iterator](): Generator<TimelineItem, void> {
    for (let chunk = 0, left = this.length; left > 0; chunk++)
      for (const item of this.#items(chunk)) if (left-- > 0) yield item;
  }

  with(item: TimelineItem): ChunkedTimeline {
    const past = this.#past;
    const size = this.length - this.#start(past.chunks.length);
    const last = this.#end[size - 1];
    if (last === undefined || compareItems(last, item) >= 0) return this.#changed(item, true);
    const length = this.length + 1;
    if (size >= chunkSize) {
      const next: Past = {
        chunks: [...past.chunks, this.#end],
        starts: [...past.starts, this.length],
        times: [...past.times, orderTimeOf(last)],
      };
      return new ChunkedTimeline(next, [item], length);
    }
    const end = this.#end.length === size ? this.#end : this.#end.slice(0, size);
    end.push(item);
    return new ChunkedTimeline(past, end, length);
  }

  /** Takes `item` out; the same timeline when it is not in. */
  without(item: TimelineItem): ChunkedTimeline {
    return this.#changed(item, false);
  }

  filter(isKept: (item: TimelineItem) => boolean): ChunkedTimeline {
    let kept = ChunkedTimeline.empty;
    for (const item of this) if (isKept(item)) kept = kept.with(item);
    return kept;
  }

  /** `before` becomes `after`; moves when its order changed. */
  replace(before: TimelineItem, after: TimelineItem): ChunkedTimeline {
    if (compareItems(before, after) !== 0) return this.without(before).with(after);
    // Found without a look at any other item: most of an old chunk is in no cache.
    const chunk = this.#chunkFor(after);
    const items = this.#copyOf(chunk);
    const place = items.indexOf(before);
    if (place < 0) return this.with(after);
    items[place] = after;
    return this.#withChunk(chunk, items);
  }

  /** A version in which `item` is at its place, or nothing is. */
  #changed(item: TimelineItem, stays: boolean): ChunkedTimeline {
    const chunk = this.#chunkFor(item);
    const items = this.#copyOf(chunk);
    const place = countWhile(items, (other) => compareItems(other, item) < 0);
    const there = items[place];
    const isThere = there !== undefined && compareItems(there, item) === 0;
    if (!isThere && !stays) return this;
    items.splice(place, Number(isThere), ...(stays ? [item] : []));
    return this.#withChunk(chunk, items, Number(stays) - Number(isThere));
  }

  /** With `items`, which are `growth` more than before, in the place of a chunk. */
  #withChunk(chunk: number, items: TimelineItem[], growth = 0): ChunkedTimeline {
    const past = this.#past;
    const length = this.length + growth;
    const isEnd = chunk === past.chunks.length;
    const isFull = items.length > 2 * chunkSize;
    if (isEnd && !isFull) return new ChunkedTimeline(past, items, length);
    const chunks = past.chunks.slice();
    if (!isEnd) chunks[chunk] = items;
    if (items.length === 0) chunks.splice(chunk, 1);
    if (isFull) chunks.splice(chunk, 0, items.splice(0, chunkSize));
    const { starts, times } = growth === 0 ? past : pastOf(chunks);
    return new ChunkedTimeline({ chunks, starts, times }, isEnd ? items : this.#end, length);
  }

  #copyOf(chunk: number): TimelineItem[] {
    return this.#items(chunk).slice(0, this.length - this.#start(chunk));
  }

  #items(chunk: number): Chunk {
    return this.#past.chunks[chunk] ?? this.#end;
  }

  #start(chunk: number): number {
    return this.#past.starts[chunk] ?? this.length;
  }

  #chunkOf(index: number): number {
    return Math.max(0, countWhile(this.#past.starts, (start) => start <= index) - 1);
  }

  /** The chunk that `item` is in, or would be: the first whose last item is not before it. */
  #chunkFor(item: TimelineItem): number {
    const { chunks, times } = this.#past;
    const time = orderTimeOf(item);
    let chunk = countWhile(times, (other) => other < time);
    for (; times[chunk] === time; chunk++) {
      const last = chunks[chunk]?.at(-1);
      if (last !== undefined && compareItems(last, item) >= 0) break;
    }
    return chunk;
  }

  #fromStart(index: number): number {
    return Math.trunc(index) + (index <= -1 ? this.length : 0);
  }
}

function pastOf(chunks: readonly Chunk[]): Past {
  let start = 0;
  return {
    chunks,
    starts: [0, ...chunks.map(({ length }) => (start += length))],
    times: chunks.map((chunk) => orderTimeOf(chunk.at(-1))),
  };
}

/** Never greater in an item that comes before another. */
function orderTimeOf(item: TimelineItem | undefined): number {
  return item === undefined || isPending(item) ? Infinity : item.at.getTime();
}

/** How many of `all`, which are in order, come before the first for which `isBefore` does not hold. */
export function countWhile<T>(all: readonly T[], isBefore: (one: T) => boolean): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = all[middle];
    if (one !== undefined && isBefore(one)) low = middle + 1;
    else high = middle;
  }
  return low;
}
