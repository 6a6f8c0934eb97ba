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

/** Items of a chunk: an append copies none, a change copies one chunk and the list of chunks. */
const chunkSize = 128;

type Chunk = readonly TimelineItem[];

/**
 * A sorted list in chunks, the last of which is its end. Versions share chunks, and an append writes behind the end,
 * where older versions, which know their own length, never look.
 */
export class ChunkedTimeline implements FoldedTimeline {
  static readonly empty = new ChunkedTimeline([], [0], [], 0);

  readonly length: number;
  readonly #past: readonly Chunk[];
  /** Index of the first item of each chunk of the past, and of the end. */
  readonly #starts: readonly number[];
  /** A later version may have appended more than is ours. */
  readonly #end: TimelineItem[];

  private constructor(past: readonly Chunk[], starts: readonly number[], end: TimelineItem[], length: number) {
    this.#past = past;
    this.#starts = starts;
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

  [Symbol.iterator](): Iterator<TimelineItem> {
    return this.slice()[Symbol.iterator]();
  }

  with(item: TimelineItem): ChunkedTimeline {
    const last = this.at(-1);
    return last === undefined || compareItems(last, item) < 0 ? this.#append(item) : this.#changed(item, true);
  }

  /** Takes `item` out; the same timeline when it is not in. */
  without(item: TimelineItem): ChunkedTimeline {
    return this.#changed(item, false);
  }

  /** `before` becomes `after`; moves when its order changed. */
  replace(before: TimelineItem, after: TimelineItem): ChunkedTimeline {
    return (compareItems(before, after) === 0 ? this : this.without(before)).with(after);
  }

  #append(item: TimelineItem): ChunkedTimeline {
    const start = this.#start(this.#past.length);
    const size = this.length - start;
    const length = this.length + 1;
    if (size >= chunkSize)
      return new ChunkedTimeline([...this.#past, this.#end], [...this.#starts, this.length], [item], length);
    const end = this.#end.length === size ? this.#end : this.#end.slice(0, size);
    end.push(item);
    return new ChunkedTimeline(this.#past, this.#starts, end, length);
  }

  /** A version in which `item` is at its place, or nothing is. */
  #changed(item: TimelineItem, stays: boolean): ChunkedTimeline {
    const past = [...this.#past];
    const isBefore = (other: TimelineItem | undefined) => other !== undefined && compareItems(other, item) < 0;
    const chunk = search(past.length, (index) => isBefore(past[index]?.at(-1)));
    const items = this.#items(chunk).slice(0, this.length - this.#start(chunk));
    const offset = search(items.length, (index) => isBefore(items[index]));
    const there = items[offset];
    const taken = there !== undefined && compareItems(there, item) === 0 ? 1 : 0;
    const growth = Number(stays) - taken;
    if (taken === 0 && !stays) return this;
    items.splice(offset, taken, ...(stays ? [item] : []));
    if (chunk === past.length) return new ChunkedTimeline(past, this.#starts, items, this.length + growth);
    const parts = items.length > 2 * chunkSize ? [items.splice(0, chunkSize), items] : items.length > 0 ? [items] : [];
    past.splice(chunk, 1, ...parts);
    let start = 0;
    const starts = growth === 0 ? this.#starts : [0, ...past.map(({ length }) => (start += length))];
    return new ChunkedTimeline(past, starts, this.#end, this.length + growth);
  }

  #items(chunk: number): Chunk {
    return this.#past[chunk] ?? this.#end;
  }

  #start(chunk: number): number {
    return this.#starts[chunk] ?? this.length;
  }

  #chunkOf(index: number): number {
    return search(this.#past.length, (chunk) => this.#start(chunk + 1) <= index);
  }

  #fromStart(index: number): number {
    return Math.trunc(index) + (index <= -1 ? this.length : 0);
  }
}

/** The first of `length` positions that is not before what is wanted; `length` when all are. */
function search(length: number, isBefore: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
