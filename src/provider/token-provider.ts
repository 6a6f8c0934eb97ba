/** What a token is for. The list is open. */
export type TokenAudience = 'controlPlane' | 'chat' | 'calling' | (string & {});

/** Which kind of identity a token speaks for. */
export type TokenKind = 'acsUser' | 'tpeAgent' | 'teamsUser' | (string & {});

/** An access token. It is opaque to us: nothing decodes it. */
export interface AccessToken {
  readonly token: string;
  /** When it stops working: a Date, epoch milliseconds, or an ISO 8601 string. */
  readonly expiresOn: Date | number | string;
  readonly kind?: TokenKind;
}

/**
 * Gets a token from the vendor's back end. Called ahead of expiry and after a refusal; a rejection is tried
 * again with back-off. It must not open a window.
 */
export type TokenProvider = (request: {
  readonly audience: TokenAudience;
  readonly signal: AbortSignal;
}) => Promise<AccessToken>;

/** What a provider gets to see of tokens. */
export interface Tokens {
  /**
   * The current token, fetched or refreshed first when needed. `refused`: that token was turned away, another is wanted.
   * @throws ContactCenterError `token/unavailable` when none can be had
   */
  get(audience: TokenAudience, refused?: string): Promise<HeldToken>;
}

export interface HeldToken {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  readonly kind?: TokenKind;
}

/**
 * `degraded`: the token still works but could not be refreshed yet; `expired`: none that works can be had;
 * `interaction-required`: the vendor's token function asks for a person (it rejected with `token/interaction-required`).
 */
export type TokenStatus = 'valid' | 'degraded' | 'expired' | 'interaction-required';
