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

const noPast: Past = { chunks: [], starts: [0], times: [] };

/**
 * A sorted list in chunks, the last of which is its end. Versions share chunks, and an append writes behind the end,
 * where older versions, which know their own length, never look.
 */
export class ChunkedTimeline implements FoldedTimeline {
  static readonly empty = new ChunkedTimeline(noPast, [], 0);

  readonly length: number;
  readonly #past: Past;
  /** A later version may have appended more than is ours. */
  readonly #end: TimelineItem[];

  private constructor(past: Past, end: TimelineItem[], length: number) {
    this.#past = past;
    this.#end = end;
    this.length = length;
  }

  /** Of items that are in order. */
  static of(items: readonly TimelineItem[]): ChunkedTimeline {
    const chunks: Chunk[] = [];
    let from = 0;
    for (; items.length - from > chunkSize; from += chunkSize) chunks.push(items.slice(from, from + chunkSize));
    return new ChunkedTimeline(pastOf(chunks), items.slice(from), items.length);
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

  [Symbol.iterator](): Iterator<TimelineItem> {
    return this.slice()[Symbol.iterator]();
  }

  with(item: TimelineItem): ChunkedTimeline {
    const size = this.length - this.#start(this.#past.chunks.length);
    const last = size > 0 ? this.#end[size - 1] : this.#past.chunks.at(-1)?.at(-1);
    return last === undefined || compareItems(last, item) < 0 ? this.#append(item, size) : this.#changed(item, true);
  }

  /** Takes `item` out; the same timeline when it is not in. */
  without(item: TimelineItem): ChunkedTimeline {
    return this.#changed(item, false);
  }

  filter(isKept: (item: TimelineItem) => boolean): ChunkedTimeline {
    return ChunkedTimeline.of(this.slice().filter(isKept));
  }

  /** `before` becomes `after`; moves when its order changed. */
  replace(before: TimelineItem, after: TimelineItem): ChunkedTimeline {
    return compareItems(before, after) === 0 ? this.#exchanged(before, after) : this.without(before).with(after);
  }

  /** `after` at the place of `before`, which is found without a look at any other item: most of an old chunk is in no cache. */
  #exchanged(before: TimelineItem, after: TimelineItem): ChunkedTimeline {
    const chunk = this.#chunkFor(after);
    const items = this.#items(chunk).slice(0, this.length - this.#start(chunk));
    const place = items.indexOf(before);
    if (place < 0) return this.#changed(after, true);
    items[place] = after;
    return this.#withChunk(chunk, items);
  }

  /** With as many other items in the place of a chunk, in the same order. */
  #withChunk(chunk: number, items: TimelineItem[]): ChunkedTimeline {
    const { chunks, starts, times } = this.#past;
    if (chunk === chunks.length) return new ChunkedTimeline(this.#past, items, this.length);
    const next = chunks.slice();
    next[chunk] = items;
    return new ChunkedTimeline({ chunks: next, starts, times }, this.#end, this.length);
  }

  #append(item: TimelineItem, size: number): ChunkedTimeline {
    const length = this.length + 1;
    if (size >= chunkSize) {
      const { chunks, starts, times } = this.#past;
      const past: Past = {
        chunks: [...chunks, this.#end],
        starts: [...starts, this.length],
        times: [...times, lastTimeOf(this.#end)],
      };
      return new ChunkedTimeline(past, [item], length);
    }
    const end = this.#end.length === size ? this.#end : this.#end.slice(0, size);
    end.push(item);
    return new ChunkedTimeline(this.#past, end, length);
  }

  /** A version in which `item` is at its place, or nothing is. */
  #changed(item: TimelineItem, stays: boolean): ChunkedTimeline {
    const chunk = this.#chunkFor(item);
    const items = this.#items(chunk).slice(0, this.length - this.#start(chunk));
    const offset = placeOf(item, items);
    const there = items[offset];
    const isThere = there !== undefined && compareItems(there, item) === 0;
    if (!isThere && !stays) return this;
    if (isThere && stays) {
      items[offset] = item;
      return this.#withChunk(chunk, items);
    }
    items.splice(offset, isThere ? 1 : 0, ...(stays ? [item] : []));
    const length = this.length + (stays ? 1 : -1);
    if (chunk === this.#past.chunks.length) return new ChunkedTimeline(this.#past, items, length);
    const parts = items.length > 2 * chunkSize ? [items.splice(0, chunkSize), items] : items.length > 0 ? [items] : [];
    const chunks = this.#past.chunks.slice();
    chunks.splice(chunk, 1, ...parts);
    return new ChunkedTimeline(pastOf(chunks), this.#end, length);
  }

  #items(chunk: number): Chunk {
    return this.#past.chunks[chunk] ?? this.#end;
  }

  #start(chunk: number): number {
    return this.#past.starts[chunk] ?? this.length;
  }

  #chunkOf(index: number): number {
    return Math.max(0, countBelow(index + 1, this.#past.starts) - 1);
  }

  /** The chunk that `item` is in, or would be: the first whose last item is not before it. */
  #chunkFor(item: TimelineItem): number {
    const { chunks, times } = this.#past;
    const time = orderTimeOf(item);
    let chunk = countBelow(time, times);
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
    times: chunks.map(lastTimeOf),
  };
}

function lastTimeOf(chunk: Chunk): number {
  const last = chunk.at(-1);
  return last === undefined ? -Infinity : orderTimeOf(last);
}

/** Never greater in an item that comes before another. */
function orderTimeOf(item: TimelineItem): number {
  return isPending(item) ? Infinity : item.at.getTime();
}

/** How many of ascending `numbers` are below `limit`. */
function countBelow(limit: number, numbers: readonly number[]): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? limit) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many of `items`, which are in order, come before `item`. */
function placeOf(item: TimelineItem, items: Chunk): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = items[middle];
    if (other !== undefined && compareItems(other, item) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
