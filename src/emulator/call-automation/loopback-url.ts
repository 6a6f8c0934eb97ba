import { badRequest } from '../http/service-error';
import { requireText } from '../http/validation';

/** Whether an address is on this machine. */
export function isLoopback(url: string): boolean {
  const { protocol, hostname } = parse(url) ?? { protocol: '', hostname: '' };
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127\./.test(hostname);
}

/** An address to call back, on this machine. Throws 400: the emulator contacts nobody else. */
export function readCallbackUrl(value: unknown, field: string): string {
  const url = requireText(value, field);
  if (parse(url) === undefined) throw badRequest(`${field} must be an absolute address.`, field);
  if (!isLoopback(url))
    throw badRequest(`${field} must be an http address on this machine; the emulator contacts no other.`, field);
  return url;
}

/** The same, or undefined when absent. */
export function optionalCallbackUrl(value: unknown, field: string): string | undefined {
  return value === undefined || value === null ? undefined : readCallbackUrl(value, field);
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}
