import type { Cancel } from '../environment/clock';
import type { Environment } from '../environment/environment';
import { isContactCenterError, type ContactCenterError } from '../errors';
import { given } from '../given';
import { LiveValue, type Live } from '../live';
import type {
  AccessToken,
  HeldToken,
  TokenAudience,
  TokenProvider,
  Tokens,
  TokenStatus,
} from '../provider/token-provider';
import { closedClient, unable } from './unable';

/** By audience, for those asked for so far. */
export type TokenState = Readonly<Record<string, TokenStatus>>;

export interface TokenBroker extends Tokens {
  readonly state$: Live<TokenState>;
  close(): Promise<void>;
}

/** Refreshes this long before expiry, or at half of a shorter life (Microsoft's own credential: 10 minutes). */
const refreshAheadMs = 600_000;
/** Time for one call of the vendor's token function. */
const fetchTimeoutMs = 30_000;
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

/**
 * Holds one token for each audience: fetched when first asked for, refreshed ahead of expiry, tried again with
 * back-off and jitter when the vendor's function fails. The last good token serves until it expires.
 */
export function createTokens(provider: TokenProvider, environment: Environment): TokenBroker {
  const { clock, random, logger } = environment;
  const holders = new Map<TokenAudience, TokenHolder>();
  const state = new LiveValue<TokenState>({});
  let closed = false;

  function holder(audience: TokenAudience): TokenHolder {
    let held: HeldToken | undefined;
    let failures = 0;
    let stop: Cancel = () => {};

    const usable = (refused?: string) =>
      held !== undefined && held.token !== refused && held.expiresAt > clock.now() ? held : undefined;

    async function refresh(): Promise<HeldToken> {
      stop();
      const asking = new AbortController();
      const stopped = new Promise<never>((_, reject) => {
        stop = () => {
          reject(new Error('no answer'));
          asking.abort();
        };
      });
      const cancelTimeout = clock.schedule(fetchTimeoutMs, stop);
      try {
        held = checked(await Promise.race([provider({ audience, signal: asking.signal }), stopped]), clock.now());
        failures = 0;
        const life = held.expiresAt - clock.now();
        next('valid', life - Math.min(refreshAheadMs, life / 2));
        return held;
      } catch (error) {
        logger?.warn('token-failed', { audience, error });
        const interaction = isContactCenterError(error, 'token/interaction-required');
        const status = interaction ? 'interaction-required' : usable() ? 'degraded' : 'expired';
        const backOff = Math.min(longestRetryMs, firstRetryMs * 2 ** failures++);
        next(status, backOff * (0.5 + random.next() / 2));
        if (isContactCenterError(error)) throw error;
        throw unable(`get a token for ${audience}`, 'see cause', 'token/unavailable', {
          retryable: true,
          cause: error,
        });
      } finally {
        cancelTimeout();
      }
    }

    function next(status: TokenStatus, delayMs: number): void {
      if (state.value[audience] !== status) state.set({ ...state.value, [audience]: status });
      // Failing leaves a state and the next try behind; there is nobody to reject to.
      if (!closed) stop = clock.schedule(delayMs, () => void fetch().catch(() => {}));
    }

    let fetching: Promise<HeldToken> | undefined;
    const fetch = () => (fetching ??= refresh().finally(() => (fetching = undefined)));

    return {
      async get(refused) {
        const token = usable(refused) ?? (await fetch());
        // What was on its way may be the refused one.
        return token.token === refused ? fetch() : token;
      },
      stop: () => stop(),
    };
  }

  return {
    state$: state,
    async get(audience, refused) {
      if (closed) throw closedClient('get a token');
      const held = holders.get(audience) ?? holder(audience);
      holders.set(audience, held);
      return held.get(refused);
    },
    async close() {
      closed = true;
      for (const { stop } of holders.values()) stop();
      state.complete();
    },
  };
}

/** The token for one audience. */
interface TokenHolder {
  get(refused: string | undefined): Promise<HeldToken>;
  /** Ends the call under way, or takes the next one back. */
  readonly stop: Cancel;
}

function checked({ token, expiresOn, kind }: AccessToken, now: number): HeldToken {
  const expiresAt = new Date(expiresOn).getTime();
  if (!token || typeof token !== 'string') throw invalid('token', 'it is empty');
  if (!(expiresAt > now)) {
    throw invalid('expiresOn', expiresAt * 1_000 > now ? 'it is in seconds' : 'it is past, or no date');
  }
  return { token, expiresAt, ...given({ kind }) };
}

function invalid(field: keyof AccessToken, why: string): ContactCenterError {
  return unable('use the token', why, 'token/unavailable', { field: `tokens().${field}` });
}
