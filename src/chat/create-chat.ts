import { ContactCenterError, type ChatProvider, type ChatService } from 'onescreen';
import { previousMessages } from './previous-messages';
import { refusedSession } from './refused-session';
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
    previous: previousMessages,
    // By `this`: a provider spread into one of another kind or with another session is joined as what it says it is.
    join(context, host) {
      return new SessionChatChannel(context.channelId, this.channel, this.open(context), host);
    },
    refuse(context, host, { type, provider }) {
      const what = `unable to open ${type} channel; the client has no provider named ${provider}`;
      const error = new ContactCenterError('provider/missing', what, { field: 'options.providers' });
      return new SessionChatChannel(context.channelId, type, refusedSession(error), host);
    },
  };
}
