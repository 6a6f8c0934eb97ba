import { describe, expect, test } from 'vitest';
import { CallBench, endOf, type Question } from './call-bench';

const register = (token: string, kind: 'CallAgent' | 'TeamsCallAgent', more: object = {}): Question => ({
  type: 'register',
  token,
  kind,
  ...more,
});

describe('a page registers', () => {
  test('with a token of its kind of agent, and a Teams Phone extension agent with either', async () => {
    const bench = new CallBench();
    const { token: acs } = bench.core.issueToken(bench.core.createUser());
    const { token: tpe } = bench.core.issueToken(bench.core.createUser(), { kind: 'tpeAgent' });
    const { token: teams } = bench.core.issueToken('8:orgid:11111111-2222-4333-8444-555555555555');
    const tried = async (token: string, kind: 'CallAgent' | 'TeamsCallAgent') =>
      bench.open().tried(register(token, kind));
    expect([await tried(acs, 'CallAgent'), await tried(acs, 'TeamsCallAgent')]).toEqual(['ok', '403/40231']);
    expect([await tried(teams, 'CallAgent'), await tried(teams, 'TeamsCallAgent')]).toEqual(['403/40229', 'ok']);
    expect([await tried(tpe, 'CallAgent'), await tried(tpe, 'TeamsCallAgent')]).toEqual(['ok', 'ok']);
  });

  test('not with a token that is no good', async () => {
    const bench = new CallBench();
    const user = bench.core.createUser();
    const short = bench.core.issueToken(user, { lifeMs: 1_000 }).token;
    const chat = bench.core.issueToken(user, { scopes: ['chat'] }).token;
    await bench.clock.advance(1_000);
    const tried = (token: string) => bench.open().tried(register(token, 'CallAgent'));
    expect([await tried('forged'), await tried(short), await tried(chat)]).toEqual([
      '401/40235',
      '401/40235',
      '401/44114',
    ]);
    const { token } = bench.core.issueToken(user);
    bench.core.faults.expireTokens(user);
    expect(await tried(token)).toBe('401/40235');
  });

  test('once, and without a display name where Teams has one', async () => {
    const bench = new CallBench();
    const page = await bench.page();
    const { token } = bench.core.issueToken(page.user);
    expect(await page.tried(register(token, 'CallAgent'))).toBe('409/40228');
    const teams = bench.core.issueToken('8:orgid:11111111-2222-4333-8444-555555555555').token;
    expect(await bench.open().tried(register(teams, 'TeamsCallAgent', { displayName: 'Eve' }))).toBe('400/44214');
  });

  test('before it asks for anything else', async () => {
    const page = new CallBench().open();
    expect(await page.tried({ type: 'hang-up', callId: 'x', forEveryone: false })).toBe('400/0');
  });

  test('until its token expires, which ends its calls and says so', async () => {
    const bench = new CallBench();
    const anna = await bench.page({ lifeMs: 60_000 });
    const ben = await bench.page();
    await anna.start([ben.user]);
    await ben.accept();
    await bench.clock.advance(60_000);
    expect([anna.end, anna.closed]).toEqual(['495/4507', { code: 4401, reason: 'invalidToken' }]);
    expect(ben.end).toBe('0/4521');
    expect(bench.core.calls.pages().map(({ user }) => user)).toEqual([ben.user]);
  });

  test('for longer with a fresh token of the same user', async () => {
    const bench = new CallBench();
    const anna = await bench.page({ lifeMs: 60_000 });
    const stranger = bench.core.issueToken(bench.core.createUser()).token;
    expect(await anna.tried({ type: 'refresh', token: stranger })).toBe('401/40235');
    expect(await anna.tried({ type: 'refresh', token: bench.core.issueToken(anna.user).token })).toBe('ok');
    await bench.clock.advance(60_000);
    expect(anna.closed).toBeUndefined();
  });
});

describe('a token', () => {
  test('of a Teams Phone extension agent comes out of the exchange', async () => {
    const bench = new CallBench();
    const claims = { oid: '32c0a5db-05ec-48ea-81ab-3f06b329397e', tid: '11111111-2222-4333-8444-555555555555' };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const response = await bench.core.handle(
      new Request('http://127.0.0.1:4040/access/teamsExtension/:exchangeAccessToken?api-version=2025-06-30', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${part({ alg: 'RS256' })}.${part(claims)}.c2ln`,
          'content-type': 'application/json',
        },
        body: '{}',
      }),
    );
    const body = (await response.json()) as { accessToken: { token: string } };
    expect(await bench.open().tried(register(body.accessToken.token, 'TeamsCallAgent'))).toBe('ok');
    expect(bench.core.calls.pages()[0]?.tokenKind).toBe('tpeAgent');
  });

  test('cannot be of a kind that the user cannot be', () => {
    const { core } = new CallBench();
    expect(() => core.issueToken(core.createUser(), { kind: 'teamsUser' })).toThrow('the user cannot be a teamsUser');
  });
});

describe('a frame', () => {
  test.each(['', 'x', '[]', 'null', '{}', '{"type":"start"}', '{"id":"1","type":"register"}'])(
    'that is none, %j, closes the connection',
    (frame) => {
      const page = new CallBench().open();
      page.connection.receive(frame);
      expect(page.closed).toMatchObject({ code: 1002 });
    },
  );

  test.each([
    { id: 1 },
    { id: 1, type: 'elsewhere' },
    { id: 1, type: 'start', callId: 'a', targets: [], muted: false },
    { id: 1, type: 'start', callId: 'a', targets: ['8:acs:x'], muted: 'no' },
    { id: 1, type: 'mute', callId: 7, muted: true },
    { id: 1, type: 'dtmf', callId: 'a', tone: 'far too long' },
  ])('with an id but malformed, %j, is refused', async (frame) => {
    const page = await new CallBench().page();
    page.connection.receive(JSON.stringify(frame));
    expect(endOf(page.of('answer').at(-1)?.error)).toBe('400/8523');
    expect(page.closed).toBeUndefined();
  });

  test('that is too long closes the connection', () => {
    const page = new CallBench().open();
    page.connection.receive('x'.repeat(1_500_001));
    expect(page.closed).toMatchObject({ code: 1009 });
  });
});

describe('the log', () => {
  test('has no phone number, display name or token in it', async () => {
    const bench = new CallBench();
    const { token } = bench.core.issueToken(bench.core.createUser());
    const anna = await bench.page({ displayName: 'Anna Secret' });
    await anna.start(['4:+4915999']);
    await bench.clock.advance(2_000);
    bench.core.phones.callFrom('+4915888', { to: '+4915777', displayName: 'Caller Secret' });
    const log = JSON.stringify(bench.core.log());
    expect(log).toContain('"what":"connected"');
    for (const secret of ['4915', 'Secret', token]) expect(log).not.toContain(secret);
  });
});
