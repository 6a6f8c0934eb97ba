import type { MeetingOptions } from 'onescreen/emulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawIdOf } from '../../../src/emulator/calling/identifiers';
import { statesOf } from './calling-page';
import { EmulatorBench } from './emulator-bench';

const organizer = '8:orgid:0a0a0a0a-0000-4000-8000-000000000001';
const front = { id: 'camera:front', name: 'Front', deviceType: 'UsbCamera' } as const;

describe('meetings with the emulator behind them', () => {
  let bench: EmulatorBench;

  beforeEach(() => {
    bench = new EmulatorBench();
  });

  afterEach(() => {
    expect(bench.media.misuse).toEqual([]);
  });

  /** An organiser who is in, as a Teams user, and a guest who has asked to come in. */
  async function doorstep(options: Partial<MeetingOptions> = {}) {
    const meeting = bench.core.meetings.create({ organizer, subject: 'Roof', ...options });
    const olivia = await bench.teamsAgent(organizer);
    const gus = await bench.agent({ displayName: 'Gus' });
    const hosting = olivia.agent.join({ meetingLink: meeting.joinLink });
    await bench.clock.advance(100);
    const visit = gus.agent.join({ meetingId: meeting.meetingId, passcode: meeting.passcode ?? '' });
    const states = statesOf(visit);
    await bench.clock.advance(100);
    return { meeting, olivia, gus, hosting, visit, states };
  }

  /** Both are in. */
  async function together(options: Partial<MeetingOptions> = {}) {
    const stage = await doorstep({ lobby: 'everyone', ...options });
    await bench.clock.advance(100);
    return stage;
  }

  it('an organiser lets a guest in from the lobby; both have media until they leave', async () => {
    const { olivia, gus, hosting, visit, states } = await doorstep();
    expect([hosting.state, visit.state, visit.role, bench.media.size]).toEqual([
      'Connected',
      'InLobby',
      'Presenter',
      1,
    ]);
    const [waiting] = hosting.lobby.participants;
    expect([waiting?.displayName, waiting?.state, rawIdOf(waiting!.identifier)]).toEqual(['Gus', 'InLobby', gus.user]);
    await olivia.page.soon(hosting.lobby.admit(waiting!.identifier), 100);
    expect([states, bench.media.size]).toEqual([['None', 'Connecting', 'InLobby', 'Connected'], 2]);
    expect([hosting.lobby.participants, hosting.role, visit.info.threadId]).toEqual([
      [],
      'Organizer',
      hosting.info.threadId,
    ]);
    expect(visit.remoteParticipants.map(({ identifier, role }) => [rawIdOf(identifier), role])).toEqual([
      [organizer, 'Organizer'],
    ]);
    await gus.page.soon(visit.hangUp(), 100);
    expect([hosting.state, hosting.remoteParticipants]).toEqual(['Connected', []]);
    await olivia.page.soon(hosting.hangUp(), 100);
    expect([bench.media.size, olivia.page.peers.live, gus.page.peers.live]).toEqual([0, 0, 0]);
  });

  it('a guest who is turned away, waits too long, or has the wrong passcode is told each for what it is', async () => {
    const { meeting, olivia, gus, hosting, visit } = await doorstep({ lobbyTimeoutMs: 10_000 });
    await olivia.page.soon(hosting.lobby.reject({ communicationUserId: gus.user }), 100);
    const late = gus.agent.join({ meetingLink: meeting.joinLink });
    const wrong = gus.agent.join({ meetingId: meeting.meetingId, passcode: 'wrong' });
    const unknown = gus.agent.join({ meetingLink: 'https://teams.microsoft.com/l/meetup-join/nowhere' });
    await bench.clock.advance(11_000);
    const ends = [visit, late, wrong, unknown].map(({ state, callEndReason }) => [
      state,
      callEndReason?.code,
      callEndReason?.subCode,
    ]);
    expect(ends).toEqual([
      ['Disconnected', 0, 5854],
      ['Disconnected', 0, 5855],
      ['Disconnected', 403, 5751],
      ['Disconnected', 404, 5751],
    ]);
    expect(gus.page.peers.all).toEqual([]);
  });

  it('cameras and a screen are seen by the others; who shares next takes over', async () => {
    const { olivia, gus, hosting, visit } = await together();
    const camera = new gus.page.sdk.LocalVideoStream(front);
    await gus.page.soon(visit.startVideo(camera), 100);
    await gus.page.soon(visit.startScreenSharing(), 100);
    const [guest] = hosting.remoteParticipants;
    expect(guest?.videoStreams.map(({ mediaStreamType, isAvailable }) => [mediaStreamType, isAvailable])).toEqual([
      ['Video', true],
      ['ScreenSharing', true],
    ]);
    await olivia.page.soon(hosting.startScreenSharing(), 100);
    expect([visit.isScreenSharingOn, hosting.isScreenSharingOn, gus.page.devices.openPictures]).toEqual([
      false,
      true,
      ['front'],
    ]);
    await gus.page.soon(visit.hold(), 100);
    expect([guest?.videoStreams, guest?.state, visit.localVideoStreams]).toEqual([[], 'Hold', [camera]]);
    await gus.page.soon(visit.resume(), 100);
    await gus.page.soon(visit.stopVideo(camera), 100);
    expect([guest?.videoStreams, gus.page.devices.openPictures]).toEqual([[], []]);
  });

  it('nothing is sent before consent where the meeting wants it, and all may be after', async () => {
    const { meeting, gus, visit } = await together({ consent: true });
    const { Recording, Capabilities } = gus.page.sdk.Features;
    const recording = visit.feature(Recording);
    const capabilities = visit.feature(Capabilities);
    const told: unknown[] = [];
    capabilities.on('capabilitiesChanged', ({ newValue }) => told.push(newValue.turnVideoOn?.reason));
    bench.core.meetings.record(meeting.id, { recording: true });
    await bench.clock.advance(100);
    expect([recording.isRecordingActive, recording.isTeamsConsentRequired, visit.isMuted]).toEqual([true, true, true]);
    const camera = new gus.page.sdk.LocalVideoStream(front);
    for (const send of [() => visit.unmute(), () => visit.startVideo(camera), () => visit.startScreenSharing()]) {
      await expect(gus.page.soon(send())).rejects.toMatchObject({ code: 403, subCode: 8501 });
    }
    await gus.page.soon(recording.grantTeamsConsent(), 100);
    expect([recording.isTeamsConsentRequired, told]).toEqual([false, ['ExplicitConsentRequired', 'Capable']]);
    await gus.page.soon(visit.unmute(), 100);
    await gus.page.soon(visit.startVideo(camera), 100);
    expect([visit.isMuted, visit.isLocalVideoStarted]).toEqual([false, true]);
  });

  it('hands, the spotlight, captions and a change of role reach the other side', async () => {
    const { meeting, olivia, gus, hosting, visit } = await together();
    const { RaiseHand, Spotlight, Captions, Capabilities } = gus.page.sdk.Features;
    const [mine, theirs] = [visit.feature(RaiseHand), hosting.feature(RaiseHand)];
    const raised: string[] = [];
    theirs.on('raisedHandEvent', ({ identifier }) => raised.push(rawIdOf(identifier)));
    await gus.page.soon(mine.raiseHand(), 100);
    expect([raised, mine.getRaisedHands().length]).toEqual([[gus.user], 1]);
    await olivia.page.soon(theirs.lowerAllHands(), 100);
    expect(mine.getRaisedHands()).toEqual([]);
    const spotlight = visit.feature(Spotlight);
    await olivia.page.soon(hosting.feature(Spotlight).startSpotlight([{ communicationUserId: gus.user }]), 100);
    expect(spotlight.getSpotlightedParticipants().map(({ identifier }) => rawIdOf(identifier))).toEqual([gus.user]);
    const { captions } = visit.feature(Captions);
    await gus.page.soon(captions.startCaptions(), 100);
    expect([captions.kind, captions.isCaptionsFeatureActive]).toEqual(['TeamsCaptions', true]);
    const capabilities = visit.feature(Capabilities);
    const reasons: string[] = [];
    capabilities.on('capabilitiesChanged', ({ reason }) => reasons.push(reason));
    bench.core.meetings.setRole(meeting.id, gus.user, 'Attendee');
    await bench.clock.advance(100);
    expect([visit.role, capabilities.capabilities.shareScreen, reasons]).toEqual([
      'Attendee',
      { isPresent: false, reason: 'RoleRestricted' },
      ['RoleChanged'],
    ]);
  });

  it('a page whose signalling breaks for a while is in the same meeting after', async () => {
    const { olivia, gus, hosting, visit } = await together();
    const camera = new gus.page.sdk.LocalVideoStream(front);
    await gus.page.soon(visit.startVideo(camera), 100);
    const peers = gus.page.peers.all.length;
    bench.drop(gus.page);
    await bench.clock.advance(10_000);
    expect([gus.agent.connectionState, visit.state, visit.isLocalVideoStarted]).toEqual([
      'Connected',
      'Connected',
      true,
    ]);
    expect([gus.page.peers.all.length, hosting.remoteParticipants.length]).toEqual([peers, 1]);
    await gus.page.soon(visit.mute(), 100);
    expect(hosting.remoteParticipants[0]?.isMuted).toBe(true);
    await olivia.page.soon(hosting.hangUp({ forEveryone: true }), 100);
    expect([visit.state, visit.callEndReason]).toMatchObject(['Disconnected', { code: 0, subCode: 4097 }]);
    expect([bench.media.size, gus.page.devices.openPictures]).toEqual([0, []]);
  });

  it('an expert of the organisation is added, and seen', async () => {
    const { gus, visit } = await together();
    const expert = bench.core.teamsUsers.add({ displayName: 'Edda', answers: 3000 });
    const id = expert.rawId.replace('8:orgid:', '');
    const added = visit.addParticipant({ microsoftTeamsUserId: id });
    expect(added.state).toBe('Connecting');
    await bench.clock.advance(100);
    expect(added.state).toBe('Ringing');
    await bench.clock.advance(3000);
    expect([added.state, added.displayName, added.role]).toEqual(['Connected', 'Edda', 'Presenter']);
    await gus.page.soon(visit.removeParticipant(added.identifier), 100);
    expect(added.state).toBe('Disconnected');
  });
});
