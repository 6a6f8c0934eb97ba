/** A hash over every offer of a run (task, worker, time), in order. 64 bits in two halves. */
export class Trace {
  count = 0;
  #high = 0x811c9dc5;
  #low = 0x01000193;

  add(task: number, worker: number, at: number): void {
    this.count += 1;
    for (const word of [task, worker, at]) {
      this.#high = Math.imul(this.#high ^ word, 0x01000193);
      this.#low = Math.imul((this.#low << 5) | (this.#low >>> 27), 0x9e3779b1) ^ word;
    }
  }

  get hash(): string {
    return [this.#high, this.#low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
