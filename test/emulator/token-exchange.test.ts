import { describe, expect, test } from 'vitest';
import { at, createBench, errorOf, identityVersion, type Bench } from './bench';

const oid = '32c0a5db-05ec-48ea-81ab-3f06b329397e';
const tid = '11111111-2222-4333-8444-555555555555';
const teamsExtension = '/access/teamsExtension/:exchangeAccessToken?api-version=2025-06-30';
const entra = '/access/entra/:exchangeAccessToken?api-version=2025-03-02-preview';
const teamsUser = `/teamsUser/:exchangeAccessToken?${identityVersion}`;

const jwt = (claims: object) =>
  ['{"alg":"RS256"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
const bearer = (token: string) => ({ body: {}, headers: { authorization: `Bearer ${token}` } });
const listThreads = (bench: Bench, token: unknown) =>
  bench.send('GET', '/chat/threads?api-version=2025-03-15', { headers: { authorization: `Bearer ${String(token)}` } });

describe('exchanging an Entra token', () => {
  test('gives a Teams Phone extension user their token, for as long as the Entra token lives', async () => {
    const bench = createBench();
    const exp = bench.clock.now() / 1000 + 1800;
    const answer = await bench.send('POST', teamsExtension, bearer(jwt({ oid, tid, exp })));
    expect(answer.status).toBe(200);
    expect(at(answer.body, 'identity', 'id')).toBe(`8:acs:${bench.core.resourceId}_${tid}_${oid}`);
    expect(at(answer.body, 'accessToken', 'expiresOn')).toBe('2026-01-05T08:30:00.000000+00:00');
  });

  test('gives a Teams Phone extension user no access to chat', async () => {
    const bench = createBench();
    const { body } = await bench.send('POST', teamsExtension, bearer(jwt({ oid, tid })));
    expect(errorOf(await listThreads(bench, at(body, 'accessToken', 'token')))).toEqual([403, 'Forbidden']);
  });

  test('gives an Entra user of the own tenant theirs', async () => {
    const bench = createBench();
    const answer = await bench.send('POST', entra, bearer(jwt({ oid, tid })));
    expect(at(answer.body, 'identity', 'id')).toBe(`8:acs:${bench.core.resourceId}_${oid}`);
    expect((await listThreads(bench, at(answer.body, 'accessToken', 'token'))).status).toBe(200);
  });

  test('gives a Teams user theirs when user and application match', async () => {
    const bench = createBench();
    const token = jwt({ oid, tid, appid: 'app' });
    expect((await bench.signed('POST', teamsUser, { token, appId: 'app', userId: oid })).status).toBe(200);
    expect(errorOf(await bench.signed('POST', teamsUser, { token, appId: 'app', userId: tid }))).toEqual([
      401,
      'Unauthorized',
    ]);
    expect(errorOf(await bench.signed('POST', teamsUser, { token, appId: 'other', userId: oid }))).toEqual([
      401,
      'Unauthorized',
    ]);
    expect(errorOf(await bench.signed('POST', teamsUser, { token, appId: 'app' }))).toEqual([400, 'BadRequest']);
  });

  test.each(['nonsense', 'a.b.c', jwt({ oid: 'x', tid }), jwt({ tid }), jwt({ oid, tid, exp: 1 })])(
    'refuses %s',
    async (token) => {
      expect(errorOf(await createBench().send('POST', teamsExtension, bearer(token)))).toEqual([401, 'Unauthorized']);
    },
  );

  test('asks the verifier of the vendor, who may refuse', async () => {
    const bench = createBench({
      verifyEntraToken: (token, kind) =>
        token === 'good'
          ? { objectId: oid, tenantId: tid }
          : { status: 403, code: 'UserLicenseNotPresentForbidden', message: `no licence for ${kind}` },
    });
    expect((await bench.send('POST', teamsExtension, bearer('good'))).status).toBe(200);
    const refused = await bench.send('POST', teamsExtension, bearer('bad'));
    expect(refused).toMatchObject({
      status: 403,
      body: { error: { code: 'UserLicenseNotPresentForbidden', message: 'no licence for teamsExtension' } },
    });
  });

  test('needs a token at all', async () => {
    expect(errorOf(await createBench().send('POST', entra, { body: {} }))).toEqual([401, 'Unauthorized']);
  });
});
