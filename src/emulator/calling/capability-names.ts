import type {
  CapabilityResolutionReason,
  ParticipantCapabilities,
  ParticipantCapabilityName,
} from '@azure/communication-calling';
import type { MeetingFrame } from '../calls/frames';

const unknown: ParticipantCapabilities[ParticipantCapabilityName] = { isPresent: false, reason: 'NotInitialized' };

/** Before the emulator says anything. The compiler sees to it that all official names are here. */
const nothing: ParticipantCapabilities = {
  turnVideoOn: unknown,
  unmuteMic: unknown,
  shareScreen: unknown,
  removeParticipant: unknown,
  hangUpForEveryOne: unknown,
  addCommunicationUser: unknown,
  addTeamsUser: unknown,
  addPhoneNumber: unknown,
  manageLobby: unknown,
  spotlightParticipant: unknown,
  removeParticipantsSpotlight: unknown,
  blurBackground: unknown,
  startLiveMeetingCaptions: unknown,
  startLiveCallingCaptions: unknown,
  setCaptionLanguage: unknown,
  raiseHand: unknown,
  pstnDialOut: unknown,
  muteOthers: unknown,
  useReactions: unknown,
  viewAttendeeNames: unknown,
  startTogetherMode: unknown,
  joinBreakoutRooms: unknown,
  forbidOthersAudio: unknown,
  forbidOthersVideo: unknown,
  realTimeText: unknown,
};

const reasons: Readonly<Record<CapabilityResolutionReason, true>> = {
  Capable: true,
  CapabilityNotApplicableForTheCallType: true,
  ClientRestricted: true,
  UserPolicyRestricted: true,
  RoleRestricted: true,
  FeatureNotSupported: true,
  MeetingRestricted: true,
  NotInitialized: true,
  NotCapable: true,
  TeamsPremiumLicenseRestricted: true,
  IpModeUserPolicyRestricted: true,
  ExplicitConsentRequired: true,
};

/** All official names of capabilities. */
export const capabilityNames: readonly ParticipantCapabilityName[] = Object.keys(nothing).filter(isName);

/** All capabilities, under their official names; what the emulator does not name is not possible. */
export function capabilitiesOf(frame: MeetingFrame | undefined): ParticipantCapabilities {
  const all = { ...nothing };
  if (frame === undefined) return all;
  for (const name of capabilityNames) {
    const { isPresent = false, reason = '' } = frame.capabilities[name] ?? {};
    all[name] = { isPresent, reason: isReason(reason) ? reason : 'NotCapable' };
  }
  return all;
}

function isName(text: string): text is ParticipantCapabilityName {
  return text in nothing;
}

function isReason(text: string): text is CapabilityResolutionReason {
  return text in reasons;
}
