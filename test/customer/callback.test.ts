import type { VoiceProvider } from 'onescreen';
import { CustomerClient } from 'onescreen/customer';
import { createServer } from 'onescreen/server';
import { serverChat } from 'onescreen/control-plane';
import { inProcessFetch, inProcessSocket, scriptedVoice, seededRandom, virtualClock } from 'onescreen/testing';
import { createVoice } from 'onescreen/voice';
import { describe, expect, it } from 'vitest';
import type { AgentPush } from '../../src/protocol/agent-frames';
import { scriptedCalls } from '../server/scripted-calls';

const phone = '+4915112345678';
const account = '6f1c8a52-3d0e-4f57-9b1e-2a7d5c40e911';
const hour = 3_600_000;

/** A server that carries chats and calls, a customer's page with a phone, and an agent by frames. */
function world() {
  const clock = virtualClock();
  const random = seededRandom('callbacks');
  const calls = scriptedCalls({
    open: async () => ({ providerRefs: { resourceAccount: account }, customerRefs: { acs: '8:acs:cleo' } }),
    token: async () => ({ token: 'opaque', expiresOn: clock.now() + hour, kind: 'acsUser' }),
  });
  const server = createServer({
    authenticate: () => ({ id: 'ada', displayName: 'Ada', queues: ['support'] }),
    queues: [{ id: 'support' }],
    calls: [calls.host],
    allowCallback: (request) => request.phone === phone,
    clock,
    random: random.fork('server'),
  });
  const voice = scriptedVoice();
  const provider: VoiceProvider = {
    channel: 'voice',
    name: 'scripted',
    tokenKinds: ['acsUser'],
    open: (context) => createVoice(context, { tokenKinds: ['acsUser'], open: voice.open }),
  };
  const client = new CustomerClient({
    server: 'https://cc.contoso.example',
    providers: [serverChat(), provider],
    environment: { clock, random: random.fork('page'), socket: inProcessSocket(server, clock) },
    fetch: inProcessFetch(server),
    storage: null,
  });
  return { clock, calls, server, voice, client };
}

type World = ReturnType<typeof world>;

/** What a command comes to, once everything that can happen has. */
async function after<T>({ clock }: World, doing: Promise<T>): Promise<T> {
  doing.catch(() => {});
  await clock.advance(0);
  return doing;
}

/** An agent accepts the callback, and the customer's phone is picked up. */
async function callBack({ server, clock, calls }: World) {
  const offers: string[] = [];
  const desk = await server.connect({
    door: 'agents',
    credentials: { token: 'ada' },
    send: (frame) => {
      const push = frame as AgentPush;
      if (push.type === 'offer') offers.push(push.offer.id);
    },
  });
  const send = (name: string, args: unknown) => desk.receive({ type: 'command', id: name, name, args });
  send('phone/report', { ready: true, reasons: [] });
  send('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
  await clock.advance(0);
  send('offer/accept', { offerId: offers[0] });
  await clock.advance(0);
  calls.ring.answer();
  await clock.advance(0);
  calls.dials[0]?.setUp();
  await clock.advance(0);
}

async function waitingCall(given: World) {
  const call = await given.client.call({ displayName: 'Cleo' });
  await given.calls.events.arrived({
    channelId: given.voice.calls[0]?.options?.correlationId ?? '',
    providerRefs: { serverCallId: 'call-1' },
    customerRefs: { acs: '8:acs:cleo' },
    context: {},
  });
  await given.clock.advance(0);
  return call;
}

describe('a customer who does not want to wait', () => {
  it('in a chat is called back instead, and sees when, then by whom', async () => {
    const given = world();
    const chat = await given.client.start({ displayName: 'Cleo' });
    await given.clock.advance(0);
    const at = new Date(given.clock.now() + hour);
    expect(await after(given, given.client.requestCallback({ phone, at }))).toEqual({ dueAt: at });
    expect(chat.state$.value).toMatchObject({ phase: 'callback', dueAt: at.getTime(), link: 'online' });
    await given.clock.advance(hour);
    await callBack(given);
    expect(given.calls.dials).toMatchObject([{ to: { phone } }]);
    expect(chat.state$.value).toMatchObject({ phase: 'active', agents: ['Ada'] });
    await given.client.close();
  });

  it('on the line is called back at the phone; this line has ended, and what it was stays told', async () => {
    const given = world();
    const call = await waitingCall(given);
    const { dueAt } = await after(given, call.requestCallback({ phone }));
    expect(dueAt.getTime()).toBe(given.clock.now());
    given.voice.calls[0]?.end({
      ...{ outcome: 'completed', code: 'call/completed', retryable: false, message: 'The call has ended.' },
    });
    await given.clock.advance(0);
    const line = call.state$.value;
    expect(line).toMatchObject({ phase: 'callback', end: { code: 'call/completed' } });
    await after(given, call.hangUp());
    expect(call.state$.value.phase).toBe('callback');
    await callBack(given);
    expect(given.calls.dials).toMatchObject([{ to: { phone } }]);
    expect(call.state$.value).toEqual({
      ...{ phase: 'active', agents: ['Ada'] },
      ...{ call: line.call, muted: false, recording: false, end: line.end },
    });
    await given.client.close();
    expect(given.voice.callsUp).toBe(0);
  });

  it('may take it back by ending the chat', async () => {
    const given = world();
    const chat = await given.client.start({ displayName: 'Cleo' });
    await given.clock.advance(0);
    await after(given, chat.requestCallback({ phone, at: new Date(given.clock.now() + hour) }));
    await after(given, chat.end());
    expect(chat.state$.value.phase).toBe('ended');
    await given.client.close();
  });

  it('is told what the server says against it, or that nothing is open', async () => {
    const given = world();
    const nothing = { code: 'conversation/not-found' };
    await expect(given.client.requestCallback({ phone })).rejects.toMatchObject(nothing);
    const chat = await given.client.start({ displayName: 'Cleo' });
    await given.clock.advance(0);
    await expect(after(given, given.client.requestCallback({ phone: '911' }))).rejects.toMatchObject({
      ...{ code: 'command/invalid', field: 'phone' },
    });
    await expect(after(given, chat.requestCallback({ phone: '+19005550100' }))).rejects.toMatchObject({
      ...{ code: 'command/not-allowed', field: 'phone' },
    });
    expect(chat.state$.value.phase).toBe('queued');
    await after(given, chat.end());
    await expect(given.client.requestCallback({ phone })).rejects.toMatchObject(nothing);
    await given.client.close();
  });
});
