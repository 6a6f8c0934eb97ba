import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { unauthorized } from '../http/service-error';

const signedHeaders = 'x-ms-date;host;x-ms-content-sha256';
const scheme = /^HMAC-SHA256 SignedHeaders=([^&]+)&Signature=([A-Za-z0-9+/=]+)$/;

/** Oldest and youngest accepted `x-ms-date`, in milliseconds from now (chosen: 15 minutes, as other Azure services that sign this way). */
export const maxSignatureAgeMs = 15 * 60_000;

export interface SignedRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** Verifies the signature that the access key makes over method, path, date, host and body. Throws 401. */
export function verifyHmac(request: SignedRequest, accessKey: Uint8Array, now: number, maxAgeMs: number): void {
  const match = scheme.exec(request.headers.get('authorization') ?? '');
  if (match === null) throw unauthorized('The request needs an HMAC-SHA256 signature.');
  const [, names = '', signature = ''] = match;
  if (names.toLowerCase() !== signedHeaders) throw unauthorized(`The signed headers must be ${signedHeaders}.`);

  const date = request.headers.get('x-ms-date') ?? '';
  const age = now - Date.parse(date);
  if (!(Math.abs(age) <= maxAgeMs))
    throw unauthorized('The x-ms-date header is missing or too far from the current time.');

  const contentHash = createHash('sha256').update(request.body).digest('base64');
  if (request.headers.get('x-ms-content-sha256') !== contentHash)
    throw unauthorized('The content hash does not match the body.');

  const host = request.headers.get('host') ?? request.url.host;
  const text = `${request.method}\n${request.url.pathname}${request.url.search}\n${date};${host};${contentHash}`;
  const expected = createHmac('sha256', accessKey).update(text).digest();
  const given = Buffer.from(signature, 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw unauthorized('The signature does not match.');
}
