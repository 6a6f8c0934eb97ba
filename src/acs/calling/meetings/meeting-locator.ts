import type { TeamsMeetingIdLocator, TeamsMeetingLinkLocator } from '@azure/communication-calling';
import { ContactCenterError } from 'onescreen';

export type MeetingLocator =
  | { readonly by: 'link'; readonly locator: TeamsMeetingLinkLocator }
  | { readonly by: 'id'; readonly locator: TeamsMeetingIdLocator };

/**
 * Where to join, from a channel's `providerRefs`: `joinLink`, or `meetingId` with or without `passcode`.
 * @throws ContactCenterError `meeting/not-joinable` when they say neither
 */
export function toLocator(refs: Readonly<Record<string, string>>): MeetingLocator {
  const { joinLink, meetingId, passcode } = refs;
  if (isGiven(joinLink)) return { by: 'link', locator: { meetingLink: joinLink } };
  if (isGiven(meetingId)) {
    return { by: 'id', locator: { meetingId, ...(isGiven(passcode) && { passcode }) } };
  }
  throw new ContactCenterError(
    'meeting/not-joinable',
    'unable to join meeting; the channel names neither a joinLink nor a meetingId',
  );
}

function isGiven(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
