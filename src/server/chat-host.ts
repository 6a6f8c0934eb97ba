import type { ParticipantRecord } from '../protocol/log-entry';

/** Somebody's or something's names at providers, such as `{ acs: '8:acs:…' }` or `{ endpoint, threadId }`. */
export type ProviderRefs = Readonly<Record<string, string>>;

/** A chat that a host has opened. */
export interface HostedChannel {
  readonly conversationId: string;
  readonly channelId: string;
  readonly providerRefs: ProviderRefs;
}

export interface ChatToken {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresOn: number;
  readonly kind: string;
}

/**
 * Where chats live: in the conversation log, in ACS, or with a vendor's own service. Calls about one
 * conversation never overlap. A rejection of `open`, `join` or `close` refuses the command that wanted it.
 */
export interface ChatHost {
  /** Written into the log as the channel's `provider`; desks join with the chat provider of the same name. */
  readonly name: string;
  /** Kind of channel, such as `sms`: only agents whose `channels` list it are offered its tasks. Default `chat`. */
  readonly channel?: string;
  /** True when messages travel as `message/*` commands and lie in the conversation log. */
  readonly inLog: boolean;
  /** Opens a chat for a customer; `customerRefs` are the customer's names there. */
  open(request: {
    readonly conversationId: string;
    readonly channelId: string;
    readonly customer: ParticipantRecord;
  }): Promise<{ readonly providerRefs: ProviderRefs; readonly customerRefs: ProviderRefs }>;
  /** Lets an agent in, with all that was said so far; resolves with the agent's names there. Doing it twice has no further effect. */
  join(channel: HostedChannel, agent: ParticipantRecord): Promise<ProviderRefs>;
  leave(channel: HostedChannel, agent: ParticipantRecord): Promise<void>;
  /** Ends the chat for the customer at once; what was said stays as history. */
  close(channel: HostedChannel, customer: ParticipantRecord): Promise<void>;
  /**
   * An agent's own names at this host, made when there are none yet. Left out: agents have none. No two participants of
   * a conversation may share one: messages under it count as those of whoever was introduced last when they came.
   */
  identify?(agent: { readonly id: string; readonly providerRefs: ProviderRefs }): Promise<ProviderRefs>;
  /** A token for whoever has these names. Left out: the channel needs none. */
  token?(refs: ProviderRefs): Promise<ChatToken>;
}
