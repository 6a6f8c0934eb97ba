import type { Clock } from '../environment/clock';
import { toContactCenterError, type ErrorCode } from '../errors';
import type { CommandOptions } from '../provider/control-plane';
import { unable } from './unable';

/** Longest a command may take when its caller names no time, in milliseconds. */
const defaultTimeoutMs = 30_000;

/** `options` of a command that has more than the common ones: what it tells the control plane of them. */
export function argumentsOf<Options extends CommandOptions>({ signal, timeoutMs, ...args }: Options) {
  return args;
}

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
  const { signal, timeoutMs = defaultTimeoutMs } = options ?? {};
  return new Promise<T>((resolve, reject) => {
    const giveUp = (code: ErrorCode, why: string, retryable = false) => {
      settle();
      reject(unable(what, why, code, { retryable }));
    };
    const abort = () => giveUp('command/aborted', 'it was aborted');
    const cancel = Number.isFinite(timeoutMs)
      ? clock.schedule(timeoutMs, () => giveUp('command/timed-out', `no answer within ${timeoutMs} ms`, true))
      : () => {};
    const settle = () => {
      cancel();
      signal?.removeEventListener('abort', abort);
    };
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort);
    command()
      .then(resolve, (error: unknown) =>
        reject(toContactCenterError(error, 'command/failed', `unable to ${what}; see cause`)),
      )
      .finally(settle);
  });
}
