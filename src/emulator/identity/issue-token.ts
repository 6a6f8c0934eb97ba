import type { Emulation } from '../emulation';
import { notFound } from '../http/service-error';
import { microseconds } from '../http/wire-dates';
import type { IdentityRecord } from '../records';
import type { Scope } from './access-token';

/** An access token as the identity service answers with it. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresOn: string;
}

/** Issues a token for a user, for `lifeMs` milliseconds, cut to whole seconds as JWTs have them. */
export function issueToken(
  emulation: Emulation,
  identity: IdentityRecord,
  scopes: readonly Scope[],
  lifeMs: number,
  kind?: 'tpeAgent',
): IssuedToken {
  const issuedAt = Math.floor(emulation.clock.now() / 1000);
  const expiresAt = Math.floor((emulation.clock.now() + lifeMs) / 1000);
  const token = emulation.tokens.sign({
    user: identity.id,
    scopes,
    issuedAt,
    expiresAt,
    generation: identity.generation,
    ...(kind !== undefined && { kind }),
  });
  return { token, expiresOn: microseconds(expiresAt * 1000) };
}

/** The identity if it exists and was not deleted. Throws 404. */
export function requireIdentity(emulation: Emulation, id: string): IdentityRecord {
  const identity = emulation.store.identity(id);
  if (identity === undefined || identity.deleted) throw notFound('The identity does not exist.');
  return identity;
}

/** The identity of this id, made where there is none or it was deleted. */
export function ensureIdentity(emulation: Emulation, id: string): IdentityRecord {
  const known = emulation.store.identity(id);
  if (known !== undefined && !known.deleted) return known;
  const identity = { id, generation: (known?.generation ?? 0) + 1, deleted: false };
  emulation.store.put({ kind: 'identity', identity });
  return identity;
}

/** Makes every token issued so far void. */
export function revokeTokens(emulation: Emulation, identity: IdentityRecord): void {
  emulation.store.put({ kind: 'identity', identity: { ...identity, generation: identity.generation + 1 } });
}
