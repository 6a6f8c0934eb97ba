import { createHmac, timingSafeEqual } from 'node:crypto';
import { isJsonObject } from '../http/validation';

/** What an access token allows. */
export const scopes = ['chat', 'voip', 'chat.join', 'chat.join.limited', 'voip.join'] as const;
export type Scope = (typeof scopes)[number];

export function isScope(value: unknown): value is Scope {
  return scopes.some((scope) => scope === value);
}

export interface AccessTokenClaims {
  /** Raw id of the user. */
  readonly user: string;
  readonly scopes: readonly Scope[];
  /** Epoch seconds. */
  readonly issuedAt: number;
  /** Epoch seconds. */
  readonly expiresAt: number;
  /** The user's count of revocations when the token was issued; a later revocation makes it void. */
  readonly generation: number;
  /** What kind of identity it speaks for, where the user's id does not say so. */
  readonly kind?: 'tpeAgent';
}

/** Signs and reads the JWTs (HS256) that users present. The key is derived from the resource's access key. */
export class AccessTokens {
  readonly #key: Buffer;
  readonly #resourceId: string;
  readonly #header = base64url({ alg: 'HS256', typ: 'JWT' });

  constructor(accessKey: Uint8Array, resourceId: string) {
    this.#key = createHmac('sha256', accessKey).update('access token').digest();
    this.#resourceId = resourceId;
  }

  sign(claims: AccessTokenClaims): string {
    const payload = base64url({
      skypeid: claims.user.replace(/^8:/, ''),
      scp: 1792,
      csi: String(claims.issuedAt),
      exp: claims.expiresAt,
      iat: claims.issuedAt,
      rgn: 'local',
      acsScope: claims.scopes.join(','),
      resourceId: this.#resourceId,
      resourceLocation: 'local',
      generation: claims.generation,
      ...(claims.kind !== undefined && { kind: claims.kind }),
    });
    const content = `${this.#header}.${payload}`;
    return `${content}.${this.#signature(content).toString('base64url')}`;
  }

  /** The claims of a token signed by this resource, expired or not; `undefined` for anything else. */
  read(token: string): AccessTokenClaims | undefined {
    const end = token.lastIndexOf('.');
    if (end < 0 || token.length > 4096 || !token.startsWith(`${this.#header}.`)) return undefined;
    const expected = this.#signature(token.slice(0, end));
    const given = Buffer.from(token.slice(end + 1), 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return readClaims(token.slice(this.#header.length + 1, end));
  }

  #signature(content: string): Buffer {
    return createHmac('sha256', this.#key).update(content).digest();
  }
}

function readClaims(payload: string): AccessTokenClaims | undefined {
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  if (!isJsonObject(claims)) return undefined;
  const { skypeid, exp, iat, acsScope, generation, kind } = claims;
  if (typeof skypeid !== 'string' || typeof exp !== 'number' || typeof iat !== 'number') return undefined;
  if (typeof acsScope !== 'string' || typeof generation !== 'number') return undefined;
  return {
    user: `8:${skypeid}`,
    scopes: acsScope.split(',').filter(isScope),
    issuedAt: iat,
    expiresAt: exp,
    generation,
    ...(kind === 'tpeAgent' && { kind }),
  };
}

function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
