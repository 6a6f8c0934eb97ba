import fc from 'fast-check';
import { ContactCenterError, type LogFields, type Logger } from 'onescreen';
import { errorFields, redacting } from 'onescreen/logging';
import { describe, expect, test } from 'vitest';

type Line = readonly [level: string, event: string, fields: LogFields];

function listener(): { readonly lines: Line[]; readonly logger: Logger } {
  const lines: Line[] = [];
  const at = (level: string) => (event: string, fields: LogFields) => void lines.push([level, event, fields]);
  return { lines, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } };
}

/** What becomes of one line. */
function told(fields: Readonly<Record<string, unknown>>, event = 'event'): Line | undefined {
  const { lines, logger } = listener();
  redacting(logger).warn(event, fields);
  return lines[0];
}

const characters = (alphabet: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from(alphabet)), minLength, maxLength });
const lower = 'abcdefghijklmnopqrstuvwxyz';
const base64url = `${lower}${lower.toUpperCase()}0123456789-_`;
const digits = '0123456789';

const token = fc.oneof(
  // A JSON Web Token.
  fc.tuple(characters(base64url, 20, 40), characters(base64url, 40, 80)).map(([a, b]) => `eyJ${a}.eyJ${b}.${a}`),
  // An access key: 256 bits in base64.
  characters(`${base64url.slice(0, 62)}+/`, 43, 43).map((key) => `${key}=`),
  // 128 bits in hexadecimal with at least one digit, and 256 in base64url.
  characters(`abcdef${digits}`, 31, 31).map((key) => `${key}7`),
  characters(base64url, 43, 43),
);
const separator = fc.constantFrom('', '', '', ' ', '-', '.', '/');
const phone = fc
  .tuple(fc.array(fc.tuple(characters(digits, 1, 1), separator), { minLength: 8, maxLength: 15 }), fc.boolean())
  .map(([parts, plus]) => `${plus ? '+' : ''}${parts.map(([digit, gap]) => digit + gap).join('')}`);
const email = fc.emailAddress();
const body = fc
  .array(fc.oneof(characters(lower, 3, 9), fc.string({ unit: 'grapheme', minLength: 3, maxLength: 9 })), {
    minLength: 2,
    maxLength: 8,
  })
  .map((words) => words.join(' '));
const secret = fc.oneof(token, phone, email, body);

/** Ways in which a secret gets to a logger. */
const carriers: readonly ((secret: string) => Readonly<Record<string, unknown>>)[] = [
  (value) => ({ value }),
  (value) => ({ [value]: 1 }),
  (value) => ({ values: ['a', value] }),
  (value) => ({ state: { status: 'online', value } }),
  (value) => ({ state: { deep: { value } } }),
  (value) => ({ map: new Map([[value, value]]) }),
  (value) => ({ url: `https://cc.contoso.example/tokens/${encodeURIComponent(value)}` }),
  (value) => ({ url: `wss://cc.contoso.example/?access_token=${encodeURIComponent(value)}&sig=${value}` }),
  (value) => ({ url: `https://user:${encodeURIComponent(value)}@cc.contoso.example/#${value}` }),
  (value) => ({ url: new URL(`https://cc.contoso.example/a?token=${encodeURIComponent(value)}`) }),
  (value) => ({ error: new Error(value) }),
  (value) => ({ error: new Error('failed', { cause: new Error(value) }) }),
  (value) => ({ error: new Error('failed', { cause: Object.assign(new TypeError(value), { code: value }) }) }),
  (value) => ({ error: Object.assign(new Error('failed'), { name: value, code: value, request: { body: value } }) }),
  (value) => ({ error: new AggregateError([new Error(value)], value) }),
  (value) => ({ error: value }),
  (value) => ({ error: { message: value } }),
  (value) => ({
    error: new ContactCenterError('command/failed', value, {
      correlationId: value,
      reason: value,
      provider: { name: value, code: value, subCode: value },
      cause: value,
    }),
  }),
];

/** The secret and what is written of it in an address. */
function leaks(line: unknown, value: string): boolean {
  const text = JSON.stringify(line);
  const written = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), ...value.split('.')];
  return written.filter((one) => one.trim().length > 6).some((one) => text.includes(one));
}

const runs = Number(process.env['REDACTION_RUNS'] ?? 2_000);

describe('a redacting logger', () => {
  test('lets no token, phone number, e-mail address or message through, however it comes', () => {
    const way = fc.constantFrom(...carriers);
    fc.assert(
      fc.property(secret, way, fc.boolean(), (value, carry, isEvent) => {
        const line = told(carry(value), isEvent ? value : 'event');
        expect(line).toBeDefined();
        return !leaks(line, value);
      }),
      { numRuns: runs },
    );
  });

  test('lets none through that is a field by its name, whatever it looks like', () => {
    const name = fc.constantFrom('token', 'resumeToken', 'phone', 'text', 'body', 'email', 'displayName', 'secretKey');
    fc.assert(
      fc.property(name, characters(lower, 7, 12), (field, value) => !leaks(told({ [field]: value }), value)),
      { numRuns: 200 },
    );
  });

  test('takes a capitalised word for a name, but not where codes and ids stand', () => {
    const fields = {
      by: 'Cleo',
      name: 'Cleo-Marie.Smith',
      people: ['Ann', 'host'],
      agentId: 'Ann',
      errorCode: 'Forbidden',
    };
    expect(told(fields)?.[2]).toEqual({
      ...fields,
      by: '[redacted]',
      name: '[redacted]',
      people: '[redacted],host',
    });
    const coded = {
      state: 'Connected',
      disposition: 'Resolved',
      endReason: 'Timeout',
      error: 'Error',
      strategy: 'Vip',
    };
    expect(told(coded, 'Ended')).toEqual(['warn', 'Ended', coded]);
  });

  test('lets no phone number through as an address, and no separators hide one', () => {
    const url = 'tel://+1-425-555-0100';
    expect(told({ url, id: '1--4-2-5--555--0100', server: 'http://127.0.0.1:65535' })?.[2]).toEqual({
      url: '[redacted]',
      id: '[redacted]',
      server: 'http://127.0.0.1:65535',
    });
  });

  test('lets no name of a person through that is one by its field', () => {
    const name = fc.constantFrom('customer', 'caller', 'userName', 'first_name', 'lastname', 'customerName');
    fc.assert(fc.property(name, characters(lower, 7, 12), (field, value) => !leaks(told({ [field]: value }), value)));
  });

  test('takes whole numbers of seven digits for phone numbers, but not those that measure', () => {
    const fields = { to: 5_550_100, left: -5_550_100, count: 999_999, timeoutMs: 3_600_000, sentBytes: 9_999_999 };
    expect(told(fields)?.[2]).toEqual({ ...fields, to: '[redacted]', left: '[redacted]' });
    expect(told({ sentBytes: 10_000_000, ratio: 0.5 })?.[2]).toEqual({ sentBytes: '[redacted]', ratio: 0.5 });
  });

  test('keeps ids, codes, words, numbers, dates, and where an address leads', () => {
    const since = new Date(Date.UTC(2026, 0, 10));
    expect(
      told({
        conversationId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
        agentId: 'agent-17',
        name: 'offer/accept',
        path: '/conversations/:id/tokens',
        lost: ['chat', 'tokens'],
        since,
        timeoutMs: 30_000,
        required: false,
        left: undefined,
        url: new URL('https://cc.contoso.example:8443/a?b=c'),
        server: 'http://127.0.0.1:8080/x',
      }),
    ).toEqual([
      'warn',
      'event',
      {
        conversationId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
        agentId: 'agent-17',
        name: 'offer/accept',
        path: '/conversations/:id/tokens',
        lost: 'chat,tokens',
        since: '2026-01-10T00:00:00.000Z',
        timeoutMs: 30_000,
        required: false,
        url: 'https://cc.contoso.example:8443',
        server: 'http://127.0.0.1:8080',
      },
    ]);
  });

  test('says of an error its names and codes, and those of its causes', () => {
    const refused = Object.assign(new TypeError('fetch failed'), { code: 'ECONNREFUSED' });
    const cause = Object.assign(new Error('no', { cause: refused }), { name: 'RestError', code: 403 });
    const error = new ContactCenterError('channel/unavailable', 'unable to send', {
      cause,
      correlationId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
      provider: { name: 'acs', code: 403, subCode: 5223 },
    });
    const fields = {
      error: 'ContactCenterError',
      code: 'channel/unavailable',
      correlationId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
      provider: 'acs',
      providerCode: 403,
      providerSubCode: 5223,
      cause: 'RestError:403/TypeError:ECONNREFUSED',
    };
    expect(errorFields(error)).toEqual(fields);
    expect(told({ name: 'message/send', error })?.[2]).toEqual({ ...fields, name: 'message/send' });
    expect(told(errorFields(error))?.[2]).toEqual(fields);
  });

  test('ends with causes that lead in a circle', () => {
    const error = new Error('a');
    error.cause = error;
    expect(told({ error })?.[2]).toEqual({ error: 'Error', cause: 'Error/Error/Error/Error/Error' });
  });

  test('hands on from the level that is asked for', () => {
    const { lines, logger } = listener();
    const quiet = redacting(logger, { from: 'warn' });
    for (const level of ['debug', 'info', 'warn', 'error'] as const) quiet[level](`a-${level}`, {});
    expect(lines.map(([level, event]) => `${level} ${event}`)).toEqual(['warn a-warn', 'error a-error']);
  });

  test('is silent without a logger, passes over one that throws, and is not wrapped twice', () => {
    const throwing = () => {
      throw new Error('the disk is full');
    };
    const logger = redacting({ debug: throwing, info: throwing, warn: throwing, error: throwing });
    expect(() => logger.error('event', { id: 1 })).not.toThrow();
    expect(() => redacting().error('event', {})).not.toThrow();
    expect(redacting(logger)).toBe(logger);
  });
});
