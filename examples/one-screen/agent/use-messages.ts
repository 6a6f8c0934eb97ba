import { useChannel } from 'onescreen/react';

/** The messaging channel of a conversation, whatever its kind; a chat, where there are several. */
export function useMessages(conversationId: string): ReturnType<typeof useChannel> {
  const chat = useChannel(conversationId, 'chat');
  const sms = useChannel(conversationId, 'sms');
  return chat ?? sms;
}
