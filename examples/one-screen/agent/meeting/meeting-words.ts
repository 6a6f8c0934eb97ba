import type { MeetingRole, MeetingState } from 'onescreen';

/** How the meeting stands, in the agent's words. */
export function meetingWords({ status, end }: MeetingState): string {
  switch (status) {
    case 'open':
      return 'Not joined';
    case 'joining':
      return 'Joining';
    case 'lobby':
      return 'Waiting in the lobby';
    case 'connected':
      return 'In the meeting';
    case 'held':
      return 'Meeting on hold';
    case 'elsewhere':
      return 'In another tab';
    case 'ended':
      return end === undefined ? 'You are out' : endWords[end.outcome];
    case 'closed':
      return 'Meeting over';
  }
}

const endWords = {
  left: 'You have left',
  denied: 'You were not let in',
  'lobby-timeout': 'Nobody let you in',
  'meeting-ended': 'The meeting has ended',
  removed: 'You were removed',
  failed: 'The connection failed',
} as const;

export const roleWords: Readonly<Record<MeetingRole, string>> = {
  organizer: 'organiser',
  'co-organizer': 'co-organiser',
  presenter: 'presenter',
  attendee: 'attendee',
  unknown: '',
};
