/** So long after its last command a node's memory is dropped; no command waits for so long. */
const forgottenAfterMs = 10 * 60_000;

interface Session {
  low: number;
  lastAt: number;
  /** Numbers from `low` on that were done. */
  readonly done: Set<number>;
}

/** As it is saved: node, low, lastAt, done. */
export type SavedSession = readonly [node: string, low: number, lastAt: number, done: readonly number[]];

/**
 * Which commands of which node were done, so that one that arrives again is not done again. As every node folds it from
 * the same log, it is the same everywhere. It holds no more than what nodes still wait for.
 */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  #sweptAt = 0;

  constructor(saved: readonly SavedSession[] = []) {
    for (const [node, low, lastAt, done] of saved) this.#sessions.set(node, { low, lastAt, done: new Set(done) });
  }

  /** True when the command is to be done now, and not for the second time. */
  admit(node: string, number: number, low: number, at: number): boolean {
    let session = this.#sessions.get(node);
    if (session === undefined) this.#sessions.set(node, (session = { low, lastAt: at, done: new Set() }));
    session.lastAt = at;
    if (low > session.low) {
      session.low = low;
      for (const each of session.done) {
        if (each >= low) break;
        session.done.delete(each);
      }
    }
    if (number < session.low || session.done.has(number)) return false;
    session.done.add(number);
    return true;
  }

  /** Whether a node's command was done, as far as that is still remembered. */
  has(node: string, number: number): boolean {
    const session = this.#sessions.get(node);
    return session !== undefined && (number < session.low || session.done.has(number));
  }

  sweep(at: number): void {
    if (at - this.#sweptAt < forgottenAfterMs) return;
    this.#sweptAt = at;
    for (const [node, { lastAt }] of this.#sessions) {
      if (at - lastAt > forgottenAfterMs) this.#sessions.delete(node);
    }
  }

  save(): readonly SavedSession[] {
    return [...this.#sessions].map(([node, { low, lastAt, done }]) => [node, low, lastAt, [...done]]);
  }
}
