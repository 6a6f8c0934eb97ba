import { describe, expect, it } from 'vitest';
import { agent, answerOf, connected, customer, eventsOf, listed, person, scripted, standing } from './scripted-api';

const kinds = (events: readonly { readonly kind: string }[]) => events.map(({ kind }) => kind);
const left = (events: readonly { readonly kind: string }[]) => events.filter(({ kind }) => kind === 'left');

describe('who is in a call', () => {
  it('is told once, however often and in whatever order it is delivered', async () => {
    const { post, events, call } = await connected();
    const both = { id: 'e2', sequenceNumber: 2, participants: listed(customer, agent) };
    const alone = { id: 'e3', sequenceNumber: 3, participants: listed(customer) };
    await post(['ParticipantsUpdated', both]);
    await post(['ParticipantsUpdated', alone], ['ParticipantsUpdated', both], ['ParticipantsUpdated', alone]);
    expect(left(events)).toEqual([{ kind: 'left', rawId: agent, end: expect.objectContaining({ code: 0 }) }]);
    expect(call.participants().map(({ rawId }) => rawId)).toEqual([customer]);
  });

  it('does not come back with an older list', async () => {
    const { post, events, call } = await connected();
    await post(['ParticipantsUpdated', { sequenceNumber: 5, participants: listed(customer) }]);
    await post(['ParticipantsUpdated', { sequenceNumber: 4, participants: listed(customer, agent) }]);
    expect(call.participants()).toHaveLength(1);
    expect(left(events)).toEqual([]);
  });

  it('is found by reading when the events are lost', async () => {
    const { service, events, clock } = await connected();
    service.people = [person(customer), person(agent)];
    await clock.advance(31_000);
    service.people = [person(customer)];
    await clock.advance(31_000);
    expect(left(events)).toEqual([expect.objectContaining({ rawId: agent })]);
  });

  it('is not taken from a reading that an event has overtaken', async () => {
    const { service, automation, events, clock, call } = await connected();
    let overtaken = 0;
    service.before = async ({ what }) => {
      if (what !== 'participants') return;
      service.before = undefined;
      overtaken++;
      const data = { callConnectionId: call.id, sequenceNumber: 2, participants: listed(customer, agent) };
      const body = JSON.stringify([{ id: 'late', type: 'Microsoft.Communication.ParticipantsUpdated', data }]);
      await automation.handle(new Request(service.callbackUrl, { method: 'POST', body }));
    };
    await clock.advance(30_500);
    await clock.advance(500);
    expect(overtaken).toBe(1);
    expect(left(events)).toEqual([]);
    expect(call.participants()).toHaveLength(2);
  });

  it('is nobody after the end, which is told once and last', async () => {
    const { post, events, call } = await connected();
    const end = { resultInformation: { code: 200, subCode: 5002, message: 'The conversation has ended.' } };
    await post(['CallDisconnected', end], ['CallDisconnected', end]);
    await post(['ParticipantsUpdated', { sequenceNumber: 9, participants: listed(customer) }]);
    expect(kinds(events).filter((kind) => kind === 'disconnected')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ kind: 'disconnected', end: { code: 0, subCode: 5002 } });
    expect(call.participants()).toEqual([]);
    await expect(call.hold(customer)).rejects.toMatchObject({ code: 'call/gone' });
  });

  it('learns of an end whose event is lost', async () => {
    const { service, events, clock, call } = await connected();
    service.fail('read', answerOf(404, 8522));
    await clock.advance(31_000);
    expect(events.at(-1)?.kind).toBe('disconnected');
    expect(call.end).toBeDefined();
    expect(clock.pending).toBeLessThan(3);
  });

  it('stays as it is when reading fails', async () => {
    const { service, events, clock, call } = await connected();
    service.fail('read', answerOf(503, 0), new Error('socket hang up'));
    await clock.advance(65_000);
    expect(call.end).toBeUndefined();
    expect(left(events)).toEqual([]);
  });

  it('ignores events of other connections with the same call', async () => {
    const { post, call } = await connected();
    await post(['CallDisconnected', { callConnectionId: 'connection-2' }]);
    expect(call.end).toBeUndefined();
  });
});

describe('a server that stops', () => {
  it('leaves its calls at the service, waits for nothing any more, and says so once', async () => {
    const { automation, call, clock, events, incoming, logged, post, ring, service, stop } = await connected();
    const created = automation.create({ target: agent });
    await clock.advance(0);
    call.play({ sound: 'music' }, { loop: true });
    const waiting = [
      (await created).answered,
      (await call.add({ target: agent })).answered,
      call.hold(customer),
      call.sendTones(customer, '1'),
      call.transfer(customer, '4:+4930'),
      call.record('start').then(() => call.record('pause')),
      call.collect(customer, { most: 1, forMs: 5_000 }).then((keys) => Promise.reject(new Error(keys))),
    ].map(standing);
    await ring({}, 'incoming-2');
    await post(['ParticipantsUpdated', { sequenceNumber: 2, participants: listed() }]);
    const told = events.length;
    stop();
    await clock.advance(1);
    expect(waiting.map((state) => state())).toEqual([...Array(6).fill('call/gone'), 'failed']);
    expect([clock.pending, events.length - told]).toEqual([0, 0]);
    expect(logged.filter((line) => line.startsWith('calls-left'))).toEqual(['calls-left {"count":2}']);
    await call.hangUp({ forEveryone: true });
    await expect(incoming[1]!.answer()).rejects.toMatchObject({ code: 'call/gone' });
    expect(service.commands).not.toContain('hangUp');
  });

  it('has nothing to wait for from calls that have ended', async () => {
    const { call, clock, logged, post, stop } = await connected();
    const state = standing(call.transfer(customer, '4:+4930'));
    await post(['CallDisconnected']);
    stop();
    await clock.advance(1);
    expect([clock.pending, state(), logged.filter((line) => line.startsWith('calls-left'))]).toEqual([
      0,
      'call/gone',
      [],
    ]);
  });
});

describe('adding somebody', () => {
  it('sends the context, and is done with its own event', async () => {
    const { call, service, post } = await connected();
    const { answered } = await call.add({
      target: agent,
      context: { 'onescreen-correlation': 'o1' },
      timeoutMs: 20_000,
    });
    const state = standing(answered);
    const { args, context } = service.last('add');
    expect(args[1]).toMatchObject({ target: agent, timeoutSeconds: 20, headers: { 'onescreen-correlation': 'o1' } });
    await post(['AddParticipantSucceeded', { operationContext: 'another', participant: { rawId: '8:acs:r1_x' } }]);
    expect(state()).toBe('open');
    await post(['AddParticipantSucceeded', { operationContext: context, participant: { rawId: agent } }]);
    expect(state()).toBe('done');
    expect(call.participants().map(({ rawId }) => rawId)).toContain(agent);
  });

  it('is not undone by a list from before it', async () => {
    const { call, service, post, events, clock } = await connected();
    await call.add({ target: agent });
    const operationContext = service.last('add').context;
    await post(['AddParticipantSucceeded', { operationContext, participant: { rawId: agent } }]);
    await post(['ParticipantsUpdated', { sequenceNumber: 2, participants: listed(customer) }]);
    expect(left(events)).toEqual([]);
    service.people = [person(customer), person(agent)];
    await clock.advance(3_000);
    expect(left(events)).toEqual([]);
    await post(['ParticipantsUpdated', { sequenceNumber: 4, participants: listed(customer) }]);
    expect(left(events)).toHaveLength(1);
  });

  it('fails with what the service says', async () => {
    const { call, service, post } = await connected();
    for (const [code, subCode, word] of [
      [487, 10004, 'call/no-answer'],
      [603, 0, 'call/declined'],
      [408, 10057, 'call/unreachable'],
      [486, 560486, 'call/busy'],
      [404, 560404, 'call/bad-destination'],
      [403, 10105, 'call/forbidden'],
      [400, 8523, 'command/invalid'],
    ] as const) {
      const { answered } = await call.add({ target: agent });
      const state = standing(answered);
      const operationContext = service.last('add').context;
      await post(['AddParticipantFailed', { operationContext, resultInformation: { code, subCode, message: 'x' } }]);
      expect(state()).toBe(word);
    }
  });

  it('is done when the list shows it, though its own event is lost', async () => {
    const { call, post } = await connected();
    const { answered } = await call.add({ target: agent });
    await post(['ParticipantsUpdated', { sequenceNumber: 2, participants: listed(customer, agent) }]);
    await expect(answered).resolves.toMatchObject({ rawId: agent });
  });

  it('is found by reading when every event is lost, and else given up', async () => {
    const { call, service, clock } = await connected();
    const first = standing((await call.add({ target: agent, timeoutMs: 20_000 })).answered);
    const second = standing((await call.add({ target: '4:+4930', timeoutMs: 20_000 })).answered);
    service.people = [person(customer), person(agent)];
    await clock.advance(22_000);
    expect(second()).toBe('open');
    // A server waits for its host 4 s longer than it rings.
    await clock.advance(1_500);
    expect([first(), second()]).toEqual(['done', 'call/no-answer']);
    expect(service.last('cancelAdd').args[1]).toBe('invitation-4:+4930');
  });

  it('can be withdrawn', async () => {
    const { call, service, post } = await connected();
    const invitation = await call.add({ target: agent });
    const state = standing(invitation.answered);
    const cancelling = invitation.cancel();
    await Promise.resolve();
    await post(['CancelAddParticipantSucceeded', { operationContext: service.last('cancelAdd').context }]);
    expect(await cancelling).toBe(true);
    expect(state()).toBe('command/aborted');
    expect(await invitation.cancel()).toBe(false);
  });

  it('cannot be withdrawn when it has been answered meanwhile', async () => {
    const { call, service, post } = await connected();
    const invitation = await call.add({ target: agent });
    const cancelling = invitation.cancel();
    const operationContext = service.last('add').context;
    await post(['AddParticipantSucceeded', { operationContext, participant: { rawId: agent } }]);
    await expect(invitation.answered).resolves.toMatchObject({ rawId: agent });
    expect(await cancelling).toBe(false);
  });

  it('ends with the call', async () => {
    const { call, post } = await connected();
    const state = standing((await call.add({ target: agent })).answered);
    await post(['CallDisconnected']);
    expect(state()).toBe('call/gone');
  });
});

describe('removing somebody', () => {
  it('is told as a removal, once, whatever comes first', async () => {
    const { call, service, post, events } = await connected();
    await post(['ParticipantsUpdated', { sequenceNumber: 2, participants: listed(customer, agent) }]);
    const removing = call.remove(agent);
    const operationContext = service.last('remove').context;
    await post(['RemoveParticipantSucceeded', { operationContext, participant: { rawId: agent } }]);
    await removing;
    await post(['ParticipantsUpdated', { sequenceNumber: 3, participants: listed(customer, agent) }]);
    await post(['ParticipantsUpdated', { sequenceNumber: 4, participants: listed(customer) }]);
    expect(left(events)).toEqual([{ kind: 'left', rawId: agent, end: expect.objectContaining({ subCode: 5000 }) }]);
  });

  it('who is no longer in is done', async () => {
    const { call, service, clock } = await connected();
    service.fail('remove', answerOf(404, 8522));
    const state = standing(call.remove(agent));
    await clock.advance(3_000);
    expect(state()).toBe('done');
  });
});

describe('hold', () => {
  it('is over for who is not on hold any more', async () => {
    const { call, service, post } = await connected();
    const holding = call.hold(customer);
    await post(['HoldAudioStarted', { operationContext: service.last('hold').context }]);
    await holding;
    service.fail('unhold', answerOf(400, 8501));
    await call.unhold(customer);
    expect(call.participants()).toEqual([person(customer)]);
  });

  it('begins with its own event and plays the music', async () => {
    const { call, service, post } = await connected();
    const state = standing(call.hold(customer));
    expect(service.last('hold').args).toEqual([
      'connection-1',
      customer,
      { file: 'https://cc.contoso.example/music.wav' },
    ]);
    await post(['HoldAudioStarted', { operationContext: service.last('hold').context }]);
    expect(state()).toBe('done');
    await call.hold(customer);
    expect(service.commands.filter((one) => one === 'hold')).toHaveLength(1);
  });

  it('ends though the list still has the customer from before', async () => {
    const { call, service, post } = await connected();
    const holding = call.hold(customer);
    await post(['HoldAudioStarted', { operationContext: service.last('hold').context }]);
    await holding;
    await post(['ParticipantsUpdated', { sequenceNumber: 2, participants: listed(customer) }]);
    const resuming = standing(call.unhold(customer));
    await post(['ParticipantsUpdated', { sequenceNumber: 3, participants: listed(`${customer}!`) }]);
    await post(['ParticipantsUpdated', { sequenceNumber: 4, participants: listed(customer) }]);
    expect(service.commands).toContain('unhold');
    expect(resuming()).toBe('done');
  });

  it('is found by reading when there is no event', async () => {
    const { call, service, clock } = await connected();
    const state = standing(call.hold(customer));
    service.people = [person(customer, true)];
    await clock.advance(2_100);
    expect(state()).toBe('done');
  });

  it('fails as the service says, or when it does not become so', async () => {
    const { call, service, post, clock } = await connected();
    const first = standing(call.hold(customer));
    const resultInformation = { code: 400, subCode: 8501, message: 'x' };
    await post(['HoldFailed', { operationContext: service.last('hold').context, resultInformation }]);
    expect(first()).toBe('call/wrong-state');
    const second = standing(call.hold(customer));
    await clock.advance(11_000);
    expect(second()).toBe('command/timed-out');
  });
});

describe('sounds', () => {
  const music = { file: 'https://cc.contoso.example/music.wav' };

  it('are asked for one at a time; words end, and the music begins again', async () => {
    const { call, service, post, clock } = await connected();
    const playing = call.play({ sound: 'music' }, { loop: true });
    await clock.advance(0);
    const musicContext = service.last('play').context;
    const words = standing(call.play({ text: 'You are next.' }, { to: customer }).done);
    await clock.advance(0);
    expect(service.commands).toEqual(['answer', 'play', 'stopMedia', 'play']);
    expect(service.last('play').args[1]).toMatchObject({
      source: { text: 'You are next.' },
      to: customer,
      loop: false,
    });
    await post(['PlayCanceled', { operationContext: musicContext }]);
    expect(words()).toBe('open');
    await post(['PlayCompleted', { operationContext: service.last('play').context }]);
    expect(words()).toBe('done');
    expect(service.last('play').args[1]).toMatchObject({ source: music, loop: true });
    await playing.stop();
    expect(service.commands.at(-1)).toBe('stopMedia');
    await playing.done;
  });

  it('begin again when the service breaks them off, but not for ever', async () => {
    const { call, service, post, clock } = await connected();
    const state = standing(call.play({ sound: 'music' }, { loop: true }).done);
    for (let time = 0; time < 6; time++) {
      await clock.advance(1_000);
      await post(['PlayCanceled', { operationContext: service.last('play').context }]);
    }
    await clock.advance(1_000);
    expect(state()).toBe('call/play-failed');
    expect(service.commands.filter((one) => one === 'play')).toHaveLength(6);
  });

  it('fail with a code of their own', async () => {
    const { call, service, post, clock } = await connected();
    const state = standing(call.play({ file: 'https://cc.contoso.example/broken.wav' }).done);
    await clock.advance(0);
    const resultInformation = { code: 400, subCode: 8535, message: 'Action failed, file format is invalid.' };
    await post(['PlayFailed', { operationContext: service.last('play').context, resultInformation }]);
    expect(state()).toBe('call/play-failed');
  });

  it('whose end is lost are over after a while', async () => {
    const { call, clock } = await connected();
    const state = standing(call.play({ text: 'Hello' }).done);
    await clock.advance(119_000);
    expect(state()).toBe('open');
    await clock.advance(2_000);
    expect(state()).toBe('done');
  });

  it('that are not configured are silence', async () => {
    const { call, service, clock } = await connected({ sounds: {} });
    const playing = call.play({ sound: 'ringback' }, { loop: true });
    await clock.advance(1_000);
    expect(service.commands).not.toContain('play');
    await playing.stop();
    await playing.done;
  });

  it('end with the call', async () => {
    const { call, post, clock } = await connected();
    const state = standing(call.play({ sound: 'music' }, { loop: true }).done);
    await clock.advance(0);
    await post(['CallDisconnected']);
    expect(state()).toBe('done');
  });

  it('give way to keys that are taken down', async () => {
    const { call, service, post, clock } = await connected();
    call.play({ sound: 'music' }, { loop: true });
    await clock.advance(0);
    const collecting = call.collect(customer, { most: 2, forMs: 4_000, prompt: { text: 'Press two keys.' } });
    await clock.advance(0);
    const { args, context } = service.last('recognise');
    expect(args[1]).toMatchObject({ from: customer, most: 2, silenceSeconds: 4, prompt: { text: 'Press two keys.' } });
    await post(['RecognizeCompleted', { operationContext: context, dtmfResult: { tones: ['one', 'pound'] } }]);
    expect(await collecting).toBe('1#');
    expect(service.commands.at(-1)).toBe('play');
  });

  it('take no key for an answer, too', async () => {
    const { call, service, post, clock } = await connected();
    const collecting = call.collect(customer, { most: 1, forMs: 4_000 });
    await clock.advance(0);
    const resultInformation = { code: 400, subCode: 8510, message: 'silence' };
    await post(['RecognizeFailed', { operationContext: service.last('recognise').context, resultInformation }]);
    expect(await collecting).toBe('');
  });
});

describe('transfer', () => {
  it('is accepted before what it has done to the call is told', async () => {
    const { call, service, post, events, clock } = await connected();
    const order: string[] = [];
    call.events$.subscribe(({ kind }) => order.push(kind));
    const transferring = call.transfer(customer, '4:+4930').then(() => order.push('transferred'));
    const operationContext = service.last('transfer').context;
    await post(['ParticipantsUpdated', { sequenceNumber: 2, participants: [] }]);
    await post(['CallDisconnected']);
    expect(left(events)).toEqual([]);
    await post(['CallTransferAccepted', { operationContext }]);
    await transferring;
    await clock.advance(1);
    expect(order.slice(-3)).toEqual(['transferred', 'left', 'disconnected']);
  });

  it('that fails leaves everybody where they are', async () => {
    const { call, service, post, events } = await connected();
    const state = standing(call.transfer(customer, '4:+4930'));
    const resultInformation = { code: 603, subCode: 560603, message: 'x' };
    await post(['CallTransferFailed', { operationContext: service.last('transfer').context, resultInformation }]);
    expect(state()).toBe('call/declined');
    expect(left(events)).toEqual([]);
  });

  it('ends with a customer who hangs up meanwhile', async () => {
    const { call, post, events, clock } = await connected();
    const state = standing(call.transfer(customer, '4:+4930'));
    await post(['CallDisconnected']);
    await clock.advance(2_100);
    expect(state()).toBe('call/gone');
    expect(events.at(-1)?.kind).toBe('disconnected');
  });

  it('whose event is lost is found by reading', async () => {
    const { call, service, clock } = await connected();
    const first = standing(call.transfer(customer, '4:+4930'));
    await clock.advance(66_000);
    expect(first()).toBe('command/timed-out');
    const second = standing(call.transfer(customer, '4:+4930'));
    service.people = [];
    await clock.advance(66_000);
    expect(second()).toBe('done');
  });

  it('whose event is lost is over soon after the customer is seen to have gone', async () => {
    const { call, service, post, clock } = await connected();
    const state = standing(call.transfer(customer, '4:+4930'));
    await clock.advance(3_000);
    service.people = [person(agent)];
    await post(['ParticipantsUpdated', { sequenceNumber: 2, participants: listed(agent) }]);
    await clock.advance(4_000);
    expect(state()).toBe('open');
    await clock.advance(1_100);
    expect(state()).toBe('done');
  });
});

describe('other commands', () => {
  it('send tones by the service’s names', async () => {
    const { call, service, post } = await connected();
    const state = standing(call.sendTones(customer, '1*#a'));
    expect(service.last('sendTones').args[2]).toEqual(['one', 'asterisk', 'pound', 'a']);
    await post(['SendDtmfTonesCompleted', { operationContext: service.last('sendTones').context }]);
    expect(state()).toBe('done');
    await expect(call.sendTones(customer, '1x')).rejects.toMatchObject({ code: 'command/invalid', field: 'tones' });
  });

  it('tell of keys that the customer presses', async () => {
    const { service, post, events } = await connected();
    const operationContext = service.last('hearTones').context;
    const data = { id: 't1', operationContext, tone: 'asterisk', sequenceId: 1 };
    await post(['ContinuousDtmfRecognitionToneReceived', data], ['ContinuousDtmfRecognitionToneReceived', data]);
    expect(events.filter(({ kind }) => kind === 'tone')).toEqual([{ kind: 'tone', from: customer, tone: '*' }]);
  });

  it('record, pause and stop, and tell which it is', async () => {
    const { call, service, post, events } = await connected();
    const recordings = () => events.flatMap((event) => (event.kind === 'recording' ? [event.state] : []));
    await expect(call.record('pause')).rejects.toMatchObject({ code: 'call/wrong-state' });
    await call.record('start');
    await post(['RecordingStateChanged', { id: 'r1', recordingId: 'recording-1', state: 'active' }]);
    const pausing = call.record('pause');
    await post(['RecordingStateChanged', { id: 'r1', recordingId: 'recording-1', state: 'active' }]);
    await post(['RecordingStateChanged', { recordingId: 'recording-1', state: 'inactive' }]);
    await pausing;
    const resuming = call.record('resume');
    await post(['RecordingStateChanged', { recordingId: 'recording-1', state: 'active' }]);
    await resuming;
    const stopping = call.record('stop');
    await post(['RecordingStateChanged', { recordingId: 'recording-1', state: 'inactive' }]);
    await stopping;
    expect(recordings()).toEqual(['on', 'paused', 'on', 'off']);
    expect(service.asked.filter(({ what }) => what === 'recording').map(({ args }) => args[1])).toEqual([
      'pause',
      'resume',
      'stop',
    ]);
  });

  it('find out whether it records when the event is lost', async () => {
    const { call, service, clock } = await connected();
    await call.record('start');
    const state = standing(call.record('pause'));
    service.recordingState = 'inactive';
    await clock.advance(11_000);
    expect(state()).toBe('done');
  });

  it('are not led astray by what is told late of a recording', async () => {
    const { call, service, post, events } = await connected();
    const recordings = () => events.flatMap((event) => (event.kind === 'recording' ? [event.state] : []));
    const told = (state: string) => post(['RecordingStateChanged', { recordingId: 'recording-1', state }]);
    await call.record('start');
    const pausing = call.record('pause');
    await told('inactive');
    await pausing;
    const resuming = call.record('resume');
    await told('active');
    await resuming;
    await told('inactive');
    expect(recordings()).toEqual(['on', 'paused', 'on']);
    service.recordingState = 'inactive';
    await told('inactive');
    expect(recordings()).toEqual(['on', 'paused', 'on', 'off']);
    await told('active');
    expect(recordings()).toHaveLength(4);
  });

  it('say why a recording that was asked for does not come about', async () => {
    const { call, service, post, clock } = await connected();
    const { api } = service;
    const answered = { recordingId: 'recording-1', state: 'inactive' };
    Object.assign(api, { startRecording: () => Promise.resolve(answered) });
    const starting = standing(call.record('start'));
    await clock.advance(100);
    const resultInformation = { code: 400, subCode: 8553, message: 'It is being recorded.' };
    await post(['StartRecordingFailed', { recordingId: 'recording-1', resultInformation }]);
    expect(starting()).toBe('call/wrong-state');
    const again = standing(call.record('start'));
    await post(['RecordingStateChanged', { recordingId: 'recording-1', state: 'active' }]);
    expect(again()).toBe('done');
  });

  it('know a recording that was begun though its answer was lost, and end it', async () => {
    const { call, service, post, events } = await connected();
    service.fail('startRecording', new Error('socket hang up'));
    await expect(call.record('start')).rejects.toMatchObject({ code: 'call/service' });
    await post(['RecordingStateChanged', { recordingId: 'recording-1', state: 'active' }]);
    expect(events.at(-1)).toEqual({ kind: 'recording', state: 'on' });
    const stopping = call.record('stop');
    await post(['RecordingStateChanged', { recordingId: 'recording-1', state: 'inactive' }]);
    await stopping;
    expect(service.last('recording').args).toEqual(['recording-1', 'stop']);
  });

  it('hang up once, and are harmless afterwards', async () => {
    const { call, service, events, post } = await connected();
    await call.hangUp({ forEveryone: true });
    await call.hangUp({ forEveryone: true });
    await post(['CallDisconnected']);
    expect(service.commands.filter((one) => one === 'hangUp')).toHaveLength(1);
    expect(kinds(events).filter((kind) => kind === 'disconnected')).toHaveLength(1);
  });

  it('that got no answer are found out about by reading', async () => {
    const { call, service } = await connected();
    service.people = [];
    service.fail('remove', answerOf(503, 0));
    await call.remove(customer);
    service.people = [person(customer)];
    service.fail('hold', answerOf(503, 0));
    await expect(call.hold(customer)).rejects.toMatchObject({ code: 'call/service', retryable: true });
  });

  it('keep what was sent out of errors and logs', async () => {
    const { call, service, logged } = await connected();
    service.fail('mute', answerOf(400, 8523, 'invalid 4:+4915112345678'));
    const failed = await call.mute(customer).catch((error: unknown) => String(error));
    expect(failed).not.toContain('4915112345678');
    expect(logged.join()).not.toContain('4915112345678');
  });
});

describe('a call of ours', () => {
  it('is answered with CallConnected', async () => {
    const { automation, clock, post } = scripted();
    const { call, answered } = await automation.create({ target: customer });
    const state = standing(answered);
    await clock.advance(20_000);
    expect(state()).toBe('open');
    const events = eventsOf(call);
    await post(['ParticipantsUpdated', { sequenceNumber: 1, participants: listed(customer) }], ['CallConnected']);
    expect(state()).toBe('done');
    expect(events.at(-1)).toMatchObject({ kind: 'participants', participants: [{ rawId: customer }] });
  });

  it('fails as the service says', async () => {
    const { automation, post } = scripted();
    const { answered, call } = await automation.create({ target: customer });
    const state = standing(answered);
    await post(['CreateCallFailed', { resultInformation: { code: 486, subCode: 560486, message: 'Busy' } }]);
    expect(state()).toBe('call/busy');
    expect(call.end).toBeDefined();
  });

  it('rings no longer than is wanted', async () => {
    const { automation, clock, service } = scripted();
    service.state = 'connecting';
    const state = standing((await automation.create({ target: customer, timeoutMs: 20_000 })).answered);
    await clock.advance(20_100);
    expect(state()).toBe('call/no-answer');
    expect(service.last('hangUp').args).toEqual(['connection-1', true]);
  });

  it('is not given up when it has been answered, though the event is late', async () => {
    const { automation, clock, service } = scripted();
    const state = standing((await automation.create({ target: customer, timeoutMs: 8_000 })).answered);
    await clock.advance(8_000);
    expect([state(), service.commands]).toEqual(['done', ['create']]);
  });

  it('is answered though the event is lost', async () => {
    const { automation, clock } = scripted();
    const state = standing((await automation.create({ target: customer })).answered);
    await clock.advance(31_000);
    expect(state()).toBe('done');
  });
});

describe('what the service does not answer', () => {
  it('is a sound that goes on: it is asked again to be quiet, until it is or the call is over', async () => {
    const { call, service, clock, logged } = await connected();
    const music = call.play({ sound: 'music' }, { loop: true });
    await clock.advance(0);
    service.fail('stopMedia', answerOf(503, 0), new Error('socket hang up'), answerOf(429, 8516));
    void music.stop();
    await clock.advance(10_000);
    expect(service.commands).toEqual(['answer', 'play', ...Array<string>(4).fill('stopMedia')]);
    expect(logged.filter((line) => line.startsWith('sound-not-stopped'))).toHaveLength(3);
    const again = call.play({ sound: 'music' }, { loop: true });
    await clock.advance(0);
    service.fail('stopMedia', answerOf(404, 8522), answerOf(400, 8501));
    await again.stop();
    await clock.advance(10_000);
    expect(service.commands.slice(6)).toEqual(['play', 'stopMedia']);
  });

  it('is a sound that may be played all the same: it is stopped', async () => {
    const { call, service, clock } = await connected();
    service.fail('play', new Error('socket hang up'), answerOf(400, 8535));
    const states = [standing(call.play({ sound: 'music' }, { loop: true }).done)];
    await clock.advance(0);
    states.push(standing(call.play({ sound: 'music' }, { loop: true }).done));
    await clock.advance(0);
    expect(states.map((state) => state())).toEqual(['call/service', 'call/play-failed']);
    expect(service.commands).toEqual(['answer', 'play', 'stopMedia', 'play']);
  });

  it('is read anew: a reading that began before says nothing of it', async () => {
    const { call, service, clock } = await connected();
    let finish = () => {};
    service.before = ({ what }) => {
      if (what !== 'participants') return undefined;
      service.before = undefined;
      return new Promise<void>((resolve) => (finish = resolve));
    };
    await clock.advance(30_000);
    service.fail('hold', answerOf(503, 0));
    const held = standing(call.hold(customer));
    await clock.advance(0);
    finish();
    service.before = ({ what }) => {
      if (what === 'participants') service.people = [person(customer, true)];
    };
    await clock.advance(0);
    expect(held()).toBe('done');
  });

  it('is whom it is to ring, when it finds nobody of that name; a call that is over is over', async () => {
    const { call, service } = await connected();
    service.fail('add', answerOf(404, 8522));
    await expect(call.add({ target: agent })).rejects.toMatchObject({ code: 'call/unreachable', retryable: true });
    service.fail('add', answerOf(404, 8522));
    service.fail('read', answerOf(404, 8522));
    await expect(call.add({ target: agent })).rejects.toMatchObject({ code: 'call/gone' });
    expect(call.end).toBeDefined();
  });
});
