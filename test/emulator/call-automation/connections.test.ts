import { parseCallAutomationEvent } from '@azure/communication-call-automation';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { account, AutomationBench, customer, expert, ra, refusal, service } from './automation-bench';

let bench: AutomationBench;
beforeEach(async () => {
  bench = await AutomationBench.start();
});
afterEach(() => bench.close());

const phone = (phoneNumber: string) => ({ phoneNumber });
const gone = '404 8522';

describe('a call that a server makes', () => {
  test('connects, with events in the form of the service', async () => {
    const { id, connection, event } = await bench.created('my context');
    const { event: envelope, data } = await event('CallConnected');
    const source = `calling/callConnections/${id}`;
    expect(envelope).toMatchObject({
      specversion: '1.0',
      datacontenttype: 'application/json',
      source,
      subject: source,
    });
    expect(envelope.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}\+00:00$/);
    expect(data).toMatchObject({
      callConnectionId: id,
      version: '2025-06-15',
      publicEventType: 'Microsoft.Communication.CallConnected',
      operationContext: 'my context',
      resultInformation: { code: 200, subCode: 0 },
    });
    const updated = await event('ParticipantsUpdated');
    expect(updated.data).toMatchObject({
      sequenceNumber: 1,
      participants: [
        {
          identifier: { rawId: `4:${customer}`, kind: 'phoneNumber', phoneNumber: { value: customer } },
          isMuted: false,
          isOnHold: false,
        },
      ],
    });
    expect(await connection.getCallConnectionProperties()).toMatchObject({
      callConnectionId: id,
      serverCallId: data.serverCallId,
      correlationId: data.correlationId,
      callConnectionState: 'connected',
      targetParticipants: [{ phoneNumber: customer }],
      source: { teamsAppId: ra },
    });
    expect(parseCallAutomationEvent(updated.event)).toMatchObject({
      kind: 'ParticipantsUpdated',
      participants: [{ identifier: { phoneNumber: customer } }],
    });
  });

  test('fails with the end that the network names', async () => {
    bench.core.phones.set(customer, { reaction: 'busy' });
    const { callConnection } = await bench.client.createCall({ targetParticipant: phone(customer) }, bench.callback, {
      teamsAppSource: { teamsAppId: ra },
    });
    const { data } = await bench.server.event('CreateCallFailed');
    expect(data.resultInformation).toMatchObject({ code: 486, subCode: 560486 });
    expect(await refusal(callConnection.getCallConnectionProperties())).toBe(gone);
    expect(bench.server.types()).toEqual(['CreateCallFailed']);
  });

  test('of a resource account takes no caller id', async () => {
    const source = { teamsAppSource: { teamsAppId: ra } };
    const target = { targetParticipant: phone(customer), sourceCallIdNumber: phone(service) };
    expect(await refusal(bench.client.createCall(target, bench.callback, source))).toBe('400 8523');
    const named = { targetParticipant: phone(customer), sourceDisplayName: 'Contoso' };
    expect(await refusal(bench.client.createCall(named, bench.callback, source))).toBe('400 8523');
    expect(bench.core.calls.list()).toEqual([]);
  });

  test('is refused when its events would leave this machine', async () => {
    const request = bench.client.createCall({ targetParticipant: phone(customer) }, 'https://contoso.example/events');
    await expect(request).rejects.toMatchObject({
      statusCode: 400,
      code: '8523',
      message: expect.stringContaining('on this machine'),
    });
  });

  test('rings several at once in a group call', async () => {
    const { callConnection } = await bench.client.createGroupCall([phone(customer), phone(expert)], bench.callback, {
      teamsAppSource: { teamsAppId: ra },
    });
    await bench.server.event(
      'ParticipantsUpdated',
      ({ data }) => JSON.stringify(data).includes(expert) && JSON.stringify(data).includes(customer),
    );
    expect((await callConnection.listParticipants()).values).toHaveLength(2);
  });

  test('is made once, however often the same request arrives', async () => {
    bench.core.faults.requests.add({ operation: 'CreateCall', when: 'after', answer: { status: 503 } });
    await bench.created();
    expect(bench.core.calls.list()).toHaveLength(1);
    expect(
      bench.core.log().filter((entry) => entry.kind === 'request' && entry.operation === 'CreateCall'),
    ).toHaveLength(2);
  });
});

describe('a call that comes in', () => {
  test('is announced by Event Grid, answered and connected', async () => {
    const { data } = await bench.rings();
    expect(data).toMatchObject({
      to: { kind: 'unknown', rawId: account },
      from: { kind: 'phoneNumber', rawId: `4:${customer}` },
      callerDisplayName: 'Cleo',
    });
    const { callConnection, callConnectionProperties } = await bench.client.answerCall(
      String(data.incomingCallContext),
      bench.callback,
      { operationContext: 'answering' },
    );
    expect(callConnectionProperties).toMatchObject({
      callConnectionState: 'connecting',
      serverCallId: data.serverCallId,
      correlationId: data.correlationId,
      source: { phoneNumber: customer },
      answeredFor: { phoneNumber: service },
    });
    expect((await bench.server.event('CallConnected')).data).toMatchObject({ operationContext: 'answering' });
    expect(await callConnection.getParticipant(phone(customer))).toMatchObject({
      identifier: { phoneNumber: customer },
      isMuted: false,
      isOnHold: false,
    });
    expect(await refusal(callConnection.getParticipant(phone(expert)))).toBe(gone);
  });

  test('can be answered once, and only with a context that is one', async () => {
    const { data } = await bench.rings();
    const context = String(data.incomingCallContext);
    expect(await refusal(bench.client.answerCall('nonsense', bench.callback))).toBe('400 8523');
    await bench.client.answerCall(context, bench.callback);
    expect(await refusal(bench.client.answerCall(context, bench.callback))).toBe(gone);
  });

  test('cannot be answered any more after 30 s', async () => {
    const { data } = await bench.rings();
    bench.core.faults.moveClock(30_000);
    expect(await refusal(bench.client.answerCall(String(data.incomingCallContext), bench.callback))).toBe(gone);
    expect(bench.phone(customer).state$.value.status).toBe('ended');
  });

  test.each(['none', 'busy', 'forbidden'])('is rejected with the reason %s', async (callRejectReason) => {
    const { data } = await bench.rings();
    await bench.client.rejectCall(String(data.incomingCallContext), { callRejectReason });
    expect(bench.phone(customer).state$.value.status).toBe('ended');
    expect(bench.core.calls.list()).toEqual([]);
  });

  test('is redirected to a phone', async () => {
    const { data } = await bench.rings();
    await bench.client.redirectCall(String(data.incomingCallContext), { targetParticipant: phone(expert) });
    await expect.poll(() => bench.phone(customer).state$.value.status).toBe('connected');
    expect(bench.phone(expert).state$.value.status).toBe('connected');
  });
});

describe('who is in a call', () => {
  test('is rung with a time-out and told of by an event', async () => {
    const { connection, event } = await bench.answered();
    const added = await connection.addParticipant(
      { targetParticipant: phone(expert) },
      { operationContext: 'adding', invitationTimeoutInSeconds: 5 },
    );
    expect(added).toMatchObject({ operationContext: 'adding', participant: { identifier: { phoneNumber: expert } } });
    const { event: succeeded, data } = await event('AddParticipantSucceeded');
    expect(data).toMatchObject({ operationContext: 'adding', participant: { rawId: `4:${expert}` } });
    expect(parseCallAutomationEvent(succeeded)).toMatchObject({ participant: { phoneNumber: expert } });
    expect((await connection.listParticipants()).values).toHaveLength(2);
    expect(await refusal(connection.addParticipant({ targetParticipant: phone(expert) }))).toBe('409 8519');
  });

  test('is not in the call when nobody answers', async () => {
    bench.core.phones.set(expert, { reaction: 'no-answer' });
    const { connection, event } = await bench.answered();
    await connection.addParticipant({ targetParticipant: phone(expert) }, { invitationTimeoutInSeconds: 1 });
    const { data } = await event('AddParticipantFailed');
    expect(data).toMatchObject({
      participant: { rawId: `4:${expert}` },
      resultInformation: { code: 408, subCode: 560408 },
    });
  });

  test('is told of at another address when the request names one', async () => {
    const { connection, event } = await bench.answered();
    const other = `${bench.server.origin}/other`;
    await connection.addParticipant({ targetParticipant: phone(expert) }, { operationCallbackUrl: other });
    expect((await event('AddParticipantSucceeded')).path).toBe('/other');
    expect(bench.server.types('/other')).toEqual(['AddParticipantSucceeded']);
    const away = { operationCallbackUrl: 'http://10.0.0.1/' };
    expect(await refusal(connection.removeParticipant(phone(expert), away))).toBe('400 8523');
  });

  test('takes no caller id in a call of a resource account', async () => {
    const { connection } = await bench.answered();
    const target = { targetParticipant: phone(expert), sourceCallIdNumber: phone(service) };
    expect(await refusal(connection.addParticipant(target))).toBe('400 8523');
  });

  test('carries a custom context, within its limits', async () => {
    const { connection } = await bench.answered();
    const long = [{ kind: 'voip', key: 'k'.repeat(65), value: 'v' }] as const;
    const target = { targetParticipant: phone(expert), customCallingContext: [...long] };
    expect(await refusal(connection.addParticipant(target))).toBe('400 8523');
  });

  test('is not rung any more when the invitation is cancelled', async () => {
    bench.core.phones.set(expert, { reaction: 'no-answer' });
    const { connection, event } = await bench.answered();
    const { invitationId = '' } = await connection.addParticipant({ targetParticipant: phone(expert) });
    const result = await connection.cancelAddParticipantOperation(invitationId, { operationContext: 'never mind' });
    expect(result).toMatchObject({ invitationId, operationContext: 'never mind' });
    const { data } = await event('CancelAddParticipantSucceeded');
    expect(data).toMatchObject({ invitationId, resultInformation: { code: 487, subCode: 5234 } });
    await connection.cancelAddParticipantOperation(invitationId);
    await event('CancelAddParticipantFailed');
    expect(bench.server.types()).not.toContain('AddParticipantFailed');
  });

  test('is removed, and whoever is not there cannot be', async () => {
    const { connection, event } = await bench.answered();
    await connection.addParticipant({ targetParticipant: phone(expert) });
    await event('AddParticipantSucceeded');
    await connection.removeParticipant(phone(expert), { operationContext: 'removing' });
    expect((await event('RemoveParticipantSucceeded')).data).toMatchObject({
      operationContext: 'removing',
      participant: { rawId: `4:${expert}` },
    });
    await connection.removeParticipant(phone(expert));
    await event('RemoveParticipantFailed');
    expect((await connection.listParticipants()).values).toHaveLength(1);
  });

  test('is not muted by a server when it is a phone', async () => {
    const { connection } = await bench.answered();
    expect(await refusal(connection.muteParticipant(phone(customer)))).toBe('405 8520');
  });

  test('cannot be changed before the call is connected', async () => {
    bench.core.phones.set(customer, { reaction: 'no-answer' });
    const { callConnection } = await bench.client.createCall({ targetParticipant: phone(customer) }, bench.callback);
    expect(await refusal(callConnection.addParticipant({ targetParticipant: phone(expert) }))).toBe('400 8501');
    await callConnection.hangUp(true);
    await bench.server.event('CallDisconnected');
    expect(bench.phone(customer).state$.value.status).toBe('ended');
  });

  test('comes in pages that lead to each other', async () => {
    const { connection, event } = await bench.answered();
    const numbers = Array.from({ length: 60 }, (_, index) => `+49180${100 + index}`);
    for (const number of numbers) {
      bench.core.phones.set(number, { afterMs: 1, speaks: false });
      await connection.addParticipant({ targetParticipant: phone(number) });
    }
    for (const number of numbers)
      await event('AddParticipantSucceeded', ({ data }) => JSON.stringify(data.participant).includes(number));
    expect((await connection.listParticipants()).values).toHaveLength(61);
  });
});

describe('a call ends', () => {
  test('for everyone', async () => {
    const { connection, event } = await bench.answered();
    await connection.hangUp(true);
    expect((await event('CallDisconnected')).data.resultInformation).toMatchObject({ code: 200, subCode: 7000 });
    expect(bench.phone(customer).state$.value.status).toBe('ended');
    expect(await refusal(connection.hangUp(true))).toBe(gone);
    await expect(connection.getCallConnectionProperties()).rejects.toMatchObject({ message: 'Call not found.' });
  });

  test('for the server alone, and the others go on', async () => {
    const { connection, event } = await bench.answered();
    await connection.addParticipant({ targetParticipant: phone(expert) });
    await event('AddParticipantSucceeded');
    await connection.hangUp(false);
    await event('CallDisconnected');
    expect(bench.phone(customer).state$.value.status).toBe('connected');
  });

  test('when the customer hangs up', async () => {
    const { event } = await bench.answered();
    bench.phone(customer).hangUp();
    expect((await event('CallDisconnected')).data.resultInformation).toMatchObject({ code: 200, subCode: 540000 });
  });
});
