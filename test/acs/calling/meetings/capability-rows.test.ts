import type { CapabilityResolutionReason, ParticipantCapabilityName } from '@azure/communication-calling';
import type { MeetingAction, MeetingStatus } from 'onescreen';
import { describe, expect, it, test } from 'vitest';
import type { MeetingPersona } from '../../../../src/acs/calling';
import { capabilityReasons, meetingRows } from '../../../../src/acs/calling/meetings/capability-rows';
import { meetingCapabilities, type MeetingFacts } from '../../../../src/acs/calling/meetings/capabilities';
import { capable } from './fake-meeting-call';
import { setMeetingDesk } from './meeting-desk';

const personas: readonly MeetingPersona[] = ['guest', 'teamsUser'];
const connected: MeetingFacts = {
  ...{ persona: 'guest', status: 'connected', consent: 'not-needed', official: capable(), hasChat: true },
};
const here = (facts: Partial<MeetingFacts>) => meetingCapabilities({ ...connected, ...facts });

/** Action, its official names, and the states it can be done in; said once more than in the table. */
const rows: readonly (readonly [MeetingAction, readonly ParticipantCapabilityName[], readonly MeetingStatus[]])[] = [
  ['join', [], ['open', 'ended', 'elsewhere']],
  ['leave', [], ['joining', 'lobby', 'connected', 'held']],
  ['mute', [], ['connected']],
  ['unmute', ['unmuteMic'], ['connected']],
  ['hold', [], ['connected']],
  ['resume', [], ['held']],
  ['video', ['turnVideoOn'], ['connected']],
  ['shareScreen', ['shareScreen'], ['connected']],
  ['raiseHand', ['raiseHand'], ['connected']],
  ['spotlight', ['spotlightParticipant'], ['connected', 'held']],
  ['admit', ['manageLobby'], ['connected', 'held']],
  ['muteParticipant', ['muteOthers'], ['connected', 'held']],
  ['removeParticipant', ['removeParticipant'], ['connected', 'held']],
  ['addTeamsUser', ['addTeamsUser'], ['connected', 'held']],
  ['addPhone', ['addPhoneNumber', 'pstnDialOut'], ['connected', 'held']],
  ['captions', ['startLiveMeetingCaptions'], ['connected']],
  ['grantConsent', [], ['connected', 'held']],
  ['chat', [], ['connected', 'held']],
];

const states: readonly MeetingStatus[] = [
  ...(['open', 'joining', 'lobby', 'connected', 'held', 'elsewhere', 'ended', 'closed'] as const),
];

test('every action has a row, and every row its test', () => {
  expect(rows.map(([action]) => action).sort()).toEqual(Object.keys(meetingRows).sort());
});

describe.each(personas)('as %s', (persona) => {
  it.each(rows)('%s', (action, names, possible) => {
    const consent = action === 'grantConsent' ? 'required' : 'not-needed';
    const never = persona === 'teamsUser' && action === 'chat';
    for (const status of states) {
      const capability = here({ persona, status, consent })[action];
      expect([status, capability.supported]).toEqual([status, possible.includes(status) && !never]);
    }
    for (const name of names) {
      const official = capable({ [name]: 'RoleRestricted' });
      const status = possible[0]!;
      expect(here({ persona, status, official })[action]).toMatchObject({ supported: false, reason: 'no-permission' });
    }
  });
});

const reasons: Readonly<Record<CapabilityResolutionReason, string>> = {
  Capable: 'not-supported',
  CapabilityNotApplicableForTheCallType: 'not-supported',
  ClientRestricted: 'not-supported',
  UserPolicyRestricted: 'meeting-policy',
  RoleRestricted: 'no-permission',
  FeatureNotSupported: 'not-supported',
  MeetingRestricted: 'meeting-policy',
  NotInitialized: 'not-connected',
  NotCapable: 'not-supported',
  TeamsPremiumLicenseRestricted: 'meeting-policy',
  IpModeUserPolicyRestricted: 'meeting-policy',
  ExplicitConsentRequired: 'consent-required',
};

describe("the service's reasons", () => {
  it('all have a row', () => {
    expect(Object.keys(capabilityReasons).sort()).toEqual(Object.keys(reasons).sort());
  });

  it.each(Object.entries(reasons))('%s comes to %s', (reason, ours) => {
    const said = capable();
    said.shareScreen = { isPresent: false, reason: reason as CapabilityResolutionReason };
    expect(here({ official: said }).shareScreen).toMatchObject({ supported: false, reason: ours });
  });

  it('a premium licence that is missing is named', () => {
    const official = capable({ startLiveMeetingCaptions: 'TeamsPremiumLicenseRestricted' });
    expect(here({ official }).captions).toMatchObject({ detail: expect.stringContaining('Teams Premium') });
  });

  it('of a later version are passed on as they are', () => {
    // a reason that no type knows yet
    const official = capable({ raiseHand: 'constructor' as CapabilityResolutionReason });
    expect(here({ official }).raiseHand).toEqual({
      ...{ supported: false, reason: 'not-supported', detail: 'constructor' },
    });
  });

  it('that are not told yet deny what needs them, and nothing else', () => {
    const now = here({ official: undefined });
    expect(now.video).toMatchObject({ supported: false, reason: 'not-connected' });
    expect([now.mute.supported, now.hold.supported, now.leave.supported]).toEqual([true, true, true]);
  });
});

describe('what is denied', () => {
  it.each([
    ['open', 'not-connected'],
    ['lobby', 'not-connected'],
    ['held', 'wrong-state'],
    ['elsewhere', 'other-tab-owns-media'],
    ['closed', 'closed'],
  ] as const)('in %s is so as %s', (status, reason) => {
    expect(here({ status }).unmute).toMatchObject({ supported: false, reason });
  });

  it.each(['mute', 'unmute', 'video', 'shareScreen'] as const)('%s until consent is given', (action) => {
    expect(here({ consent: 'required' })[action]).toEqual({ supported: false, reason: 'consent-required' });
    expect(here({ consent: 'granted' })[action].supported).toBe(true);
  });

  it("chat where the meeting's own is not to be had", () => {
    expect(here({ hasChat: false }).chat).toMatchObject({ supported: false, reason: 'not-supported' });
  });
});

describe('a role that changes', () => {
  it('changes what can be done without joining again', async () => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    const seen: boolean[] = [];
    channel.capabilities$.subscribe(({ admit }) => seen.push(admit.supported));
    desk.call.role = 'Attendee';
    desk.call.may(capable({ manageLobby: 'RoleRestricted' }));
    expect(channel.state$.value.role).toBe('attendee');
    await expect(channel.admitAll()).rejects.toMatchObject({ code: 'command/not-allowed', reason: 'no-permission' });
    desk.call.role = 'Presenter';
    desk.call.may(capable());
    expect(channel.state$.value.role).toBe('presenter');
    expect(seen).toEqual([true, false, true]);
  });

  it.each([
    ['Organizer', 'organizer'],
    ['Co-organizer', 'co-organizer'],
    ['CoOrganizer', 'co-organizer'],
    ['Presenter', 'presenter'],
    ['Attendee', 'attendee'],
    ['Consumer', 'attendee'],
    ['Collaborator', 'presenter'],
    ['Unknown', 'unknown'],
    ['constructor', 'unknown'],
  ])('to %s is %s', async (official, role) => {
    const desk = setMeetingDesk();
    const { channel } = await desk.connected();
    desk.call.role = official;
    desk.call.emit('roleChanged');
    expect(channel.state$.value.role).toBe(role);
  });
});
