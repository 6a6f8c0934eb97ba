import type { TeamsMeetingIdLocator, TeamsMeetingLinkLocator } from '@azure/communication-calling';
import { notSupported } from './calling-error';
import type { CallingQuestion } from './signalling';

/** Where to join, as it travels. */
export type MeetingPlace = Extract<CallingQuestion, { readonly type: 'join' }>['meeting'];

/** Everything that the official package joins: only meetings by link, or by id and passcode, are emulated. */
export type JoinLocator =
  TeamsMeetingLinkLocator | TeamsMeetingIdLocator | { readonly groupId: string } | { readonly roomId: string };

/** @throws CallingCommunicationError for group calls and rooms */
export function meetingPlace(locator: JoinLocator): MeetingPlace {
  if ('meetingLink' in locator) return { link: locator.meetingLink };
  if ('meetingId' in locator) {
    const { meetingId, passcode } = locator;
    return { meetingId, ...(passcode !== undefined && { passcode }) };
  }
  throw notSupported('Joining a group call or a room');
}
