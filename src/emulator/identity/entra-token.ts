import type { Clock } from 'onescreen';
import { isJsonObject } from '../http/validation';

/** What is asked for with an Entra token: a Teams user's or a Teams Phone extension user's token, or one of an Entra user of one's own tenant. */
export type ExchangeKind = 'teamsUser' | 'teamsExtension' | 'entra';

/** Whom an Entra token belongs to. */
export interface EntraUser {
  readonly objectId: string;
  readonly tenantId: string;
  /** Client id of the application the token was issued to. */
  readonly appId?: string;
  /** Epoch milliseconds. The exchanged token ends with it. */
  readonly expiresAt?: number;
}

/** Why an Entra token is not exchanged: 401 when it is no good, 403 when the user may not. */
export interface EntraRefusal {
  readonly status: 401 | 403;
  readonly code: string;
  readonly message: string;
}

/** Checks an Entra token. The vendor's own check goes here. */
export type VerifyEntraToken = (
  token: string,
  kind: ExchangeKind,
) => EntraUser | EntraRefusal | Promise<EntraUser | EntraRefusal>;

const invalid: EntraRefusal = { status: 401, code: 'Unauthorized', message: 'The Entra token is not valid.' };
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Believes the claims `oid` and `tid` of any JWT that has not expired. There is no tenant here whose signature could be checked. */
export function believeClaims(clock: Clock): VerifyEntraToken {
  return (token) => {
    const claims = readPayload(token);
    if (claims === undefined) return invalid;
    const { oid, tid, exp } = claims;
    if (typeof oid !== 'string' || typeof tid !== 'string' || !guid.test(oid) || !guid.test(tid)) return invalid;
    if (typeof exp === 'number' && exp * 1000 <= clock.now())
      return { ...invalid, message: 'The Entra token has expired.' };
    const appId = claims.appid ?? claims.azp;
    return {
      objectId: oid,
      tenantId: tid,
      ...(typeof appId === 'string' && { appId }),
      ...(typeof exp === 'number' && { expiresAt: exp * 1000 }),
    };
  };
}

function readPayload(token: string): Readonly<Record<string, unknown>> | undefined {
  const parts = token.split('.');
  if (parts.length !== 3) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString());
    return isJsonObject(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}
