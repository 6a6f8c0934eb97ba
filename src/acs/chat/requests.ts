import { ContactCenterError, isContactCenterError, type Clock } from 'onescreen';
import { statusOf, toAcsError } from './acs-error';
import type { TokenBridge } from '../credential';

/** Long, because a request that we give up on may still take effect. */
const timeoutMs = 30_000;

/** Makes the official client's calls: with a time limit, one repetition with another token after a 401, and errors in our terms. */
export class Requests {
  readonly #clock: Clock;
  readonly #tokens: TokenBridge;
  readonly #closing: AbortSignal;

  constructor(clock: Clock, tokens: TokenBridge, closing: AbortSignal) {
    this.#clock = clock;
    this.#tokens = tokens;
    this.#closing = closing;
  }

  /** `action` as in `unable to send message`. @throws ContactCenterError */
  async make<T>(action: string, run: (options: { readonly abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
    let token: string | undefined;
    try {
      return await this.#once(action, async (options) => {
        token = await this.#tokens.current();
        return run(options);
      });
    } catch (error) {
      if (statusOf(error) !== 401) throw this.#explain(error, action);
    }
    try {
      return await this.#once(action, async (options) => {
        await this.#tokens.renew(token);
        return run(options);
      });
    } catch (error) {
      throw this.#explain(error, action);
    }
  }

  #explain(error: unknown, action: string): ContactCenterError {
    if (this.#closing.aborted) return closedError(action);
    return toAcsError(error, action, this.#clock.now());
  }

  /** Does not wait for the official client to notice the abort. */
  #once<T>(action: string, run: (options: { readonly abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const abort = new AbortController();
      const stop = (error: ContactCenterError) => {
        reject(error);
        abort.abort();
      };
      const onClosing = () => stop(closedError(action));
      if (this.#closing.aborted) return onClosing();
      this.#closing.addEventListener('abort', onClosing, { once: true });
      const cancel = this.#clock.schedule(timeoutMs, () =>
        stop(
          new ContactCenterError('command/timed-out', `unable to ${action}; the chat service did not answer in time`, {
            retryable: true,
            provider: { name: 'acs' },
          }),
        ),
      );
      const settled = () => {
        cancel();
        this.#closing.removeEventListener('abort', onClosing);
      };
      run({ abortSignal: abort.signal }).then(resolve, reject).finally(settled);
    });
  }
}

export function closedError(action: string): ContactCenterError {
  return new ContactCenterError('channel/closed', `unable to ${action}; the channel was closed here`);
}

/** True when trying again by ourselves may help. */
export function mayRecover(error: unknown): error is ContactCenterError {
  return isContactCenterError(error) && error.retryable;
}
