import { ContactCenterError } from 'onescreen';
import { isCallHost, type ChannelHost } from './channel-host';
import type { HostedChannel, ProviderRefs } from './chat-host';

/** One of a conversation's channels, with the host that serves it. */
export interface OpenChannel extends HostedChannel {
  readonly host: ChannelHost;
  readonly channel: string;
  /** True as long as the host has not heard of it: a call that an agent is about to make. */
  readonly planned?: boolean;
  /** True as long as the customer's page, which was or will be told where to call, has not done so. */
  readonly awaited?: boolean;
  /** The customer's names in it, where they are not the conversation's. */
  readonly customerRefs?: ProviderRefs;
  /** The meeting whose chat it is. */
  readonly beside?: string;
  /** The channel that ends once the customer is in this one. */
  readonly replaces?: string;
  /** True when it was opened without an invitation: it stays when one comes to nothing. */
  readonly standing?: boolean;
}

/** A conversation's channels: which are open, and which of them those who look after calls look at. */
export class ConversationChannels {
  readonly #all = new Map<string, OpenChannel>();
  readonly #closed = new Map<string, string>();
  /** By channel: participant ids of the agents who were let in. */
  readonly #inside = new Map<string, Set<string>>();
  #last: OpenChannel | undefined;

  /** In the order in which they were opened. */
  get open(): readonly OpenChannel[] {
    return [...this.#all.values()].filter(({ channelId }) => !this.#closed.has(channelId));
  }

  /** Open and closed ones. */
  get all(): readonly OpenChannel[] {
    return [...this.#all.values()];
  }

  /** The call that is open, and somebody may be in. */
  get call(): OpenChannel | undefined {
    return this.open.find(({ host, awaited }) => isCallHost(host) && awaited !== true);
  }

  /** The call if there is one, else the one that has been open the longest. */
  get main(): OpenChannel | undefined {
    return this.call ?? this.open[0];
  }

  /** As {@link main}; once all are closed, the one that was closed last. */
  get last(): OpenChannel | undefined {
    return this.main ?? this.#last;
  }

  /** Why the last one was closed, when none is open. */
  get closedBecause(): string | undefined {
    return this.main === undefined && this.#last !== undefined ? this.#closed.get(this.#last.channelId) : undefined;
  }

  /** While it is open. */
  get(channelId: string): OpenChannel | undefined {
    return this.#closed.has(channelId) ? undefined : this.#all.get(channelId);
  }

  /** Open from now on, or known better. */
  set(channel: OpenChannel): void {
    this.#all.set(channel.channelId, channel);
  }

  /** It has not come about after all. */
  remove(channelId: string): void {
    this.#all.delete(channelId);
    this.#inside.delete(channelId);
  }

  close(channelId: string, reason: string): void {
    const channel = this.#all.get(channelId);
    if (channel === undefined || this.#closed.has(channelId)) return;
    this.#closed.set(channelId, reason);
    this.#last = channel;
  }

  enter(channelId: string, participantId: string): void {
    const inside = this.#inside.get(channelId) ?? new Set<string>();
    this.#inside.set(channelId, inside.add(participantId));
  }

  leave(channelId: string, participantId: string): void {
    this.#inside.get(channelId)?.delete(participantId);
  }

  isIn(channelId: string, participantId: string): boolean {
    return this.#inside.get(channelId)?.has(participantId) === true;
  }

  /** @throws ContactCenterError `channel/closed` when nothing more can be said in it, `command/invalid` when there is none */
  require(channelId: string): OpenChannel {
    const channel = this.#all.get(channelId);
    if (channel === undefined) {
      throw new ContactCenterError('command/invalid', 'unable to use channel; the conversation has none of this id', {
        field: 'channelId',
      });
    }
    if (!this.#closed.has(channelId)) return channel;
    throw new ContactCenterError('channel/closed', 'unable to use channel; it is closed');
  }
}
