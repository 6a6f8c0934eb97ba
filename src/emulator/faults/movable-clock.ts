import type { Cancel, Clock } from 'onescreen';

interface Entry {
  readonly due: number;
  readonly run: () => void;
  cancel: Cancel;
}

/** A clock that a test can move ahead of the one it is built on. What falls due by the move runs at once, in order. */
export class MovableClock implements Clock {
  readonly #base: Clock;
  readonly #entries = new Set<Entry>();
  #offset = 0;

  constructor(base: Clock) {
    this.#base = base;
  }

  /** Milliseconds by which this clock is ahead of its base. */
  get offset(): number {
    return this.#offset;
  }

  /** Calls that are still to come. */
  get pending(): number {
    return this.#entries.size;
  }

  now(): number {
    return this.#base.now() + this.#offset;
  }

  schedule(delayMs: number, run: () => void): Cancel {
    const entry: Entry = { due: this.now() + Math.max(0, delayMs), run, cancel: () => {} };
    this.#arm(entry);
    return () => {
      entry.cancel();
      this.#entries.delete(entry);
    };
  }

  /** Moves by `ms` milliseconds; time never runs backwards, so a negative number counts as 0. */
  move(ms: number): void {
    this.#offset += Math.max(0, ms);
    const now = this.now();
    const entries = [...this.#entries].sort((a, b) => a.due - b.due);
    for (const entry of entries) entry.cancel();
    for (const entry of entries) {
      if (!this.#entries.has(entry)) continue;
      if (entry.due > now) this.#arm(entry);
      else if (this.#entries.delete(entry)) entry.run();
    }
  }

  /** Cancels everything that is still to come. */
  clear(): void {
    for (const entry of this.#entries) entry.cancel();
    this.#entries.clear();
  }

  #arm(entry: Entry): void {
    this.#entries.add(entry);
    entry.cancel = this.#base.schedule(entry.due - this.now(), () => {
      if (this.#entries.delete(entry)) entry.run();
    });
  }
}
