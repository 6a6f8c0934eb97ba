import type { Cancel, Clock } from 'onescreen';
import { frameMs } from './frame';

/** Frames made up for at most when the process was held up; time beyond that is left out. 200 ms. */
const mostBehind = 10;

/** Calls for a frame every 20 ms of the clock's time, making up for lateness. */
export class Pacer {
  readonly #clock: Clock;
  readonly #frame: () => void;
  #due = 0;
  #cancel: Cancel | undefined;

  constructor(clock: Clock, frame: () => void) {
    this.#clock = clock;
    this.#frame = frame;
  }

  /** Harmless when it runs. */
  start(): void {
    if (this.#cancel !== undefined) return;
    this.#due = this.#clock.now() + frameMs;
    this.#arm(false);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #arm(caughtUp: boolean): void {
    this.#cancel = this.#clock.schedule(this.#due - this.#clock.now(), () => this.#run(caughtUp));
  }

  #run(waited: boolean): void {
    const behind = Math.floor((this.#clock.now() - this.#due) / frameMs);
    // What pages sent while the process was held up is read first; otherwise it would be missing now and late then.
    if (behind > 0 && !waited) return this.#arm(true);
    // The clock was set, or more time has gone than is worth making up for.
    if (behind < -1 || behind > mostBehind)
      this.#due = this.#clock.now() - Math.min(Math.max(behind, 0), mostBehind) * frameMs;
    while (this.#due <= this.#clock.now()) {
      this.#due += frameMs;
      this.#frame();
      if (this.#cancel === undefined) return;
    }
    this.#arm(false);
  }
}
