import type { CallHost } from './call-host';
import type { ChatHost } from './chat-host';
import type { MeetingHost } from './meeting-host';

/** What carries a conversation's channel. */
export type ChannelHost = ChatHost | CallHost | MeetingHost;

/** Calls are rung and hung up; everything else is joined and left. */
export function isCallHost(host: ChannelHost): host is CallHost {
  return 'actions' in host;
}

/** Nobody but the pages that are in a meeting tells what happens there. */
export function isMeetingHost(host: ChannelHost): host is MeetingHost {
  return host.channel === 'meeting';
}

export function channelOf({ channel = 'chat' }: ChannelHost): string {
  return channel;
}
