import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { agentTurn } from '../../../src/acs/calling/agent-handle';
import { setDesk } from './desk';
import { FakeIncoming, ServiceError } from './fake-calling';

describe('which agent object', () => {
  test.each([
    ['tpeAgent', 'TeamsCallAgent'],
    ['teamsUser', 'TeamsCallAgent'],
    ['acsUser', 'CallAgent'],
  ] as const)('a %s gets a %s', async (persona, kind) => {
    const desk = setDesk(persona);
    const endpoint = desk.open();
    expect(endpoint.registration$.value.status).toBe('registering');
    await desk.clock.advance(100);
    expect(endpoint.registration$.value).toEqual({ status: 'registered' });
    expect(desk.kinds).toEqual([kind]);
  });

  test('a tpeAgent that is refused as no Teams token falls back once, and stays with it', async () => {
    const desk = setDesk('tpeAgent');
    desk.calling.refuses = { TeamsCallAgent: new ServiceError(403, 40231) };
    const endpoint = desk.open();
    await desk.clock.advance(100);
    expect(endpoint.registration$.value.status).toBe('registered');
    desk.calling.agent.connection('Disconnected', 'invalidToken');
    await desk.clock.advance(10_000);
    expect(desk.kinds).toEqual(['CallAgent', 'CallAgent']);
    expect(desk.calling.tokens).toHaveLength(3); // One refusal, two agents.
  });

  test('a tpeAgent that neither object takes is refused', async () => {
    const desk = setDesk('tpeAgent');
    desk.calling.refuses = { TeamsCallAgent: new ServiceError(403, 40231), CallAgent: new ServiceError(403, 40229) };
    const endpoint = desk.open();
    await desk.clock.advance(3_600_000);
    expect(endpoint.registration$.value).toMatchObject({
      status: 'refused',
      error: { code: 'agent/identity-mismatch' },
    });
    expect(desk.calling.tokens).toHaveLength(2);
  });

  test.each([
    ['teamsUser', 'TeamsCallAgent', 40231, /teamsUser.*ACS user/],
    ['acsUser', 'CallAgent', 40229, /acsUser.*Teams user/],
  ] as const)(
    'a %s with a token of the other kind is refused, naming both',
    async (persona, kind, subCode, message) => {
      const desk = setDesk(persona);
      desk.calling.refuses = { [kind]: new ServiceError(403, subCode) };
      const endpoint = desk.open();
      await desk.clock.advance(3_600_000);
      expect(endpoint.registration$.value).toMatchObject({
        ...{ status: 'refused', error: { code: 'agent/identity-mismatch', message: expect.stringMatching(message) } },
      });
      expect(desk.calling.tokens).toHaveLength(1);
    },
  );

  test('a token that says another kind never reaches the package', async () => {
    const desk = setDesk('tpeAgent');
    desk.tokens.kind = 'teamsUser';
    const endpoint = desk.open();
    await desk.clock.advance(3_600_000);
    expect(endpoint.registration$.value.error?.message).toMatch(/tpeAgent.*teamsUser/);
    expect(desk.calling.tokens).toEqual([]);
  });
});

describe('refusals an administrator has to mend', () => {
  test.each([
    ['Service request failed. Status: 403, Body: UserLicenseNotPresentForbidden', 'agent/config-license'],
    ['Service request failed. Status: 403, Body: consent required', 'agent/config-consent'],
    ['Service request failed. Status: 403, Body: {}', 'agent/config-assignment'],
  ])('%s', async (text, code) => {
    const desk = setDesk('tpeAgent');
    desk.calling.refuses = { TeamsCallAgent: new Error(text) };
    const endpoint = desk.open();
    await desk.clock.advance(3_600_000);
    expect(endpoint.registration$.value).toMatchObject({ status: 'refused', error: { code } });
  });
});

describe('staying registered', () => {
  test('a source of tokens that fails for ten minutes is outlived, with back-off', async () => {
    const desk = setDesk('tpeAgent');
    desk.tokens.broken = true;
    const endpoint = desk.open();
    await desk.clock.advance(600_000);
    expect(endpoint.registration$.value).toMatchObject({ status: 'lost', error: { code: 'token/unavailable' } });
    desk.tokens.broken = false;
    await desk.clock.advance(40_000);
    expect(endpoint.registration$.value.status).toBe('registered');
  });

  test('a refused token is replaced, and then the agent', async () => {
    const desk = setDesk('tpeAgent');
    const endpoint = desk.open();
    await desk.clock.advance(120_000);
    desk.calling.agent.connection('Disconnected', 'invalidToken');
    expect(endpoint.registration$.value).toMatchObject({ status: 'lost', error: { code: 'agent/token-refused' } });
    await desk.clock.advance(2_000);
    expect(endpoint.registration$.value.status).toBe('registered');
    expect(desk.calling.tokens).toEqual(['token-1', 'token-2']);
    expect(desk.calling.most).toBe(1);
  });

  test('a service that refuses every token is not asked without end', async () => {
    const desk = setDesk('tpeAgent');
    const endpoint = desk.open();
    endpoint.registration$.subscribe(({ status }) => {
      if (status === 'registered') queueMicrotask(() => desk.calling.agent.connection('Disconnected', 'invalidToken'));
    });
    await desk.clock.advance(600_000);
    expect(desk.calling.agents.length).toBeGreaterThan(5);
    expect(desk.calling.agents.length).toBeLessThan(40);
  });

  test('a lost connection that comes back by itself keeps the agent', async () => {
    const desk = setDesk('tpeAgent');
    const endpoint = desk.open();
    await desk.clock.advance(100);
    desk.calling.agent.connection('Disconnected', 'connectionIssue');
    expect(endpoint.registration$.value).toMatchObject({ status: 'lost', error: { code: 'agent/disconnected' } });
    await desk.clock.advance(20_000);
    desk.calling.agent.connection('Connected');
    await desk.clock.advance(120_000);
    expect(endpoint.registration$.value.status).toBe('registered');
    expect(desk.calling.agents).toHaveLength(1);
  });

  test('one that does not is replaced, but not under a call', async () => {
    const desk = setDesk('teamsUser');
    const endpoint = desk.open();
    await desk.clock.advance(100);
    const { agent } = desk.calling;
    endpoint.dial({ phone: '+4930123456' }, { correlationId: 'c', muted: false });
    agent.connection('Disconnected', 'connectionIssue');
    await desk.clock.advance(120_000);
    expect(desk.calling.agents).toHaveLength(1);
    agent.call.to('Disconnected', { code: 410, subCode: 3112 });
    await desk.clock.advance(10_000);
    expect(desk.calling.agents).toHaveLength(2);
    expect(endpoint.registration$.value.status).toBe('registered');
  });

  test('an agent that never connects is lost after ten seconds', async () => {
    const desk = setDesk('acsUser');
    desk.calling.connects = false;
    const endpoint = desk.open();
    await desk.clock.advance(9_000);
    expect(endpoint.registration$.value.status).toBe('registering');
    await desk.clock.advance(2_000);
    expect(endpoint.registration$.value).toMatchObject({ status: 'lost', error: { code: 'agent/disconnected' } });
  });
});

describe('closing', () => {
  test('twenty closings and openings, some before there is an agent, never overlap', async () => {
    const desk = setDesk('tpeAgent');
    const closings: Promise<void>[] = [];
    for (let cycle = 0; cycle < 20; cycle++) {
      const endpoint = desk.open();
      if (cycle % 3 !== 0) await desk.clock.advance(cycle * 10);
      closings.push(endpoint.close());
    }
    const last = desk.open();
    await desk.clock.advance(30_000);
    await Promise.all(closings);
    expect(last.registration$.value.status).toBe('registered');
    expect(desk.calling.most).toBe(1);
    const closing = last.close();
    await desk.clock.advance(1_000);
    await closing;
    expect(desk.calling.agents.every(({ disposed, listening }) => disposed && listening === 0)).toBe(true);
    expect(desk.clock.pending).toBe(0);
    expect(last.registration$.value.status).toBe('closed');
  });

  test('it waits until the agent is disposed of, ends calls first, and can be repeated', async () => {
    const desk = setDesk('acsUser');
    const endpoint = desk.open();
    await desk.clock.advance(100);
    const call = endpoint.dial({ agent: '8:acs:r_v' }, { correlationId: 'c', muted: false });
    let isClosed = false;
    const closing = endpoint.close().then(() => (isClosed = true));
    expect(endpoint.close()).toBeInstanceOf(Promise);
    await desk.clock.advance(200);
    expect(call.state$.value.status).toBe('ended');
    expect(isClosed).toBe(false);
    await desk.clock.advance(200);
    await closing;
    desk.calling.agent.ring(new FakeIncoming('late'));
    await desk.clock.advance(1_000);
    expect(desk.invites).toEqual([]);
  });

  test('leaves nobody listening for it, however often the page has had its turn', async () => {
    const { calling } = setDesk('acsUser');
    const { signal } = new AbortController();
    for (let turn = 0; turn < 3; turn++) (await agentTurn(calling.sdk, 'anna', signal))();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
