import type { MeetingProvider } from 'onescreen';
import { acsChat } from 'onescreen/acs/chat';
import { teamsMeetings } from 'onescreen/acs/calling';
import { callingSdk } from './voice';

/** Teams meetings over the official calling package, with their chat; on a laptop over the emulator's, which has its shape. */
export function demoMeetings(): MeetingProvider {
  return teamsMeetings({ chat: acsChat(), sdk: callingSdk });
}
