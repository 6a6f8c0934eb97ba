import type { MeetingRoleName, PartyFrame } from '../calls/frames';
import { nameOf, type Meeting } from './meeting';
import type { MeetingKind } from './meeting-settings';

/** Somebody in a meeting, for tests and people who look. */
export interface ObservedMember extends PartyFrame {
  readonly role: MeetingRoleName;
  readonly status: 'connecting' | 'ringing' | 'connected' | 'held';
  readonly muted: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
  readonly spotlighted: boolean;
  /** Place in the line of raised hands, from 1. */
  readonly hand?: number;
  readonly consent: 'not-needed' | 'required' | 'granted';
}

/** A meeting as it stands. */
export interface ObservedMeeting {
  readonly id: string;
  readonly subject: string;
  readonly kind: MeetingKind;
  /** Raw id. */
  readonly organizer: string;
  readonly joinLink: string;
  /** Digits. */
  readonly meetingId: string;
  /** Left out: none is asked for. */
  readonly passcode?: string;
  /** Its chat; left out where it has none. */
  readonly threadId?: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** It will not be again. */
  readonly over: boolean;
  readonly recording: boolean;
  readonly transcription: boolean;
  readonly members: readonly ObservedMember[];
  readonly lobby: readonly PartyFrame[];
  /** Raw ids, the loudest first. */
  readonly dominant: readonly string[];
}

export function observeMeeting(meeting: Meeting): ObservedMeeting {
  const { identity, settings, call } = meeting;
  const { passcode, ...rest } = identity;
  const members = (call?.people ?? []).map((party): ObservedMember => {
    const { camera, screen, spotlighted, hand, role } = meeting.rosterPart(party);
    const waits = party.status === 'ringing' ? 'ringing' : 'connecting';
    return {
      ...nameOf(party),
      role: role ?? 'Unknown',
      status: party.status === 'connected' ? (party.onHold ? 'held' : 'connected') : waits,
      muted: party.muted,
      camera: camera === true,
      screen: screen === true,
      spotlighted: spotlighted === true,
      ...(hand !== undefined && { hand }),
      consent: meeting.consentOf(party),
    };
  });
  const { threadId, ...named } = rest;
  return {
    ...named,
    ...(meeting.hasChat && { threadId }),
    ...(settings.passcodeRequired && { passcode }),
    subject: settings.subject,
    kind: settings.kind,
    organizer: settings.organizer,
    over: meeting.over,
    recording: call?.recording === 'on',
    transcription: call?.transcription === true,
    members,
    lobby: meeting.lobby.map(nameOf),
    dominant: meeting.dominant,
  };
}
