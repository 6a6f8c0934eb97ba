import type { ParticipantRecord } from '../protocol/log-entry';
import type { ChatToken, HostedChannel, ProviderRefs } from './chat-host';

/**
 * What makes meetings: Microsoft Graph, or a vendor's own service. Nobody tells the control plane what happens in a
 * meeting but the pages that are in it. Calls about one conversation never overlap.
 */
export interface MeetingHost {
  /** Written into the log as the channel's `provider`; pages join with the meeting provider of the same name. */
  readonly name: string;
  readonly channel: 'meeting';
  readonly inLog: false;
  /**
   * True where its meetings have no chat of their own for customers: a conversation without a chat then gets one for as
   * long as the meeting lasts, of the server's first chat host.
   */
  readonly sideChannel?: boolean;
  /**
   * Makes a meeting. Rejects, with nothing left of it, with `channel/unavailable`. `providerRefs` say where to join: `joinLink`, or `meetingId` and `passcode`, and `endpoint` where its
   * chat is; `customerRefs.meeting` is the customer's name there. The customer is told of it only once invited.
   */
  open(request: {
    readonly conversationId: string;
    readonly channelId: string;
    readonly customer: ParticipantRecord;
    /** For people in the meeting. */
    readonly subject: string;
  }): Promise<{ readonly providerRefs: ProviderRefs; readonly customerRefs: ProviderRefs }>;
  /** The agent's names there, as `meeting`; whether and when they join is theirs. */
  join(channel: HostedChannel, agent: ParticipantRecord): Promise<ProviderRefs>;
  /** The agent has left the conversation; the meeting goes on. */
  leave(channel: HostedChannel, agent: ParticipantRecord): Promise<void>;
  /** Ends the meeting for everybody. */
  close(channel: HostedChannel, customer: ParticipantRecord): Promise<void>;
  /** An agent's own names, made when there are none yet. */
  identify?(agent: { readonly id: string; readonly providerRefs: ProviderRefs }): Promise<ProviderRefs>;
  /** A token of the audience `meeting` for whoever has these names. Rejects with `token/unavailable`. Left out: it issues none. */
  token?(refs: ProviderRefs): Promise<ChatToken>;
}
