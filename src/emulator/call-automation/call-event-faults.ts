import type { Clock, Random } from 'onescreen';

/** `double` posts it twice; `reorder` posts it up to half a second late, so that others overtake it. */
export type CallEventFault = 'lose' | 'double' | 'reorder' | { readonly delayMs: number };

export interface CallEventFaultRule {
  readonly fault: CallEventFault;
  /** Only events of this type, such as `CallConnected`. */
  readonly type?: string | undefined;
  /** How many events it befalls. Default 1, or without bound when `share` is given. */
  readonly times?: number | undefined;
  /** The share of events that it befalls, 0 to 1. Default 1. */
  readonly share?: number | undefined;
}

/** Longest wait of an event that others are to overtake, in milliseconds (chosen). */
const reorderMs = 500;

interface Entry {
  readonly rule: CallEventFaultRule;
  left: number;
}

/** Loses, doubles, delays and reorders the events of calls on their way to servers. */
export class CallEventFaults {
  readonly #clock: Clock;
  readonly #random: Random;
  #entries: readonly Entry[] = [];

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  add(rule: CallEventFaultRule): void {
    const left = rule.times ?? (rule.share === undefined ? 1 : Infinity);
    this.#entries = [...this.#entries, { rule, left }];
  }

  clear(): void {
    this.#entries = [];
  }

  rules(): readonly (CallEventFaultRule & { readonly left: number })[] {
    return this.#entries.map(({ rule, left }) => ({ ...rule, left }));
  }

  /** For the sender of events: does what the first fitting rule says. */
  pass(type: string, send: () => void): void {
    const fault = this.#take(type);
    if (fault === 'lose') return;
    if (fault === 'reorder') return void this.#clock.schedule(this.#random.next() * reorderMs, send);
    if (typeof fault === 'object') return void this.#clock.schedule(fault.delayMs, send);
    send();
    if (fault === 'double') send();
  }

  #take(type: string): CallEventFault | undefined {
    const entry = this.#entries.find(
      ({ rule }) => (rule.type ?? type) === type && (rule.share === undefined || this.#random.next() < rule.share),
    );
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#entries = this.#entries.filter((other) => other !== entry);
    return entry.rule.fault;
  }
}
