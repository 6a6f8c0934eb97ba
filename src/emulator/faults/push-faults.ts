import type { Clock } from 'onescreen';

/** What befalls a push: never sent, sent twice, sent after the next one, or sent late. */
export type PushFault = 'lose' | 'duplicate' | 'swap' | { readonly delayMs: number };

export interface PushFaultRule {
  readonly fault: PushFault;
  /** Only this event id, such as 200 for a received message. */
  readonly event?: number | undefined;
  /** Only pushes to this user (raw id). */
  readonly user?: string | undefined;
  /** How many pushes it befalls. Default 1. */
  readonly times?: number | undefined;
}

/** Loses, doubles, swaps and delays pushes by rule, the oldest rule first. */
export class PushFaults {
  readonly #clock: Clock;
  #rules: { readonly rule: PushFaultRule; left: number }[] = [];
  /** Pushes waiting for the next one to the same user to go first. */
  readonly #swapped = new Map<string, (() => void)[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(rule: PushFaultRule): void {
    this.#rules.push({ rule, left: rule.times ?? 1 });
  }

  /** Drops all rules; pushes held back go out now. */
  clear(): void {
    this.#rules = [];
    for (const user of this.#swapped.keys()) this.#release(user);
  }

  rules(): readonly (PushFaultRule & { readonly left: number })[] {
    return this.#rules.map(({ rule, left }) => ({ ...rule, left }));
  }

  /** Sends as the rules will have it. False when the push is lost. */
  pass(event: number, user: string, send: () => void): boolean {
    const fault = this.#take(event, user);
    if (fault === 'lose') return false;
    if (fault === 'swap') {
      this.#swapped.set(user, [...(this.#swapped.get(user) ?? []), send]);
      return true;
    }
    if (typeof fault === 'object') {
      this.#clock.schedule(fault.delayMs, send);
      return true;
    }
    send();
    if (fault === 'duplicate') send();
    this.#release(user);
    return true;
  }

  #release(user: string): void {
    const held = this.#swapped.get(user) ?? [];
    this.#swapped.delete(user);
    for (const send of held) send();
  }

  #take(event: number, user: string): PushFault | undefined {
    const entry = this.#rules.find(({ rule }) => (rule.event ?? event) === event && (rule.user ?? user) === user);
    if (entry === undefined) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) this.#rules = this.#rules.filter((other) => other !== entry);
    return entry.rule.fault;
  }
}
