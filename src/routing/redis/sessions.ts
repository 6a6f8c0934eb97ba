/** So long after its last command a node's memory is dropped; no command waits for so long. */
const forgottenAfterMs = 10 * 60_000;

interface Session {
  /** What is below is not waited for any more. */
  low: number;
  /** The first that was not done. */
  next: number;
  lastAt: number;
  /** Those behind it that were done: few, as commands come nearly always in their order. */
  readonly early: Set<number>;
}

/** As it is saved: node, low, lastAt, and which numbers from `low` on were done. */
export type SavedSession = readonly [node: string, low: number, lastAt: number, done: readonly number[]];

/**
 * Which commands of which node were done, so that one that arrives again is not done again. As every node folds it from
 * the same log, it is the same everywhere. It holds no more than what nodes still wait for.
 */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  #sweptAt = 0;

  constructor(saved: readonly SavedSession[] = []) {
    for (const [node, low, lastAt, done] of saved) {
      const session = this.#open(node, low, lastAt);
      for (const number of done) isNew(session, number);
    }
  }

  /** True when the command is to be done now, and not for the second time. */
  admit(node: string, number: number, low: number, at: number): boolean {
    const session = this.#sessions.get(node) ?? this.#open(node, low, at);
    session.lastAt = at;
    if (low > session.low) raise(session, low);
    return isNew(session, number);
  }

  /** Whether a node's command was done, as far as that is still remembered. */
  has(node: string, number: number): boolean {
    const session = this.#sessions.get(node);
    return session !== undefined && (number < session.next || session.early.has(number));
  }

  sweep(at: number): void {
    if (at - this.#sweptAt < forgottenAfterMs) return;
    this.#sweptAt = at;
    for (const [node, { lastAt }] of this.#sessions) {
      if (at - lastAt > forgottenAfterMs) this.#sessions.delete(node);
    }
  }

  save(): readonly SavedSession[] {
    return [...this.#sessions].map(([node, { low, next, lastAt, early }]) => {
      const inOrder = Array.from({ length: next - low }, (_, index) => low + index);
      return [node, low, lastAt, [...inOrder, ...early]];
    });
  }

  #open(node: string, low: number, lastAt: number): Session {
    const session: Session = { low, next: low, lastAt, early: new Set() };
    this.#sessions.set(node, session);
    return session;
  }
}

// Notes it as done.
function isNew(session: Session, number: number): boolean {
  if (number < session.next || session.early.has(number)) return false;
  if (number > session.next) session.early.add(number);
  else advance(session, number + 1);
  return true;
}

function raise(session: Session, low: number): void {
  session.low = low;
  if (low <= session.next) return;
  for (const number of session.early) if (number < low) session.early.delete(number);
  advance(session, low);
}

function advance(session: Session, next: number): void {
  session.next = next;
  while (session.early.delete(session.next)) session.next += 1;
}
