import type { Cancel } from '../environment/clock';
import type { Environment } from '../environment/environment';
import { ContactCenterError, isContactCenterError } from '../errors';
import { createLive, type Live } from '../live';
import type {
  AccessToken,
  HeldToken,
  TokenAudience,
  TokenProvider,
  Tokens,
  TokenStatus,
} from '../provider/token-provider';

/** By audience, for those asked for so far. */
export type TokenState = Readonly<Record<string, TokenStatus>>;

export interface TokenBroker extends Tokens {
  readonly state$: Live<TokenState>;
  close(): Promise<void>;
}

/** Refreshes this long before expiry, or at half of a shorter life (Microsoft's own credential: 10 minutes). */
const refreshAheadMs = 10 * 60_000;
/** Time for one call of the vendor's token function. */
const fetchTimeoutMs = 30_000;
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

interface Holding {
  token?: HeldToken;
  fetching?: Promise<HeldToken>;
  failures: number;
  cancelRefresh?: Cancel;
}

/**
 * Holds one token for each audience: fetched when first asked for, refreshed ahead of expiry, tried again with
 * back-off and jitter when the vendor's function fails. The last good token serves until it expires.
 */
export function createTokens(provider: TokenProvider, environment: Environment): TokenBroker {
  const { clock, random, logger } = environment;
  const holdings = new Map<TokenAudience, Holding>();
  const state = createLive<TokenState>({});
  const closing = new AbortController();

  function note(audience: TokenAudience, status: TokenStatus): void {
    if (state.value[audience] !== status) state.set({ ...state.value, [audience]: status });
  }

  function usable(holding: Holding, refused: string | undefined): HeldToken | undefined {
    const { token } = holding;
    return token !== undefined && token.token !== refused && token.expiresAt > clock.now() ? token : undefined;
  }

  async function call(audience: TokenAudience): Promise<HeldToken> {
    const timeout = new AbortController();
    const cancel = clock.schedule(fetchTimeoutMs, () => timeout.abort());
    try {
      const signal = AbortSignal.any([closing.signal, timeout.signal]);
      const answer = await Promise.race([provider({ audience, signal }), rejectOnAbort(signal)]);
      return checked(answer, clock.now());
    } finally {
      cancel();
    }
  }

  function fetch(audience: TokenAudience, holding: Holding): Promise<HeldToken> {
    holding.fetching ??= call(audience)
      .then(
        (token) => {
          holding.token = token;
          holding.failures = 0;
          note(audience, 'valid');
          const life = token.expiresAt - clock.now();
          refreshIn(audience, holding, life - Math.min(refreshAheadMs, life / 2));
          return token;
        },
        (error: unknown) => {
          holding.failures++;
          logger?.warn('token-failed', { audience, error });
          const interaction = isContactCenterError(error, 'token/interaction-required');
          note(audience, interaction ? 'interaction-required' : usable(holding, undefined) ? 'degraded' : 'expired');
          const backOff = Math.min(longestRetryMs, firstRetryMs * 2 ** (holding.failures - 1));
          refreshIn(audience, holding, backOff * (0.5 + random.next() / 2));
          if (isContactCenterError(error)) throw error;
          throw new ContactCenterError('token/unavailable', `unable to get a token for ${audience}; see cause`, {
            retryable: true,
            cause: error,
          });
        },
      )
      .finally(() => {
        delete holding.fetching;
      });
    return holding.fetching;
  }

  function refreshIn(audience: TokenAudience, holding: Holding, delayMs: number): void {
    holding.cancelRefresh?.();
    if (closing.signal.aborted) return;
    // Failing leaves a state and the next try behind; there is nobody to reject to.
    holding.cancelRefresh = clock.schedule(delayMs, () => void fetch(audience, holding).catch(() => {}));
  }

  return {
    state$: state.live,
    async get(audience, refused) {
      if (closing.signal.aborted)
        throw new ContactCenterError('session/closed', 'unable to get a token; the client is closed');
      const holding = holdings.get(audience) ?? { failures: 0 };
      holdings.set(audience, holding);
      const held = usable(holding, refused);
      if (held !== undefined) return held;
      const fresh = await fetch(audience, holding);
      return fresh.token === refused ? fetch(audience, holding) : fresh;
    },
    async close() {
      closing.abort();
      for (const holding of holdings.values()) holding.cancelRefresh?.();
      state.complete();
    },
  };
}

function checked(answer: AccessToken, now: number): HeldToken {
  const expiresAt = new Date(answer.expiresOn).getTime();
  if (typeof answer.token !== 'string' || answer.token === '') throw invalid('tokens().token', 'it is empty');
  if (Number.isNaN(expiresAt)) throw invalid('tokens().expiresOn', 'it is no date');
  if (expiresAt <= now) {
    // 1e11 ms is March 1973, 1e11 s is the year 5138.
    const inSeconds = typeof answer.expiresOn === 'number' && answer.expiresOn > 1e9 && answer.expiresOn < 1e11;
    const why = inSeconds ? 'it seems to be in seconds; milliseconds are wanted' : 'the token has expired already';
    throw invalid('tokens().expiresOn', why);
  }
  return { token: answer.token, expiresAt, ...(answer.kind !== undefined && { kind: answer.kind }) };
}

function invalid(field: string, why: string): ContactCenterError {
  return new ContactCenterError('token/unavailable', `unable to use the token; ${why}`, { field });
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('it took too long')), { once: true });
  });
}
