import type { IncomingCall } from '@azure/communication-calling';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CallingPage, jwt, kim, statesOf } from './calling-page';

let page: CallingPage;

beforeEach(() => {
  page = new CallingPage();
});

afterEach(() => {
  expect(page.peers.misuse).toEqual([]);
  expect(page.peers.all.every(({ closed }) => closed <= 1)).toBe(true);
});

const ben = { communicationUserId: '8:acs:resource_ben' };

describe('an agent', () => {
  it('registers its token and kind at the emulator and is connected', async () => {
    const agent = await page.agent();
    expect(page.urls).toEqual(['ws://127.0.0.1:4100/calling']);
    expect(page.of('register')).toMatchObject([{ kind: 'CallAgent' }]);
    expect([agent.kind, agent.connectionState]).toEqual(['CallAgent', 'Connected']);
  });

  it('is refused a second time for one identity on a page, until the first is disposed of', async () => {
    const first = await page.agent();
    await expect(page.agent(jwt('acs:resource_anna', 1e6, 2))).rejects.toMatchObject({
      name: 'CallingCommunicationError',
      code: 409,
      subCode: 40228,
    });
    await page.agent(jwt('acs:resource_other'));
    await page.soon(first.dispose());
    expect((await page.agent()).connectionState).toBe('Connected');
  });

  it('is refused by what the emulator says of its token, and may be tried again', async () => {
    page.answers.set('register', { error: { code: 403, subCode: 40231, message: 'only with Teams token' } });
    await expect(page.agent()).rejects.toMatchObject({ code: 403, subCode: 40231, message: 'only with Teams token' });
    expect(page.connected).toBe(false);
    page.answers.delete('register');
    expect((await page.agent()).connectionState).toBe('Connected');
  });

  it('exists without a connection and tells when it has one', async () => {
    page.reachable = false;
    const agent = await page.agent();
    expect(agent.connectionState).toBe('Disconnected');
    const changes: unknown[] = [];
    agent.on('connectionStateChanged', (change) => changes.push(change));
    page.reachable = true;
    await page.clock.advance(2000);
    expect(changes).toEqual([{ oldValue: 'Disconnected', newValue: 'Connected' }]);
  });

  it('says why it is disconnected, and comes back by itself as the same endpoint', async () => {
    const agent = await page.agent();
    const changes: unknown[] = [];
    agent.on('connectionStateChanged', ({ newValue, reason }) => changes.push([newValue, reason]));
    await page.drop();
    await page.clock.advance(1000);
    await page.drop(4401);
    await page.clock.advance(1000);
    expect(changes).toEqual([
      ['Disconnected', 'connectionIssue'],
      ['Connected', undefined],
      ['Disconnected', 'invalidToken'],
      ['Connected', undefined],
    ]);
    expect(new Set(page.of('register').map(({ endpoint }) => endpoint)).size).toBe(1);
  });

  it('goes on for the others when a listener throws, and tells the page', async () => {
    const agent = await page.agent();
    const heard: string[] = [];
    agent.on('incomingCall', () => {
      throw new Error('of the application');
    });
    agent.on('incomingCall', ({ incomingCall }) => heard.push(incomingCall.id));
    await page.ring('one');
    expect([heard, page.errors.length]).toEqual([['one'], 1]);
  });

  it('leaves its calls, closes its connection and wants nothing more once disposed of', async () => {
    const client = page.client();
    const agent = await page.agent(jwt(), client);
    const call = agent.startCall([ben]);
    await page.clock.advance(1);
    const states = statesOf(call);
    await page.soon(agent.dispose());
    await page.soon(client.dispose());
    expect(states.at(-1)).toBe('Disconnected');
    expect([page.connected, page.peers.live, page.clock.pending, page.devices.watchers]).toEqual([false, 0, 0, 0]);
    expect(() => agent.startCall([ben])).toThrow();
  });
});

describe('a call out', () => {
  it('is returned at once and goes through the states that the emulator names', async () => {
    const agent = await page.agent();
    const updates: string[] = [];
    agent.on('callsUpdated', ({ added, removed }) => updates.push(`+${added.length}-${removed.length}`));
    const call = agent.startCall([ben], {
      audioOptions: { muted: true },
      customContext: { voipHeaders: [{ key: 'a', value: 'b' }] },
    });
    const states = statesOf(call);
    await page.clock.advance(1);
    expect(page.of('start')).toMatchObject([
      { targets: ['8:acs:resource_ben'], muted: true, context: { voipHeaders: [{ key: 'a', value: 'b' }] } },
    ]);
    await page.call(call.id, { status: 'ringing', muted: true });
    await page.call(call.id, { status: 'early-media', muted: true });
    await page.call(call.id, { muted: true });
    await page.call(call.id, { status: 'disconnected', end: { code: 0, subCode: 7000 } });
    expect(states).toEqual(['None', 'Connecting', 'Ringing', 'EarlyMedia', 'Connected', 'Disconnected']);
    expect(call.callEndReason).toMatchObject({ code: 0, subCode: 7000 });
    expect([updates, agent.calls.length, page.peers.live]).toEqual([['+1-0', '+0-1'], 0, 0]);
  });

  it('sends the complete offer once and takes the answer', async () => {
    const agent = await page.agent();
    agent.startCall([ben]);
    await page.clock.advance(1);
    expect(page.of('media').map(({ sdp }) => sdp)).toEqual(['offer 0']);
    expect(page.peers.last.answered).toBe('answer');
    expect(page.peers.last.sending).toBe(page.devices.microphones[0]?.microphone);
  });

  it('keeps going under the new id that the emulator gives it', async () => {
    const agent = await page.agent();
    const call = agent.startCall([ben]);
    await page.clock.advance(1);
    let renamed = 0;
    call.on('idChanged', () => renamed++);
    await page.push({ type: 'id-changed', from: call.id, to: 'theirs' });
    await page.call('theirs');
    expect([call.id, renamed, call.state]).toEqual(['theirs', 1, 'Connected']);
  });

  it('ends with what the emulator refuses it for', async () => {
    page.answers.set('start', { error: { code: 403, subCode: 10105 } });
    const agent = await page.agent();
    const call = agent.startCall([ben]);
    const states = statesOf(call);
    await page.clock.advance(1);
    expect([states.at(-1), call.callEndReason?.subCode, page.peers.all.length]).toEqual(['Disconnected', 10105, 0]);
  });

  it('ends by itself as without a network when there is none for 15 seconds, and is not dialled later', async () => {
    page.reachable = false;
    const agent = await page.agent();
    const call = agent.startCall([ben]);
    expect(call.state).toBe('None');
    await page.clock.advance(14_000);
    expect(call.state).toBe('None');
    await page.clock.advance(1_001);
    expect([call.state, call.callEndReason?.code, call.callEndReason?.subCode]).toEqual(['Disconnected', 490, 4525]);
    page.reachable = true;
    await page.clock.advance(60_000);
    expect([agent.connectionState, page.of('start').length]).toEqual(['Connected', 0]);
  });

  it('that is hung up in the same breath is never dialled', async () => {
    const agent = await page.agent();
    const call = agent.startCall([ben]);
    await page.soon(call.hangUp());
    expect([call.state, page.of('start').length, page.peers.all.length]).toEqual(['Disconnected', 0, 0]);
  });

  it('on behalf of a resource account names it', async () => {
    const client = page.client();
    const { AzureCommunicationTokenCredential } = await import('@azure/communication-common');
    const agent = await page.soon(client.createTeamsCallAgent(new AzureCommunicationTokenCredential(jwt())));
    agent.startCall({ phoneNumber: '+491701' }, { onBehalfOfOptions: { userId: { teamsAppId: 'ra' } } });
    await page.clock.advance(1);
    expect(page.of('start')).toMatchObject([{ targets: ['4:+491701'], onBehalfOf: '28:orgid:ra' }]);
    expect(agent.kind).toBe('TeamsCallAgent');
  });
});

describe('a call in', () => {
  it('rings with its caller and context, is accepted once, and then is a call', async () => {
    const agent = await page.agent();
    const rung: { readonly incomingCall: IncomingCall }[] = [];
    const calls: string[] = [];
    agent.on('incomingCall', (args) => rung.push(args));
    agent.on('callsUpdated', ({ added }) => calls.push(...added.map(({ direction }) => direction)));
    await page.ring('in');
    await page.ring('in');
    expect(rung.length).toBe(1);
    const { incomingCall } = await ringing(agent, 'other');
    expect(incomingCall.callerInfo).toMatchObject({ identifier: { phoneNumber: '+491701' }, displayName: 'Kim' });
    expect(incomingCall.customContext?.voipHeaders).toEqual([{ key: 'onescreen-correlation', value: 'offer-1' }]);
    const accepting = incomingCall.accept();
    await expect(incomingCall.accept()).rejects.toMatchObject({ code: 400, subCode: 41006 });
    const call = await page.soon(accepting);
    await page.call('other');
    expect([call.state, calls, page.of('accept').length, page.peers.live]).toEqual(['Connected', ['Incoming'], 1, 1]);
  });

  it('that ends tells why, and can neither be accepted nor rejected any more', async () => {
    const { incomingCall } = await ringing(await page.agent());
    const ends: unknown[] = [];
    incomingCall.on('callEnded', ({ callEndReason }) => ends.push(callEndReason));
    await page.push({ type: 'incoming-ended', callId: incomingCall.id, end: { code: 487, subCode: 10003 } });
    expect(ends).toMatchObject([{ code: 487, subCode: 10003 }]);
    await expect(incomingCall.accept()).rejects.toMatchObject({ code: 400, subCode: 41006 });
    await expect(incomingCall.reject()).rejects.toMatchObject({ code: 400, subCode: 41007 });
  });

  it('that is given up while it is being accepted ends once, with no call and no media left', async () => {
    page.answers.set('accept', 'none');
    const agent = await page.agent();
    const { incomingCall } = await ringing(agent);
    const ends: unknown[] = [];
    incomingCall.on('callEnded', ({ callEndReason }) => ends.push(callEndReason.subCode));
    const accepting = incomingCall.accept();
    accepting.catch(() => {});
    await page.push({ type: 'incoming-ended', callId: incomingCall.id, end: { code: 487, subCode: 0 } });
    expect(ends).toEqual([]);
    await page.push({ type: 'answer', id: page.of('accept')[0]!.id, error: { code: 400, subCode: 41006 } });
    await expect(accepting).rejects.toMatchObject({ code: 400, subCode: 41006 });
    expect([ends, agent.calls.length, page.peers.all.length]).toEqual([[0], 0, 0]);
  });

  it('is rejected at once here, and the emulator is told', async () => {
    const { incomingCall } = await ringing(await page.agent());
    const ends: unknown[] = [];
    incomingCall.on('callEnded', ({ callEndReason }) => ends.push(callEndReason.code));
    await page.soon(incomingCall.reject());
    expect([ends, page.of('reject').length]).toEqual([[603], 1]);
  });
});

describe('during a call', () => {
  it('mute silences before the emulator answers, unmute sounds only after', async () => {
    const { call } = await connected();
    page.answers.set('mute', 'none');
    const muting = call.mute();
    await page.clock.advance(0);
    expect([page.peers.last.sending, call.isMuted]).toEqual([undefined, false]);
    await page.push({ type: 'answer', id: page.of('mute')[0]!.id });
    await muting;
    expect(call.isMuted).toBe(true);
    const unmuting = call.unmute();
    await page.clock.advance(0);
    expect(page.peers.last.sending).toBeUndefined();
    await page.push({ type: 'answer', id: page.of('mute')[1]!.id });
    await unmuting;
    await page.clock.advance(0);
    expect([page.peers.last.sending === undefined, call.isMuted]).toEqual([false, false]);
  });

  it('being muted by others is told as such', async () => {
    const { call } = await connected();
    const events: string[] = [];
    call.on('isMutedChanged', () => events.push('isMutedChanged'));
    call.on('mutedByOthers', () => events.push('mutedByOthers'));
    await page.call(call.id, { muted: true, mutedByOthers: true });
    expect([events, call.isMuted, page.peers.last.sending]).toEqual([
      ['isMutedChanged', 'mutedByOthers'],
      true,
      undefined,
    ]);
  });

  it('hold and resume change its state, and a refusal rejects with the official code', async () => {
    const { call } = await connected();
    const states = statesOf(call);
    await page.soon(call.hold());
    expect(page.peers.last.sending).toBeUndefined();
    await page.soon(call.resume());
    await page.call(call.id, { status: 'remote-hold' });
    expect(states).toEqual(['Connected', 'LocalHold', 'Connected', 'RemoteHold']);
    page.answers.set('hold', { error: { code: 400, subCode: 41033 } });
    await expect(page.soon(call.hold())).rejects.toMatchObject({ subCode: 41033 });
  });

  it('tones travel as characters', async () => {
    const { call } = await connected();
    for (const tone of ['Num7', 'Star', 'Pound', 'A'] as const) await page.soon(call.sendDtmf(tone));
    expect(page.of('dtmf').map(({ tone }) => tone)).toEqual(['7', '*', '#', 'A']);
  });

  it('others come, speak, fall silent and go', async () => {
    const { call } = await connected();
    const participant = call.remoteParticipants[0]!;
    const heard: boolean[] = [];
    participant.on('isSpeakingChanged', () => heard.push(participant.isSpeaking));
    expect([participant.displayName, participant.state]).toEqual(['Kim', 'Connected']);
    const volume = await call.remoteAudioStreams[0]!.getVolume();
    await page.push({ type: 'levels', callId: call.id, levels: { [kim.rawId]: 0.5 } });
    expect(volume.level).toBe(50);
    await page.push({ type: 'levels', callId: call.id, levels: { [kim.rawId]: 0 } });
    expect(heard).toEqual([true]);
    await page.clock.advance(600);
    expect([heard, volume.level]).toEqual([[true, false], 0]);
    await page.push({ type: 'levels', callId: call.id, levels: { [kim.rawId]: 0.5 } });
    await page.call(call.id, { roster: [] });
    expect([participant.state, call.remoteParticipants.length, volume.level]).toEqual(['Disconnected', 0, 0]);
  });

  it('somebody added is there at once and goes with the reason when that fails', async () => {
    const { call } = await connected();
    page.answers.set('add', 'none');
    const added = call.addParticipant(ben);
    expect([added.state, call.remoteParticipants.length]).toEqual(['Connecting', 2]);
    await page.call(call.id);
    expect(call.remoteParticipants.length).toBe(2);
    await page.push({ type: 'answer', id: page.of('add')[0]!.id, error: { code: 480, subCode: 10037 } });
    expect([added.state, added.callEndReason]).toEqual(['Disconnected', { code: 480, subCode: 10037 }]);
    expect(call.remoteParticipants.length).toBe(1);
  });

  it('hanging up is silent at once, ends once, and twice is once', async () => {
    const { agent, call } = await connected();
    const states = statesOf(call);
    page.answers.set('hang-up', 'none');
    const first = call.hangUp();
    const second = call.hangUp();
    await page.clock.advance(0);
    expect([states, page.peers.live]).toEqual([['Connected', 'Disconnecting'], 0]);
    await page.call(call.id, { roster: [] });
    expect(call.state).toBe('Disconnecting');
    await page.call(call.id, { status: 'disconnected', end: { code: 0, subCode: 0 } });
    await page.push({ type: 'answer', id: page.of('hang-up')[0]!.id });
    await Promise.all([first, second]);
    expect([states.at(-1), agent.calls.length, page.of('hang-up').length]).toEqual(['Disconnected', 0, 1]);
    expect(page.devices.openMicrophones).toEqual([]);
  });

  it('a call that ends leaves no timer behind but the agent’s own', async () => {
    const agent = await page.agent();
    const before = page.clock.pending;
    const call = agent.startCall([ben]);
    await page.clock.advance(1);
    await page.call(call.id);
    await page.push({ type: 'levels', callId: call.id, levels: { [kim.rawId]: 0.5 } });
    await page.push({ type: 'levels', callId: call.id, levels: { [kim.rawId]: 0 } });
    (await call.localAudioStreams[0]!.getVolume()).on('levelChanged', () => {});
    await page.call(call.id, { status: 'disconnected' });
    expect(page.clock.pending).toBe(before);
  });
});

describe('a connection that breaks', () => {
  it('does not end a call that the emulator still has', async () => {
    const { agent, call } = await connected();
    await page.drop();
    await page.clock.advance(1000);
    await page.push({ type: 'recovered' });
    await page.clock.advance(10_000);
    expect([agent.connectionState, call.state, page.peers.live]).toEqual(['Connected', 'Connected', 1]);
  });

  it('ends a call that the emulator has forgotten', async () => {
    const { call } = await connected();
    await page.drop();
    await page.clock.advance(10_000);
    expect([call.state, call.callEndReason?.code, page.peers.live]).toEqual(['Disconnected', 410, 0]);
  });

  it('has the emulator end what was hung up meanwhile, once it is back', async () => {
    const { call } = await connected();
    await page.drop();
    await page.soon(call.hangUp(), 0);
    expect([call.state, page.of('hang-up').length]).toEqual(['Disconnected', 0]);
    await page.clock.advance(1000);
    expect(page.of('hang-up').map(({ callId }) => callId)).toEqual([call.id]);
  });

  it('of its media is mended by a new peer, and ends the call when that fails again and again', async () => {
    const { call } = await connected();
    page.peers.last.events.connection('failed');
    await page.clock.advance(1001);
    expect([call.state, page.peers.live, page.of('media').length]).toEqual(['Connected', 1, 2]);
    for (let attempt = 0; attempt < 3; attempt++) {
      page.peers.last.events.connection('failed');
      await page.clock.advance(1001);
    }
    expect([call.state, call.callEndReason?.subCode, page.peers.live]).toEqual(['Disconnected', 3112, 0]);
    expect(page.of('hang-up').length).toBe(1);
  });
});

async function ringing(agent: Awaited<ReturnType<CallingPage['agent']>>, callId?: string) {
  const rung = new Promise<{ readonly incomingCall: IncomingCall }>((resolve) => {
    agent.on('incomingCall', resolve);
  });
  await page.ring(callId);
  return rung;
}

async function connected() {
  const agent = await page.agent();
  const call = agent.startCall([ben]);
  await page.clock.advance(1);
  await page.call(call.id);
  return { agent, call };
}
