import type { ChatProvider } from 'onescreen';
import { createChat } from 'onescreen/chat';
import { maxMessageBytes } from './hosted-chat-capabilities';
import { HostedChatSession } from './hosted-chat-session';

/**
 * Chat hosted by the vendor's own control plane, over its conversation log: no messaging service besides it.
 * Messages are at most 28 KB of UTF-8; typing is signalled at most once in 3 s; messages written while the link
 * is down are sent when it is back.
 */
export function serverChat(): ChatProvider {
  return createChat({
    channel: 'chat',
    name: 'server',
    maxMessageBytes,
    open: (context) => new HostedChatSession(context),
  });
}
