import type { VoiceProvider } from 'onescreen';
import { serverChat } from 'onescreen/control-plane';
import { createServer } from 'onescreen/server';
import { CustomerClient } from 'onescreen/customer';
import { inProcessFetch, inProcessSocket, scriptedVoice, seededRandom, virtualClock } from 'onescreen/testing';
import { createVoice } from 'onescreen/voice';
import { describe, expect, it } from 'vitest';
import type { AgentPush } from '../../src/protocol/agent-frames';
import { scriptedCalls } from '../server/scripted-calls';

const account = '6f1c8a52-3d0e-4f57-9b1e-2a7d5c40e911';

/** A server that carries calls, and a customer's page with a phone. */
function world() {
  const clock = virtualClock();
  const random = seededRandom('customer calls');
  const calls = scriptedCalls({
    open: async () => ({ providerRefs: { resourceAccount: account }, customerRefs: { acs: '8:acs:cleo' } }),
    token: async () => ({ token: 'opaque', expiresOn: clock.now() + 3_600_000, kind: 'acsUser' }),
  });
  const server = createServer({
    authenticate: () => ({ id: 'ada', displayName: 'Ada', queues: ['support'] }),
    queues: [{ id: 'support' }],
    calls: [calls.host],
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
    providers: [provider],
    environment: { clock, random: random.fork('page'), socket: inProcessSocket(server, clock) },
    fetch: inProcessFetch(server),
    storage: null,
  });
  /** The call has come to the contact center, which answers it. */
  const arrive = async (channelId: string) => {
    await calls.events.arrived({
      channelId,
      providerRefs: { serverCallId: 'call-1' },
      customerRefs: { acs: '8:acs:cleo' },
      context: {},
    });
    await clock.advance(0);
  };
  return { clock, calls, server, voice, client, arrive };
}

type World = ReturnType<typeof world>;

/** An agent talks to the caller, and transfers the call to a phone, which takes it. */
async function putThrough({ server, clock, calls, voice, arrive }: World) {
  const tasks: string[] = [];
  const desk = await server.connect({
    door: 'agents',
    credentials: { token: 'ada' },
    send: (frame) => {
      const push = frame as AgentPush;
      if (push.type === 'offer') tasks.push(push.offer.id, push.offer.task.id);
    },
  });
  const send = async (name: string, args: unknown) => {
    desk.receive({ type: 'command', id: name, name, args });
    await clock.advance(0);
  };
  await send('phone/report', { ready: true, reasons: [] });
  await send('availability/set', { availability: { kind: 'available' }, whenBusy: 'now' });
  await arrive(voice.calls[0]?.options?.correlationId ?? '');
  const [offerId, taskId] = tasks;
  await send('offer/accept', { offerId });
  calls.ring.answer();
  await clock.advance(0);
  await send('task/transfer', { taskId, to: { phone: '+4915112345678' } });
  calls.transfers[0]?.accept();
  await clock.advance(0);
}

describe('a call from a customer’s page', () => {
  it('goes where the server says, under the channel’s id, and waits in the queue', async () => {
    const { client, voice, clock, arrive, server } = world();
    const call = await client.call({ displayName: 'Cleo' });
    const [line] = voice.calls;
    expect(line?.to).toEqual({ teamsApp: account });
    expect(call.state$.value).toMatchObject({ phase: 'queued', call: 'connecting' });
    line?.setParticipants([{ id: 'x', status: 'connected', muted: false, speaking: false, providerRefs: {} }]);
    line?.change({ status: 'connected' });
    await arrive(line?.options?.correlationId ?? '');
    await clock.advance(1_000);
    expect(call.state$.value).toMatchObject({ phase: 'queued', position: 1, call: 'connected', muted: false });
    await call.mute();
    expect(call.state$.value.muted).toBe(true);
    await client.close();
    await server.close();
    expect([voice.openNow, voice.callsUp, clock.pending]).toEqual([0, 0, 0]);
  });

  it('ends for everybody when the customer hangs up', async () => {
    const { client, voice, calls, arrive, clock } = world();
    const call = await client.call({ displayName: 'Cleo' });
    await arrive(voice.calls[0]?.options?.correlationId ?? '');
    const done = call.hangUp();
    await clock.advance(0);
    await done;
    expect(call.state$.value.phase).toBe('ended');
    expect(voice.callsUp).toBe(0);
    expect(calls.asked).toContain('close');
    await client.close();
  });

  it('says that it has ended, and why, when the contact center ends it', async () => {
    const { client, voice, calls, arrive, clock } = world();
    const call = await client.call({ displayName: 'Cleo' });
    const channelId = voice.calls[0]?.options?.correlationId ?? '';
    await arrive(channelId);
    voice.calls[0]?.end({
      outcome: 'completed',
      code: 'call/completed',
      retryable: false,
      message: 'The call has ended.',
    });
    calls.events.customerLeft(channelId, 'customer-left');
    await clock.advance(0);
    expect(call.state$.value).toMatchObject({ phase: 'ended', end: { code: 'call/completed' } });
    await client.close();
  });

  it('goes on when the customer is put through to a phone, and says so until the line has gone', async () => {
    const given = world();
    const { client, voice, clock } = given;
    const call = await client.call({ displayName: 'Cleo' });
    const [line] = voice.calls;
    line?.setParticipants([{ id: 'x', status: 'connected', muted: false, speaking: false, providerRefs: {} }]);
    line?.change({ status: 'connected' });
    await putThrough(given);
    await clock.advance(60_000);
    expect(voice.callsUp).toBe(1);
    expect(call.state$.value).toMatchObject({ phase: 'transferred', call: 'connected' });
    await call.mute();
    expect(call.state$.value.muted).toBe(true);
    const again = client.requestCallback({ phone: '+4915112345678' });
    await expect(again).rejects.toMatchObject({ code: 'conversation/not-found' });
    line?.end();
    await clock.advance(0);
    expect(call.state$.value).toMatchObject({ phase: 'ended', reason: 'transferred', call: 'closed' });
    await client.close();
  });

  it('that was put through ends when the customer hangs up', async () => {
    const given = world();
    const call = await given.client.call({ displayName: 'Cleo' });
    given.voice.calls[0]?.change({ status: 'connected' });
    await putThrough(given);
    await call.hangUp();
    expect(given.voice.callsUp).toBe(0);
    expect(call.state$.value).toMatchObject({ phase: 'ended', reason: 'transferred' });
    await given.client.close();
  });

  it('without a microphone is not made, and leaves nothing behind', async () => {
    const { client, voice, calls, clock, server } = world();
    voice.setDevices({ permission: 'denied', remedy: 'allow it in the address bar' });
    await expect(client.call({ displayName: 'Cleo' })).rejects.toMatchObject({
      code: 'device/permission-denied',
      message: 'unable to call without a microphone; allow it in the address bar',
    });
    expect(voice.calls).toEqual([]);
    expect(calls.asked).toContain('close');
    await client.close();
    await server.close();
    expect([voice.openNow, clock.pending]).toEqual([0, 0]);
  });

  it('that the phone cannot make ends the conversation, for the reason that the phone gives', async () => {
    const { client, voice, clock } = world();
    voice.setRegistration({
      status: 'refused',
      error: {
        code: 'agent/identity-mismatch',
        message: 'unable to register; the token is another’s',
        retryable: false,
      },
    });
    await expect(client.call({ displayName: 'Cleo' })).rejects.toMatchObject({ code: 'agent/identity-mismatch' });
    expect(voice.openNow).toBe(0);
    await client.close();
    await clock.advance(0);
  });

  it('needs a voice provider', async () => {
    const { server, clock } = world();
    const client = new CustomerClient({
      server: 'https://cc.contoso.example',
      providers: [serverChat()],
      environment: { clock, random: seededRandom(1), socket: inProcessSocket(server, clock) },
      fetch: inProcessFetch(server),
      storage: null,
    });
    await expect(client.call({ displayName: 'Cleo' })).rejects.toMatchObject({ code: 'provider/missing' });
    await client.close();
  });
});
