/** What happens to a task. Numbers, so that a million of them can be written down. */
export const step = { expire: 0, arrive: 1, accept: 2, decline: 3, end: 4 } as const;

export type Step = (typeof step)[keyof typeof step];

/** What is still to come, the earliest first; at one time, expired offers before anything else, then as it was added. */
export class Agenda {
  readonly #keys: Float64Array;
  readonly #what: Int32Array;
  #size = 0;
  #added = 0;

  /** `capacity`: most entries at a time. */
  constructor(capacity: number) {
    this.#keys = new Float64Array(capacity + 1);
    this.#what = new Int32Array(capacity + 1);
  }

  /** Whole milliseconds of what comes next; Infinity when there is nothing. */
  get nextAt(): number {
    return this.#size === 0 ? Infinity : Math.floor((this.#keys[0] ?? 0) / 2 ** 25);
  }

  get nextStep(): number {
    return (this.#what[0] ?? 0) & 7;
  }

  /** `at`: whole milliseconds from 0 up to 2^27. */
  add(at: number, what: Step, task: number): void {
    const key = (at * 2 + (what === step.expire ? 0 : 1)) * 2 ** 24 + this.#added++;
    let hole = this.#size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const above = this.#keys[parent] ?? 0;
      if (above <= key) break;
      this.#keys[hole] = above;
      this.#what[hole] = this.#what[parent] ?? 0;
      hole = parent;
    }
    this.#keys[hole] = key;
    this.#what[hole] = task * 8 + what;
  }

  /** Takes what comes next, and tells its task. */
  take(): number {
    const taken = this.#what[0] ?? 0;
    const size = --this.#size;
    const key = this.#keys[size] ?? 0;
    const what = this.#what[size] ?? 0;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      if (child + 1 < size && (this.#keys[child + 1] ?? 0) < (this.#keys[child] ?? 0)) child += 1;
      const below = this.#keys[child] ?? 0;
      if (key <= below) break;
      this.#keys[hole] = below;
      this.#what[hole] = this.#what[child] ?? 0;
      hole = child;
    }
    this.#keys[hole] = key;
    this.#what[hole] = what;
    return taken >> 3;
  }
}
