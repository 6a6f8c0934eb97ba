import type { CallHost } from './call-host';
import type { ChatHost } from './chat-host';

/** What carries a conversation's channel. */
export type ChannelHost = ChatHost | CallHost;

/** Calls are rung and hung up; everything else is joined and left. */
export function isCallHost(host: ChannelHost): host is CallHost {
  return 'actions' in host;
}

export function channelOf({ channel = 'chat' }: ChannelHost): string {
  return channel;
}
