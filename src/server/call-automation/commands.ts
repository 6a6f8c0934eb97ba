import { ContactCenterError, isContactCenterError, type Clock, type Random } from 'onescreen';
import { callFailure, isUncertain, requestFailure } from './call-failures';
import { gone } from './end-codes';
import { Operations, type Expectation } from './operations';
import type { Reading } from './reading';

export interface CommandsParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly reading: Reading;
  readonly isOver: () => boolean;
}

/** Carries out commands on one call, and finds out what becomes of them. */
export class Commands {
  readonly operations: Operations;
  readonly #parts: CommandsParts;

  constructor(parts: CommandsParts) {
    this.#parts = parts;
    this.operations = new Operations(parts.clock);
  }

  /** Sends a command and waits for what becomes of it. */
  async run<T>(
    action: string,
    send: (context: string) => Promise<void>,
    expectation: Omit<Expectation<T>, 'action'>,
  ): Promise<T> {
    this.require(action);
    const context = this.#parts.random.id();
    const operation = this.operations.expect<T>(context, { ...expectation, action });
    try {
      await send(context);
    } catch (error) {
      const failure = this.failed(action, error);
      // Whether it was done may be seen, though nobody has said so.
      const findOut = isUncertain(error) && !isContactCenterError(error) ? expectation.late() : Promise.reject(failure);
      await findOut.then(operation.succeed, () => operation.fail(failure));
    }
    return operation.result;
  }

  get isOver(): boolean {
    return this.#parts.isOver();
  }

  /** Throws `call/gone` after the end. */
  require(action: string): void {
    if (this.#parts.isOver()) throw callFailure(action, gone);
  }

  /** What a request has failed with, as an error of ours. */
  failed(action: string, error: unknown): ContactCenterError {
    const failure = requestFailure(action, error);
    if (failure.code === 'call/gone') this.#parts.reading.soon();
    return failure;
  }

  /** True when it is so by now; fails when the time is up and it is not. `isRead`: the service could be asked. */
  async later(action: string, isSo: (isRead: boolean) => boolean): Promise<true> {
    const isRead = await this.#parts.reading.now().then(
      () => true,
      () => false,
    );
    this.require(action);
    if (isSo(isRead)) return true;
    throw undecided(action);
  }

  /** The call is over for us. */
  failAll(): void {
    this.operations.failAll((action) => callFailure(action, gone));
  }
}

export function undecided(action: string): ContactCenterError {
  return new ContactCenterError(
    'command/timed-out',
    `unable to ${action}; the service does not say what became of it`,
    { retryable: true, provider: { name: 'acs' } },
  );
}
