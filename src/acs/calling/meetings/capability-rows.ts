import type { ParticipantCapabilityName } from '@azure/communication-calling';
import type { DenyReason, MeetingAction, MeetingStatus } from 'onescreen';
import type { MeetingPersona } from './meeting-persona';

/** When something can be done in a meeting, and what the service says of it. */
export interface MeetingRow {
  /** In which states; in others it is `not-connected` or `wrong-state`. */
  readonly states: readonly MeetingStatus[];
  /** The official capabilities that must all be there; the first that is not says why. Left out: anybody can. */
  readonly needs?: readonly ParticipantCapabilityName[];
  /** Blocked until this side has consented to being recorded. */
  readonly wantsConsent?: true;
  /** Why a persona has it nowhere. */
  readonly never?: { readonly [Persona in MeetingPersona]?: string };
}

const here = ['connected'] as const;
/** A meeting that is held here is only silent: its people can be looked after. */
const inside = ['connected', 'held'] as const;

/**
 * One row an action. Source: azure-docs, communication-services/concepts/interop/guest/meeting-capabilities and
 * teams-user, and the published types' names of capabilities. Nobody transfers a meeting, so no row says so.
 */
export const meetingRows: Readonly<Record<MeetingAction, MeetingRow>> = {
  join: { states: ['open', 'ended', 'elsewhere'] },
  leave: { states: ['joining', 'lobby', 'connected', 'held'] },
  mute: { states: here, wantsConsent: true },
  unmute: { states: here, needs: ['unmuteMic'], wantsConsent: true },
  hold: { states: here },
  resume: { states: ['held'] },
  video: { states: here, needs: ['turnVideoOn'], wantsConsent: true },
  shareScreen: { states: here, needs: ['shareScreen'], wantsConsent: true },
  raiseHand: { states: here, needs: ['raiseHand'] },
  spotlight: { states: inside, needs: ['spotlightParticipant'] },
  admit: { states: inside, needs: ['manageLobby'] },
  muteParticipant: { states: inside, needs: ['muteOthers'] },
  removeParticipant: { states: inside, needs: ['removeParticipant'] },
  addTeamsUser: { states: inside, needs: ['addTeamsUser'] },
  addPhone: { states: inside, needs: ['addPhoneNumber', 'pstnDialOut'] },
  captions: { states: here, needs: ['startLiveMeetingCaptions'] },
  grantConsent: { states: inside },
  chat: {
    states: inside,
    never: { teamsUser: "a Teams user's meeting chat is read over Microsoft Graph, not over ACS Chat" },
  },
};

/** What a reason of the service comes to here. */
export interface ReasonRow {
  readonly reason: DenyReason;
  readonly detail?: string;
}

/** By the official `CapabilityResolutionReason`, for capabilities that are not present. */
export const capabilityReasons: Readonly<Record<string, ReasonRow>> = {
  Capable: { reason: 'not-supported', detail: 'the service says that it cannot be done now' },
  NotCapable: { reason: 'not-supported', detail: 'the service says that it cannot be done here' },
  CapabilityNotApplicableForTheCallType: { reason: 'not-supported', detail: 'not in this kind of meeting' },
  ClientRestricted: { reason: 'not-supported', detail: 'this browser or client cannot do it' },
  FeatureNotSupported: { reason: 'not-supported', detail: 'the calling package does not support it here' },
  RoleRestricted: { reason: 'no-permission', detail: 'the role in this meeting does not allow it' },
  MeetingRestricted: { reason: 'meeting-policy', detail: "the meeting's options do not allow it" },
  UserPolicyRestricted: { reason: 'meeting-policy', detail: "the organization's policy does not allow it" },
  IpModeUserPolicyRestricted: {
    reason: 'meeting-policy',
    detail: "the organization's policy for audio and video does not allow it",
  },
  TeamsPremiumLicenseRestricted: { reason: 'meeting-policy', detail: 'it takes a Teams Premium licence' },
  ExplicitConsentRequired: { reason: 'consent-required' },
  NotInitialized: { reason: 'not-connected', detail: 'the meeting has not told yet' },
};
