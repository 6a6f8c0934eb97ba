import { frameSamples, type Frame } from './frame';

/** Frames that are collected before playing begins: what a page's packets may be late by. */
const lead = 2;

/** Frames that are kept at most; beyond, the oldest are dropped down to the lead. */
const most = 10;

/** Frames played after which a lead that never shrank counts as too long. One second. */
const observed = 50;

/** Evens out how a page's packets arrive: takes samples as they come and gives a frame each 20 ms. */
export class PlayoutBuffer {
  #samples = new Int16Array(0);
  #playing = false;
  #played = 0;
  #least = Infinity;

  push(samples: Int16Array): void {
    const joined = new Int16Array(this.#samples.length + samples.length);
    joined.set(this.#samples);
    joined.set(samples, this.#samples.length);
    this.#samples = joined.length > most * frameSamples ? joined.slice(-lead * frameSamples) : joined;
  }

  /** The next frame; undefined when nothing came in time, which is heard as silence. */
  take(): Frame | undefined {
    const ready = Math.floor(this.#samples.length / frameSamples);
    if (ready === 0 || (!this.#playing && ready < lead)) {
      this.#restart(false);
      return undefined;
    }
    if (!this.#playing) this.#restart(true);
    this.#least = Math.min(this.#least, ready);
    // The page's clock runs faster than ours, or we stood still for a moment: without this the delay would stay.
    if (++this.#played >= observed) {
      if (this.#least > lead + 1) this.#drop();
      this.#restart(true);
    }
    return this.#drop();
  }

  #restart(playing: boolean): void {
    this.#playing = playing;
    this.#played = 0;
    this.#least = Infinity;
  }

  #drop(): Frame {
    const frame = this.#samples.slice(0, frameSamples);
    this.#samples = this.#samples.slice(frameSamples);
    return frame;
  }
}
