import type { HeldToken, TokenAudience, Tokens } from 'onescreen';

/** What the official clients ask tokens of. They never see how a token is made, and nobody decodes it. */
export interface AcsCredential {
  getToken(options?: { readonly abortSignal?: object }): Promise<{ token: string; expiresOnTimestamp: number }>;
  dispose(): void;
}

/**
 * Hands the desk's token of one audience to an official client. The package's own credential is not used: it decodes the
 * token, never asks for another after a 401, and stops refreshing for good after one failure.
 */
export class TokenBridge {
  readonly #tokens: Tokens;
  readonly #audience: TokenAudience;
  #last: HeldToken | undefined;

  constructor(tokens: Tokens, audience: TokenAudience) {
    this.#tokens = tokens;
    this.#audience = audience;
  }

  /** @throws ContactCenterError `token/unavailable` */
  async current(): Promise<string> {
    return (await this.#get()).token;
  }

  /** The current token with what is known of it. @throws ContactCenterError `token/unavailable` */
  held(): Promise<HeldToken> {
    return this.#get();
  }

  /** Wants another token than `refused`, unless there is one already. */
  async renew(refused: string | undefined = this.#last?.token): Promise<void> {
    if (refused !== undefined && refused !== this.#last?.token) return;
    this.#last = await this.#tokens.get(this.#audience, refused);
  }

  /** For requests, whose callers want to know why there is no token. */
  forRequests(): AcsCredential {
    return { getToken: async () => toOfficial(await this.#get()), dispose() {} };
  }

  /**
   * For what asks from timers, where nobody catches a rejection: once there was a token, the last one
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
    return (this.#last = await this.#tokens.get(this.#audience));
  }
}

function toOfficial(held: HeldToken): { token: string; expiresOnTimestamp: number } {
  return { token: held.token, expiresOnTimestamp: held.expiresAt };
}
