import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { systemClock, systemRandom } from 'onescreen';
import type { Emulator } from 'onescreen/emulator';
import { callAutomationHost, teamsPhoneUserId, type CallAutomationHostOptions } from 'onescreen/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallingPush, CallingRequest } from '../../../src/emulator/calls/frames';
import { startEmulator } from '../../emulator/checked-emulator';
import { contactCenter, type ContactCenter, type Desk } from '../contact-center';
import { begin, deskWithPhone } from '../scripted-calls';

const resourceAccount = '0e1f2a3b-0000-4000-8000-00000000000a';
const number = '+4930111';
const customer = '+491701';
const expert = '+491702';
const webhookKey = 'a-key-of-more-than-16-characters';

let emulator: Emulator;
let http: Server;
let origin: string;
let center: ContactCenter;

type WithoutId<Request> = Request extends unknown ? Omit<Request, 'id'> : never;

/** An agent's page, registered with the emulator; it answers what rings. */
function phoneOf(token: string) {
  const frames: CallingPush[] = [];
  const connection = emulator.core.connect('http://127.0.0.1:4040/calling', {
    send: (text) => frames.push(JSON.parse(text) as CallingPush),
    close: () => {},
    terminate: () => {},
  });
  let id = 0;
  const ask = (request: WithoutId<CallingRequest>) => connection.receive(JSON.stringify({ ...request, id: ++id }));
  ask({ type: 'register', token, kind: 'CallAgent' });
  return { ask, incoming: () => frames.find((frame) => frame.type === 'incoming'), drop: () => connection.ended() };
}

async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  for (let tries = 0; tries < 2_000; tries++) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`unable to see ${what}; it did not come about`);
}

function options(): CallAutomationHostOptions {
  const { connectionString } = emulator;
  return { connectionString, resourceAccount, callbackUrl: `${origin}/acs`, webhookKey };
}

beforeEach(async () => {
  emulator = await startEmulator();
  const listen = getRequestListener((request) => center.server.handle(request));
  http = createServer((request, response) => void listen(request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  center = contactCenter({ calls: [callAutomationHost(options())], clock: systemClock, random: systemRandom });
  const { core } = emulator;
  core.calls.assignNumber(number, resourceAccount);
  for (const phone of [customer, expert]) core.phones.set(phone, { afterMs: 20, speaks: false });
  await core.eventGrid.subscribe({ endpoint: `${origin}/acs/events?key=${webhookKey}` });
});

afterEach(async () => {
  await center.server.close();
  await emulator.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

async function answered(desk: Desk, what: ReturnType<typeof begin>) {
  const answer = await until('the answer', () => what.answer);
  expect(answer).toMatchObject({ ok: true });
  return desk;
}

/** A customer's call that ann has answered. */
async function talking() {
  const ann = await deskWithPhone(center, 'ann');
  const { body } = await center.post('/tokens', { audience: 'calling' }, { authorization: 'Bearer ann' });
  const token = String(body['token']);
  emulator.core.phones.callFrom(customer, { to: number, displayName: 'Cleo', speaks: false });
  const offer = await until('the offer', () => ann.of('offer').at(-1)?.offer);
  const page = phoneOf(token);
  const accept = begin(ann, 'offer/accept', { offerId: offer.id });
  const ring = await until('the ring', () => page.incoming());
  page.ask({ type: 'accept', callId: ring.callId, muted: false });
  await answered(ann, accept);
  const { conversationId } = offer.task;
  const opened = await until('the channel', () =>
    ann.entries(conversationId).find((entry) => entry.type === 'channel-opened'),
  );
  return { ann, token, page, ring, offer, conversationId, channelId: opened.channelId };
}

describe('calls of a server that are carried by Call Automation', () => {
  it('come in through the server’s own webhooks, are offered, and ring at the agent’s page with the correlation id', async () => {
    const { offer, ring } = await talking();
    expect(JSON.stringify(ring)).toContain(offer.id);
    expect(offer.preview).toMatchObject({ customer: 'Cleo' });
  });

  it('are held, resumed, and end with wrap-up', async () => {
    const { ann, conversationId, channelId, offer } = await talking();
    const changes = () =>
      ann.entries(conversationId).flatMap((entry) => (entry.type === 'channel-changed' ? entry.change : []));
    await answered(ann, begin(ann, 'call/hold', { conversationId, channelId }, 'hold'));
    await answered(ann, begin(ann, 'call/resume', { conversationId, channelId }, 'resume'));
    expect(changes()).toEqual(['held', 'resumed']);
    await answered(ann, begin(ann, 'task/end', { taskId: offer.task.id }, 'end'));
    await until('the phone free', () => emulator.core.phones.latest(customer)!.state$.value.status === 'ended');
    expect(ann.statuses(conversationId)).toContain('wrapping');
  });

  it('go on when the agent comes back on a page that was loaded anew', async () => {
    const { ann, token, page, conversationId, channelId } = await talking();
    page.drop();
    const next = phoneOf(token);
    const rejoin = begin(ann, 'call/rejoin', { conversationId, channelId }, 'rejoin');
    const ring = await until('the ring', () => next.incoming());
    next.ask({ type: 'accept', callId: ring.callId, muted: false });
    await answered(ann, rejoin);
    const { parties } = emulator.core.calls.list()[0]!;
    expect(parties.map(({ rawId, status }) => [rawId.slice(0, 2), status])).toEqual(
      expect.arrayContaining([
        ['4:', 'connected'],
        ['8:', 'connected'],
      ]),
    );
    const lefts = ann.entries(conversationId).filter((entry) => entry.type === 'participant-left');
    expect([lefts, ann.statuses(conversationId).at(-1)]).toEqual([[], 'assigned']);
  });

  it('end when the customer hangs up', async () => {
    const { ann, conversationId } = await talking();
    emulator.core.phones.latest(customer)!.hangUp();
    await until('wrap-up', () => ann.statuses(conversationId).includes('wrapping'));
    const closed = ann.entries(conversationId).find((entry) => entry.type === 'channel-closed');
    expect(closed).toMatchObject({ reason: 'customer-left' });
  });

  it('are made by customers’ pages, with a user and a token of their own', async () => {
    const ann = await deskWithPhone(center, 'ann');
    const { channel, token } = await center.start('Dora', { channel: 'voice' });
    expect(channel.providerRefs).toMatchObject({ resourceAccount, endpoint: new URL(emulator.endpoint).origin });
    const page = phoneOf(token!.token);
    const context = { voipHeaders: [{ key: 'onescreen-correlation', value: channel.channelId }] };
    page.ask({ type: 'start', callId: 'own-1', targets: [`28:orgid:${resourceAccount}`], muted: false, context });
    const offer = await until('the offer', () => ann.of('offer').at(-1)?.offer);
    expect(offer.preview).toMatchObject({ customer: 'Dora' });
  });
});

describe('the host’s webhooks', () => {
  it('are mounted in the server, beyond the size of a page’s body, and refuse strangers', async () => {
    const body = JSON.stringify([{ id: 'x'.repeat(100_000), eventType: 'other', data: {} }]);
    const good = await fetch(`${origin}/acs/events?key=${webhookKey}`, { method: 'POST', body });
    expect(good.status).toBe(200);
    expect((await fetch(`${origin}/acs/events`, { method: 'POST', body })).status).toBe(401);
    expect((await fetch(`${origin}/acs/calls/made.up`, { method: 'POST', body })).status).toBe(401);
    expect((await fetch(`${origin}/acs/other`, { method: 'POST', body })).status).toBe(404);
  });

  it('are closed with the server', async () => {
    await center.server.close();
    const response = await fetch(`${origin}/acs/events?key=${webhookKey}`, { method: 'POST', body: '[]' });
    expect(response.status).toBe(503);
  });
});

describe('names and tokens', () => {
  const teamsPhoneUser = { userId: 'u-1', tenantId: 't-1', resourceId: 'r-1' };

  it('make a Teams user an agent of Teams Phone extensibility, who gets no token here', async () => {
    const host = callAutomationHost({ ...options(), identify: () => ({ teamsPhoneUser }) });
    const refs = await host.identify!({ id: 'ann', providerRefs: {} });
    expect(refs).toEqual({ acs: '8:acs:r-1_t-1_u-1' });
    expect(teamsPhoneUserId(teamsPhoneUser)).toBe(refs['acs']);
    await expect(host.token!(refs)).rejects.toMatchObject({ code: 'token/unavailable' });
  });

  it('are the vendor’s where the vendor has them', async () => {
    const agentTokens = async () => ({ token: 'vendor', expiresOn: 1, kind: 'tpeAgent' });
    const host = callAutomationHost({ ...options(), agentTokens });
    const refs = await host.identify!({ id: 'ann', providerRefs: { acs: '8:acs:r_t_u' } });
    expect(refs).toEqual({ acs: '8:acs:r_t_u' });
    expect(await host.token!(refs)).toMatchObject({ kind: 'tpeAgent' });
    await expect(host.token!({ acs: '8:orgid:somebody' })).rejects.toMatchObject({ code: 'token/unavailable' });
  });

  it('are made once for an agent', async () => {
    const host = callAutomationHost(options());
    const [one, two] = await Promise.all([
      host.identify!({ id: 'ann', providerRefs: {} }),
      host.identify!({ id: 'ann', providerRefs: {} }),
    ]);
    expect(one).toEqual(two);
    expect(await host.token!(one)).toMatchObject({ kind: 'acsUser' });
  });
});
