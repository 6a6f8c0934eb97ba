import type { PhoneContext } from 'onescreen';

/** Calls that the control plane puts on hold, where the voice service cannot: a Teams Phone extensibility group call. */
export interface HeldElsewhere {
  isHeld(channelId: string): boolean;
  hold(channelId: string): Promise<void>;
}

/** What a phone works with. */
export interface PhoneParts extends PhoneContext {
  /** Left out: nobody else can hold a call. */
  readonly heldElsewhere?: HeldElsewhere;
  /** Puts the meeting on hold that is connected. Left out: there are none. */
  readonly holdMeetings?: () => Promise<void>;
}
