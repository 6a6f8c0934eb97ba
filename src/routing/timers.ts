import type { RoutingState } from './state';

/** Something that happens at a time, unless it is cancelled. */
export interface Timer {
  readonly at: number;
  /** Among those of the same time. */
  order: number;
  fire(state: RoutingState): void;
  /** Where it is in the heap; below 0 once it is no longer due. */
  place: number;
}

/** What is due when, as a binary heap. Nothing runs by itself: whoever lets time pass takes what is due. */
export class Timers {
  readonly #heap: Timer[] = [];
  /** How many were ever set. */
  count = 0;

  get next(): number | undefined {
    return this.#heap[0]?.at;
  }

  /** With `order`: in the place that a timer had before, among those of the same time. */
  set(at: number, fire: Timer['fire'], order?: number): Timer {
    return this.start({ at, order: 0, fire, place: -1 }, order);
  }

  start<T extends Timer>(timer: T, order = ++this.count): T {
    timer.order = order;
    timer.place = this.#heap.push(timer) - 1;
    this.#rise(timer);
    return timer;
  }

  /** Undefined, for the field that the timer was in. */
  cancel(timer: Timer | undefined): undefined {
    if (timer === undefined || timer.place < 0) return;
    const { place } = timer;
    const last = this.#heap.pop();
    timer.place = -1;
    if (last === undefined || last === timer) return;
    this.#put(last, place);
    this.#rise(last);
    this.#sink(last);
  }

  /** Takes the earliest timer that is due at `now`. */
  takeDue(now: number): Timer | undefined {
    const first = this.#heap[0];
    if (first === undefined || first.at > now) return undefined;
    this.cancel(first);
    return first;
  }

  #rise(timer: Timer): void {
    for (;;) {
      const parent = timer.place > 0 ? this.#heap[(timer.place - 1) >> 1] : undefined;
      if (parent === undefined || isBefore(parent, timer)) return;
      const { place } = parent;
      this.#put(parent, timer.place);
      this.#put(timer, place);
    }
  }

  #sink(timer: Timer): void {
    for (;;) {
      const left = this.#heap[2 * timer.place + 1];
      const right = this.#heap[2 * timer.place + 2];
      const child = left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || isBefore(timer, child)) return;
      const { place } = child;
      this.#put(child, timer.place);
      this.#put(timer, place);
    }
  }

  #put(timer: Timer, place: number): void {
    this.#heap[place] = timer;
    timer.place = place;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
