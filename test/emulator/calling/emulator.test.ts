import type { IncomingCall } from '@azure/communication-calling';
import type { ServerCall } from 'onescreen/emulator';
import { AzureCommunicationTokenCredential } from '@azure/communication-common';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawIdOf } from '../../../src/emulator/calling/identifiers';
import { statesOf } from './calling-page';
import { EmulatorBench } from './emulator-bench';

describe('with the emulator behind it', () => {
  let bench: EmulatorBench;

  beforeEach(() => {
    bench = new EmulatorBench();
  });

  afterEach(() => {
    expect(bench.media.misuse).toEqual([]);
  });

  async function pair() {
    const anna = await bench.agent();
    const ben = await bench.agent();
    const incoming = new Promise<IncomingCall>((resolve) => {
      ben.agent.on('incomingCall', ({ incomingCall }) => resolve(incomingCall));
    });
    const call = anna.agent.startCall([{ communicationUserId: ben.user }], {
      customContext: { voipHeaders: [{ key: 'onescreen-correlation', value: 'offer-1' }] },
    });
    const states = statesOf(call);
    await bench.clock.advance(100);
    const incomingCall = await incoming;
    return { anna, ben, call, states, incomingCall };
  }

  it('one page calls another, which accepts; both are connected with media until one hangs up', async () => {
    const { anna, ben, call, states, incomingCall } = await pair();
    expect(incomingCall.customContext?.voipHeaders).toEqual([{ key: 'onescreen-correlation', value: 'offer-1' }]);
    const accepted = await anna.page.soon(incomingCall.accept());
    await bench.clock.advance(100);
    expect([call.state, accepted.state, bench.media.size]).toEqual(['Connected', 'Connected', 2]);
    expect(call.remoteParticipants.map(({ identifier }) => identifier)).toMatchObject([
      { communicationUserId: ben.user },
    ]);
    await anna.page.soon(call.hangUp(), 100);
    expect(states).toEqual(['None', 'Connecting', 'Ringing', 'Connected', 'Disconnecting', 'Disconnected']);
    expect([accepted.state, accepted.callEndReason?.code]).toEqual(['Disconnected', 0]);
    expect([bench.media.size, anna.page.peers.live, ben.page.peers.live]).toEqual([0, 0, 0]);
  });

  it('a caller who gives up stops the ring on the other side', async () => {
    const { anna, call, incomingCall } = await pair();
    await anna.page.soon(call.hangUp(), 100);
    expect(incomingCall.callEndReason).toMatchObject({ code: 487, subCode: 0 });
    await expect(incomingCall.accept()).rejects.toMatchObject({ code: 400, subCode: 41006 });
    expect([bench.media.size, bench.core.calls.list().length]).toEqual([0, 0]);
  });

  it('hold of one side is remote hold of the other, and resume ends both', async () => {
    const { anna, call, incomingCall } = await pair();
    const accepted = await anna.page.soon(incomingCall.accept());
    await bench.clock.advance(100);
    await anna.page.soon(call.hold(), 100);
    expect([call.state, accepted.state]).toEqual(['LocalHold', 'RemoteHold']);
    await anna.page.soon(call.resume(), 100);
    expect([call.state, accepted.state]).toEqual(['Connected', 'Connected']);
  });

  /** Two pages that talk, and a third one. */
  async function talking() {
    const { anna, ben, call, incomingCall } = await pair();
    const accepted = await anna.page.soon(incomingCall.accept());
    await bench.clock.advance(100);
    const carl = await bench.agent();
    const rings: IncomingCall[] = [];
    carl.agent.on('incomingCall', ({ incomingCall: ring }) => rings.push(ring));
    const transfer = () =>
      call.feature(anna.page.sdk.Features.Transfer).transfer({ targetParticipant: { communicationUserId: carl.user } });
    return { anna, ben, carl, call, accepted, rings, transfer };
  }

  it('a transfer puts the other side together with a third page, without a new call object or new media there', async () => {
    const { anna, ben, carl, call, accepted, rings, transfer } = await talking();
    const given = transfer();
    const states = statesOf(given);
    const before = accepted.id;
    const renamed: string[] = [];
    accepted.on('idChanged', () => renamed.push(accepted.id));
    const peers = ben.page.peers.all.length;
    await bench.clock.advance(100);
    expect([states, call.state, accepted.state]).toEqual([['None', 'Transferring'], 'Connected', 'Connected']);
    expect(rings[0]?.callerInfo.identifier).toMatchObject({ communicationUserId: ben.user });
    const third = await carl.page.soon(rings[0]!.accept(), 100);
    expect([states, given.error]).toEqual([['None', 'Transferring', 'Transferred'], undefined]);
    expect([call.state, call.callEndReason]).toMatchObject(['Disconnected', { code: 0, subCode: 7015 }]);
    expect([renamed, renamed.includes(before)]).toEqual([[accepted.id], false]);
    expect([accepted.state, third.state, ben.agent.calls]).toEqual(['Connected', 'Connected', [accepted]]);
    expect(accepted.remoteParticipants.map(({ identifier }) => identifier)).toMatchObject([
      { communicationUserId: carl.user },
    ]);
    expect([ben.page.peers.all.length, bench.media.size, anna.page.peers.live]).toEqual([peers, 2, 0]);
    await carl.page.soon(accepted.mute(), 100);
    expect(third.remoteParticipants[0]?.isMuted).toBe(true);
    await carl.page.soon(accepted.hangUp(), 100);
    expect([third.state, bench.media.size]).toEqual(['Disconnected', 0]);
  });

  it('a transfer that is declined fails with the code, and the two go on', async () => {
    const { carl, call, accepted, rings, transfer } = await talking();
    const given = transfer();
    await bench.clock.advance(100);
    await carl.page.soon(rings[0]!.reject(), 100);
    expect([given.state, given.error]).toMatchObject(['Failed', { code: 603, subCode: 0 }]);
    expect([call.state, accepted.state, bench.media.size]).toEqual(['Connected', 'Connected', 2]);
    const again = transfer();
    await bench.clock.advance(100);
    await carl.page.soon(rings[1]!.accept(), 100);
    expect(again.state).toBe('Transferred');
  });

  it('a transfer that nobody answers fails after 60 seconds', async () => {
    const { call, transfer } = await talking();
    const given = transfer();
    await bench.clock.advance(59_900);
    expect(given.state).toBe('Transferring');
    await bench.clock.advance(200);
    expect([given.state, given.error, call.state]).toMatchObject([
      'Failed',
      { code: 487, subCode: 10004 },
      'Connected',
    ]);
  });

  it('who hangs up while the transfer rings ends it', async () => {
    const { anna, call, accepted, rings, transfer } = await talking();
    const given = transfer();
    await bench.clock.advance(100);
    await anna.page.soon(call.hangUp(), 100);
    expect([given.state, accepted.state, rings[0]?.callEndReason?.code]).toEqual(['Failed', 'Disconnected', 487]);
    expect(bench.core.calls.list()).toEqual([]);
  });

  it('a group call cannot be transferred by a page, but others in it can be muted', async () => {
    const { anna, carl, call, accepted, rings, transfer } = await talking();
    call.addParticipant({ communicationUserId: carl.user });
    await bench.clock.advance(100);
    const third = await carl.page.soon(rings[0]!.accept(), 100);
    const given = transfer();
    await bench.clock.advance(100);
    expect([given.state, call.state]).toEqual(['Failed', 'Connected']);
    let struck = 0;
    third.on('mutedByOthers', () => (struck += 1));
    const other = call.remoteParticipants.find(({ identifier }) => rawIdOf(identifier) === carl.user);
    await anna.page.soon(other!.mute(), 100);
    expect([struck, third.isMuted, other?.isMuted, accepted.isMuted]).toEqual([1, true, true, false]);
    await carl.page.soon(third.unmute(), 100);
    await anna.page.soon(call.muteAllRemoteParticipants(), 100);
    expect([third.isMuted, accepted.isMuted, call.isMuted, struck]).toEqual([true, true, false, 2]);
  });

  it('a server moves a page to another call; its call object and its media go on under another id', async () => {
    const ra = '0e1f2a3b-0000-4000-8000-00000000000a';
    const anna = await bench.agent();
    const server: ServerCall[] = [];
    bench.core.calls.listen(ra, (incoming) => server.push(incoming.answer()));
    const call = anna.agent.startCall([{ teamsAppId: ra }]);
    await bench.clock.advance(100);
    const [id, serverCallId, peers] = [call.id, await call.info.getServerCallId(), anna.page.peers.all.length];
    const { done } = server[0]!.transfer({ target: '4:+491702' });
    await bench.clock.advance(3_000);
    await done;
    expect(server[0]?.end).toBeDefined();
    expect([call.state, call.id === id, (await call.info.getServerCallId()) === serverCallId]).toEqual([
      'Connected',
      false,
      false,
    ]);
    expect(call.remoteParticipants.map(({ identifier }) => rawIdOf(identifier))).toEqual(['4:+491702']);
    expect([anna.page.peers.all.length, anna.page.peers.live, bench.media.size]).toEqual([peers, 1, 1]);
    await anna.page.soon(call.hangUp(), 100);
    expect(bench.core.calls.list()).toEqual([]);
  });

  it('tells of an emergency call', async () => {
    const anna = await bench.agent();
    const call = anna.agent.startCall([{ phoneNumber: '112' }]);
    const other = anna.agent.startCall([{ phoneNumber: '+491702' }]);
    await bench.clock.advance(100);
    expect([isEmergency(call), isEmergency(other)]).toEqual([true, false]);
  });

  it('a page whose connection breaks comes back to its call', async () => {
    const { anna, call, incomingCall } = await pair();
    const accepted = await anna.page.soon(incomingCall.accept());
    await bench.clock.advance(100);
    bench.drop(anna.page);
    expect(anna.agent.connectionState).toBe('Disconnected');
    await bench.clock.advance(10_000);
    expect([anna.agent.connectionState, call.state, accepted.state]).toEqual(['Connected', 'Connected', 'Connected']);
    await anna.page.soon(call.hangUp(), 100);
    expect([accepted.state, bench.media.size]).toEqual(['Disconnected', 0]);
  });

  it('a user with no endpoint is not reached', async () => {
    const anna = await bench.agent();
    const call = anna.agent.startCall([{ communicationUserId: bench.core.createUser() }]);
    await bench.clock.advance(1000);
    expect([call.state, call.callEndReason]).toMatchObject(['Disconnected', { code: 480, subCode: 10037 }]);
    expect([bench.media.size, anna.page.peers.live]).toEqual([0, 0]);
  });

  it('a token of the wrong kind is refused with the official code', async () => {
    const page = (await bench.agent()).page;
    const { token } = bench.core.issueToken(bench.core.createUser(), { scopes: ['voip'] });
    const refused = page.client().createTeamsCallAgent(new AzureCommunicationTokenCredential(token));
    await expect(page.soon(refused)).rejects.toMatchObject({
      name: 'CallingCommunicationError',
      code: 403,
      subCode: 40231,
    });
  });
});

/** Official only on the calls of Teams agents. */
function isEmergency(call: object): boolean {
  return 'isEmergencyCall' in call && call.isEmergencyCall === true;
}
