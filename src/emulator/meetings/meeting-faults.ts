import type { EndFrame } from '../calls/frames';

/** What goes wrong with joins and admissions that are still to come. */
export class MeetingFaultRules {
  #failures: EndFrame[] = [];
  #delayMs = 0;

  /** The next `times` joins end like this. */
  failJoins(end: EndFrame, times = 1): void {
    for (let count = 0; count < times; count += 1) this.#failures.push(end);
  }

  /** Whoever is let in waits `ms` milliseconds more, until `clear`. */
  delayAdmissions(ms: number): void {
    this.#delayMs = Math.max(0, ms);
  }

  clear(): void {
    this.#failures = [];
    this.#delayMs = 0;
  }

  takeFailure(): EndFrame | undefined {
    return this.#failures.shift();
  }

  get delayMs(): number {
    return this.#delayMs;
  }
}
