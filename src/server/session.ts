import { ContactCenterError, type Cancel, type Clock } from 'onescreen';

/** How long Socket.IO keeps what a page misses while its link is down, in milliseconds; sessions are kept at least as long. */
export const recoveryMs = 120_000;

/** Pages of one agent or one conversation, at most (chosen). */
const maxSessions = 32;

/** Makes room for one more page by dropping one whose link is down. Throws `session/unavailable` when all are up. */
export function makeRoom<Push>(
  sessions: ReadonlyMap<string, Session<Push>>,
  drop: (session: Session<Push>) => void,
): void {
  if (sessions.size < maxSessions) return;
  for (const session of sessions.values()) {
    if (!session.up) return drop(session);
  }
  throw new ContactCenterError('session/unavailable', 'unable to connect; too many pages are open', {
    retryable: true,
  });
}

/** One page of an agent or a customer: a link that may be down for a while. */
export class Session<Push> {
  readonly id: string;
  #send: (frame: unknown) => void;
  #generation = 0;
  #up = true;
  #closed = false;
  #drop: Cancel | undefined;

  constructor(id: string, send: (frame: unknown) => void) {
    this.id = id;
    this.#send = send;
  }

  get up(): boolean {
    return this.#up;
  }

  /** Over for good. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Sends also while the link is down: the transport keeps it for the return. */
  push(push: Push): void {
    if (!this.#closed) this.#send(push);
  }

  /** Answers reach also a page that has just signed out. */
  answer(frame: unknown): void {
    this.#send(frame);
  }

  /** The page is there, over `send`; returns which of its links this is. */
  attach(send: (frame: unknown) => void): number {
    this.#send = send;
    this.#up = true;
    this.#drop?.();
    this.#drop = undefined;
    this.#generation += 1;
    return this.#generation;
  }

  /** That link is down. False when the page is already back over another. */
  detach(
    generation: number,
    drop: { readonly clock: Clock; readonly afterMs: number; readonly run: () => void },
  ): boolean {
    if (generation !== this.#generation || !this.#up) return false;
    this.#up = false;
    this.#drop = drop.clock.schedule(drop.afterMs, drop.run);
    return true;
  }

  close(): void {
    this.#up = false;
    this.#closed = true;
    this.#drop?.();
  }
}
