import { ContactCenterError, isContactCenterError, type ErrorCode } from 'onescreen';

interface Meaning {
  readonly code: ErrorCode;
  readonly why: string;
  readonly retryable?: boolean;
}

const unreachable: Meaning = {
  code: 'channel/unavailable',
  why: 'the chat service cannot be reached',
  retryable: true,
};

const meanings: Readonly<Record<number, Meaning>> = {
  401: { code: 'token/unavailable', why: 'the chat service refused the token', retryable: true },
  403: { code: 'channel/not-permitted', why: 'this user is not a participant of the thread, or no longer' },
  404: { code: 'channel/closed', why: 'the thread does not exist, or no longer' },
  413: { code: 'message/too-large', why: 'the chat service found it too large' },
  429: { code: 'channel/rate-limited', why: 'the chat service limits the rate', retryable: true },
};

/** HTTP status that the chat service answered with; undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  const status = read(error, 'statusCode');
  return typeof status === 'number' ? status : undefined;
}

/** True when nobody can tell whether the request took effect: no answer, or one that came after the fact. */
export function isAmbiguous(error: unknown): boolean {
  if (!isContactCenterError(error) || error.provider?.name !== 'acs') return false;
  return error.code === unreachable.code || error.code === 'command/timed-out';
}

/** `error` of the official client in our terms. `action` as in `unable to send message`; `now` for dates of Retry-After. */
export function toAcsError(error: unknown, action: string, now: number): ContactCenterError {
  if (isContactCenterError(error)) return error;
  const status = statusOf(error);
  const { code, why, retryable } = meaningOf(status);
  const subCode = read(error, 'code');
  const requestId = read(read(error, 'request'), 'requestId');
  const retryAfterMs = status === 429 || status === 503 ? retryAfterOf(error, now) : undefined;
  return new ContactCenterError(code, `unable to ${action}; ${why}`, {
    retryable: retryable ?? false,
    cause: error,
    ...(typeof requestId === 'string' && { correlationId: requestId }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    provider: {
      name: 'acs',
      ...(status !== undefined && { code: status }),
      ...(typeof subCode === 'string' && { subCode }),
    },
  });
}

function meaningOf(status: number | undefined): Meaning {
  if (status === undefined || status === 408 || status >= 500) return unreachable;
  return meanings[status] ?? { code: 'command/failed', why: `the chat service answered ${status}` };
}

/** Milliseconds, from the header in seconds, as a date, or in milliseconds. Not readable cross-origin unless exposed. */
function retryAfterOf(error: unknown, now: number): number | undefined {
  const headers = read(read(error, 'response'), 'headers');
  const header = (name: string): string | undefined => {
    const get = read(headers, 'get');
    const value: unknown = typeof get === 'function' ? get.call(headers, name) : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const ms = header('retry-after-ms') ?? header('x-ms-retry-after-ms');
  if (ms !== undefined && Number.isFinite(Number(ms))) return Math.max(0, Number(ms));
  const value = header('retry-after');
  if (value === undefined) return undefined;
  if (Number.isFinite(Number(value))) return Math.max(0, Number(value) * 1000);
  // By the service's clock where it says so: ours may be wrong.
  const answeredAt = Date.parse(header('date') ?? '');
  const wait = Date.parse(value) - (Number.isNaN(answeredAt) ? now : answeredAt);
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

function read(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
