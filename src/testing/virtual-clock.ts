import type { Cancel, Clock } from 'onescreen';
import { macrotaskTurn } from './macrotask-turn';

/** A clock that moves only when told to. Calls of `advance` and `runUntil` queue up behind each other. */
export interface VirtualClock extends Clock {
  /** How many scheduled calls have neither run nor been taken back. */
  readonly pending: number;
  /**
   * Moves on by `ms` milliseconds: runs what falls due in order of time, then of scheduling, and lets all
   * promise chains come to rest before, between and after. Rejects with what a scheduled call throws.
   */
  advance(ms: number): Promise<void>;
  /**
   * Moves on from one scheduled call to the next until `condition` holds, which is asked after each.
   * @throws Error when it does not hold within `limitMs` milliseconds of virtual time (default one hour)
   */
  runUntil(condition: () => boolean, limitMs?: number): Promise<void>;
}

/**
 * A virtual clock; `start` is its first `now`, epoch milliseconds (default: Monday 2026-01-05, 08:00 UTC).
 *
 * Promise chains come to rest as long as they consist of promises and microtasks only. What waits for real
 * input and output, or for a thread (Web Crypto), is not waited for.
 */
export function virtualClock(start: number = Date.UTC(2026, 0, 5, 8)): VirtualClock {
  return new SteppedClock(start);
}

interface Timer {
  readonly due: number;
  readonly order: number;
  /** Undefined once it is taken back: what it would have needed is free at once. */
  run: (() => void) | undefined;
}

class SteppedClock implements VirtualClock {
  #now: number;
  #order = 0;
  #pending = 0;
  #tail: Promise<void> = Promise.resolve();
  /** A binary heap, the next to run first. Cancelled timers stay in until they come up. */
  readonly #heap: Timer[] = [];

  constructor(start: number) {
    this.#now = start;
  }

  get pending(): number {
    return this.#pending;
  }

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, run: () => void): Cancel {
    // As the machine's clock has them, times are whole milliseconds.
    const timer: Timer = { due: this.#now + Math.ceil(Math.max(0, delayMs)), order: this.#order++, run };
    this.#pending++;
    push(this.#heap, timer);
    return () => {
      if (timer.run === undefined) return;
      timer.run = undefined;
      this.#pending--;
    };
  }

  advance(ms: number): Promise<void> {
    return this.#enqueue(async () => {
      const target = this.#now + Math.ceil(Math.max(0, ms));
      await macrotaskTurn();
      while (await this.#step(target));
      this.#now = target;
    });
  }

  runUntil(condition: () => boolean, limitMs = 3_600_000): Promise<void> {
    return this.#enqueue(async () => {
      const limit = this.#now + limitMs;
      await macrotaskTurn();
      while (!condition()) {
        if (await this.#step(limit)) continue;
        this.#now = limit;
        throw new Error(`unable to reach the condition; it does not hold after ${limitMs} ms`);
      }
    });
  }

  /** Runs the next call that is due by `limit`; false when there is none. */
  async #step(limit: number): Promise<boolean> {
    const timer = this.#next(limit);
    if (timer === undefined) return false;
    this.#now = Math.max(this.#now, timer.due);
    const { run } = timer;
    timer.run = undefined;
    this.#pending--;
    run?.();
    await macrotaskTurn();
    return true;
  }

  #next(limit: number): Timer | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.run === undefined) pop(this.#heap);
      else if (first.due > limit) return undefined;
      else return pop(this.#heap);
    }
    return undefined;
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => {});
    return done;
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.due === b.due ? a.order < b.order : a.due < b.due;
}

function push(heap: Timer[], timer: Timer): void {
  let index = heap.length;
  while (index > 0) {
    const parent = heap[(index - 1) >> 1];
    if (parent === undefined || !before(timer, parent)) break;
    heap[index] = parent;
    index = (index - 1) >> 1;
  }
  heap[index] = timer;
}

function pop(heap: Timer[]): Timer | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let index = 0;
  for (;;) {
    let child = 2 * index + 1;
    let least = heap[child];
    const right = heap[child + 1];
    if (least !== undefined && right !== undefined && before(right, least)) {
      child++;
      least = right;
    }
    if (least === undefined || !before(least, last)) break;
    heap[index] = least;
    index = child;
  }
  heap[index] = last;
  return first;
}
