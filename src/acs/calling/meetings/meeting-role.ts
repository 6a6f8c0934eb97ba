import type { MeetingRole } from 'onescreen';

/** By the official names; releases before 2.0.0 wrote some of them differently. */
const roles: ReadonlyMap<string, MeetingRole> = new Map([
  ['Organizer', 'organizer'],
  ['Co-organizer', 'co-organizer'],
  ['CoOrganizer', 'co-organizer'],
  ['Presenter', 'presenter'],
  ['Attendee', 'attendee'],
  ['Consumer', 'attendee'],
  ['Collaborator', 'presenter'],
]);

export function roleOf(official: string | undefined): MeetingRole {
  return (official !== undefined ? roles.get(official) : undefined) ?? 'unknown';
}
