import type { ParticipantRole } from '@azure/communication-calling';
import type { MeetingRoleName } from '../calls/frames';

const roles: Readonly<Record<MeetingRoleName, ParticipantRole>> = {
  Organizer: 'Organizer',
  CoOrganizer: 'Co-organizer',
  Presenter: 'Presenter',
  Attendee: 'Attendee',
  Unknown: 'Unknown',
};

/** A role under its official name. */
export function officialRole(role: MeetingRoleName | undefined): ParticipantRole {
  return roles[role ?? 'Unknown'];
}
