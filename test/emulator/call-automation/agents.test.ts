import { CallAutomationClient } from '@azure/communication-call-automation';
import type { EmulatorCore } from 'onescreen/emulator';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { at } from '../bench-values';
import { account, AutomationBench, customer, ra, refusal } from './automation-bench';

const tenant = '0e1f2a3b-0000-4000-8000-00000000000b';
const person = '0e1f2a3b-0000-4000-8000-00000000000c';

/** An agent's page that speaks the frames of calls itself. */
class AgentPage {
  readonly user: string;
  readonly frames: unknown[] = [];
  readonly #send: (frame: string) => void;
  #lastId = 0;

  constructor(core: EmulatorCore, user: string, kind: 'tpeAgent' | 'acsUser') {
    this.user = user;
    const link = {
      send: (text: string) => void this.frames.push(JSON.parse(text)),
      close: () => {},
      terminate: () => {},
    };
    const connection = core.connect('http://127.0.0.1/calling', link);
    this.#send = (frame) => connection.receive(frame);
    const { token } = core.issueToken(user, { scopes: ['voip'], kind });
    this.ask({ type: 'register', token, kind: kind === 'acsUser' ? 'CallAgent' : 'TeamsCallAgent' });
  }

  ask(question: object): void {
    this.#lastId += 1;
    this.#send(JSON.stringify({ ...question, id: this.#lastId }));
  }

  /** The last frame of a type, as soon as there is one. */
  async frame(type: string): Promise<unknown> {
    const find = () => this.frames.filter((frame) => at(frame, 'type') === type).at(-1);
    await expect.poll(find).toBeDefined();
    return find();
  }

  async accept(): Promise<void> {
    this.ask({ type: 'accept', callId: at(await this.frame('incoming'), 'callId'), muted: false });
  }
}

let bench: AutomationBench;
beforeEach(async () => {
  bench = await AutomationBench.start();
});
afterEach(() => bench.close());

describe('an agent of Teams Phone extensibility', () => {
  const identifier = () => ({ userId: person, tenantId: tenant, resourceId: bench.core.resourceId });
  const rawId = () => `8:acs:${bench.core.resourceId}_${tenant}_${person}`;

  test('is rung with the custom context, and is in the call under its own kind', async () => {
    const agent = new AgentPage(bench.core, rawId(), 'tpeAgent');
    const { connection, event } = await bench.answered();
    await connection.addParticipant({
      targetParticipant: identifier(),
      customCallingContext: [{ kind: 'voip', key: 'onescreen-correlation', value: 'offer-1' }],
    });
    expect(await agent.frame('incoming')).toMatchObject({
      context: { voipHeaders: [{ key: 'onescreen-correlation', value: 'offer-1' }] },
    });
    await agent.accept();
    expect((await event('AddParticipantSucceeded')).data).toMatchObject({
      participant: {
        rawId: rawId(),
        kind: 'teamsExtensionUser',
        teamsExtensionUser: { userId: person, tenantId: tenant },
      },
    });
    expect(await connection.getParticipant(identifier())).toMatchObject({
      identifier: { userId: person, tenantId: tenant },
    });
    await connection.muteParticipant(identifier());
    await expect.poll(async () => (await connection.getParticipant(identifier())).isMuted).toBe(true);
  });

  test('does not ring with another kind of token', async () => {
    new AgentPage(bench.core, rawId(), 'acsUser');
    const { connection, event } = await bench.answered();
    await connection.addParticipant({ targetParticipant: identifier() });
    expect((await event('AddParticipantFailed')).data.resultInformation).toMatchObject({ code: 408, subCode: 10057 });
  });

  test('who calls on behalf of a resource account reaches its server, not the callee', async () => {
    await bench.core.eventGrid.subscribe({ endpoint: `${bench.server.origin}/events`, to: account });
    const agent = new AgentPage(bench.core, rawId(), 'tpeAgent');
    agent.ask({ type: 'start', callId: 'own', targets: [`4:${customer}`], muted: false, onBehalfOf: ra });
    const { data } = await bench.server.event('IncomingCall');
    expect(data).toMatchObject({
      from: { kind: 'teamsExtensionUser', rawId: rawId() },
      to: { kind: 'phoneNumber', rawId: `4:${customer}` },
      onBehalfOfCallee: { rawId: account },
    });
    const { callConnection } = await bench.client.answerCall(String(data.incomingCallContext), bench.callback);
    await bench.server.event('CallConnected');
    await callConnection.addParticipant({ targetParticipant: { phoneNumber: customer } });
    await bench.server.event('AddParticipantSucceeded');
    expect((await callConnection.listParticipants()).values).toHaveLength(2);
  });

  test('stays in an emergency call, and nobody is told otherwise', async () => {
    await bench.core.eventGrid.subscribe({ endpoint: `${bench.server.origin}/events`, to: account });
    const agent = new AgentPage(bench.core, rawId(), 'tpeAgent');
    agent.ask({ type: 'start', callId: 'own', targets: ['4:112'], muted: false, onBehalfOf: ra });
    const { data } = await bench.server.event('IncomingCall');
    const { callConnection } = await bench.client.answerCall(String(data.incomingCallContext), bench.callback);
    await bench.server.event('CallConnected');
    expect(await refusal(callConnection.removeParticipant(identifier()))).toBe('400 8501');
    await callConnection.addParticipant({ targetParticipant: { phoneNumber: '112' } });
    await bench.server.event('AddParticipantSucceeded');
    expect(bench.server.types()).not.toContain('RemoveParticipantSucceeded');
  });
});

describe('a server', () => {
  test('is admitted with the Entra token of its application, and not with a wrong one', async () => {
    const secure = await AutomationBench.start({ https: true });
    try {
      const claims = { oid: person, tid: tenant, exp: Math.floor(Date.now() / 1000) + 600 };
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const open = (token: string) =>
        new CallAutomationClient(
          secure.emulator.endpoint,
          { getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 600_000 }) },
          { tlsOptions: { ca: secure.emulator.caCertificate ?? '' }, retryOptions: { maxRetries: 0 } },
        );
      const ask = (token: string) => refusal(open(token).getCallConnection('none').getCallConnectionProperties());
      expect(await ask(`${part({ alg: 'none' })}.${part(claims)}.x`)).toBe('404 8522');
      expect(await ask('nonsense')).toBe('401 Unauthorized');
    } finally {
      await secure.close();
    }
  });

  test('is not admitted with another key, nor asking for an unknown version', async () => {
    const key = Buffer.from('another key of some length').toString('base64');
    const options = { allowInsecureConnection: true };
    const stranger = new CallAutomationClient(`endpoint=${bench.emulator.endpoint};accesskey=${key}`, options);
    expect(await refusal(stranger.getCallConnection('none').getCallConnectionProperties())).toBe('401 Unauthorized');
    const claims = Buffer.from(JSON.stringify({ oid: person, tid: tenant })).toString('base64url');
    const old = new Request(`${bench.emulator.endpoint}/calling/callConnections/none?api-version=2020-01-01`, {
      headers: { authorization: `Bearer x.${claims}.x` },
    });
    const body: unknown = await (await bench.core.handle(old)).json();
    expect(at(body, 'error', 'code')).toBe('UnsupportedApiVersionParameter');
  });
});
