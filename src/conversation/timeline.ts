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

/** Most items of a timeline's end, which an append does not copy and a change there does; beyond, they become its past. */
const endSize = 256;

/**
 * A sorted list of two parts, its past and its end. Versions share both, and an append writes behind the end, where
 * older versions, which know their own length, never look.
 */
export class SharedTimeline implements FoldedTimeline {
  static readonly empty = new SharedTimeline([], [], 0);

  readonly length: number;
  readonly #past: readonly TimelineItem[];
  /** A later version may have appended more than is ours. */
  readonly #end: TimelineItem[];

  private constructor(past: readonly TimelineItem[], end: TimelineItem[], length: number) {
    this.#past = past;
    this.#end = end;
    this.length = length;
  }

  at(index: number): TimelineItem | undefined {
    const whole = Math.trunc(index);
    const wanted = whole < 0 ? this.length + whole : whole;
    const ofEnd = wanted - this.#past.length;
    if (!(wanted < this.length)) return undefined;
    return ofEnd < 0 ? this.#past[wanted] : this.#end[ofEnd];
  }

  slice(from = 0, to = this.length): readonly TimelineItem[] {
    const first = this.#clamp(from);
    const last = Math.max(first, this.#clamp(to));
    const past = this.#past.length;
    return [...this.#past.slice(first, last), ...this.#end.slice(Math.max(0, first - past), Math.max(0, last - past))];
  }

  [Symbol.iterator](): Iterator<TimelineItem> {
    return this.slice()[Symbol.iterator]();
  }

  with(item: TimelineItem): SharedTimeline {
    const last = this.at(-1);
    if (last === undefined || compareItems(last, item) < 0) return this.#append(item);
    const position = this.#lowerBound(item);
    return this.#spliced(position, this.#isAt(position, item) ? 1 : 0, item);
  }

  /** Takes `item` out; the same timeline when it is not in. */
  without(item: TimelineItem): SharedTimeline {
    const position = this.#lowerBound(item);
    return this.#isAt(position, item) ? this.#spliced(position, 1) : this;
  }

  /** `before` becomes `after`; moves when its order changed. */
  replace(before: TimelineItem, after: TimelineItem): SharedTimeline {
    return (compareItems(before, after) === 0 ? this : this.without(before)).with(after);
  }

  #append(item: TimelineItem): SharedTimeline {
    const size = this.length - this.#past.length;
    const length = this.length + 1;
    if (size >= endSize) return new SharedTimeline(this.slice(), [item], length);
    if (this.#end.length > size) return new SharedTimeline(this.#past, [...this.#end.slice(0, size), item], length);
    this.#end.push(item);
    return new SharedTimeline(this.#past, this.#end, length);
  }

  #spliced(position: number, taken: number, ...put: readonly TimelineItem[]): SharedTimeline {
    const past = this.#past.length;
    const end = this.#end.slice(0, this.length - past);
    const length = this.length - taken + put.length;
    if (position >= past) {
      end.splice(position - past, taken, ...put);
      return new SharedTimeline(this.#past, end, length);
    }
    const copy = [...this.#past];
    copy.splice(position, taken, ...put);
    return new SharedTimeline(copy, end, length);
  }

  #isAt(position: number, item: TimelineItem): boolean {
    const there = this.at(position);
    return there !== undefined && compareItems(there, item) === 0;
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

  #clamp(index: number): number {
    const whole = Math.trunc(index);
    return Math.min(this.length, Math.max(0, whole < 0 ? this.length + whole : whole));
  }
}
