import { isPending, type Environment, type MessageItem } from 'onescreen';
import { CustomerClient, type CustomerChat } from 'onescreen/customer';
import { hostedChat, type ChatHost } from 'onescreen/server';
import type { SmsCarrier } from './sms-carrier';
import { smsProvider } from './sms-provider';

/** The control plane's side: text messages lie in the conversation log, as hosted chats do. */
export const smsHost: ChatHost = { ...hostedChat(), name: 'sms', channel: 'sms' };

export interface SmsGatewayOptions {
  /** Address of the control plane. */
  readonly server: string;
  readonly carrier: SmsCarrier;
  readonly environment?: Partial<Environment>;
  readonly fetch?: typeof fetch;
}

/** The customer of each conversation, for phones that have no page: what they write goes in, what agents write goes out. */
export function startSmsGateway({ carrier, ...options }: SmsGatewayOptions): { close(): Promise<void> } {
  const client = new CustomerClient({ ...options, providers: [smsProvider()], storage: null });
  const talks = new Map<string, Promise<CustomerChat>>();

  const begin = async (phone: string, text: string): Promise<CustomerChat> => {
    const start = { displayName: phone, id: phone, provider: 'sms', context: { phone }, text };
    const chat = await client.start(start);
    const told = new Set<string>();
    chat.timeline$.subscribe((timeline) => {
      for (const item of timeline) {
        if (item.kind !== 'message' || !isFromAgent(item) || told.has(item.id)) continue;
        told.add(item.id);
        void carrier.send(phone, item.text);
      }
    });
    chat.state$.subscribe(({ phase }) => {
      if (phase !== 'ended') return;
      talks.delete(phone);
      void chat.close();
    });
    return chat;
  };

  const stop = carrier.onReceived((phone, text) => {
    const talk = talks.get(phone);
    if (talk !== undefined) return void talk.then((chat) => chat.send(text));
    const begun = begin(phone, text);
    talks.set(phone, begun);
    begun.catch(() => talks.delete(phone));
  });
  return {
    async close() {
      stop();
      await client.close();
    },
  };
}

function isFromAgent(item: MessageItem): boolean {
  return item.direction === 'in' && !isPending(item) && item.deletedAt === undefined;
}
