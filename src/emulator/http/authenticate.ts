import type { Emulation } from '../emulation';
import type { AccessTokenClaims } from '../identity/access-token';
import type { UserOperation } from './operation';
import { forbidden, unauthorized } from './service-error';

/** The user whose token the request carries, whether it is still good or not: for logs and faults. */
export function claimedUser(emulation: Emulation, request: Request): string | undefined {
  const token = readToken(request, 'bearer') ?? readToken(request, 'skypetoken');
  return token === undefined ? undefined : emulation.tokens.read(token)?.user;
}

/** Admits a request to an operation. Throws 401 without a good token, 403 when the token's scopes do not do. */
export function authenticate(emulation: Emulation, operation: UserOperation, request: Request): AccessTokenClaims {
  const token = readToken(request, operation.access);
  const claims = token === undefined ? undefined : emulation.tokens.read(token);
  if (claims === undefined) throw unauthorized('The access token is missing or not valid.');
  if (claims.expiresAt * 1000 <= emulation.clock.now()) throw unauthorized('The access token has expired.');
  const identity = emulation.store.identity(claims.user);
  if (identity === undefined || identity.deleted || identity.generation !== claims.generation) {
    throw unauthorized('The access token was revoked.');
  }
  if (!operation.scopes.some((scope) => claims.scopes.includes(scope)))
    throw forbidden('The access token does not have the required scope.');
  return claims;
}

function readToken(request: Request, access: UserOperation['access']): string | undefined {
  if (access === 'skypetoken') return request.headers.get('x-skypetoken') ?? undefined;
  return /^Bearer ([\w.-]+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
}
