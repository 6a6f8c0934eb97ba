import { frameMs, frameSamples, silence, type Frame } from './frame';

/** Over how many milliseconds loudness is taken. */
const windowMs = 200;

/** What counts as silence: 60 dB below full scale. */
const floorDecibels = -60;

/** Loudness of a source over the last 200 ms. */
export class LevelMeter {
  readonly #squares = new Float64Array(windowMs / frameMs);
  #next = 0;

  add(frame: Frame): void {
    this.#squares[this.#next] = frame === silence ? 0 : meanSquare(frame);
    this.#next = (this.#next + 1) % this.#squares.length;
  }

  /**
   * 0 to 1, in proportion to decibels: 0 at 60 dB below full scale and under it, 1 at full scale. A person on
   * the telephone is at about 0.6.
   */
  get level(): number {
    const mean = this.#squares.reduce((sum, square) => sum + square, 0) / this.#squares.length;
    if (mean === 0) return 0;
    const decibels = 10 * Math.log10(mean / 32_768 ** 2);
    return Math.min(1, Math.max(0, 1 - decibels / floorDecibels));
  }
}

function meanSquare(frame: Frame): number {
  let sum = 0;
  for (let index = 0; index < frameSamples; index++) sum += (frame[index] ?? 0) ** 2;
  return sum / frameSamples;
}
