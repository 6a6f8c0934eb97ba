import { ContactCenterError, type Clock } from 'onescreen';
import { errorFields, type LogFields, type Logger } from 'onescreen/logging';

/** What of the vendor's the server calls. */
export type VendorHook =
  | 'authenticate'
  | 'route'
  | 'strategy'
  | 'classification'
  | 'onEvents'
  | 'directory'
  | 'allowCallback'
  | `host.${'open' | 'join' | 'leave' | 'close' | 'identify' | 'token'}`
  | `host.${'stop' | 'dial' | 'hold' | 'resume' | 'sendTones' | 'add' | 'remove'}`
  | `host.${'transfer' | 'release' | 'mute' | 'record' | 'announce'}`
  | `store.${'append' | 'read' | 'open' | 'agents' | 'keepAgent'}`;

/** Which call of the vendor's it was, with the ids it was about. */
export interface HookContext {
  readonly hook: VendorHook;
  /** Name of the chat or call host. */
  readonly host?: string;
  /** Name of the routing strategy. */
  readonly strategy?: string;
  /** Id of the classification policy. */
  readonly policyId?: string;
  readonly conversationId?: string;
  readonly channelId?: string;
  readonly agentId?: string;
  readonly taskId?: string;
  readonly queueId?: string;
}

/** How long a call of the vendor's may take by default, in milliseconds (chosen). */
export const hookTimeoutMs = 10_000;

/** Where one call differs from the others. */
export interface HookLimits {
  /** Milliseconds it may take. */
  readonly timeoutMs?: number;
  /** Ends the wait; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Errors that are no faults and are not handed back to the vendor. */
  readonly isExpected?: (error: unknown) => boolean;
}

export interface HooksOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly timeoutMs: number;
  readonly onError: (error: unknown, context: HookContext) => void;
}

/** Calls what the vendor has brought: none of it can keep the server waiting for good, and its exceptions go back to the vendor. */
export class Hooks {
  readonly #options: HooksOptions;
  readonly #open = new Set<(error: unknown) => void>();
  #closed = false;

  constructor(options: HooksOptions) {
    this.#options = options;
  }

  /**
   * Resolves and rejects as `run` does. Rejects with `command/timed-out` once that takes too long, and with
   * `session/closed` when the server closes meanwhile; what `run` still comes to is given to `late`.
   */
  call<T>(
    context: HookContext,
    run: () => T | PromiseLike<T>,
    late?: (value: T) => void,
    limits: HookLimits = {},
  ): Promise<T> {
    const { clock, logger } = this.#options;
    const { timeoutMs = this.#options.timeoutMs, signal, isExpected = () => false } = limits;
    return new Promise((resolve, reject) => {
      let over = false;
      const settle = (then: () => void) => {
        cancel();
        this.#open.delete(giveUp);
        signal?.removeEventListener('abort', onAbort);
        then();
      };
      const giveUp = (error: unknown) => {
        over = true;
        settle(() => reject(error));
      };
      const onAbort = () => giveUp(signal?.reason);
      const cancel = clock.schedule(timeoutMs, () => {
        logger.warn('hook-timed-out', { ...fieldsOf(context), timeoutMs });
        const error = new ContactCenterError(
          'command/timed-out',
          'unable to carry out command; the server took too long',
          {
            retryable: true,
          },
        );
        this.report(error, context);
        giveUp(error);
      });
      this.#open.add(giveUp);
      if (this.#closed) return giveUp(closedError());
      if (signal?.aborted === true) return onAbort();
      signal?.addEventListener('abort', onAbort);
      void (async () => run())().then(
        (value) => (over ? late?.(value) : settle(() => resolve(value))),
        (error: unknown) => {
          if (!isExpected(error) && !(over && signal?.aborted === true)) this.report(error, context);
          if (!over) settle(() => reject(error));
        },
      );
    });
  }

  /** Hands an exception of the vendor's back to the vendor. */
  report(error: unknown, context: HookContext): void {
    try {
      this.#options.onError(error, context);
    } catch (failure) {
      this.#options.logger.error('on-error-failed', { ...fieldsOf(context), ...errorFields(failure) });
    }
  }

  /** Nothing is waited for any more. */
  close(): void {
    this.#closed = true;
    for (const giveUp of [...this.#open]) giveUp(closedError());
  }
}

function fieldsOf(context: HookContext): LogFields {
  return { ...context };
}

function closedError(): ContactCenterError {
  return new ContactCenterError('session/closed', 'unable to carry out command; the server is closed');
}
