import type { EndFrame } from './frames';

interface Counted<T> {
  readonly value: T;
  left: number;
}

/** What goes wrong with calls that are still to come; each befalls the next `times` of them. */
export class CallFaultRules {
  #failures: Counted<EndFrame>[] = [];
  #delays: Counted<number>[] = [];
  #lostContexts = 0;
  #unheard = 0;

  /** Makes adding somebody to a call fail. */
  failAdds(end: EndFrame, times = 1): void {
    this.#failures.push({ value: end, left: times });
  }

  /** Rings begin `ms` milliseconds late. */
  delayRings(ms: number, times = 1): void {
    this.#delays.push({ value: ms, left: times });
  }

  /** Custom contexts do not arrive. */
  loseContexts(times = 1): void {
    this.#lostContexts += times;
  }

  /** Incoming calls reach nobody; the caller waits in vain. */
  loseRings(times = 1): void {
    this.#unheard += times;
  }

  clear(): void {
    this.#failures = [];
    this.#delays = [];
    this.#lostContexts = 0;
    this.#unheard = 0;
  }

  takeFailure(): EndFrame | undefined {
    return take(this.#failures);
  }

  takeDelay(): number {
    return take(this.#delays) ?? 0;
  }

  takeLostContext(): boolean {
    if (this.#lostContexts === 0) return false;
    this.#lostContexts -= 1;
    return true;
  }

  takeLostRing(): boolean {
    if (this.#unheard === 0) return false;
    this.#unheard -= 1;
    return true;
  }
}

function take<T>(entries: Counted<T>[]): T | undefined {
  const [first] = entries;
  if (first === undefined) return undefined;
  first.left -= 1;
  if (first.left <= 0) entries.shift();
  return first.value;
}
