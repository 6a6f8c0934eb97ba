import type { VoiceCall } from 'onescreen/voice';
import { describe, expect, test } from 'vitest';
import type { Persona } from '../../../src/acs/calling/persona';
import { setDesk, type Desk } from './desk';
import { FakeCall, FakeParticipant, ServiceError } from './fake-calling';

const phone = { kind: 'phoneNumber', phoneNumber: '+4930123456' } as const;
const colleague = { kind: 'communicationUser', communicationUserId: '8:acs:r_v' } as const;

async function inCall(persona: Persona = 'teamsUser'): Promise<{ desk: Desk; call: VoiceCall; fake: FakeCall }> {
  const desk = setDesk(persona);
  const endpoint = desk.open();
  await desk.clock.advance(100);
  const call = endpoint.dial({ phone: '+4930123456' }, { correlationId: 'correlation-1', muted: false });
  const fake = desk.calling.agent.call;
  fake.to('Connected');
  return { desk, call, fake };
}

describe('dialling', () => {
  const started = async (
    persona: Persona,
    ...[to, onBehalfOf]: readonly [to: Parameters<ReturnType<Desk['open']>['dial']>[0], onBehalfOf?: string]
  ) => {
    const desk = setDesk(persona);
    const endpoint = desk.open();
    await desk.clock.advance(100);
    endpoint.dial(to, { correlationId: 'c-1', muted: true, ...(onBehalfOf !== undefined && { onBehalfOf }) });
    return desk.calling.agent.started[0];
  };
  const options = {
    customContext: { voipHeaders: [{ key: 'onescreen-correlation', value: 'c-1' }] },
    audioOptions: { muted: true },
  };
  const account = '11111111-1111-1111-1111-111111111111';

  test.each([
    ['tpeAgent', { phone: '+4930123456' }, { phoneNumber: '+4930123456' }],
    ['teamsUser', { teamsUser: 'oid' }, { microsoftTeamsUserId: 'oid' }],
    ['teamsUser', { teamsApp: '28:orgid:oid' }, { teamsAppId: 'oid' }],
    ['tpeAgent', { agent: '8:acs:r_v' }, { id: '8:acs:r_v' }],
    ['acsUser', { agent: '8:acs:r_v' }, [{ communicationUserId: '8:acs:r_v' }]],
    ['acsUser', { teamsApp: 'oid' }, [{ teamsAppId: 'oid' }]],
    ['acsUser', { phone: '+4930123456' }, [{ phoneNumber: '+4930123456' }]],
  ] as const)('a %s calls %o', async (persona, to, who) => {
    expect(await started(persona, to)).toEqual([who, options]);
  });

  test('on behalf of a resource account, by its object id and without any caller id', async () => {
    expect(await started('tpeAgent', { phone: '+4930123456' }, account)).toEqual([
      { phoneNumber: '+4930123456' },
      { ...options, onBehalfOfOptions: { userId: { teamsAppId: account } } },
    ]);
  });

  test.each([
    ['tpeAgent', '+4930123456', /phone number/],
    ['tpeAgent', '4:+4930123456', /phone number/],
    ['acsUser', account, /only Teams agents/],
  ] as const)('a %s is not let call on behalf of %s', async (persona, onBehalfOf, message) => {
    await expect(started(persona, { phone: '+4930123456' }, onBehalfOf)).rejects.toMatchObject({
      ...{ code: 'command/invalid', message: expect.stringMatching(message) },
    });
  });

  test.each([[{ phone: '030123' }], [{ agent: 'ada' }], [{ teamsUser: '' }]])('%o is refused', async (to) => {
    await expect(started('teamsUser', to)).rejects.toMatchObject({ code: 'command/invalid' });
  });

  test('before there is an agent it is refused', () => {
    const endpoint = setDesk('acsUser').open();
    const dial = () => endpoint.dial({ phone: '+4930123456' }, { correlationId: 'c', muted: false });
    expect(dial).toThrow(expect.objectContaining({ code: 'agent/unreachable', retryable: true }));
  });
});

describe('the state of a call', () => {
  test('follows the package, and being ended is the last of it', async () => {
    const { call, fake } = await inCall();
    const seen: string[] = [];
    let isComplete = false;
    call.state$.subscribe({ next: ({ status }) => seen.push(status), complete: () => (isComplete = true) });
    fake.to('LocalHold');
    fake.to('Connected');
    fake.to('RemoteHold');
    fake.to('Disconnecting');
    fake.to('Disconnected', { code: 410, subCode: 3112 });
    expect(seen).toEqual(['connected', 'held', 'connected', 'remote-held', 'ended']);
    expect(call.state$.value.end).toMatchObject({ outcome: 'failed', code: 'call/network' });
    expect([isComplete, fake.listening, fake.network.listening, fake.collector.listening]).toEqual([true, 0, 0, 0]);
    expect(fake.did).toContain('collector disposed');
  });

  test.each([
    ['None', 'connecting'],
    ['Ringing', 'ringing'],
    ['EarlyMedia', 'early-media'],
    ['InLobby', 'connecting'],
  ] as const)('%s is %s', async (state, status) => {
    const { call, fake } = await inCall();
    fake.to(state);
    expect(call.state$.value.status).toBe(status);
  });

  test('says who muted, who records and who transcribes', async () => {
    const { call, fake } = await inCall();
    fake.isMuted = true;
    fake.emit('mutedByOthers');
    fake.recording.isRecordingActive = true;
    fake.recording.emit('isRecordingActiveChanged');
    fake.transcription.isTranscriptionActive = true;
    fake.transcription.emit('isTranscriptionActiveChanged');
    expect(call.state$.value).toMatchObject({ muted: true, mutedByOthers: true, recording: true, transcription: true });
    await call.unmute();
    expect(call.state$.value).toMatchObject({ muted: false, mutedByOthers: false });
  });

  test('knows an emergency call, in which nothing may be blocked', async () => {
    const { call, fake } = await inCall();
    fake.isEmergencyCall = true;
    fake.to('Connected');
    expect(call.state$.value.emergency).toBe(true);
    await expect(call.hold()).rejects.toMatchObject({
      code: 'command/not-allowed',
      message: expect.stringContaining('emergency-call'),
    });
    await expect(call.mute()).rejects.toMatchObject({ code: 'command/not-allowed' });
    expect(fake.did).toEqual([]);
  });

  test('becomes a group call with the second of the others, for good', async () => {
    const { call, fake } = await inCall('acsUser');
    fake.join(new FakeParticipant(phone));
    expect(call.capabilities$.value.hold).toEqual({ supported: true, executor: 'client' });
    fake.join(new FakeParticipant(colleague));
    expect(call.capabilities$.value.hold).toEqual({ supported: true, executor: 'controlPlane' });
    await expect(call.hold()).rejects.toMatchObject({ code: 'command/not-allowed' });
  });

  test('what fails because the call ends meanwhile says so', async () => {
    const { call, fake } = await inCall();
    fake.state = 'Disconnecting';
    fake.fails = new ServiceError(412, 40000);
    await expect(call.mute()).rejects.toMatchObject({ code: 'call/gone', provider: { subCode: 40000 } });
  });
});

describe('who is in a call', () => {
  test('is told by raw id, and who did not change keeps its identity', async () => {
    const { call, fake } = await inCall();
    const customer = new FakeParticipant(phone);
    const other = new FakeParticipant(colleague);
    fake.join(customer, other);
    const before = call.participants$.value;
    expect(before[0]).toEqual({
      ...{ id: '4:+4930123456', displayName: 'Bo', status: 'connected', muted: false, speaking: false },
      providerRefs: { phone: '4:+4930123456' },
    });
    other.isSpeaking = true;
    other.emit('isSpeakingChanged');
    expect(call.participants$.value[0]).toBe(before[0]);
    expect(call.participants$.value[1]).toMatchObject({ speaking: true, providerRefs: { acs: '8:acs:r_v' } });
  });

  test('one of many who comes, changes or goes is looked at alone', async () => {
    const { call, fake } = await inCall();
    const many = Array.from(
      { length: 40 },
      (_, index) => new FakeParticipant({ kind: 'communicationUser', communicationUserId: `8:acs:${index}` }),
    );
    fake.join(...many);
    let looks = 0;
    for (const one of many.slice(1)) Object.defineProperty(one, 'isMuted', { get: () => looks++ > Infinity });
    const late = new FakeParticipant(colleague);
    fake.join(late);
    for (const one of [late, ...many.slice(0, 1)]) {
      one.isSpeaking = true;
      one.emit('isSpeakingChanged');
    }
    fake.lose(late);
    expect(call.participants$.value.map(({ speaking }) => speaking)).toEqual([true, ...Array(39).fill(false)]);
    expect(looks).toBe(0);
  });

  test('people are added and removed by the identifiers of the package', async () => {
    const { call, fake } = await inCall();
    fake.join(new FakeParticipant(phone));
    await call.addParticipant({ teamsUser: 'oid' });
    await call.removeParticipant('4:+4930123456');
    await call.removeParticipant('4:+490000000');
    expect(fake.did).toEqual([
      ['add', { microsoftTeamsUserId: 'oid' }],
      ['remove', { phoneNumber: '+4930123456' }],
    ]);
  });
});

describe('commands', () => {
  test('tones go one by one, those of two commands after each other', async () => {
    const { call, fake } = await inCall();
    await Promise.all([call.sendDtmf('1*'), call.sendDtmf('#D')]);
    expect(fake.did).toEqual(['tone Num1', 'tone Star', 'tone Pound', 'tone D']);
    await expect(call.sendDtmf('1x')).rejects.toMatchObject({ code: 'command/invalid', field: 'tones' });
  });

  test('a double click on mute is one change, and the newest wish wins', async () => {
    const { call, fake } = await inCall();
    await Promise.all([call.mute(), call.mute()]);
    await call.mute();
    expect(fake.did).toEqual(['mute']);
    await Promise.all([call.unmute(), call.mute()]);
    expect(fake.isMuted).toBe(true);
  });

  test('no more than 15 changes of mute go out in 30 seconds', async () => {
    const { desk, call, fake } = await inCall();
    for (let change = 0; change < 15; change++) await (change % 2 === 0 ? call.mute() : call.unmute());
    const last = call.unmute();
    await desk.clock.advance(29_000);
    expect(fake.did).toHaveLength(15);
    await desk.clock.advance(2_000);
    await last;
    expect([fake.did.length, fake.isMuted]).toEqual([16, false]);
  });

  test('failures are typed, and hanging up a call that has ended is none', async () => {
    const { call, fake } = await inCall();
    fake.fails = new ServiceError(500, 41033);
    await expect(call.hold()).rejects.toMatchObject({ code: 'call/command-failed', provider: { subCode: 41033 } });
    await expect(call.hangUp()).rejects.toMatchObject({ code: 'call/command-failed' });
    fake.fails = undefined;
    await call.hangUp();
    await call.hangUp();
    expect(call.state$.value.end).toMatchObject({ outcome: 'completed', code: 'call/ended' });
    expect(fake.did.filter((what) => what === 'hang up')).toHaveLength(2);
    await expect(call.hold()).rejects.toMatchObject({ code: 'command/not-allowed' });
  });
});

describe('the line', () => {
  test('is rated by the published thresholds and the diagnostics', async () => {
    const { call, fake } = await inCall();
    expect(call.quality$.value).toEqual({ rating: 'unknown', problems: [] });
    const receive = [{ id: 'a', jitterInMs: 12, packetsPerSecond: 50, packetsLostPerSecond: 0 }];
    fake.sample({ receive }, 80);
    const good = call.quality$.value;
    expect(good).toEqual({ rating: 'good', roundTripMs: 80, jitterMs: 12, loss: 0, problems: [] });
    fake.sample({ receive }, 81);
    expect(call.quality$.value).toBe(good);
    fake.sample({ receive }, 520);
    expect(call.quality$.value.rating).toBe('poor');
    fake.sample({ receive: [{ id: 'a', packetsPerSecond: 49, packetsLostPerSecond: 1 }] }, 80);
    expect(call.quality$.value).toMatchObject({ rating: 'poor', loss: 0.02 });
    fake.network.emit('diagnosticChanged', { diagnostic: 'networkReceiveQuality', value: 3 });
    fake.media.emit('diagnosticChanged', { diagnostic: 'speakingWhileMicrophoneIsMuted', value: true });
    fake.media.emit('diagnosticChanged', { diagnostic: 'microphoneNotMuteButSilent', value: true });
    fake.media.emit('diagnosticChanged', { diagnostic: 'cameraFreeze', value: true });
    expect(call.quality$.value).toMatchObject({
      ...{ rating: 'bad' },
      problems: ['microphone-not-muted-but-silent', 'network-receive-quality', 'speaking-while-muted'],
    });
  });

  test('levels are sampled every 200 ms, and only while somebody looks', async () => {
    const { desk, call, fake } = await inCall();
    const customer = new FakeParticipant(phone);
    customer.isSpeaking = true;
    fake.join(customer);
    const before = desk.clock.pending;
    const seen: unknown[] = [];
    const subscription = call.levels$.subscribe((levels) => seen.push(levels));
    await desk.clock.advance(1_000);
    expect(seen).toHaveLength(6);
    expect(seen.at(-1)).toEqual({ self: 0.4, participants: { '4:+4930123456': 0.8 } });
    subscription.unsubscribe();
    expect(desk.clock.pending).toBe(before);
    let isComplete = false;
    call.levels$.subscribe({ complete: () => (isComplete = true) });
    fake.to('Disconnected', { code: 0, subCode: 0 });
    expect([isComplete, desk.clock.pending]).toEqual([true, before]);
  });
});

describe('muting somebody else', () => {
  async function inGroup(persona: Persona) {
    const { desk, call, fake } = await inCall(persona);
    const [customer, other] = [new FakeParticipant(phone), new FakeParticipant(colleague)];
    fake.join(customer, other);
    return { desk, call, customer, other };
  }

  test('is done by the package, and shows', async () => {
    const { call, other } = await inGroup('tpeAgent');
    await call.muteParticipant('8:acs:r_v');
    expect(other.muted).toBe(1);
    expect(call.participants$.value.find(({ id }) => id === '8:acs:r_v')?.muted).toBe(true);
  });

  test('in a call of two is not supported', async () => {
    const { call, fake } = await inCall('tpeAgent');
    const other = new FakeParticipant(colleague);
    fake.join(other);
    await expect(call.muteParticipant('8:acs:r_v')).rejects.toMatchObject({
      code: 'command/not-allowed',
      message: 'unable to mute participant; only in group calls',
    });
    expect(other.muted).toBe(0);
  });

  test('does not reach phones in Teams Phone extensibility', async () => {
    const { call, customer } = await inGroup('tpeAgent');
    await expect(call.muteParticipant('4:+4930123456')).rejects.toMatchObject({ code: 'command/not-allowed' });
    expect(customer.muted).toBe(0);
  });

  test('that has left, or that the service does not let be muted, is told', async () => {
    const { call, other } = await inGroup('teamsUser');
    await expect(call.muteParticipant('8:acs:r_w')).rejects.toMatchObject({ code: 'call/gone' });
    other.muteFails = new ServiceError(412, 41015);
    await expect(call.muteParticipant('8:acs:r_v')).rejects.toMatchObject({ code: 'call/command-failed' });
  });
});

describe('transferring', () => {
  const settled = (promise: Promise<unknown>) => {
    let how: unknown = 'pending';
    promise.then(
      () => (how = 'done'),
      (error: unknown) => (how = error),
    );
    return () => how;
  };

  test.each([
    ['teamsUser', { phone: '+49309990001' }, { targetParticipant: { phoneNumber: '+49309990001' } }],
    ['teamsUser', { teamsUser: '8:orgid:oid' }, { targetParticipant: { microsoftTeamsUserId: 'oid' } }],
    ['tpeAgent', { agent: '8:acs:r_v' }, { targetParticipant: { communicationUserId: '8:acs:r_v' } }],
    ['acsUser', { teamsApp: 'oid' }, { targetParticipant: { teamsAppId: 'oid' } }],
    ['acsUser', { voicemail: 'oid' }, { targetParticipantVoicemail: { microsoftTeamsUserId: 'oid' } }],
  ] as const)('a %s to %o resolves once it is accepted', async (persona, to, target) => {
    const { desk, call, fake } = await inCall(persona);
    const how = settled(call.transfer(to));
    const [transfer] = fake.transfers;
    expect(transfer?.target).toEqual(target);
    transfer?.to('Transferring');
    await desk.clock.advance(1_000);
    expect(how()).toBe('pending');
    transfer?.to('Transferred');
    await desk.clock.advance(0);
    expect([how(), transfer?.listening]).toEqual(['done', 0]);
  });

  test('that fails says so in our terms, and the call goes on', async () => {
    const { desk, call, fake } = await inCall();
    const how = settled(call.transfer({ phone: '+49309990001' }));
    fake.transfers[0]?.to('Failed', { code: 486, subCode: 560486 });
    await desk.clock.advance(0);
    expect(how()).toMatchObject({ code: 'call/busy', provider: { code: 486, subCode: 560486 } });
    expect(call.state$.value.status).toBe('connected');
    expect(fake.transfers[0]?.listening).toBe(0);
  });

  test('has 60 seconds', async () => {
    const { desk, call, fake } = await inCall();
    const how = settled(call.transfer({ phone: '+49309990001' }));
    await desk.clock.advance(59_999);
    expect(how()).toBe('pending');
    await desk.clock.advance(1);
    expect(how()).toMatchObject({ code: 'command/timed-out', retryable: true });
    expect(fake.transfers[0]?.listening).toBe(0);
  });

  test('is done when the call ends with it, whatever is told first', async () => {
    const { desk, call, fake } = await inCall();
    const how = settled(call.transfer({ phone: '+49309990001' }));
    fake.to('Disconnected', { code: 0, subCode: 0 });
    await desk.clock.advance(100);
    expect(how()).toBe('pending');
    fake.transfers[0]?.to('Transferred');
    await desk.clock.advance(0);
    expect(how()).toBe('done');
    await desk.clock.advance(60_000);
    expect(fake.transfers[0]?.listening).toBe(0);
  });

  test('comes to nothing when the call ends without it', async () => {
    const { desk, call, fake } = await inCall();
    const how = settled(call.transfer({ phone: '+49309990001' }));
    fake.to('Disconnected', { code: 0, subCode: 7000 });
    await desk.clock.advance(2_000);
    expect(how()).toMatchObject({ code: 'call/gone' });
  });

  test.each([
    ['tpeAgent', { voicemail: 'oid' }, /does not transfer to voicemail/],
    ['tpeAgent', { teamsUser: 'oid' }, /unconfirmed\.teamsUsers/],
    ['teamsUser', { voicemail: 'oid' }, /unconfirmed\.voicemail/],
  ] as const)('by a %s to %o is refused, with the reason', async (persona, to, message) => {
    const { call, fake } = await inCall(persona);
    await expect(call.transfer(to)).rejects.toMatchObject({
      ...{ code: 'command/not-allowed', message: expect.stringMatching(message) },
    });
    expect(fake.transfers).toEqual([]);
  });

  test('a group call of the extension is left to the control plane', async () => {
    const { call, fake } = await inCall('tpeAgent');
    fake.join(new FakeParticipant(phone), new FakeParticipant(colleague));
    await expect(call.transfer({ phone: '+49309990001' })).rejects.toMatchObject({
      ...{ code: 'command/not-allowed', message: 'unable to transfer call; needs-control-plane' },
    });
    expect(fake.transfers).toEqual([]);
  });

  test('to what is no number is refused', async () => {
    const { call } = await inCall();
    await expect(call.transfer({ phone: '0309990001' })).rejects.toMatchObject({ code: 'command/invalid' });
    await expect(call.transfer({ voicemail: '' })).rejects.toMatchObject({ field: 'to.voicemail' });
  });
});

test('an agent of the extension does not dial one number twice', async () => {
  const { call, fake } = await inCall('tpeAgent');
  fake.join(new FakeParticipant(phone));
  await expect(call.addParticipant({ phone: '+4930123456' })).rejects.toMatchObject({ code: 'command/not-allowed' });
  await call.addParticipant({ phone: '+49309990001' });
  expect(fake.did).toEqual([['add', { phoneNumber: '+49309990001' }]]);
});

test('an agent of the extension leaves taking back an invitation to the control plane', async () => {
  const { call, fake } = await inCall('tpeAgent');
  const ringing = new FakeParticipant(colleague);
  ringing.state = 'Ringing';
  fake.join(ringing);
  await expect(call.removeParticipant('8:acs:r_v')).rejects.toMatchObject({
    message: 'unable to remove participant; needs-control-plane',
  });
  expect(fake.did).toEqual([]);
});

describe('being transferred by the other side', () => {
  test('the call goes on as what it is, over another object of the package', async () => {
    const { desk, call, fake } = await inCall();
    const customer = new FakeParticipant(phone);
    fake.join(customer);
    const seen: string[] = [];
    call.state$.subscribe(({ status }) => seen.push(status));
    const next = new FakeCall();
    next.state = 'Connecting';
    fake.transferring.emit('transferAccepted', { targetCall: next.teams });
    expect([fake.listening, fake.recording.listening, fake.transferring.listening, customer.listening]).toEqual(
      Array(4).fill(0),
    );
    fake.to('Disconnected', { code: 0, subCode: 0 });
    expect(call.participants$.value).toEqual([]);
    next.to('Connected');
    next.join(new FakeParticipant(colleague));
    expect(seen).toEqual(['connected', 'connecting', 'connected']);
    expect(call.participants$.value).toMatchObject([{ id: '8:acs:r_v' }]);
    await call.mute();
    await call.hold();
    expect([fake.did, next.did]).toEqual([['collector disposed'], ['mute', 'hold']]);
    expect([call.state$.value, call.native()]).toMatchObject([{ status: 'held', muted: true }, next.teams]);
    next.to('Disconnected', { code: 0, subCode: 7000 });
    expect(call.state$.value).toMatchObject({ status: 'ended', end: { code: 'call/ended' } });
    expect([next.listening, next.transferring.listening]).toEqual([0, 0]);
    await desk.clock.advance(0);
  });

  test('a group call that it was is a call of two again', async () => {
    const { call, fake } = await inCall('tpeAgent');
    fake.join(new FakeParticipant(phone), new FakeParticipant(colleague));
    expect(call.capabilities$.value.hold).toMatchObject({ executor: 'controlPlane' });
    const next = new FakeCall();
    next.state = 'Connected';
    next.join(new FakeParticipant(phone));
    fake.transferring.emit('transferAccepted', { targetCall: next.teams });
    expect(call.capabilities$.value.hold).toMatchObject({ executor: 'client' });
  });

  test('what is no call, or the same one, changes nothing', async () => {
    const { call, fake } = await inCall();
    fake.transferring.emit('transferAccepted', { targetCall: { kind: 'Meeting' } });
    fake.transferring.emit('transferAccepted', { targetCall: fake.teams });
    await call.hold();
    expect(fake.did).toEqual(['hold']);
  });
});
