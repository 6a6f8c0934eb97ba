import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AutomationBench, customer, expert, ra, refusal } from './automation-bench';

let bench: AutomationBench;
beforeEach(async () => {
  bench = await AutomationBench.start();
});
afterEach(() => bench.close());

const phone = (phoneNumber: string) => ({ phoneNumber });

describe('a transfer', () => {
  test('gives the customer to a phone, and the server is out', async () => {
    const { connection, event } = await bench.answered();
    const taken = await connection.transferCallToParticipant(phone(expert), { operationContext: 'over to you' });
    expect(taken).toMatchObject({ operationContext: 'over to you' });
    expect((await event('CallTransferAccepted')).data).toMatchObject({
      operationContext: 'over to you',
      transferTarget: { rawId: `4:${expert}` },
      transferee: { rawId: `4:${customer}` },
    });
    await event('CallDisconnected');
    expect(bench.phone(customer).state$.value.status).toBe('connected');
    expect(bench.phone(expert).state$.value.status).toBe('connected');
  });

  test('that is declined leaves all as it was', async () => {
    bench.core.phones.set(expert, { reaction: 'decline', afterMs: 10 });
    const { connection, event } = await bench.answered();
    await connection.transferCallToParticipant(phone(expert));
    expect((await event('CallTransferFailed')).data.resultInformation).toMatchObject({ code: 603, subCode: 560603 });
    expect((await connection.listParticipants()).values).toHaveLength(1);
  });

  test('in a group needs to know whom, and takes no caller id', async () => {
    const { connection, event } = await bench.answered();
    await connection.addParticipant({ targetParticipant: phone(expert) });
    await event('AddParticipantSucceeded');
    const third = phone('+491703');
    bench.core.phones.set('+491703', { afterMs: 10, speaks: false });
    expect(await refusal(connection.transferCallToParticipant(third))).toBe('400 8501');
    const named = { transferee: phone(customer), sourceCallIdNumber: phone('+4930111') };
    expect(await refusal(connection.transferCallToParticipant(third, named))).toBe('400 8523');
    await connection.transferCallToParticipant(third, { transferee: phone(customer) });
    await event('CallTransferAccepted');
    expect((await connection.listParticipants()).values).toMatchObject([{ identifier: { phoneNumber: expert } }]);
  });
});

describe('moving participants', () => {
  test('takes them over from another call of the server', async () => {
    const { connection, event } = await bench.answered();
    const { callConnection, callConnectionProperties } = await bench.client.createCall(
      { targetParticipant: phone(expert) },
      bench.callback,
      { teamsAppSource: { teamsAppId: ra } },
    );
    const other = callConnectionProperties.callConnectionId ?? '';
    await bench.server.event('CallConnected', ({ data }) => data.callConnectionId === other);
    const moved = await connection.moveParticipants([phone(expert)], other, { operationContext: 'moving' });
    expect(moved).toMatchObject({
      operationContext: 'moving',
      participants: [{ identifier: { phoneNumber: expert } }],
    });
    expect((await event('MoveParticipantSucceeded')).data).toMatchObject({
      operationContext: 'moving',
      participant: { rawId: `4:${expert}` },
      fromCall: other,
    });
    expect((await connection.listParticipants()).values).toHaveLength(2);
    await expect.poll(() => refusal(callConnection.getCallConnectionProperties())).toBe('404 8522');
  });

  test('fails for one who is not there, and for a call that is none', async () => {
    const { id, connection, event } = await bench.answered();
    expect(await refusal(connection.moveParticipants([phone(expert)], 'nonsense'))).toBe('404 8522');
    await connection.moveParticipants([phone(expert)], id);
    await event('MoveParticipantFailed');
  });
});

describe('a second server', () => {
  test('connects with a call that goes on', async () => {
    const first = await bench.answered();
    const { serverCallId = '' } = await first.connection.getCallConnectionProperties();
    const locator = { kind: 'serverCallLocator', id: serverCallId } as const;
    const { callConnection, callConnectionProperties } = await bench.client.connectCall(
      locator,
      `${bench.server.origin}/second`,
    );
    const { data } = await bench.server.event('CallConnected', ({ path }) => path === '/second');
    expect(data).toMatchObject({ callConnectionId: callConnectionProperties.callConnectionId, serverCallId });
    expect((await callConnection.listParticipants()).values).toMatchObject([{ identifier: { phoneNumber: customer } }]);
    expect(await refusal(bench.client.connectCall({ ...locator, id: 'x' }, bench.callback))).toBe('404 8522');
  });
});

describe('a recording', () => {
  test('is started, paused, resumed and stopped, each told by an event', async () => {
    const { id, event } = await bench.answered();
    const recording = bench.client.getCallRecording();
    const started = await recording.start({
      callConnectionId: id,
      recordingStateCallbackEndpointUrl: `${bench.server.origin}/recordings`,
    });
    const { recordingId } = started;
    expect(started).toMatchObject({ recordingState: 'active', recordingKind: 'azureCommunicationServices' });
    expect(JSON.parse(Buffer.from(recordingId, 'base64').toString())).toHaveProperty('recordingId');
    const told = await event('RecordingStateChanged');
    expect(told).toMatchObject({
      path: '/recordings',
      data: { recordingId, state: 'active', recordingKind: 'azureCommunicationServices' },
      event: { source: `calling/recordings/${recordingId}/RecordingStateChanged` },
    });
    await recording.pause(recordingId);
    expect(await recording.getState(recordingId)).toMatchObject({ recordingState: 'inactive' });
    await event('RecordingStateChanged', ({ data }) => data.state === 'inactive');
    expect(await refusal(recording.pause(recordingId))).toBe('400 8573');
    await recording.resume(recordingId);
    expect(await recording.getState(recordingId)).toMatchObject({ recordingState: 'active' });
    await recording.stop(recordingId);
    expect(await refusal(recording.getState(recordingId))).toBe('404 8522');
    await expect.poll(() => bench.server.types('/recordings')).toHaveLength(4);
  });

  test('begins paused when asked, is one at a time, and ends with the call', async () => {
    const { connection, event } = await bench.answered();
    const { serverCallId = '' } = await connection.getCallConnectionProperties();
    const recording = bench.client.getCallRecording();
    const callLocator = { kind: 'serverCallLocator', id: serverCallId } as const;
    expect(await recording.start({ callLocator, pauseOnStart: true })).toMatchObject({ recordingState: 'inactive' });
    expect(await refusal(recording.start({ callLocator }))).toBe('400 8553');
    await connection.hangUp(true);
    await event('RecordingStateChanged', ({ data }) => data.state === 'inactive');
    expect(await refusal(recording.start({ callLocator }))).toBe('404 8522');
  });

  test('has sound alone', async () => {
    const { id } = await bench.answered();
    const request = { callConnectionId: id, recordingContent: 'audioVideo' } as const;
    expect(await refusal(bench.client.getCallRecording().start(request))).toBe('400 8523');
  });
});
