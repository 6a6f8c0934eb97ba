import {
  ContactCenterError,
  select,
  type ChatCapabilities,
  type ChatChannel,
  type ChatProvider,
  type ChatSession,
} from 'onescreen';
import { createChat } from 'onescreen/chat';
import { serverChat } from 'onescreen/control-plane';

declare module 'onescreen' {
  interface ChannelMap {
    readonly sms: ChatChannel;
  }
}

/** Ten parts of 160 characters. */
const maxMessageBytes = 1_600;

/** Text messages at the desk: they travel over the control plane, as plain text, and what is sent is sent. */
export function smsProvider(): ChatProvider {
  const hosted = serverChat();
  return createChat({
    channel: 'sms',
    name: 'sms',
    maxMessageBytes,
    open: (context) => plainText(hosted.open(context)),
  });
}

function plainText(session: ChatSession): ChatSession {
  return {
    state$: session.state$,
    items$: session.items$,
    typing$: session.typing$,
    capabilities$: select(session.capabilities$, textOnly),
    async send({ clientId, text }, progress) {
      if (new TextEncoder().encode(text).length > maxMessageBytes) throw refusal('message/too-large', 'it is too long');
      return session.send({ clientId, text }, progress);
    },
    edit: () => Promise.reject(refusal('channel/not-permitted', 'what was sent is sent')),
    delete: () => Promise.reject(refusal('channel/not-permitted', 'what was sent is sent')),
    typing: async () => {},
    markRead: (providerId) => session.markRead(providerId),
    loadMore: (options) => session.loadMore(options),
    forget: (before) => session.forget?.(before),
    close: () => session.close(),
  };
}

function textOnly({ actions }: ChatCapabilities): ChatCapabilities {
  const never = { supported: false, reason: 'not-supported' } as const;
  return { maxMessageBytes, actions: { ...actions, sendHtml: never, edit: never, delete: never, typing: never } };
}

function refusal(code: string, why: string): ContactCenterError {
  return new ContactCenterError(code, `unable to change or send text message; ${why}`);
}
