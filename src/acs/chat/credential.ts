import type { HeldToken, Tokens } from 'onescreen';
import type { AcsCredential } from './official-client';

/**
 * Hands the desk's chat token to the official client. The package's own credential is not used: it decodes the
 * token, never asks for another after a 401, and stops refreshing for good after one failure.
 */
export class TokenBridge {
  readonly #tokens: Tokens;
  #last: HeldToken | undefined;

  constructor(tokens: Tokens) {
    this.#tokens = tokens;
  }

  /** @throws ContactCenterError `token/unavailable` */
  async current(): Promise<string> {
    this.#last = await this.#tokens.get('chat');
    return this.#last.token;
  }

  /** Wants another token than `refused`, unless there is one already. */
  async renew(refused: string | undefined = this.#last?.token): Promise<void> {
    if (refused !== undefined && refused !== this.#last?.token) return;
    this.#last = await this.#tokens.get('chat', refused);
  }

  /** For requests, whose callers want to know why there is no token. */
  forRequests(): AcsCredential {
    return { getToken: async () => toOfficial(await this.#get()), dispose() {} };
  }

  /**
   * For realtime, which asks from timers where nobody catches a rejection: once there was a token, the last one
   * stands in for what cannot be had, and the service refuses it.
   */
  forRealtime(): AcsCredential {
    return {
      getToken: async () => {
        try {
          return toOfficial(await this.#get());
        } catch (error) {
          if (this.#last === undefined) throw error;
          return toOfficial(this.#last);
        }
      },
      dispose() {},
    };
  }

  async #get(): Promise<HeldToken> {
    return (this.#last = await this.#tokens.get('chat'));
  }
}

function toOfficial(held: HeldToken): { token: string; expiresOnTimestamp: number } {
  return { token: held.token, expiresOnTimestamp: held.expiresAt };
}
