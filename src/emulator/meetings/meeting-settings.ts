import type { MeetingRoleName } from '../calls/frames';

/** `meeting` and `channel` can be joined from outside Teams, a `channel` meeting without its chat; the others cannot. */
export type MeetingKind =
  'meeting' | 'channel' | 'webinar' | 'town-hall' | 'live-event' | 'consumer' | 'end-to-end-encrypted';

/** A meeting to be made. Everything left out is as Teams has it for a plain meeting, but for the lobby. */
export interface MeetingOptions {
  /** Raw id `8:orgid:…`, or an object id. */
  readonly organizer: string;
  readonly subject?: string;
  /** Raw ids. */
  readonly coOrganizers?: readonly string[];
  /** Default `meeting`. */
  readonly kind?: MeetingKind;
  /** Who need not wait in the lobby; the organizers never do. Default `people-in-organization`. */
  readonly lobby?: LobbyBypass;
  /** Whether guests who need not wait can come in while nobody of the organization is there. Default true. */
  readonly guestsStart?: boolean;
  /** Milliseconds after which whoever waits is sent away. Default 1,800,000 (chosen; Teams does so after a time that is not documented). */
  readonly lobbyTimeoutMs?: number;
  /** Whose role is presenter; everybody else is an attendee. Default `everyone`. */
  readonly presenters?: Presenters;
  /** Default true: people give the passcode when they join by the meeting's id. */
  readonly passcodeRequired?: boolean;
  /** Recording and transcription need everybody's explicit consent. Default false. */
  readonly consent?: boolean;
  /** Default true. */
  readonly chat?: boolean;
  /** Default true. */
  readonly captions?: boolean;
  /** Teams Premium: captions in another language. Default false. */
  readonly premium?: boolean;
  /** Phones can be called from the meeting. Default true. */
  readonly dialOut?: boolean;
  /** Attendees may speak, and send their picture. Default true. */
  readonly attendeeMicrophones?: boolean;
  readonly attendeeCameras?: boolean;
}

/** What is the same for all meetings of an organizer, as a meeting policy of Teams has it. */
export type MeetingPolicy = Omit<MeetingOptions, 'organizer' | 'subject' | 'coOrganizers'>;

/** Who comes in without waiting. */
export type LobbyBypass = 'everyone' | 'people-in-organization' | 'organizer-only';
/** Who is a presenter; everybody else is an attendee. */
export type Presenters = 'everyone' | 'organization' | 'organizer';
/** A role that can be given. */
export type GivenRole = Exclude<MeetingRoleName, 'Organizer' | 'Unknown'>;

/** What a meeting goes by. */
export type MeetingSettings = Required<MeetingOptions>;

/** Chosen. */
const lobbyTimeoutMs = 1_800_000;

export function settingsOf(options: MeetingOptions): MeetingSettings {
  return {
    subject: '',
    coOrganizers: [],
    kind: 'meeting',
    lobby: 'people-in-organization',
    guestsStart: true,
    lobbyTimeoutMs,
    presenters: 'everyone',
    passcodeRequired: true,
    consent: false,
    captions: true,
    premium: false,
    dialOut: true,
    attendeeMicrophones: true,
    attendeeCameras: true,
    ...options,
    organizer: rawIdOf(options.organizer),
    // Source: azure-docs, communication-services/concepts/interop/guest/meeting-capabilities.md, note 1.
    chat: options.kind !== 'channel' && (options.chat ?? true),
  };
}

/** The raw id of a Teams user, who may be named by object id alone. */
export function rawIdOf(user: string): string {
  return user.startsWith('8:') ? user : `8:orgid:${user}`;
}

export const isTeamsUser = (rawId: string): boolean => rawId.startsWith('8:orgid:');

/** The role that the settings alone give somebody. */
export function roleBySettings(settings: MeetingSettings, rawId: string): MeetingRoleName {
  const { organizer, coOrganizers, presenters } = settings;
  if (rawId === organizer) return 'Organizer';
  if (coOrganizers.includes(rawId)) return 'CoOrganizer';
  const presents = presenters === 'everyone' || (presenters === 'organization' && isTeamsUser(rawId));
  return presents ? 'Presenter' : 'Attendee';
}

/** Whether somebody comes in without waiting. */
export function bypassesLobby(settings: MeetingSettings, rawId: string, role: MeetingRoleName, started: boolean) {
  if (role === 'Organizer' || role === 'CoOrganizer') return true;
  if (isTeamsUser(rawId)) return settings.lobby !== 'organizer-only';
  return settings.lobby === 'everyone' && (started || settings.guestsStart);
}
