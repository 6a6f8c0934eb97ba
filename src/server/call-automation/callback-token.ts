import { createHmac, timingSafeEqual } from 'node:crypto';

/** The last part of a call's callback address: the name we gave the call, and a signature that nobody else can make. */
export function callbackToken(name: string, key: string): string {
  return `${name}.${signatureOf(name, key).toString('base64url')}`;
}

/** The call's name; undefined for what was not signed with this key. */
export function readCallbackToken(token: string, key: string): string | undefined {
  const dot = token.lastIndexOf('.');
  if (dot <= 0) return undefined;
  const name = token.slice(0, dot);
  const given = Buffer.from(token.slice(dot + 1), 'base64url');
  const wanted = signatureOf(name, key);
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? name : undefined;
}

/** Compares two secrets in a time that tells nothing of how far they agree. */
export function isSameSecret(given: string, wanted: string): boolean {
  return timingSafeEqual(signatureOf(given, wanted), signatureOf(wanted, wanted));
}

function signatureOf(text: string, key: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
