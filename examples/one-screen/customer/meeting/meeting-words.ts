import type { CustomerMeetingState } from 'onescreen/customer';

/** How the meeting stands, in words for the customer. */
export function meetingWords({ status, end, mutedByOthers }: CustomerMeetingState): string {
  switch (status) {
    case 'open':
    case 'joining':
      return 'Joining the meeting…';
    case 'lobby':
      return 'You are in the lobby. Somebody will let you in soon.';
    case 'connected':
      return mutedByOthers ? 'You are in the meeting; somebody has muted you.' : 'You are in the meeting.';
    case 'held':
      return 'The meeting is on hold for you.';
    case 'elsewhere':
      return 'You are in the meeting in another tab.';
    case 'ended':
    case 'closed':
      return endWords[end?.outcome ?? 'meeting-ended'];
  }
}

const endWords = {
  left: 'You have left the meeting.',
  denied: 'You were not let into the meeting.',
  'lobby-timeout': 'Nobody let you into the meeting in time.',
  'meeting-ended': 'The meeting has ended.',
  removed: 'You were taken out of the meeting.',
  failed: 'The connection to the meeting was lost.',
} as const;
