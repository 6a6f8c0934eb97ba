import { ContactCenterError, type Cancel, type Clock, type Preflight } from 'onescreen';
import { answerWithinMs, type PhoneCommand } from './phone-command';

interface Pending {
  readonly id: string;
  readonly command: PhoneCommand;
  readonly resolve: (result: Preflight | undefined) => void;
  readonly reject: (error: ContactCenterError) => void;
  readonly cancel: Cancel;
  /** The term in which it is carried out; from then on it cannot be given to another. */
  term?: string;
}

/** Commands of this tab that have no answer yet. Each settles once. */
export class HandedCommands {
  readonly #clock: Clock;
  readonly #pending = new Map<string, Pending>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those that nobody has taken, the oldest first. */
  get untaken(): readonly { readonly id: string; readonly command: PhoneCommand }[] {
    return [...this.#pending.values()].filter(({ term }) => term === undefined);
  }

  add(id: string, command: PhoneCommand): Promise<Preflight | undefined> {
    return new Promise((resolve, reject) => {
      const message = `unable to carry out ${command.name}; the tab that holds the phone does not answer`;
      const cancel = this.#clock.schedule(answerWithinMs(command), () =>
        this.fail(id, new ContactCenterError('command/timed-out', message, { retryable: true })),
      );
      this.#pending.set(id, { id, command, resolve, reject, cancel });
    });
  }

  /** Somebody carries it out; `here`: this tab does, and waits for itself as long as it takes. */
  taken(id: string, term: string, here = false): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    pending.term ??= term;
    if (here) pending.cancel();
  }

  done(id: string, result?: Preflight): void {
    this.#settle(id)?.resolve(result);
  }

  fail(id: string, error: ContactCenterError): void {
    this.#settle(id)?.reject(error);
  }

  /** What was being carried out in any other term than this one will not be answered. */
  lose(termNow: string | undefined): void {
    for (const { id, command, term } of [...this.#pending.values()]) {
      if (term === undefined || term === termNow) continue;
      const message = `unable to carry out ${command.name}; the tab that held the phone is gone`;
      this.fail(id, new ContactCenterError('phone/leader-gone', message, { retryable: true }));
    }
  }

  close(): void {
    for (const { id, command } of [...this.#pending.values()]) {
      this.fail(
        id,
        new ContactCenterError('session/closed', `unable to carry out ${command.name}; the phone has closed`),
      );
    }
  }

  #settle(id: string): Pending | undefined {
    const pending = this.#pending.get(id);
    pending?.cancel();
    this.#pending.delete(id);
    return pending;
  }
}
