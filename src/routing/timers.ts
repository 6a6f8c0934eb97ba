import { SortedList } from './sorted-list';

/** Something that happens at a time, unless it is cancelled. */
export interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fire: () => void;
}

/** What is due when. Nothing runs by itself: whoever lets time pass takes what is due. */
export class Timers {
  readonly #list = new SortedList<Timer>((a, b) => a.at - b.at || a.order - b.order);
  /** How many were ever set. */
  count = 0;

  get next(): number | undefined {
    return this.#list.first?.at;
  }

  /** With `order`: in the place that a timer had before, among those of the same time. */
  set(at: number, fire: () => void, order?: number): Timer {
    const timer = { at, order: order ?? ++this.count, fire };
    this.#list.add(timer);
    return timer;
  }

  cancel(timer: Timer | undefined): void {
    if (timer !== undefined) this.#list.delete(timer);
  }

  /** Takes the earliest timer that is due at `now`. */
  takeDue(now: number): Timer | undefined {
    const first = this.#list.first;
    if (first === undefined || first.at > now) return undefined;
    this.#list.delete(first);
    return first;
  }
}
