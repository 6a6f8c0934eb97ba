import type { Random } from 'onescreen';
import type { Impairment } from '../calls/media-unit';
import { frameMs } from './frame';

/** One direction of a leg's media, an item each 20 ms: it may lose items and hold them up. */
export class ImpairedLine<T> {
  readonly #random: Random;
  readonly #held: (T | undefined)[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** Takes in this frame's item and gives the one that gets through now, if any. */
  pass(item: T, { cut = false, loss = 0, delayMs = 0 }: Impairment = {}): T | undefined {
    if (cut) {
      this.#held.length = 0;
      return undefined;
    }
    this.#held.push(loss > 0 && this.#random.next() < loss ? undefined : item);
    const frames = Math.round(delayMs / frameMs);
    if (this.#held.length <= frames) return undefined;
    this.#held.splice(0, this.#held.length - frames - 1);
    return this.#held.shift();
  }
}
