import { describe, expect, test } from 'vitest';
import { setDesk, type Desk } from './desk';
import { FakeIncoming, ServiceError } from './fake-calling';

const context = { voipHeaders: [{ key: 'onescreen-correlation', value: 'offer-1' }] };

async function ringing(incoming: FakeIncoming): Promise<Desk> {
  const desk = setDesk('tpeAgent');
  desk.open();
  await desk.clock.advance(100);
  desk.calling.agent.ring(incoming);
  await desk.clock.advance(0);
  return desk;
}

describe('a call that rings', () => {
  test('brings our id, the ids of the service and the name of the caller, once', async () => {
    const incoming = new FakeIncoming('call-7', context);
    const desk = await ringing(incoming);
    desk.calling.agent.ring(incoming);
    await desk.clock.advance(1_000);
    expect(desk.invites).toHaveLength(1);
    expect(desk.invites[0]).toMatchObject({ correlationId: 'offer-1', callerName: 'Customer' });
    expect(desk.invites[0]?.callIds).toEqual(['call-7', 'server-call-1']);
  });

  test('without our id waits for the id of the server, but not long', async () => {
    const incoming = new FakeIncoming('call-7');
    incoming.info.getServerCallId = () => new Promise(() => {});
    const desk = await ringing(incoming);
    expect(desk.invites).toHaveLength(0);
    await desk.clock.advance(600);
    expect(desk.invites[0]?.callIds).toEqual(['call-7']);
    expect(desk.invites[0]?.correlationId).toBeUndefined();
  });

  test('is answered muted if wanted, by one call for two clicks, as a group call', async () => {
    const incoming = new FakeIncoming('call-7', context);
    const [invite] = (await ringing(incoming)).invites;
    const calls = await Promise.all([invite!.accept({ muted: true }), invite!.accept({ muted: true })]);
    expect(calls[0]).toBe(calls[1]);
    expect(incoming.accepted).toEqual({ audioOptions: { muted: true } });
    incoming.call.to('Connected');
    expect(calls[0]?.direction).toBe('in');
    expect(calls[0]?.capabilities$.value.hold).toEqual({ supported: true, executor: 'controlPlane' });
  });

  test('is left again when this page cannot follow it, so that no microphone stays open unseen', async () => {
    const incoming = new FakeIncoming('call-7', context);
    incoming.call.network.getLatest = () => {
      throw new Error('there is no such feature');
    };
    const [invite] = (await ringing(incoming)).invites;
    await expect(invite!.accept({ muted: false })).rejects.toMatchObject({ code: 'call/unknown' });
    expect(incoming.call.did).toEqual(['hang up']);
  });

  test.each([41006, 41007])('that has just ended (%i) is gone, which is no fault', async (subCode) => {
    const incoming = new FakeIncoming('call-7', context);
    const [invite] = (await ringing(incoming)).invites;
    incoming.fails = new ServiceError(400, subCode);
    await expect(invite!.accept({ muted: false })).rejects.toMatchObject({ code: 'call/gone' });
  });

  test.each([
    [487, 0, 'cancelled'],
    [487, 10003, 'accepted-elsewhere'],
    [487, 10004, 'no-answer'],
  ])('and ends with %i/%i says %s, and cannot be answered any more', async (code, subCode, outcome) => {
    const incoming = new FakeIncoming('call-7', context);
    const [invite] = (await ringing(incoming)).invites;
    incoming.ends(code, subCode);
    await expect(invite!.ended).resolves.toMatchObject({ outcome, provider: { code, subCode } });
    await expect(invite!.accept({ muted: false })).rejects.toMatchObject({ code: 'call/gone' });
    expect([incoming.accepted, incoming.listening]).toEqual([undefined, 0]);
  });

  test('can be turned away, and never rejects for it', async () => {
    const incoming = new FakeIncoming('call-7', context);
    const [invite] = (await ringing(incoming)).invites;
    await invite!.reject();
    await invite!.reject();
    await expect(invite!.ended).resolves.toMatchObject({ outcome: 'declined' });
    expect(incoming.rejected).toBe(1);
  });

  test('is gone with the agent', async () => {
    const incoming = new FakeIncoming('call-7', context);
    const desk = await ringing(incoming);
    desk.calling.agent.connection('Disconnected', 'invalidToken');
    await desk.clock.advance(100);
    await expect(desk.invites[0]!.ended).resolves.toMatchObject({ code: 'call/gone' });
  });
});
