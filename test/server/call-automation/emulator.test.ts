import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Emulator } from 'onescreen/emulator';
import {
  callAutomation,
  type CallControl,
  type ControlledCall,
  type IncomingCall,
  type Webhooks,
} from 'onescreen/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator } from '../../emulator/checked-emulator';
import { eventsOf, standing } from './scripted-api';

const resourceAccount = '0e1f2a3b-0000-4000-8000-00000000000a';
const service = '+4930111';
const customer = '+491701';
const expert = '+491702';
const friend = '+491703';
const webhookKey = 'a-key-of-more-than-16-characters';

let emulator: Emulator;
let control: CallControl & Webhooks;
let incoming: IncomingCall[];
let close: () => Promise<void>;

/** Real time, real HTTP both ways, the official client between. */
async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  for (let tries = 0; tries < 2_000; tries++) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`unable to see ${what}; it did not come about`);
}

async function start() {
  emulator = await startEmulator();
  const listen = getRequestListener((request) => control.handle(request));
  const http = createServer((request, response) => void listen(request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const { connectionString } = emulator;
  control = callAutomation({
    connectionString,
    resourceAccount,
    callbackUrl: `${origin}/acs`,
    webhookKey,
    sounds: { music: { file: 'https://cc.contoso.example/music.wav#ms=60000' } },
  });
  incoming = [];
  const stop = control.start((call) => incoming.push(call));
  const { core } = emulator;
  core.calls.assignNumber(service, resourceAccount);
  for (const number of [customer, expert, friend]) core.phones.set(number, { afterMs: 20, speaks: false });
  await core.eventGrid.subscribe({ endpoint: `${origin}/acs/events?key=${webhookKey}` });
  close = async () => {
    stop();
    await emulator.close();
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  };
}

beforeEach(() => start());
afterEach(() => close());

/** The customer calls, and is answered. */
async function answered(): Promise<ControlledCall> {
  emulator.core.phones.callFrom(customer, { to: service, displayName: 'Cleo', speaks: false });
  const call = await until('the incoming call', () => incoming[0]);
  return call.answer();
}

const names = (call: ControlledCall) => call.participants().map(({ rawId }) => rawId);
const isHeld = (call: ControlledCall, who: string) =>
  call.participants().find(({ rawId }) => rawId === `4:${who}`)?.onHold;

describe('a managed identity', () => {
  it('is as good as a connection string', async () => {
    const claims = { oid: '0e1f2a3b-0000-4000-8000-0000000000ff', tid: '0e1f2a3b-0000-4000-8000-0000000000fe' };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'none' })}.${part(claims)}.signature`;
    const asked: unknown[] = [];
    const getToken = async (scopes: string | string[]) => {
      asked.push(scopes);
      return { token, expiresOnTimestamp: Date.now() + 3_600_000 };
    };
    const endpoint = new URL(emulator.endpoint).origin;
    const callbackUrl = 'http://127.0.0.1:9/acs';
    const other = callAutomation({ endpoint, credential: { getToken }, resourceAccount, callbackUrl, webhookKey });
    const { call } = await other.create({ target: `4:${customer}` });
    expect(call.id).not.toBe('');
    expect(asked.flat()).toEqual(['https://communication.azure.com//.default']);
    await call.hangUp({ forEveryone: true });
  });

  it.each([
    [{ endpoint: 'http://cc.contoso.example' }, 'endpoint'],
    [{ endpoint: 'nowhere' }, 'endpoint'],
  ])('needs an address that is safe: %o', ({ endpoint }, field) => {
    const credential = { getToken: async () => null };
    const options = { endpoint, credential, resourceAccount, callbackUrl: 'https://cc.contoso.example', webhookKey };
    expect(() => callAutomation(options)).toThrow(expect.objectContaining({ code: 'command/invalid', field }));
  });
});

describe('a call on the emulator, by the official client', () => {
  it('is told of by Event Grid and answered', async () => {
    const call = await answered();
    expect(incoming[0]).toMatchObject({
      from: { rawId: `4:${customer}`, displayName: 'Cleo' },
      to: `28:orgid:${resourceAccount}`,
      onBehalfOf: false,
    });
    expect(names(call)).toEqual([`4:${customer}`]);
    expect(call.serverCallId).not.toBe('');
  });

  it('takes somebody in, holds the customer meanwhile, and lets them go', async () => {
    const call = await answered();
    const events = eventsOf(call);
    await call.hold(`4:${customer}`);
    expect(isHeld(call, customer)).toBe(true);
    const { answered: joined } = await call.add({ target: `4:${expert}`, timeoutMs: 5_000 });
    await expect(joined).resolves.toMatchObject({ rawId: `4:${expert}` });
    await call.unhold(`4:${customer}`);
    expect(isHeld(call, customer)).toBe(false);
    await call.remove(`4:${expert}`);
    expect(names(call)).toEqual([`4:${customer}`]);
    expect(events.filter(({ kind }) => kind === 'left')).toEqual([
      { kind: 'left', rawId: `4:${expert}`, end: expect.objectContaining({ subCode: 5000 }) },
    ]);
  });

  it('says why somebody does not come', async () => {
    const call = await answered();
    for (const [reaction, code] of [
      ['busy', 'call/busy'],
      ['decline', 'call/declined'],
      ['unknown', 'call/bad-destination'],
    ] as const) {
      emulator.core.phones.set(expert, { reaction, afterMs: 20 });
      const { answered: joined } = await call.add({ target: `4:${expert}`, timeoutMs: 5_000 });
      await expect(joined).rejects.toMatchObject({ code, provider: { name: 'acs' } });
    }
  });

  it('withdraws an invitation', async () => {
    const call = await answered();
    emulator.core.phones.set(expert, { reaction: 'no-answer' });
    const invitation = await call.add({ target: `4:${expert}`, timeoutMs: 30_000 });
    const state = standing(invitation.answered);
    expect(await invitation.cancel()).toBe(true);
    await until('the invitation withdrawn', () => state() === 'command/aborted');
    expect(await invitation.cancel()).toBe(false);
  });

  it('plays music, words in between, and takes keys down', async () => {
    const call = await answered();
    const music = call.play({ sound: 'music' }, { loop: true });
    await call.play({ text: 'Hi' }, { to: `4:${customer}` }).done;
    const collecting = call.collect(`4:${customer}`, { most: 2, forMs: 3_000 });
    const state = standing(collecting);
    // Keys that are pressed before the service listens are lost.
    await until('the keys', () => {
      emulator.core.phones.latest(customer)!.sendTones('4#');
      return state() === 'done';
    });
    expect(await collecting).toBe('4#');
    await music.stop();
    await music.done;
  });

  it('hears the customer’s keys', async () => {
    const call = await answered();
    const events = eventsOf(call);
    const tone = await until('the tone', () => {
      emulator.core.phones.latest(customer)!.sendTones('*');
      return events.find(({ kind }) => kind === 'tone');
    });
    expect(tone).toEqual({ kind: 'tone', from: `4:${customer}`, tone: '*' });
  });

  it('sends keys', async () => {
    const call = await answered();
    await call.sendTones(`4:${customer}`, '12');
    expect(call.end).toBeUndefined();
  });

  it('is recorded', async () => {
    const call = await answered();
    const events = eventsOf(call);
    for (const step of ['start', 'pause', 'resume', 'stop'] as const) await call.record(step);
    const states = events.flatMap((event) => (event.kind === 'recording' ? [event.state] : []));
    expect(states).toEqual(['on', 'paused', 'on', 'off']);
  });

  it('gives the customer to somebody else', async () => {
    const call = await answered();
    const { answered: joined } = await call.add({ target: `4:${friend}`, timeoutMs: 5_000 });
    await joined;
    const events = eventsOf(call);
    await call.transfer(`4:${customer}`, `4:${expert}`);
    await until('the customer gone', () => events.some((one) => one.kind === 'left' && one.rawId === `4:${customer}`));
    expect(events.at(-1)).toMatchObject({ kind: 'left', end: { subCode: 7015 } });
    expect(emulator.core.phones.latest(customer)!.state$.value.status).toBe('connected');
    await call.hangUp({ forEveryone: true });
  });

  it('fails to give the customer to who does not want', async () => {
    const call = await answered();
    emulator.core.phones.set(expert, { reaction: 'decline', afterMs: 20 });
    await expect(call.transfer(`4:${customer}`, `4:${expert}`)).rejects.toMatchObject({ code: 'call/declined' });
    expect(names(call)).toEqual([`4:${customer}`]);
  });

  it('is over when the customer hangs up', async () => {
    const call = await answered();
    const events = eventsOf(call);
    emulator.core.phones.latest(customer)!.hangUp();
    await until('that the customer is gone', () =>
      events.some((one) => one.kind === 'disconnected' || (one.kind === 'left' && one.rawId === `4:${customer}`)),
    );
  });

  it('is ended for everyone', async () => {
    const call = await answered();
    await call.hangUp({ forEveryone: true });
    await until('the phone free', () => emulator.core.phones.latest(customer)!.state$.value.status === 'ended');
    await expect(call.hold(`4:${customer}`)).rejects.toMatchObject({ code: 'call/gone' });
  });

  it('is made by us, in the resource account’s name', async () => {
    const { call, answered: taken } = await control.create({ target: `4:${customer}` });
    await taken;
    await until('the customer in', () => names(call).includes(`4:${customer}`));
    emulator.core.phones.set(expert, { reaction: 'busy' });
    const { answered: refused } = await control.create({ target: `4:${expert}` });
    await expect(refused).rejects.toMatchObject({ code: 'call/busy' });
  });

  it('takes participants over from another', async () => {
    const call = await answered();
    const { call: other, answered: taken } = await control.create({ target: `4:${expert}` });
    await taken;
    await call.moveHere([`4:${expert}`], other);
    expect(names(call)).toContain(`4:${expert}`);
  });

  it.each(['double', 'reorder', 'lose'] as const)(
    'comes through events that go wrong: %s',
    async (fault) => {
      // What is lost is found by reading, within seconds.
      emulator.core.faults.callEvents.add({ fault, share: fault === 'lose' ? 0.3 : 1 });
      const call = await answered();
      const events = eventsOf(call);
      await call.hold(`4:${customer}`);
      const { answered: joined } = await call.add({ target: `4:${expert}`, timeoutMs: 1_000 });
      await joined;
      await call.unhold(`4:${customer}`);
      await call.remove(`4:${expert}`);
      expect(events.filter((one) => one.kind === 'left' && one.rawId === `4:${expert}`)).toHaveLength(1);
      await call.hangUp({ forEveryone: true });
      expect(events.filter(({ kind }) => kind === 'disconnected')).toHaveLength(1);
    },
    60_000,
  );
});
