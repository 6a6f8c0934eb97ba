import { ContactCenterError, type Clock, type CommandOptions } from 'onescreen';

/** Longest a command may take when its caller names no time, in milliseconds. */
const defaultTimeoutMs = 30_000;

export interface Limits extends CommandOptions {
  readonly clock: Clock;
  /** Aborted when whoever carries out the command is closed. */
  readonly closing: AbortSignal;
  /** As in `unable to start chat`. */
  readonly what: string;
}

/**
 * Runs `command` until its time is up, its caller aborts, or what carries it out is closed, and settles at that
 * moment. `command` gets a signal of that, to stop what it has begun; its reason is the error.
 * @throws ContactCenterError `command/timed-out`, `command/aborted`, `session/closed`, or what `command` throws
 */
export function limited<T>(limits: Limits, command: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, closing, what, signal, timeoutMs = defaultTimeoutMs } = limits;
  return new Promise<T>((resolve, reject) => {
    const stopping = new AbortController();
    const stop = (error: ContactCenterError) => {
      release();
      reject(error);
      stopping.abort(error);
    };
    const onClosing = () => stop(new ContactCenterError('session/closed', `unable to ${what}; it is closed`));
    const onAbort = () =>
      stop(new ContactCenterError('command/aborted', `unable to ${what}; it was aborted`, { cause: signal?.reason }));
    const onTimeout = () =>
      stop(
        new ContactCenterError('command/timed-out', `unable to ${what}; it took longer than ${timeoutMs} ms`, {
          retryable: true,
        }),
      );
    let cancelTimer = () => {};
    const release = () => {
      cancelTimer();
      closing.removeEventListener('abort', onClosing);
      signal?.removeEventListener('abort', onAbort);
    };
    if (closing.aborted) return onClosing();
    if (signal?.aborted) return onAbort();
    closing.addEventListener('abort', onClosing, { once: true });
    signal?.addEventListener('abort', onAbort, { once: true });
    if (Number.isFinite(timeoutMs)) cancelTimer = clock.schedule(timeoutMs, onTimeout);
    command(stopping.signal).then(resolve, reject).finally(release);
  });
}
