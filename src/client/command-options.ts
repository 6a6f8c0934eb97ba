import type { Clock } from '../environment/clock';
import { ContactCenterError, toContactCenterError } from '../errors';
import type { CommandOptions } from '../provider/control-plane';

/** Longest a command may take when its caller names no time, in milliseconds. */
export const defaultCommandTimeoutMs = 30_000;

/**
 * Runs `command`, but rejects when its caller aborts or its time is up. The command itself may still have its
 * effect: it was sent.
 */
export function withCommandOptions<T>(
  clock: Clock,
  options: CommandOptions | undefined,
  what: string,
  command: () => Promise<T>,
): Promise<T> {
  const { signal, timeoutMs = defaultCommandTimeoutMs } = options ?? {};
  return new Promise<T>((resolve, reject) => {
    const aborted = () => settle(() => reject(abortedError(what)));
    const cancel = Number.isFinite(timeoutMs)
      ? clock.schedule(timeoutMs, () => settle(() => reject(timedOutError(what, timeoutMs))))
      : () => {};
    const settle = (finish: () => void) => {
      cancel();
      signal?.removeEventListener('abort', aborted);
      finish();
    };
    if (signal?.aborted) return aborted();
    signal?.addEventListener('abort', aborted, { once: true });
    command().then(
      (value) => settle(() => resolve(value)),
      (error: unknown) =>
        settle(() => reject(toContactCenterError(error, 'command/failed', `unable to ${what}; see cause`))),
    );
  });
}

function abortedError(what: string): ContactCenterError {
  return new ContactCenterError('command/aborted', `unable to ${what}; it was aborted`);
}

function timedOutError(what: string, timeoutMs: number): ContactCenterError {
  return new ContactCenterError('command/timed-out', `unable to ${what}; no answer within ${timeoutMs} ms`, {
    retryable: true,
  });
}
