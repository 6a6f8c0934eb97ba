import type { Cancel, Clock } from 'onescreen';

interface Entry {
  readonly run: () => void;
  cancel: Cancel;
  cancelled: boolean;
}

/** The clock of one page: its timers stand still while the page is frozen, and never run once it is gone. */
export class PageClock implements Clock {
  readonly #base: Clock;
  readonly #live = new Set<Entry>();
  #held: Entry[] = [];
  #frozen = false;
  #gone = false;

  constructor(base: Clock) {
    this.#base = base;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  now(): number {
    return this.#base.now();
  }

  schedule(delayMs: number, run: () => void): Cancel {
    if (this.#gone) return () => {};
    const entry: Entry = { run, cancel: () => {}, cancelled: false };
    this.#live.add(entry);
    entry.cancel = this.#base.schedule(delayMs, () => {
      // What has waited goes first.
      if (this.#frozen || this.#held.length > 0) this.#held.push(entry);
      else this.#run(entry);
    });
    return () => {
      entry.cancelled = true;
      entry.cancel();
      this.#live.delete(entry);
    };
  }

  freeze(): void {
    this.#frozen = true;
  }

  /** What fell due meanwhile runs now, in order, each in a turn of its own. */
  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    this.#drain();
  }

  /** The page is gone. */
  stop(): void {
    this.#gone = true;
    for (const { cancel } of this.#live) cancel();
    this.#live.clear();
    this.#held = [];
  }

  #drain(): void {
    if (this.#held.length === 0) return;
    this.#base.schedule(0, () => {
      if (this.#frozen || this.#gone) return;
      const entry = this.#held.shift();
      if (entry !== undefined && !entry.cancelled) this.#run(entry);
      this.#drain();
    });
  }

  #run(entry: Entry): void {
    this.#live.delete(entry);
    entry.run();
  }
}
