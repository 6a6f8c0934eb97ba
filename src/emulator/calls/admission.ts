import type { TokenKind } from 'onescreen';
import type { Emulation } from '../emulation';
import { CallRefusal, ends } from './end-reasons';

/** Whom a calling token is for. */
export interface Admitted {
  readonly user: string;
  readonly tokenKind: TokenKind;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Checks a token as the calling service does. Throws CallRefusal 401/40235 or 401/44114. */
export function admit({ tokens, clock, store }: Emulation, token: string): Admitted {
  const claims = tokens.read(token);
  if (claims === undefined || claims.expiresAt * 1000 <= clock.now()) throw new CallRefusal(ends.registrationRefused);
  const identity = store.identity(claims.user);
  if (identity === undefined || identity.deleted || identity.generation !== claims.generation)
    throw new CallRefusal(ends.registrationRefused);
  if (!claims.scopes.includes('voip')) throw new CallRefusal(ends.scopeMissing);
  const tokenKind = claims.user.startsWith('8:orgid:') ? 'teamsUser' : (claims.kind ?? 'acsUser');
  return { user: claims.user, tokenKind, expiresAt: claims.expiresAt * 1000 };
}
