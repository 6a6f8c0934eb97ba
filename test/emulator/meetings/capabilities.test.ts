import type { MeetingOptions } from 'onescreen/emulator';
import { describe, expect, test } from 'vitest';
import { capabilitiesOf, type CapabilityTerms } from '../../../src/emulator/meetings/capabilities';
import { settingsOf } from '../../../src/emulator/meetings/meeting-settings';
import { colleague, frameOf, MeetingBench, organizer, reasonOf, tried } from './meeting-bench';

const able = 'Capable';
const role = 'RoleRestricted';
const policy = 'MeetingRestricted';
const consent = 'ExplicitConsentRequired';
const other = 'CapabilityNotApplicableForTheCallType';
const unsupported = 'FeatureNotSupported';
const premium = 'TeamsPremiumLicenseRestricted';

const terms = (more: Partial<CapabilityTerms>, options: Partial<MeetingOptions> = {}): CapabilityTerms => ({
  ...{ role: 'Presenter', consentRequired: false, admitted: true, persona: 'acsUser' },
  settings: settingsOf({ organizer, ...options }),
  ...more,
});

const reasons = (given: CapabilityTerms) =>
  Object.fromEntries(Object.entries(capabilitiesOf(given)).map(([name, { reason }]) => [name, reason]));

describe('what somebody may do in a meeting', () => {
  test.each([
    ['turnVideoOn', able, able, able, able],
    ['unmuteMic', able, able, able, able],
    ['shareScreen', able, able, able, role],
    ['removeParticipant', able, able, able, role],
    ['hangUpForEveryOne', able, able, role, role],
    ['addCommunicationUser', other, other, other, other],
    ['addTeamsUser', able, able, able, role],
    ['addPhoneNumber', able, able, able, role],
    ['pstnDialOut', able, able, able, role],
    ['manageLobby', able, able, able, role],
    ['spotlightParticipant', able, able, able, role],
    ['removeParticipantsSpotlight', able, able, able, role],
    ['muteOthers', able, able, able, role],
    ['raiseHand', able, able, able, able],
    ['viewAttendeeNames', able, able, able, able],
    ['startLiveMeetingCaptions', able, able, able, able],
    ['setCaptionLanguage', premium, premium, premium, premium],
    ['startLiveCallingCaptions', other, other, other, other],
    ['realTimeText', other, other, other, other],
    ['blurBackground', unsupported, unsupported, unsupported, unsupported],
    ['useReactions', unsupported, unsupported, unsupported, unsupported],
    ['startTogetherMode', unsupported, unsupported, unsupported, unsupported],
    ['joinBreakoutRooms', unsupported, unsupported, unsupported, unsupported],
    ['forbidOthersAudio', unsupported, unsupported, unsupported, unsupported],
    ['forbidOthersVideo', unsupported, unsupported, unsupported, unsupported],
  ])('%s: organizer %s, co-organizer %s, presenter %s, attendee %s', (name, ...expected) => {
    const roles = ['Organizer', 'CoOrganizer', 'Presenter', 'Attendee'] as const;
    expect(roles.map((one) => reasons(terms({ role: one }))[name])).toEqual(expected);
  });

  test.each<[string, Partial<MeetingOptions>, Partial<CapabilityTerms>, Readonly<Record<string, string>>]>([
    ['no captions', { captions: false }, {}, { startLiveMeetingCaptions: policy, setCaptionLanguage: policy }],
    ['Teams Premium', { premium: true }, {}, { startLiveMeetingCaptions: able, setCaptionLanguage: able }],
    ['no dial-out', { dialOut: false }, { role: 'Organizer' }, { addPhoneNumber: policy, pstnDialOut: policy }],
    [
      'silent attendees',
      { attendeeMicrophones: false },
      { role: 'Attendee' },
      { unmuteMic: policy, turnVideoOn: able },
    ],
    ['unseen attendees', { attendeeCameras: false }, { role: 'Attendee' }, { unmuteMic: able, turnVideoOn: policy }],
    ['silent attendees, of presenters', { attendeeMicrophones: false }, { role: 'Presenter' }, { unmuteMic: able }],
    ['an agent of Teams Phone extensibility', {}, { persona: 'tpeAgent' }, { startLiveMeetingCaptions: unsupported }],
    [
      'consent wanted',
      {},
      { role: 'Organizer', consentRequired: true },
      { unmuteMic: consent, turnVideoOn: consent, shareScreen: consent, manageLobby: able },
    ],
  ])('with %s', (_name, options, given, expected) => {
    expect(reasons(terms(given, options))).toMatchObject(expected);
  });

  test('is nothing before they are in', () => {
    const found = Object.values(capabilitiesOf(terms({ admitted: false })));
    expect(found).toHaveLength(25);
    expect(found.every(({ isPresent, reason }) => !isPresent && reason === 'NotInitialized')).toBe(true);
  });
});

describe('roles', () => {
  test.each([
    ['everyone', 'Presenter', 'Presenter'],
    ['organization', 'Attendee', 'Presenter'],
    ['organizer', 'Attendee', 'Attendee'],
  ] as const)('are given by who presents: with %s guests are %s and colleagues %s', async (presenters, guest, mate) => {
    const bench = new MeetingBench();
    const meeting = bench.create({ presenters, lobby: 'everyone' });
    const page = await bench.join(meeting);
    const other = await bench.joinAsTeamsUser(meeting, colleague);
    const host = await bench.joinAsTeamsUser(meeting, organizer);
    expect([page, other, host].map((one) => frameOf(one).role)).toEqual([guest, mate, 'Organizer']);
  });

  test('change while the meeting goes on, and capabilities with them', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone' });
    const page = await bench.join(meeting);
    expect(await tried(page, { type: 'picture', kind: 'screen', on: true })).toBe('ok');
    bench.core.meetings.setRole(meeting.id, page.user, 'Attendee');
    expect([frameOf(page).role, reasonOf(page, 'shareScreen')]).toEqual(['Attendee', role]);
    expect(frameOf(page).screen).toBe(false);
    expect(await tried(page, { type: 'picture', kind: 'screen', on: true })).toBe('403/8502');
    bench.core.meetings.setRole(meeting.id, page.user, 'Presenter');
    expect([frameOf(page).role, reasonOf(page, 'shareScreen')]).toEqual(['Presenter', able]);
  });

  test('given to somebody who is not there are theirs when they join', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'organizer-only' });
    bench.core.meetings.setRole(meeting.id, colleague, 'CoOrganizer');
    const page = await bench.joinAsTeamsUser(meeting, colleague);
    expect([page.call?.status, frameOf(page).role]).toEqual(['connected', 'CoOrganizer']);
  });

  test('leave the organizer that', () => {
    const bench = new MeetingBench();
    const meeting = bench.create();
    expect(() => bench.core.meetings.setRole(meeting.id, organizer, 'Attendee')).toThrow('cannot have another one');
  });

  test('decide what is done, not only what is said to be possible', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ presenters: 'organizer', lobby: 'everyone', attendeeMicrophones: false });
    const guest = await bench.join(meeting);
    const host = await bench.joinAsTeamsUser(meeting, organizer);
    expect(guest.call?.muted).toBe(true);
    expect(await tried(guest, { type: 'mute', muted: false })).toBe('403/8502');
    expect(await tried(guest, { type: 'mute-participant', target: organizer })).toBe('403/8502');
    expect(await tried(guest, { type: 'remove', target: organizer })).toBe('403/8502');
    expect(await tried(guest, { type: 'add', target: colleague })).toBe('403/8502');
    expect(await tried(host, { type: 'add', target: bench.core.createUser() })).toBe('403/8502');
    expect(await tried(host, { type: 'mute-participant', target: guest.user })).toBe('ok');
  });
});

describe('a meeting with explicit consent', () => {
  test('lets nobody send anything once it is recorded until they have consented', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone', consent: true });
    const anna = await bench.join(meeting);
    const ben = await bench.join(meeting);
    for (const page of [anna, ben]) await page.media();
    await tried(anna, { type: 'picture', kind: 'camera', on: true });
    expect(frameOf(anna).consent).toBe('not-needed');

    bench.core.meetings.record(meeting.id, { recording: true });
    expect([anna.call?.recording, frameOf(anna).consent, frameOf(ben).consent]).toEqual([true, 'required', 'required']);
    expect([frameOf(anna).camera, anna.call?.muted, ben.hears, anna.hears]).toEqual([false, true, [], []]);
    expect(await tried(anna, { type: 'mute', muted: false })).toBe('403/8501');
    expect(await tried(anna, { type: 'picture', kind: 'camera', on: true })).toBe('403/8501');
    expect(await tried(anna, { type: 'picture', kind: 'screen', on: true })).toBe('403/8501');
    expect(reasonOf(anna, 'unmuteMic')).toBe(consent);

    expect(await tried(anna, { type: 'consent' })).toBe('ok');
    expect([frameOf(anna).consent, frameOf(ben).consent, anna.call?.muted]).toEqual(['granted', 'required', true]);
    expect(await tried(anna, { type: 'mute', muted: false })).toBe('ok');
    expect(await tried(anna, { type: 'picture', kind: 'camera', on: true })).toBe('ok');
    expect([ben.hears, anna.hears]).toEqual([[anna.user], []]);
  });

  test('remembers who has consented for the session, and no longer', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone', consent: true });
    const anna = await bench.join(meeting);
    bench.core.meetings.record(meeting.id, { transcription: true });
    await tried(anna, { type: 'consent' });
    expect(anna.call).toMatchObject({ recording: false, transcription: true });
    bench.core.meetings.record(meeting.id, { transcription: false });
    expect(frameOf(anna).consent).toBe('not-needed');
    bench.core.meetings.record(meeting.id, { recording: true });
    expect(frameOf(anna).consent).toBe('granted');
    await tried(anna, { type: 'hang-up', forEveryone: false });
    await bench.joinFrom(anna, meeting);
    expect(anna.call?.recording).toBe(false);
    bench.core.meetings.record(meeting.id, { recording: true });
    expect(frameOf(anna).consent).toBe('required');
  });

  test('asks whoever comes while it is recorded', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone', consent: true });
    await bench.join(meeting);
    bench.core.meetings.record(meeting.id, { recording: true });
    const late = await bench.join(meeting);
    expect([frameOf(late).consent, late.call?.muted]).toEqual(['required', true]);
  });

  test('is none when recording needs no consent', async () => {
    const bench = new MeetingBench();
    const meeting = bench.create({ lobby: 'everyone' });
    const anna = await bench.join(meeting);
    bench.core.meetings.record(meeting.id, { recording: true });
    expect([anna.call?.recording, anna.call?.muted, frameOf(anna).consent]).toEqual([true, false, 'not-needed']);
  });
});
