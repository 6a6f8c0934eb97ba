import type { TokenKind } from 'onescreen';
import type { MeetingFrame, MeetingRoleName } from '../calls/frames';
import type { MeetingSettings } from './meeting-settings';

export type MeetingCapabilities = MeetingFrame['capabilities'];

/** Official names of the reasons that the emulator gives. */
export type CapabilityReason =
  | 'Capable'
  | 'RoleRestricted'
  | 'MeetingRestricted'
  | 'FeatureNotSupported'
  | 'NotInitialized'
  | 'TeamsPremiumLicenseRestricted'
  | 'ExplicitConsentRequired'
  | 'CapabilityNotApplicableForTheCallType';

/** What capabilities depend on. */
export interface CapabilityTerms {
  readonly role: MeetingRoleName;
  readonly settings: Pick<
    MeetingSettings,
    'captions' | 'premium' | 'dialOut' | 'attendeeMicrophones' | 'attendeeCameras'
  >;
  /** Consent is wanted and not given yet. */
  readonly consentRequired: boolean;
  /** False in the lobby and while joining. */
  readonly admitted: boolean;
  /** Teams Phone extensibility agents have no captions. */
  readonly persona: TokenKind;
}

/**
 * What somebody in a meeting may do, by the official name of the capability. Who may do what by role:
 * support.microsoft.com, "Roles in Microsoft Teams meetings"; what guests cannot do at all: azure-docs,
 * communication-services/concepts/interop/guest/meeting-capabilities.md. Which reason goes with which is inferred.
 */
export function capabilitiesOf(terms: CapabilityTerms): MeetingCapabilities {
  const reasons = reasonsOf(terms);
  return Object.fromEntries(
    Object.entries(reasons).map(([name, reason]) => {
      const stated = terms.admitted ? reason : 'NotInitialized';
      return [name, { isPresent: stated === 'Capable', reason: stated }];
    }),
  );
}

function reasonsOf({ role, settings, consentRequired, persona }: CapabilityTerms): Record<string, CapabilityReason> {
  const organizes = role === 'Organizer' || role === 'CoOrganizer';
  const presents = organizes || role === 'Presenter';
  const organizer = organizes ? 'Capable' : 'RoleRestricted';
  const presenter = presents ? 'Capable' : 'RoleRestricted';
  const send = (allowed: boolean): CapabilityReason => {
    if (consentRequired) return 'ExplicitConsentRequired';
    return allowed || presents ? 'Capable' : 'MeetingRestricted';
  };
  const captions: CapabilityReason =
    persona === 'tpeAgent' ? 'FeatureNotSupported' : settings.captions ? 'Capable' : 'MeetingRestricted';
  const dial = settings.dialOut ? presenter : 'MeetingRestricted';
  return {
    turnVideoOn: send(settings.attendeeCameras),
    unmuteMic: send(settings.attendeeMicrophones),
    shareScreen: consentRequired ? 'ExplicitConsentRequired' : presenter,
    removeParticipant: presenter,
    hangUpForEveryOne: organizer,
    addCommunicationUser: 'CapabilityNotApplicableForTheCallType',
    addTeamsUser: presenter,
    addPhoneNumber: dial,
    pstnDialOut: dial,
    manageLobby: presenter,
    spotlightParticipant: presenter,
    removeParticipantsSpotlight: presenter,
    muteOthers: presenter,
    raiseHand: 'Capable',
    viewAttendeeNames: 'Capable',
    startLiveMeetingCaptions: captions,
    setCaptionLanguage: captions === 'Capable' && !settings.premium ? 'TeamsPremiumLicenseRestricted' : captions,
    startLiveCallingCaptions: 'CapabilityNotApplicableForTheCallType',
    realTimeText: 'CapabilityNotApplicableForTheCallType',
    // What the emulator does not have.
    blurBackground: 'FeatureNotSupported',
    useReactions: 'FeatureNotSupported',
    startTogetherMode: 'FeatureNotSupported',
    joinBreakoutRooms: 'FeatureNotSupported',
    forbidOthersAudio: 'FeatureNotSupported',
    forbidOthersVideo: 'FeatureNotSupported',
  };
}
