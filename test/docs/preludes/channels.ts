import type * as channels from 'onescreen';
/** Channels of a conversation in hand. */
export declare const call: channels.VoiceChannel | undefined;
export declare const meeting: channels.MeetingChannel;
