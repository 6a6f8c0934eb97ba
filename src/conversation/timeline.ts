import { compareItems, type TimelineItem } from './timeline-item';

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
}

/** Items per chunk: an append copies nothing, a change in the past copies one chunk and the list of chunks. */
const chunkSize = 64;

/**
 * A sorted list in chunks. Versions share chunks, and an append writes behind the end of the last chunk,
 * where older versions, which know their own length, never look.
 */
export class ChunkedTimeline implements FoldedTimeline {
  static readonly empty = new ChunkedTimeline([], [], 0, 0);

  readonly length: number;
  readonly #chunks: TimelineItem[][];
  /** Index of the first item of each chunk. */
  readonly #starts: number[];
  /** How many of `#chunks` are ours; a later version may have appended more. */
  readonly #count: number;

  private constructor(chunks: TimelineItem[][], starts: number[], count: number, length: number) {
    this.#chunks = chunks;
    this.#starts = starts;
    this.#count = count;
    this.length = length;
  }

  at(index: number): TimelineItem | undefined {
    const wanted = Math.trunc(index) < 0 ? this.length + Math.trunc(index) : Math.trunc(index);
    if (!(wanted >= 0 && wanted < this.length)) return undefined;
    const chunk = this.#chunkOf(wanted);
    return this.#chunks[chunk]?.[wanted - this.#start(chunk)];
  }

  slice(from = 0, to = this.length): readonly TimelineItem[] {
    const start = clampIndex(from, this.length);
    const end = clampIndex(to, this.length);
    const items: TimelineItem[] = [];
    for (let index = start, chunk = start < end ? this.#chunkOf(start) : 0; index < end; chunk++) {
      const offset = index - this.#start(chunk);
      const size = this.#sizeOf(chunk);
      const taken = Math.min(size - offset, end - index);
      for (const item of this.#chunks[chunk]?.slice(offset, offset + taken) ?? []) items.push(item);
      index += taken;
    }
    return items;
  }

  *[Symbol.iterator](): Iterator<TimelineItem> {
    for (let chunk = 0; chunk < this.#count; chunk++) {
      const items = this.#chunks[chunk] ?? [];
      const size = this.#sizeOf(chunk);
      for (let offset = 0; offset < size; offset++) {
        const item = items[offset];
        if (item !== undefined) yield item;
      }
    }
  }

  with(item: TimelineItem): ChunkedTimeline {
    const last = this.at(-1);
    if (last === undefined || compareItems(last, item) < 0) return this.#append(item);
    const position = this.#lowerBound(item);
    const there = this.at(position);
    if (there !== undefined && compareItems(there, item) === 0) return this.replace(there, item);
    const chunk = Math.min(this.#chunkOf(position), this.#count - 1);
    const offset = position - this.#start(chunk);
    const own = this.#own(chunk);
    own.splice(offset, 0, item);
    return this.#rebuilt(
      chunk,
      own.length > 2 * chunkSize ? [own.slice(0, chunkSize), own.slice(chunkSize)] : [own],
      1,
    );
  }

  /** Takes `item` out; the same timeline when it is not in. */
  without(item: TimelineItem): ChunkedTimeline {
    const position = this.indexOf(item);
    if (position < 0) return this;
    const chunk = this.#chunkOf(position);
    const own = this.#own(chunk);
    own.splice(position - this.#start(chunk), 1);
    return this.#rebuilt(chunk, own.length === 0 ? [] : [own], -1);
  }

  /** `before`, which must be in, becomes `after`; moves when its order changed. */
  replace(before: TimelineItem, after: TimelineItem): ChunkedTimeline {
    const position = this.indexOf(before);
    if (position < 0) return this.with(after);
    if (compareItems(before, after) !== 0) return this.without(before).with(after);
    const chunk = this.#chunkOf(position);
    const own = this.#own(chunk);
    own[position - this.#start(chunk)] = after;
    const chunks = this.#chunks.slice(0, this.#count);
    chunks[chunk] = own;
    return new ChunkedTimeline(chunks, this.#starts.slice(0, this.#count), this.#count, this.length);
  }

  /** Position of `item`, or -1. */
  indexOf(item: TimelineItem): number {
    const position = this.#lowerBound(item);
    const found = this.at(position);
    return found !== undefined && compareItems(found, item) === 0 ? position : -1;
  }

  #append(item: TimelineItem): ChunkedTimeline {
    const chunk = this.#count - 1;
    const size = chunk < 0 ? chunkSize : this.#sizeOf(chunk);
    if (size < chunkSize) {
      const items = this.#chunks[chunk] ?? [];
      if (items.length === size) {
        items.push(item);
        return new ChunkedTimeline(this.#chunks, this.#starts, this.#count, this.length + 1);
      }
      return this.#rebuilt(chunk, [[...items.slice(0, size), item]], 1);
    }
    const mine = this.#chunks.length === this.#count;
    const chunks = mine ? this.#chunks : this.#chunks.slice(0, this.#count);
    const starts = mine ? this.#starts : this.#starts.slice(0, this.#count);
    chunks.push([item]);
    starts.push(this.length);
    return new ChunkedTimeline(chunks, starts, this.#count + 1, this.length + 1);
  }

  /** A version in which `chunk` has become `replacement`, with `growth` items more. */
  #rebuilt(chunk: number, replacement: TimelineItem[][], growth: number): ChunkedTimeline {
    const chunks = this.#chunks.slice(0, this.#count);
    // The last chunk may hold items of later versions behind our end.
    if (chunk !== this.#count - 1) chunks[this.#count - 1] = this.#own(this.#count - 1);
    chunks.splice(chunk, 1, ...replacement);
    const starts: number[] = [];
    let length = 0;
    for (const items of chunks) {
      starts.push(length);
      length += items.length;
    }
    return new ChunkedTimeline(chunks, starts, chunks.length, this.length + growth);
  }

  #own(chunk: number): TimelineItem[] {
    return (this.#chunks[chunk] ?? []).slice(0, this.#sizeOf(chunk));
  }

  #start(chunk: number): number {
    return this.#starts[chunk] ?? 0;
  }

  #sizeOf(chunk: number): number {
    const end = chunk + 1 < this.#count ? this.#start(chunk + 1) : this.length;
    return end - this.#start(chunk);
  }

  #chunkOf(index: number): number {
    let low = 0;
    let high = this.#count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#start(middle) <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #lowerBound(item: TimelineItem): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = this.at(middle);
      if (at !== undefined && compareItems(at, item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function clampIndex(index: number, length: number): number {
  const whole = Math.trunc(index);
  return Math.min(length, Math.max(0, whole < 0 ? length + whole : whole));
}
