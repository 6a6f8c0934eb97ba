import type { MeetingPicture } from 'onescreen';
import { describe, expect, it } from 'vitest';
import { ServiceError, webcam, documentCamera } from '../fake-calling';
import { acsUser, capable, FakePerson, FakeStream, teamsUser } from './fake-meeting-call';
import { FakePicture, identity, setMeetingDesk } from './meeting-desk';

const bo = '8:acs:r_bo';

describe('people in a meeting', () => {
  it('have roles, hands, spotlights and one who speaks most; who waits is not among them', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    const [customer, expert, guest] = [
      new FakePerson(acsUser(bo)),
      new FakePerson(teamsUser('e'), 'Eve'),
      new FakePerson(acsUser('8:acs:r_g'), 'Gus'),
    ];
    expert.role = 'Co-organizer';
    guest.state = 'InLobby';
    desk.call.join(customer, expert, guest);
    desk.call.raised.push({ identifier: { communicationUserId: bo }, order: 1 });
    desk.call.hands.emit('raisedHandEvent');
    desk.call.spotlit = [{ identifier: { microsoftTeamsUserId: 'e' } }];
    desk.call.spotlight.emit('spotlightChanged');
    desk.call.speakers.dominantSpeakers.speakersList.push(teamsUser('e'), acsUser(bo));
    desk.call.speakers.emit('dominantSpeakersChanged');
    expect(channel.participants$.value).toMatchObject([
      { id: bo, role: 'attendee', handRaised: 1, spotlighted: false, dominant: false, providerRefs: { acs: bo } },
      { id: '8:orgid:e', role: 'co-organizer', spotlighted: true, dominant: true, displayName: 'Eve' },
    ]);
    const before = channel.participants$.value[1];
    customer.isSpeaking = true;
    customer.emit('isSpeakingChanged');
    expect(channel.participants$.value[0]?.speaking).toBe(true);
    expect(channel.participants$.value[1]).toBe(before);
    desk.call.lose(customer, expert);
    expect(channel.participants$.value).toEqual([]);
  });

  it('are muted, removed, put into the spotlight and asked in', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    const person = new FakePerson(acsUser(bo));
    desk.call.join(person);
    await channel.muteParticipant(bo);
    await channel.spotlight(bo);
    await channel.spotlight(bo, { on: false });
    await channel.removeParticipant(bo);
    await channel.addParticipant({ teamsUser: 'expert' });
    await channel.addParticipant({ phone: '+491512345678' });
    expect(person.muted).toBe(1);
    expect(desk.call.did).toEqual([
      ['spotlight', [{ communicationUserId: bo }]],
      ['no spotlight', [{ communicationUserId: bo }]],
      ['remove', { communicationUserId: bo }],
      ['add', { microsoftTeamsUserId: 'expert' }],
      ['add', { phoneNumber: '+491512345678' }],
    ]);
    await expect(channel.muteParticipant('8:acs:r_none')).rejects.toMatchObject({ code: 'meeting/participant-gone' });
  });

  it('are asked in by a Teams user with the chat that goes with it', async () => {
    const desk = setMeetingDesk({ persona: 'teamsUser' });
    const { channel } = await desk.connected();
    await channel.addParticipant({ teamsUser: 'expert' });
    expect(desk.call.did).toEqual([['add', { microsoftTeamsUserId: 'expert' }, { threadId: desk.call.threadId }]]);
  });

  it('that are asked in by phone need both capabilities', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    desk.call.may(capable({ pstnDialOut: 'UserPolicyRestricted' }));
    await expect(channel.addParticipant({ phone: '+491512345678' })).rejects.toMatchObject({
      ...{ code: 'command/not-allowed', reason: 'meeting-policy' },
    });
  });
});

describe('the lobby', () => {
  it('shows who waits to whoever may admit, and lets in or turns away', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    desk.call.wait(new FakePerson(acsUser(bo)), new FakePerson(teamsUser('e'), 'Eve'));
    expect(channel.lobby$.value).toEqual([
      { id: bo, displayName: 'Bo' },
      { id: '8:orgid:e', displayName: 'Eve' },
    ]);
    await channel.admit(bo);
    await channel.deny('8:orgid:e');
    await channel.admitAll();
    expect(desk.call.did).toEqual([['admit', acsUser(bo)], ['reject', teamsUser('e')], 'admit all']);
    await expect(channel.admit('8:acs:none')).rejects.toMatchObject({ code: 'meeting/guest-gone' });
    desk.call.may(capable({ manageLobby: 'RoleRestricted' }));
    expect(channel.lobby$.value).toEqual([]);
  });
});

describe("one's own part", () => {
  it('is muted and unmuted, also by others', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    await channel.mute();
    expect(channel.state$.value).toMatchObject({ muted: true, mutedByOthers: false });
    await channel.unmute();
    desk.call.isMuted = true;
    desk.call.emit('mutedByOthers');
    expect(channel.state$.value).toMatchObject({ muted: true, mutedByOthers: true });
    await channel.unmute();
    expect(channel.state$.value).toMatchObject({ muted: false, mutedByOthers: false });
  });

  it('raises and lowers its hand, as the service tells', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    await channel.raiseHand();
    desk.call.raised.push({ identifier: { communicationUserId: identity }, order: 1 });
    desk.call.hands.emit('raisedHandEvent');
    expect(channel.state$.value.handRaised).toBe(true);
    await channel.lowerHand();
    desk.call.raised.pop();
    desk.call.hands.emit('loweredHandEvent');
    expect(channel.state$.value.handRaised).toBe(false);
    expect(desk.call.did).toEqual(['raise hand', 'lower hand']);
  });

  it('is held, which stops the sharing first, and resumed when calls are held', async () => {
    const desk = setMeetingDesk();
    const { channel, reports } = await desk.connected();
    await channel.shareScreen();
    expect(channel.state$.value.sharing).toBe(true);
    await channel.hold();
    expect(channel.state$.value).toMatchObject({ status: 'held', sharing: false });
    await channel.resume();
    expect(channel.state$.value.status).toBe('connected');
    expect([desk.call.did, desk.held.count]).toEqual([['share', 'no share', 'hold', 'resume'], 2]);
    await desk.clock.advance(1_000);
    expect(reports.map((report) => (report.type === 'self' ? report.change : report.type))).toEqual([
      ...['joined', 'sharing-started', 'sharing-stopped', 'others'],
    ]);
  });

  it('ends what is done meanwhile as a race that is expected', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    desk.call.fails = new ServiceError(400, 41015);
    await expect(channel.mute()).rejects.toMatchObject({ code: 'call/command-failed' });
    desk.call.state = 'Disconnecting';
    await expect(channel.mute()).rejects.toMatchObject({ code: 'meeting/ended' });
  });
});

describe('pictures', () => {
  it('of the camera that was chosen are sent, and put away', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    desk.stored.set('onescreen.camera', documentCamera.id);
    await channel.startVideo();
    expect(desk.call.localVideoStreams).toMatchObject([{ source: documentCamera }]);
    expect(channel.state$.value.video).toBe(true);
    expect(channel.pictures$.value).toEqual([{ id: 'self/camera', kind: 'camera', available: true }]);
    await channel.stopVideo();
    expect([channel.state$.value.video, channel.pictures$.value, FakePicture.open]).toEqual([false, [], 0]);
  });

  it('are sent from the beginning when asked for', async () => {
    const desk = setMeetingDesk();
    const { channel } = desk.open(desk.meetings());
    const joining = channel.join({ video: true });
    await desk.clock.runUntil(() => desk.calls.length > 0);
    expect(desk.joined[0]?.options).toMatchObject({ videoOptions: { localVideoStreams: [{ source: webcam }] } });
    desk.call.to('Connected');
    await joining;
    const left = channel.leave();
    await desk.clock.advance(5_000);
    await left;
    expect(FakePicture.open).toBe(0);
  });

  it('are refused where the browser or the service refuses them', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    desk.calling.devices.allowsVideo = false;
    await expect(channel.startVideo()).rejects.toMatchObject({ code: 'device/permission-denied' });
    desk.calling.devices.allowsVideo = true;
    desk.calling.devices.cameras = [];
    await expect(channel.startVideo()).rejects.toMatchObject({ code: 'device/not-found' });
    desk.calling.devices.cameras = [webcam];
    desk.call.fails = new ServiceError(0, 43001);
    await expect(channel.startVideo()).rejects.toMatchObject({ code: 'device/camera' });
    expect(FakePicture.open).toBe(0);
  });

  it('of others come and go, by whose and what they are', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    const person = new FakePerson(acsUser(bo));
    const [camera, screen] = [new FakeStream(1, 'Video'), new FakeStream(2, 'ScreenSharing')];
    camera.isAvailable = false;
    person.show(camera);
    desk.call.join(person);
    const seen: (readonly MeetingPicture[])[] = [];
    channel.pictures$.subscribe((pictures) => seen.push(pictures));
    camera.available(true);
    camera.receiving(false);
    person.show(screen);
    camera.available(false);
    desk.call.lose(person);
    const picture = { id: `${bo}/camera`, participantId: bo, kind: 'camera', available: true };
    const shared = { id: `${bo}/screen`, participantId: bo, kind: 'screen', available: true };
    expect(seen).toEqual([
      ...[[], [picture], [{ ...picture, available: false }], [{ ...picture, available: false }, shared]],
      ...[[shared], []],
    ]);
    expect([camera.listening, screen.listening, person.listening]).toEqual([0, 0, 0]);
  });

  it('are shown, each view by itself, until it or the picture ends', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    const person = new FakePerson(acsUser(bo));
    const camera = new FakeStream(1, 'Video');
    person.show(camera);
    desk.call.join(person);
    const first = await channel.show(`${bo}/camera`);
    const second = await channel.show(`${bo}/camera`, { fit: 'crop' });
    expect(desk.views.shown).toEqual([
      { stream: camera.official, options: { scalingMode: 'Fit', isMirrored: false } },
      { stream: camera.official, options: { scalingMode: 'Crop', isMirrored: false } },
    ]);
    first.close();
    first.close();
    expect(desk.views.open).toBe(1);
    camera.available(false);
    expect(desk.views.open).toBe(0);
    second.close();
    expect(desk.views.open).toBe(0);
    await expect(channel.show(`${bo}/camera`)).rejects.toMatchObject({ code: 'meeting/picture-gone' });
  });

  it('that are shown end with the meeting', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    const person = new FakePerson(acsUser(bo));
    person.show(new FakeStream(1, 'Video'));
    desk.call.join(person);
    await channel.show(`${bo}/camera`);
    desk.call.to('Disconnected', { code: 0, subCode: 4097 });
    await desk.clock.advance(0);
    expect([desk.views.open, channel.pictures$.value]).toEqual([0, []]);
  });
});

describe('captions', () => {
  it('come from start to stop: what is not finished is replaced, and 50 are kept', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    const { teamsCaptions } = desk.call;
    const say = (captionText: string, resultType: 'Partial' | 'Final', who = bo) =>
      teamsCaptions.emit('CaptionsReceived', {
        ...{ captionText, spokenText: captionText, resultType, timestamp: new Date(5) },
        speaker: { identifier: acsUser(who), displayName: 'Bo' },
      });
    say('before', 'Final');
    await channel.startCaptions({ language: 'de-de' });
    expect(channel.state$.value.captions).toBe(true);
    say('Gut', 'Partial');
    say('ja', 'Final', '8:acs:r_c');
    say('Guten Tag', 'Final');
    say('zwei', 'Final');
    expect(channel.captions$.value.map(({ text, final }) => [text, final])).toEqual([
      ...[
        ['Guten Tag', true],
        ['ja', true],
        ['zwei', true],
      ],
    ]);
    expect(channel.captions$.value[0]).toEqual({
      ...{ id: '1', speaker: 'Bo', participantId: bo, text: 'Guten Tag', final: true, at: new Date(5) },
    });
    for (let i = 0; i < 60; i++) say(`${i}`, 'Final');
    expect([channel.captions$.value.length, channel.captions$.value[0]?.text]).toEqual([50, '10']);
    await channel.stopCaptions();
    say('after', 'Final');
    expect([channel.state$.value.captions, channel.captions$.value]).toEqual([false, []]);
    expect(desk.call.did).toEqual([['captions', { spokenLanguage: 'de-de' }], 'no captions']);
  });

  it('that cannot be started say so, and are not on', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    desk.call.fails = new ServiceError(500, 0);
    await expect(channel.startCaptions()).rejects.toMatchObject({ code: 'call/service' });
    expect([channel.state$.value.captions, desk.call.teamsCaptions.listening]).toEqual([false, 0]);
    desk.call.fails = undefined;
    desk.call.may(capable({ startLiveMeetingCaptions: 'MeetingRestricted' }));
    await expect(channel.startCaptions()).rejects.toMatchObject({ reason: 'meeting-policy' });
  });
});

describe('consent', () => {
  it.each(['recording', 'transcription'] as const)(
    'to %s is wanted, blocks until it is given, and is never given by itself',
    async (kind) => {
      const desk = setMeetingDesk();
      const { channel, reports } = await desk.connected();
      desk.call.wantConsent(desk.call[kind]);
      expect(channel.state$.value.consent).toBe('required');
      for (const command of [channel.unmute(), channel.mute(), channel.startVideo(), channel.shareScreen()]) {
        await expect(command).rejects.toMatchObject({ code: 'command/not-allowed', reason: 'consent-required' });
      }
      await desk.clock.advance(60_000);
      expect([desk.call[kind].granted, desk.call.did]).toEqual([0, []]);
      await channel.grantConsent();
      expect([desk.call[kind].granted, channel.state$.value.consent]).toEqual([1, 'granted']);
      await channel.unmute();
      await channel.shareScreen();
      await desk.clock.advance(1_000);
      expect(reports.map((report) => (report.type === 'self' ? report.change : report.type))).toEqual([
        ...['joined', 'consent-required', 'others', 'consent-granted', 'sharing-started'],
      ]);
      await expect(channel.grantConsent()).rejects.toMatchObject({ reason: 'wrong-state' });
    },
  );

  it('that only the capabilities speak of is wanted as well', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    desk.call.may(capable({ unmuteMic: 'ExplicitConsentRequired' }));
    expect(channel.state$.value.consent).toBe('required');
    await channel.grantConsent();
    expect(channel.state$.value.consent).toBe('granted');
    desk.call.may(capable());
    expect(channel.state$.value.consent).toBe('granted');
    desk.call.may(capable({ unmuteMic: 'ExplicitConsentRequired' }));
    expect(channel.state$.value.consent).toBe('required');
    expect(channel.capabilities$.value.grantConsent.supported).toBe(true);
  });

  it('recording and transcription are indicated in any case', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    desk.call.recording.isRecordingActive = true;
    desk.call.recording.emit('isRecordingActiveChanged');
    desk.call.transcription.isTranscriptionActive = true;
    desk.call.transcription.emit('isTranscriptionActiveChanged');
    expect(channel.state$.value).toMatchObject({ recording: true, transcription: true, consent: 'not-needed' });
  });
});
