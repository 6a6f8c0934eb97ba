import type { EmulatorLimits } from '../limits';
import { linkOriginOf, type Call } from './operation';
import { badRequest } from './service-error';
import { isJsonObject, optionalTime } from './validation';

/** Page size when none is asked for (chosen). */
const defaultPageSize = 100;

/** `maxPageSize`, cut to the longest page allowed. Throws 400 unless it is a positive integer. */
export function readPageSize(call: Call, limits: EmulatorLimits): number {
  return Math.min(readCount(call, 'maxPageSize', 1) ?? defaultPageSize, limits.size('pageSize'));
}

export function readSkip(call: Call): number {
  return readCount(call, 'skip', 0) ?? 0;
}

/** `startTime` as epoch milliseconds, at least 0, which is also for an absent one; links have it as that number. */
export function readStartTime(call: Call): number {
  const text = call.url.searchParams.get('startTime');
  if (text !== null && /^\d{1,15}$/.test(text)) return Number(text);
  return Math.max(0, optionalTime(text, 'startTime') ?? 0);
}

/** Where the next page starts: everything below this number, newest first. */
export function readCursor(call: Call): number {
  const syncState = call.url.searchParams.get('syncState');
  if (syncState === null) return Infinity;
  const state: unknown = parse(Buffer.from(syncState, 'hex').toString());
  if (!isJsonObject(state) || typeof state.before !== 'number')
    throw badRequest('syncState is not valid.', 'syncState');
  return state.before;
}

export function writeCursor(before: number): string {
  return Buffer.from(JSON.stringify({ before })).toString('hex');
}

/** An absolute link to the next page, as the service makes it: path not encoded, api-version included. */
export function nextLink(call: Call, parameters: Readonly<Record<string, string | number>>): string {
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  const version = call.url.searchParams.get('api-version') ?? '';
  return `${linkOriginOf(call)}${decodeURIComponent(call.url.pathname).replace(/^\/+/, '/')}?${[...query, `api-version=${version}`].join('&')}`;
}

function readCount(call: Call, name: string, min: number): number | undefined {
  const text = call.url.searchParams.get(name);
  if (text === null) return undefined;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count >= min)) throw badRequest(`${name} must be an integer of at least ${min}.`, name);
  return count;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
