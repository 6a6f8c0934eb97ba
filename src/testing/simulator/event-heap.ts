interface Planned {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** What happens when, the earliest first; at one time in the order in which it was planned. A binary heap. */
export class EventHeap {
  readonly #heap: Planned[] = [];
  #order = 0;

  /** Epoch milliseconds of the earliest; undefined when there is none. */
  get next(): number | undefined {
    return this.#heap[0]?.at;
  }

  plan(at: number, run: () => void): void {
    const planned = { at, order: this.#order++, run };
    const heap = this.#heap;
    let index = heap.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !before(planned, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = planned;
  }

  take(): Planned | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      let child = heap[below];
      const right = heap[below + 1];
      if (child !== undefined && right !== undefined && before(right, child)) {
        below += 1;
        child = right;
      }
      if (child === undefined || !before(child, last)) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = last;
    return first;
  }
}

function before(a: Planned, b: Planned): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}
