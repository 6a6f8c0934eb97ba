import type { ChatProvider, ChatService } from 'onescreen';
import { SessionChatChannel } from './session-chat-channel';

/**
 * The provider of a messaging service: adds to it what is the same for every service, from messages that stand in the
 * timeline while they are sent to who is typing.
 * @example
 * const sms = createChat({ channel: 'sms', name: 'contoso-sms', open: (context) => new SmsSession(context) });
 */
export function createChat(service: ChatService): ChatProvider {
  const { channel, name, maxMessageBytes } = service;
  const open: ChatService['open'] = (context) => service.open(context);
  return {
    ...{ channel, name, open },
    ...(maxMessageBytes !== undefined && { maxMessageBytes }),
    join: (context, host) => new SessionChatChannel(context.channelId, channel, open(context), host),
  };
}
