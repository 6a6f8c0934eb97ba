import type { ChannelInfo, Participant } from '../conversation/conversation-state';
import type { Labels } from '../conversation/labels';
import type { Environment } from '../environment/environment';
import type { Live } from '../live';
import type { MeetingReport } from '../protocol/meeting-report';
import type { OpenChatChannel } from './chat-channel';
import type { ChatProvider } from './chat-provider';
import type { CommandOptions } from './control-plane';
import type { MeetingChannel } from './meeting-channel';
import type { Tokens } from './token-provider';

/** A meeting service's provider, such as `teamsMeetings()` of `onescreen/acs/calling`. */
export interface MeetingProvider {
  readonly channel: 'meeting';
  /** Matches `provider` of the channel's opening in the log. */
  readonly name: string;
  /** The meetings of a desk or of a customer's page. Returns at once; nothing is loaded before one is joined. */
  meetings(context: MeetingsContext): Meetings;
}

/** What a desk, or a customer's page, gives its meetings. */
export interface MeetingsContext {
  /** Who joins; `providerRefs.meeting` is their name in meetings. */
  readonly self: {
    readonly id: string;
    readonly displayName: string;
    readonly providerRefs: Readonly<Record<string, string>>;
  };
  /** Those of the audience `meeting` open meetings. */
  readonly tokens: Tokens;
  readonly environment: Environment;
  /** What all tabs of one agent are called; a meeting is in one of them. Left out: this page is alone. */
  readonly tabs?: string;
  /**
   * Puts the active call on hold, in whichever tab it is: one is active at a time.
   * @throws ContactCenterError `command/not-allowed` with the reason `emergency-call`, or as the hold does: then nothing is joined
   */
  readonly holdCalls: () => Promise<void>;
}

/** What a client does meetings with. */
export interface Meetings {
  /** The channel of one meeting, for its conversation. */
  channel(host: MeetingChannelHost): OpenMeetingChannel;
  /** Puts the meeting on hold that is connected, in whichever tab; none is: no effect. */
  holdActive(): Promise<void>;
  /** Leaves all meetings. Idempotent. */
  close(): Promise<void>;
}

/** A meeting's channel, and the end of its lifetime. */
export interface OpenMeetingChannel extends MeetingChannel {
  /** Takes this side out of the meeting, which goes on for others. */
  close(): Promise<void>;
}

/** What a meeting's channel needs of the conversation it belongs to. */
export interface MeetingChannelHost {
  readonly conversationId: string;
  readonly channelId: string;
  /** The channel as the log states it; `providerRefs` say where to join: `joinLink`, or `meetingId` and `passcode`. */
  readonly info$: Live<ChannelInfo>;
  /** Whoever looks at it, as the log states them; their `providerRefs.meeting` is their name in the meeting. */
  readonly self$: Live<Participant | undefined>;
  /** Of the conversation; untrusted values. */
  readonly context$: Live<Labels>;
  /** Tells the control plane what happened; again: no further effect. */
  report(report: MeetingReport): Promise<unknown>;
  /** Joins the meeting's chat: its messages fold into the conversation, under a channel id of their own. */
  joinChat(
    provider: ChatProvider,
    where: {
      readonly providerRefs: Readonly<Record<string, string>>;
      /** Under which names this side writes there. */
      readonly names: Readonly<Record<string, string>>;
      readonly tokens: Tokens;
      readonly open$: Live<boolean>;
    },
  ): OpenChatChannel;
  /** Ends the meeting for the customer. */
  end(options: CommandOptions | undefined): Promise<void>;
}
