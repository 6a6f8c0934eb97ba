import type { Capability } from './capability';
import type { ChatState } from './chat-channel';
import type { MeetingStatus } from './meeting';
import type { VoiceState } from './voice-channel';

/** How one channel of a conversation stands for the one who looks at it, and what it can do. */
export interface ChannelStanding {
  readonly type: string;
  readonly status: ChatState['status'] | VoiceState['status'] | MeetingStatus;
  readonly actions: Readonly<Record<string, Capability>>;
  /** An emergency call: it stays with its agent. */
  readonly emergency: boolean;
}
