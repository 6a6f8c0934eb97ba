import { beforeEach, describe, expect, test } from 'vitest';
import { at, createBench, errorOf, identityVersion, signature, type Bench } from './bench';

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});

const identities = `/identities?${identityVersion}`;
const path = (id: string, action = '') => `/identities/${encodeURIComponent(id)}${action}?${identityVersion}`;

async function createIdentity(body?: unknown) {
  const answer = await bench.signed('POST', identities, body);
  expect(answer.status).toBe(201);
  return {
    id: String(at(answer.body, 'identity', 'id')),
    token: String(at(answer.body, 'accessToken', 'token')),
    answer,
  };
}

describe('the access key', () => {
  test('signs a request', async () => {
    const { id, answer } = await createIdentity();
    expect(id).toMatch(/^8:acs:[0-9a-f-]{36}_[0-9a-f-]{36}$/);
    expect(at(answer.body, 'accessToken')).toBeUndefined();
  });

  test('refuses a request signed with another key', async () => {
    const key = Buffer.from('another key of some length').toString('base64');
    expect(errorOf(await bench.signed('POST', identities, undefined, { key }))).toEqual([401, 'Unauthorized']);
  });

  test('refuses a body that was changed after signing', async () => {
    const headers = signature('POST', identities, '{"expiresInMinutes":60}', bench.core.accessKey, bench.clock.now());
    expect(errorOf(await bench.send('POST', identities, { body: '{"expiresInMinutes":61}', headers }))).toEqual([
      401,
      'Unauthorized',
    ]);
  });

  test('refuses a signature for another path, and one that is 16 minutes old', async () => {
    const now = bench.clock.now();
    const other = signature('POST', path('x'), '', bench.core.accessKey, now);
    expect(errorOf(await bench.send('POST', identities, { headers: other }))).toEqual([401, 'Unauthorized']);
    const old = signature('POST', identities, '', bench.core.accessKey, now - 16 * 60_000);
    expect(errorOf(await bench.send('POST', identities, { headers: old }))).toEqual([401, 'Unauthorized']);
    const recent = signature('POST', identities, '', bench.core.accessKey, now - 14 * 60_000);
    expect((await bench.send('POST', identities, { headers: recent })).status).toBe(201);
  });

  test('refuses a request without a signature', async () => {
    expect(errorOf(await bench.send('POST', identities))).toEqual([401, 'Unauthorized']);
    expect(errorOf(await bench.send('POST', identities, { headers: { authorization: 'Bearer x' } }))).toEqual([
      401,
      'Unauthorized',
    ]);
  });
});

describe('identities and tokens', () => {
  test('come together when scopes are given, for as long as asked', async () => {
    const { token, answer } = await createIdentity({ createTokenWithScopes: ['chat'], expiresInMinutes: 60 });
    expect(token.split('.')).toHaveLength(3);
    expect(at(answer.body, 'accessToken', 'expiresOn')).toBe('2026-01-05T09:00:00.000000+00:00');
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(at(claims, 'exp')).toBe(Date.UTC(2026, 0, 5, 9) / 1000);
  });

  test('a token lasts a day by default', async () => {
    const { id } = await createIdentity();
    const answer = await bench.signed('POST', path(id, '/:issueAccessToken'), { scopes: ['chat', 'voip'] });
    expect(answer.status).toBe(200);
    expect(at(answer.body, 'expiresOn')).toBe('2026-01-06T08:00:00.000000+00:00');
  });

  test.each([
    ['a life of 59 minutes', { scopes: ['chat'], expiresInMinutes: 59 }],
    ['a life of 1441 minutes', { scopes: ['chat'], expiresInMinutes: 1441 }],
    ['a life that is no integer', { scopes: ['chat'], expiresInMinutes: '60' }],
    ['an unknown scope', { scopes: ['root'] }],
    ['no scope', { scopes: [] }],
    ['scopes of a wrong type', { scopes: 'chat' }],
    ['no body', undefined],
    ['a list for a body', []],
  ])('a token with %s is refused', async (_what, body) => {
    const { id } = await createIdentity();
    expect(errorOf(await bench.signed('POST', path(id, '/:issueAccessToken'), body))).toEqual([400, 'BadRequest']);
  });

  test('an unknown identity is not found, a foreign one is refused', async () => {
    const guid = '00000000-0000-4000-8000-000000000000';
    const scopes = { scopes: ['chat'] };
    expect(
      errorOf(await bench.signed('POST', path(`8:acs:${bench.core.resourceId}_${guid}`, '/:issueAccessToken'), scopes)),
    ).toEqual([404, 'NotFound']);
    expect(errorOf(await bench.signed('POST', path(`8:acs:${guid}_${guid}`, '/:issueAccessToken'), scopes))).toEqual([
      400,
      'BadRequest',
    ]);
    expect(errorOf(await bench.signed('DELETE', path('nonsense')))).toEqual([400, 'BadRequest']);
  });

  test('revoked tokens are refused, later ones are not', async () => {
    const { id, token } = await createIdentity({ createTokenWithScopes: ['chat'] });
    const list = (bearer: string) =>
      bench.send('GET', '/chat/threads?api-version=2025-03-15', { headers: { authorization: `Bearer ${bearer}` } });
    expect((await list(token)).status).toBe(200);
    expect((await bench.signed('POST', path(id, '/:revokeAccessTokens'))).status).toBe(204);
    expect(errorOf(await list(token))).toEqual([401, 'Unauthorized']);
    const again = await bench.signed('POST', path(id, '/:issueAccessToken'), { scopes: ['chat'] });
    expect((await list(String(at(again.body, 'token')))).status).toBe(200);
  });

  test('a deleted identity is gone, with its tokens', async () => {
    const { id, token } = await createIdentity({ createTokenWithScopes: ['chat'] });
    expect((await bench.signed('DELETE', path(id))).status).toBe(204);
    expect(errorOf(await bench.signed('DELETE', path(id)))).toEqual([404, 'NotFound']);
    expect(
      errorOf(
        await bench.send('GET', '/chat/threads?api-version=2025-03-15', {
          headers: { authorization: `Bearer ${token}` },
        }),
      ),
    ).toEqual([401, 'Unauthorized']);
  });

  test('the api-version must be given and be known', async () => {
    expect(errorOf(await bench.signed('POST', '/identities'))).toEqual([400, 'MissingApiVersionParameter']);
    expect(errorOf(await bench.signed('POST', '/identities?api-version=1999-01-01'))).toEqual([
      400,
      'UnsupportedApiVersionParameter',
    ]);
  });
});

describe('access tokens', () => {
  const list = (token: string) =>
    bench.send('GET', '/chat/threads?api-version=2025-03-15', { headers: { authorization: `Bearer ${token}` } });

  test('end when they say', async () => {
    const { token } = bench.core.issueToken(bench.core.createUser(), { lifeMs: 60_000 });
    await bench.clock.advance(59_000);
    expect((await list(token)).status).toBe(200);
    await bench.clock.advance(1_000);
    expect(errorOf(await list(token))).toEqual([401, 'Unauthorized']);
  });

  test('cannot be forged', async () => {
    const { token } = bench.user();
    const [header = '', payload = '', sign = ''] = token.split('.');
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const other = Buffer.from(
      JSON.stringify({ ...Object(claims), skypeid: `acs:${bench.core.resourceId}_x` }),
    ).toString('base64url');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    for (const forged of [
      `${header}.${other}.${sign}`,
      `${none}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${payload}.AAAA`,
      'x',
      '',
    ]) {
      expect(errorOf(await list(forged))).toEqual([401, 'Unauthorized']);
    }
  });

  test('of another resource are refused', async () => {
    const { token } = createBench({ accessKey: Buffer.from('some other access key').toString('base64') }).user();
    expect(errorOf(await list(token))).toEqual([401, 'Unauthorized']);
  });
});
