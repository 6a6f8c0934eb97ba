import { seededRandom, virtualClock } from 'onescreen/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CallEventFaults } from '../../../src/emulator/call-automation/call-event-faults';
import { account, AutomationBench, customer, expert, ra, refusal, service } from './automation-bench';

let bench: AutomationBench;
beforeEach(async () => {
  bench = await AutomationBench.start({ controlPort: 0 });
});
afterEach(() => bench.close());

const phone = (phoneNumber: string) => ({ phoneNumber });
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const control = async (path: string, body: unknown = {}) => {
  const response = await fetch(`${bench.emulator.controlEndpoint}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  return { status: response.status, answer };
};
const webhooks = () => bench.core.log().flatMap((entry) => (entry.kind === 'webhook' ? [entry] : []));

describe('events of calls', () => {
  test('are tried again until the server takes them', async () => {
    bench.server.statuses.push(503, 500);
    const { event } = await bench.created();
    await event('ParticipantsUpdated');
    await expect.poll(() => webhooks().map(({ outcome }) => outcome)).toEqual(expect.arrayContaining([500, 503, 200]));
  });

  test('are not tried again when the server refuses them', async () => {
    bench.server.statuses.push(404, 404);
    await bench.created();
    await wait(700);
    expect(bench.server.types().filter((type) => type === 'CallConnected')).toHaveLength(1);
  });

  test('to a server that is away hold up no call', async () => {
    const { callConnection } = await bench.client.createCall(
      { targetParticipant: phone(customer) },
      'http://127.0.0.1:9/',
    );
    await expect
      .poll(async () => (await callConnection.getCallConnectionProperties()).callConnectionState)
      .toBe('connected');
    expect(webhooks()).toMatchObject([{ host: '127.0.0.1:9', outcome: 'unreachable' }, {}]);
  });

  test('are lost, doubled, delayed and overtaken by faults, and come as ever afterwards', async () => {
    const { callEvents } = bench.core.faults;
    callEvents.add({ fault: 'lose', type: 'ParticipantsUpdated' });
    callEvents.add({ fault: 'double', type: 'CallConnected' });
    const { connection, event } = await bench.created();
    await expect.poll(() => bench.server.types()).toEqual(['CallConnected', 'CallConnected']);
    expect(new Set(bench.server.events.map(({ id }) => id)).size).toBe(1);
    callEvents.add({ fault: { delayMs: 200 }, type: 'AddParticipantSucceeded' });
    await connection.addParticipant({ targetParticipant: phone(expert) });
    await event('ParticipantsUpdated');
    expect(bench.server.types()).not.toContain('AddParticipantSucceeded');
    await event('AddParticipantSucceeded');
    callEvents.add({ fault: 'reorder', share: 1 });
    callEvents.clear();
    expect(callEvents.rules()).toEqual([]);
    await connection.hangUp(true);
    await event('CallDisconnected');
  });

  test('are lost by share over the control surface', async () => {
    expect((await control('/faults/call-events', { fault: 'lose', share: 1 })).status).toBe(200);
    expect((await control('/faults/call-events', { fault: 'eat' })).status).toBe(400);
    expect(bench.core.faults.callEvents.rules()).toMatchObject([{ fault: 'lose', share: 1 }]);
    await bench.client.createCall({ targetParticipant: phone(customer) }, bench.callback);
    await wait(100);
    expect(bench.server.events).toEqual([]);
    await control('/faults/clear');
    expect(bench.core.faults.callEvents.rules()).toEqual([]);
  });

  test('overtake each other in the same way for the same seed, in another for another', async () => {
    const sent = Array.from({ length: 12 }, (_, index) => index);
    const received = async (seed: string) => {
      const clock = virtualClock();
      const faults = new CallEventFaults(clock, seededRandom(seed));
      faults.add({ fault: 'reorder', share: 0.7 });
      const order: number[] = [];
      for (const one of sent) faults.pass('ParticipantsUpdated', () => order.push(one));
      await clock.advance(500);
      return order;
    };
    const once = await received('call events');
    expect(await received('call events')).toEqual(once);
    expect(once).not.toEqual(sent);
    expect(await received('other events')).not.toEqual(once);
    expect([...once].sort((a, b) => a - b)).toEqual(sent);
  });

  test('that overtake each other all come', async () => {
    bench.core.faults.callEvents.add({ fault: 'reorder', share: 1 });
    const { connection, event } = await bench.created();
    await connection.addParticipant({ targetParticipant: phone(expert) });
    await event('AddParticipantSucceeded');
    await event('ParticipantsUpdated', ({ data }) => data.sequenceNumber === 2);
  });
});

describe('requests', () => {
  test('fail on demand with what the service would say', async () => {
    const { connection } = await bench.created();
    const answer = { status: 403, code: '10105', message: 'NoPermission' };
    bench.core.faults.requests.add({ operation: 'CallConnection_AddParticipant', answer });
    expect(await refusal(connection.addParticipant({ targetParticipant: phone(expert) }))).toBe('403 10105');
    await connection.addParticipant({ targetParticipant: phone(expert) });
    await bench.server.event('AddParticipantSucceeded');
  });

  test('to a resource account that nobody answers for end in 403/10105', async () => {
    await bench.client.createCall({ targetParticipant: { teamsAppId: 'b'.repeat(8) } }, bench.callback);
    expect((await bench.server.event('CreateCallFailed')).data.resultInformation).toMatchObject({
      code: 403,
      subCode: 10105,
    });
  });
});

describe('Event Grid', () => {
  const events = () => `${bench.server.origin}/events`;

  test('validates an endpoint before it tells anything', async () => {
    await bench.core.eventGrid.subscribe({ endpoint: events(), headers: { 'x-secret': 'of mine' } });
    expect(bench.server.requests[0]).toMatchObject({
      method: 'POST',
      headers: { 'aeg-event-type': 'SubscriptionValidation', 'x-secret': 'of mine' },
    });
    bench.server.agrees = false;
    await expect(bench.core.eventGrid.subscribe({ endpoint: events() })).rejects.toMatchObject({
      code: 'command/invalid',
    });
    await expect(bench.core.eventGrid.subscribe({ endpoint: events(), schema: 'cloudEvents' })).rejects.toThrow(
      'handshake',
    );
    await expect(bench.core.eventGrid.subscribe({ endpoint: 'https://contoso.example' })).rejects.toThrow(
      'this machine',
    );
    expect(bench.core.eventGrid.list()).toMatchObject([{ endpoint: events(), schema: 'eventGrid' }]);
  });

  test('speaks CloudEvents to whoever asks for that', async () => {
    await bench.core.eventGrid.subscribe({ endpoint: events(), schema: 'cloudEvents' });
    expect(bench.server.requests[0]).toMatchObject({ method: 'OPTIONS' });
    bench.core.phones.callFrom(customer, { to: service });
    const { event } = await bench.server.event('IncomingCall');
    expect(event).toMatchObject({ specversion: '1.0', type: 'Microsoft.Communication.IncomingCall' });
  });

  test('tells only of calls to whom was asked for, with their context', async () => {
    const endpoint = events();
    await bench.core.eventGrid.subscribe({ endpoint, to: '28:orgid:somebody-else' });
    const call = bench.core.phones.callFrom(customer, { to: service });
    expect(call.state$.value).toMatchObject({ status: 'ended', end: { code: 403, subCode: 10105 } });
    await bench.core.eventGrid.subscribe({ endpoint, to: account });
    const context = {
      voipHeaders: [{ key: 'order', value: '42' }],
      sipHeaders: [{ key: 'X-MS-Custom-a', value: 'b' }],
    };
    bench.core.phones.callFrom(customer, { to: service, context });
    const { data, event } = await bench.server.event('IncomingCall');
    expect(data).toMatchObject({
      customContext: { voipHeaders: { order: '42' }, sipHeaders: { 'X-MS-Custom-a': 'b' } },
    });
    expect(event).toMatchObject({ eventType: 'Microsoft.Communication.IncomingCall', dataVersion: '1.0' });
    expect(bench.server.events).toHaveLength(1);
  });

  test('tries twice and no more', async () => {
    await bench.core.eventGrid.subscribe({ endpoint: events() });
    bench.server.statuses.push(500, 500);
    bench.core.phones.callFrom(customer, { to: service });
    await expect
      .poll(() => webhooks().map(({ outcome }) => outcome), { timeout: 3_000 })
      .toEqual([500, 500, 'given-up']);
    expect(bench.server.events).toEqual([]);
  });

  test('leaves calls to a server in the same process', async () => {
    const heard: string[] = [];
    await bench.core.eventGrid.subscribe({ endpoint: events() });
    bench.core.calls.listen(ra, (incoming) => heard.push(incoming.to));
    bench.core.phones.callFrom(customer, { to: service });
    await wait(50);
    expect([heard, bench.server.events]).toEqual([[account], []]);
  });

  test('is subscribed to and left over the control surface', async () => {
    const { answer, status } = await control('/event-grid/subscribe', { endpoint: events(), to: account });
    expect([status, answer]).toEqual([200, { id: expect.any(String), endpoint: events() }]);
    expect(bench.core.eventGrid.list()).toHaveLength(1);
    expect((await control('/event-grid/unsubscribe', answer)).status).toBe(200);
    expect((await control('/event-grid/unsubscribe', answer)).status).toBe(404);
    expect((await control('/event-grid/subscribe', { endpoint: 'https://contoso.example' })).status).toBe(400);
    expect(bench.core.eventGrid.list()).toEqual([]);
  });
});
