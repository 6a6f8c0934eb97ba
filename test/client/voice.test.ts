import {
  ContactCenterClient,
  ContactCenterError,
  type AccessToken,
  type AgentPush,
  type CallCapabilities,
  type Environment,
  type LogEntry,
  type VoiceProvider,
} from 'onescreen';
import {
  createBroadcast,
  createLocks,
  scriptedVoice,
  seededRandom,
  virtualClock,
  type VirtualClock,
} from 'onescreen/testing';
import { createVoice } from 'onescreen/voice';
import { describe, expect, it } from 'vitest';
import { ada, entry, offer, scriptedControlPlane, start, task } from './scripted-control-plane';

type Answers = Parameters<typeof scriptedControlPlane>[0];

const callTask = { ...task, channel: 'voice' };
const person = (id: string, role: 'customer' | 'agent') => ({ id, role, displayName: id, providerRefs: {} });

function callLog(actions: readonly string[] = ['hold', 'dtmf']): readonly LogEntry[] {
  return [
    entry(1, { type: 'conversation-opened', context: {} }),
    entry(2, {
      type: 'channel-opened',
      channelId: 'call-1',
      channel: 'voice',
      provider: 'scripted',
      providerRefs: {},
      actions,
    }),
    entry(3, { type: 'participant-joined', participant: person('p-cleo', 'customer') }),
    entry(4, { type: 'participant-joined', participant: person('p-ada', 'agent') }),
    entry(5, { type: 'task', task: callTask }),
  ];
}

const record = (entries = callLog()) => ({ id: 'c-1', self: 'p-ada', entries, more: false });
const expected = (correlationId: string) => ({
  correlationId,
  conversationId: 'c-1',
  channelId: 'call-1',
  callIds: [],
  expiresAt: start + 20_000,
});

async function desk(
  answers: Answers = {},
  options: {
    readonly kind?: string;
    readonly push?: Partial<AgentPush>;
    readonly tab?: Pick<Partial<Environment>, 'locks' | 'broadcast'> & { readonly clock: VirtualClock };
  } = {},
) {
  const plane = scriptedControlPlane({ 'phone/report': async () => ({}), ...answers });
  const voice = scriptedVoice();
  const { clock = virtualClock(start), ...browser } = options.tab ?? {};
  const provider: VoiceProvider = {
    channel: 'voice',
    name: 'scripted',
    tokenKinds: ['tpeAgent'],
    open: (context) => createVoice(context, { tokenKinds: ['tpeAgent'], open: voice.open }),
  };
  const token = async (): Promise<AccessToken> => ({
    token: 'opaque',
    expiresOn: clock.now() + 3_600_000,
    kind: options.kind ?? 'tpeAgent',
  });
  const client = new ContactCenterClient({
    controlPlane: plane.controlPlane,
    tokens: token,
    providers: [provider],
    environment: { clock, random: seededRandom('voice'), ...browser },
  });
  const signingIn = client.signIn();
  plane.link({ status: 'online' });
  plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [] });
  return { plane, voice, clock, client, signingIn };
}

async function inCall(answers: Answers = {}, actions?: readonly string[]) {
  const world = await desk({
    'offer/accept': async () => ({ taskId: 't-1', conversation: record(callLog(actions)) }),
    ...answers,
  });
  const { plane, voice, client, clock } = world;
  await world.signingIn;
  await clock.advance(1_000);
  plane.push({ type: 'offer', offer: offer('o-1', { task: { ...callTask, status: 'offered' } }) });
  const [first] = client.offers$.value;
  plane.push({ type: 'call-expected', call: expected('o-1') });
  const ring = voice.ring({ correlationId: 'o-1' });
  await clock.advance(10);
  const accepted = await first?.accept();
  const call = accepted?.conversation.channel('voice');
  if (accepted === undefined || call === undefined || ring.call === undefined) throw new Error('there is no call');
  return { ...world, ring, task: accepted, call, line: ring.call };
}

const reports = (plane: { readonly commands: readonly { readonly name: string; readonly args: unknown }[] }) =>
  plane.commands.filter(({ name }) => name === 'phone/report').map(({ args }) => args);

describe('signing in with a phone', () => {
  it('refuses a token of another kind than the provider works with, and names both', async () => {
    const { client, signingIn } = await desk({}, { kind: 'teamsUser' });
    await expect(signingIn).rejects.toMatchObject({
      code: 'agent/identity-mismatch',
      message: expect.stringMatching(/teamsUser.*tpeAgent/),
    });
    expect(client.agent$.value).toBeUndefined();
    await client.close();
  });

  it('tells the control plane within 2 s whether calls can come, and each change of that', async () => {
    const { client, plane, voice, clock, signingIn } = await desk();
    voice.setRegistration({ status: 'registering' });
    await signingIn;
    await clock.advance(2_000);
    expect(reports(plane).at(-1)).toMatchObject({ ready: false });
    voice.setRegistration({ status: 'registered' });
    await clock.advance(2_000);
    expect(reports(plane).at(-1)).toEqual({ ready: true, reasons: [] });
    voice.setDevices({ permission: 'denied', remedy: 'Allow the microphone in the address bar.' });
    await clock.advance(2_000);
    expect(reports(plane).at(-1)).toEqual({ ready: false, reasons: ['microphone-denied'] });
    expect(client.readiness$.value).toMatchObject({
      ready: false,
      terms: {
        registered: { ok: true },
        available: { ok: false, reason: 'unavailable' },
        microphone: { ok: false, message: 'Allow the microphone in the address bar.' },
      },
    });
    await client.close();
    expect(clock.pending).toBe(0);
  });

  it('tells it again when it could not be told, and after a gap', async () => {
    let refused = 2;
    const { client, plane, clock, signingIn } = await desk({
      'phone/report': async () => {
        if (refused-- > 0) throw new ContactCenterError('session/offline', 'unable to report; the link is down');
        return {};
      },
    });
    await signingIn;
    await clock.advance(5_000);
    const before = reports(plane).length;
    expect(reports(plane).at(-1)).toEqual({ ready: true, reasons: [] });
    await clock.advance(60_000);
    expect(reports(plane)).toHaveLength(before);
    plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [] });
    await clock.advance(0);
    expect(reports(plane)).toHaveLength(before + 1);
    await client.close();
  });
});

describe('what the control plane holds of the phone', () => {
  const ready = { ready: true, reasons: [] };

  it('is put right when it is the word of a tab that led before', async () => {
    const { client, plane, clock, signingIn } = await desk();
    await signingIn;
    await clock.advance(5_000);
    const before = reports(plane).length;
    plane.push({ type: 'agent', agent: { ...ada, phone: ready } });
    await clock.advance(5_000);
    expect(reports(plane)).toHaveLength(before);
    plane.push({ type: 'agent', agent: { ...ada, phone: { ready: false, reasons: ['registering'] } } });
    await clock.advance(2_000);
    expect(reports(plane).slice(before)).toEqual([ready]);
    await client.close();
    expect(clock.pending).toBe(0);
  });

  it('is taken back by a tab that does not lead any more', async () => {
    const tab = { clock: virtualClock(start), locks: createLocks(), broadcast: createBroadcast() };
    const [one, other] = [await desk({}, { tab }), await desk({}, { tab })];
    await Promise.all([one.signingIn, other.signingIn]);
    await tab.clock.advance(5_000);
    expect([reports(one.plane).at(-1), reports(other.plane).at(-1)]).toEqual([ready, undefined]);
    await other.client.tabs.takeOver();
    await tab.clock.advance(5_000);
    expect(reports(one.plane).at(-1)).toEqual({ ready: false, reasons: ['not-leading'] });
    expect(reports(other.plane).at(-1)).toEqual(ready);
    const told = reports(one.plane).length;
    one.plane.push({ type: 'agent', agent: { ...ada, phone: ready } });
    one.plane.push({ type: 'snapshot', agent: { ...ada, phone: ready }, offers: [], conversations: [] });
    await tab.clock.advance(5_000);
    expect(reports(one.plane)).toHaveLength(told);
    await Promise.all([one.client.close(), other.client.close()]);
    expect(tab.clock.pending).toBe(0);
  });

  it('is put right 5 seconds after a ring did not get through', async () => {
    const { client, plane, clock, signingIn } = await desk();
    await signingIn;
    await clock.advance(5_000);
    const before = reports(plane).length;
    plane.push({ type: 'agent', agent: { ...ada, phone: { ready: false, reasons: ['unreachable'] } } });
    await clock.advance(4_999);
    expect(reports(plane)).toHaveLength(before);
    await clock.advance(1);
    expect(reports(plane).slice(before)).toEqual([ready]);
    await client.close();
  });
});

describe('a call', () => {
  it('is answered by accepting its offer, in one click', async () => {
    const { client, call, line, ring } = await inCall();
    expect(ring.accepted).toBe(1);
    line.setParticipants([{ id: 'x', status: 'connected', muted: false, speaking: false, providerRefs: {} }]);
    line.change({ status: 'connected' });
    expect(call.state$.value).toMatchObject({ status: 'connected', media: 'here', muted: false });
    await client.close();
  });

  it('is answered muted when its offer was accepted so', async () => {
    const world = await desk({ 'offer/accept': () => new Promise(() => {}) });
    const { plane, voice, client, clock, signingIn } = world;
    await signingIn;
    plane.push({ type: 'offer', offer: offer('o-1', { task: { ...callTask, status: 'offered' } }) });
    void client.offers$.value[0]?.accept({ muted: true }).catch(() => {});
    plane.push({ type: 'call-expected', call: expected('o-1') });
    const ring = voice.ring({ correlationId: 'o-1' });
    await clock.advance(10);
    expect(ring.muted).toBe(true);
    await client.close();
  });

  it('is mended by rejoining after it was lost here, while it goes on for the customer', async () => {
    const { client, call, line, plane, voice, clock, task: mine } = await inCall({ 'call/rejoin': async () => ({}) });
    line.end();
    expect(call.state$.value).toMatchObject({ status: 'lost', media: 'nowhere' });
    expect(mine.can('rejoin')).toEqual({ allowed: true });
    expect(mine.can('mute')).toEqual({ allowed: false, reason: 'not-connected' });
    await call.rejoin();
    plane.push({ type: 'call-expected', call: expected('again') });
    expect(call.state$.value.status).toBe('connecting');
    const ring = voice.ring({ correlationId: 'again' });
    await clock.advance(10);
    expect(ring.accepted).toBe(1);
    expect(call.state$.value.status).not.toBe('lost');
    await client.close();
  });

  it('shows as lost after a reload, until its agent rejoins', async () => {
    const { client, plane, signingIn, clock } = await desk();
    await signingIn;
    plane.push({ type: 'conversation', conversation: record() });
    await clock.advance(10);
    const call = client.conversations$.value[0]?.channel('voice');
    expect(call?.state$.value.status).toBe('lost');
    await client.close();
  });

  it('is rejoined as soon as the phone is registered, right after a reload for instance', async () => {
    const { client, plane, voice, signingIn, clock } = await desk({ 'call/rejoin': async () => ({}) });
    voice.setRegistration({ status: 'registering' });
    await signingIn;
    plane.push({ type: 'conversation', conversation: record() });
    await clock.advance(10);
    const call = client.conversations$.value[0]?.channel('voice');
    const asked = () => plane.commands.filter(({ name }) => name === 'call/rejoin').length;
    const rejoined = call?.rejoin();
    await clock.advance(1_000);
    expect(asked()).toBe(0);
    voice.setRegistration({ status: 'registered' });
    await clock.advance(0);
    await rejoined;
    expect(asked()).toBe(1);
    await client.close();
  });

  it('is held by whom its capabilities name, and says so to every button', async () => {
    const holds: unknown[] = [];
    const world = await inCall({
      'call/hold': async (args) => (holds.push(args), {}),
      'call/resume': async (args) => (holds.push(args), {}),
    });
    const { client, call, line, plane, task: mine } = world;
    const byServer: Partial<CallCapabilities> = {
      mute: { supported: true, executor: 'client' },
      hold: { supported: true, executor: 'controlPlane' },
      resume: { supported: true, executor: 'controlPlane' },
      addParticipant: { supported: true, executor: 'controlPlane' },
    };
    line.setCapabilities(byServer);
    line.setParticipants([{ id: 'cleo', status: 'connected', muted: false, speaking: false, providerRefs: {} }]);
    line.change({ status: 'connected' });
    expect(mine.can('hold')).toEqual({ allowed: true });
    expect(mine.can('resume')).toEqual({ allowed: false, reason: 'wrong-state' });
    expect(mine.can('addParticipant')).toEqual({ allowed: false, reason: 'needs-control-plane' });
    await call.hold();
    expect(holds).toEqual([{ conversationId: 'c-1', channelId: 'call-1' }]);
    plane.push({
      type: 'log',
      conversationId: 'c-1',
      entries: [entry(6, { type: 'channel-changed', channelId: 'call-1', change: 'held' })],
    });
    expect(call.state$.value.status).toBe('held');
    expect(mine.can('hold')).toEqual({ allowed: false, reason: 'wrong-state' });
    expect(mine.can('resume')).toEqual({ allowed: true });
    await call.resume();
    expect(holds).toHaveLength(2);
    await expect(call.addParticipant({ phone: '+4915112345678' })).rejects.toMatchObject({
      code: 'command/not-allowed',
    });
    await client.close();
  });

  it('offers no hold by the control plane while that cannot be reached, and mutes all the same', async () => {
    const { client, line, plane, task: mine } = await inCall();
    line.setCapabilities({
      mute: { supported: true, executor: 'client' },
      hold: { supported: true, executor: 'controlPlane' },
    });
    line.setParticipants([{ id: 'cleo', status: 'connected', muted: false, speaking: false, providerRefs: {} }]);
    line.change({ status: 'connected' });
    expect(mine.can('hold')).toEqual({ allowed: true });
    plane.link({ status: 'offline' });
    expect(mine.can('hold')).toEqual({ allowed: false, reason: 'not-connected' });
    expect(mine.can('mute')).toEqual({ allowed: true });
    plane.link({ status: 'online' });
    expect(mine.can('hold')).toEqual({ allowed: true });
    await client.close();
  });

  it('is left by the desk when its channel is closed and whatever carries it does not end it', async () => {
    const { client, line, plane, voice, clock } = await inCall();
    line.change({ status: 'connected' });
    plane.push({
      type: 'log',
      conversationId: 'c-1',
      entries: [
        entry(6, { type: 'channel-closed', channelId: 'call-1', reason: 'customer-left' }),
        entry(7, { type: 'task', task: { ...callTask, status: 'wrapping' } }),
      ],
    });
    await clock.advance(1_000);
    expect(voice.callsUp).toBe(1);
    await clock.advance(2_000);
    expect(voice.callsUp).toBe(0);
    await client.close();
    expect(clock.pending).toBe(0);
  });

  it('that is answered while another is in progress puts that on hold first, by the control plane where the service cannot', async () => {
    const held: unknown[] = [];
    const { client, line, plane, voice, clock } = await inCall({
      'call/hold': async (args) => {
        held.push(args);
        plane.push({
          type: 'log',
          conversationId: 'c-1',
          entries: [entry(6, { type: 'channel-changed', channelId: 'call-1', change: 'held' })],
        });
        return {};
      },
    });
    line.setCapabilities({ hold: { supported: true, executor: 'controlPlane' } });
    line.setParticipants([{ id: 'x', status: 'connected', muted: false, speaking: false, providerRefs: {} }]);
    const second = { ...expected('o-2'), conversationId: 'c-2', channelId: 'call-2' };
    plane.push({ type: 'call-expected', call: second });
    const ring = voice.ring({ correlationId: 'o-2' });
    await clock.advance(10);
    expect(held).toEqual([{ conversationId: 'c-1', channelId: 'call-1' }]);
    expect(ring.accepted).toBe(1);
    const third = { ...expected('o-3'), conversationId: 'c-3', channelId: 'call-3' };
    ring.call?.setCapabilities({ hold: { supported: false, reason: 'emergency-call' } });
    plane.push({ type: 'call-expected', call: third });
    const refused = voice.ring({ correlationId: 'o-3' });
    await clock.advance(10);
    expect([refused.accepted, refused.rejected]).toEqual([0, 1]);
    await client.close();
  });

  it('keeps its conversation and its timeline entries for holds and recordings', async () => {
    const { client, plane, task: mine } = await inCall();
    const changes = ['held', 'resumed', 'recording-started'] as const;
    plane.push({
      type: 'log',
      conversationId: 'c-1',
      entries: changes.map((change, index) =>
        entry(6 + index, { type: 'channel-changed', channelId: 'call-1', change }),
      ),
    });
    const seen = [...mine.conversation.timeline$.value].flatMap((item) => (item.kind === 'channel' ? item.change : []));
    expect(seen).toEqual(['opened', 'held', 'resumed', 'recording-started']);
    expect(mine.conversation.channel('voice')?.state$.value.recording).toBe(true);
    await client.close();
  });
});

describe('a desk', () => {
  it.each([3_600_000, -3_600_000])('whose clock is %d ms off still takes offers and their calls', async (off) => {
    const { client, plane, voice, clock, signingIn } = await desk({ 'offer/accept': () => new Promise(() => {}) });
    await signingIn;
    const at = clock.now() - off;
    plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [record()], at });
    const times = { issuedAt: at, expiresAt: at + 20_000 };
    plane.push({ type: 'offer', offer: offer('o-1', { task: { ...callTask, status: 'offered' }, ...times }) });
    await clock.advance(10_000);
    expect(client.offers$.value.map(({ expiresAt }) => expiresAt.getTime() - clock.now())).toEqual([10_000]);
    plane.push({ type: 'call-expected', call: { ...expected('o-1'), expiresAt: at + 30_000 } });
    await clock.advance(5_000);
    const ring = voice.ring({ correlationId: 'o-1' });
    await clock.advance(10);
    expect(ring.accepted).toBe(1);
    plane.push({ type: 'call-expected', call: { ...expected('o-2'), channelId: 'call-2', expiresAt: at + 30_000 } });
    await clock.advance(20_000);
    const late = voice.ring({ correlationId: 'o-2' });
    await clock.advance(10);
    expect(late.accepted).toBe(0);
    await client.close();
  });

  it('that slept over its first word is set right by the next offer', async () => {
    const { client, plane, clock, signingIn } = await desk();
    await signingIn;
    plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [], at: clock.now() - 60_000 });
    const times = { issuedAt: clock.now(), expiresAt: clock.now() + 20_000 };
    plane.push({ type: 'offer', offer: offer('o-1', { task: { ...callTask, status: 'offered' }, ...times }) });
    expect(client.offers$.value[0]?.expiresAt.getTime()).toBe(times.expiresAt);
    await client.close();
  });

  it('expects no call any more that rings no more after a gap', async () => {
    const { client, plane, voice, clock, signingIn } = await desk();
    await signingIn;
    plane.push({ type: 'conversation', conversation: record() });
    plane.push({ type: 'call-expected', call: expected('again') });
    const call = client.conversations$.value[0]?.channel('voice');
    expect(call?.state$.value.status).toBe('connecting');
    plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [record()] });
    expect(call?.state$.value.status).toBe('lost');
    const ring = voice.ring({ correlationId: 'again' });
    await clock.advance(10);
    expect(ring.accepted).toBe(0);
    await client.close();
  });
});

describe('calling out', () => {
  it('begins a conversation and calls for it', async () => {
    const { client, voice, clock, signingIn } = await desk({
      'call/dial': async () => ({
        taskId: 't-1',
        conversation: record(),
        dial: { channelId: 'call-1', correlationId: 'dial-1', onBehalfOf: 'ra-1' },
      }),
    });
    await signingIn;
    await clock.advance(10);
    const out = await client.outbound.call({ phone: '+4915112345678' });
    expect(out.conversation.id).toBe('c-1');
    expect(voice.calls).toHaveLength(1);
    const call = out.conversation.channel('voice');
    voice.calls[0]?.change({ status: 'connected' });
    // Connected to the control plane; the customer still rings.
    expect(call?.state$.value.status).toBe('ringing');
    await client.close();
  });

  it('ends the task when the call cannot be made, and says why', async () => {
    const ended: unknown[] = [];
    const { client, voice, clock, signingIn } = await desk({
      'call/dial': async () => ({
        taskId: 't-1',
        conversation: record(),
        dial: { channelId: 'call-1', correlationId: 'dial-1' },
      }),
      'task/end': async (args) => (ended.push(args), {}),
    });
    await signingIn;
    voice.setRegistration({ status: 'lost' });
    await clock.advance(10);
    await expect(client.outbound.call({ phone: '+4915112345678' })).rejects.toMatchObject({
      code: 'agent/unreachable',
    });
    expect(ended).toEqual([{ taskId: 't-1' }]);
    await client.close();
  });
});

it('without a voice provider every voice command names what is missing', async () => {
  const plane = scriptedControlPlane();
  const clock = virtualClock(start);
  const client = new ContactCenterClient({
    controlPlane: plane.controlPlane,
    tokens: async () => ({ token: 'opaque', expiresOn: clock.now() + 3_600_000 }),
    providers: [],
    environment: { clock, random: seededRandom('voice') },
  });
  const signingIn = client.signIn();
  plane.link({ status: 'online' });
  plane.push({ type: 'snapshot', agent: ada, offers: [], conversations: [record()] });
  await signingIn;
  expect(client.devices.state$.value.permission).toBe('unavailable');
  for (const command of [
    () => client.devices.askPermission(),
    () => client.outbound.call({ phone: '+4915112345678' }),
  ]) {
    await expect(command()).rejects.toMatchObject({ code: 'provider/missing', field: 'options.providers' });
  }
  expect(Object.keys(client.readiness$.value.terms)).toEqual(['session', 'available']);
  await client.close();
});
