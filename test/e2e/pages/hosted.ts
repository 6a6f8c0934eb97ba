import type { MessageItem, Timeline } from 'onescreen';
import { serverChat } from 'onescreen/control-plane';
import { CustomerClient, type CustomerChat } from 'onescreen/customer';
import { controlPlaneAddress, type CustomerHands, type Told } from './customer-hands';

const client = new CustomerClient({ server: controlPlaneAddress(), providers: [serverChat()] });
const told: Told[] = [];
let chat: CustomerChat | undefined;

function joined(): CustomerChat {
  if (chat === undefined) throw new Error('the chat has not been started');
  return chat;
}

async function start({ displayName, context = {} }: Parameters<CustomerHands['start']>[0]): Promise<void> {
  chat = await client.start({ displayName, context, provider: 'server' });
  chat.typing$.subscribe((typing) => {
    if (typing.length > 0) told.push({ type: 'typing' });
  });
  chat.state$.subscribe(({ phase }) => {
    if (phase === 'ended' && told.at(-1)?.type !== 'ended') told.push({ type: 'ended' });
  });
  let before = new Map<string, MessageItem>();
  chat.timeline$.subscribe((timeline) => {
    const now = new Map(messageItems(timeline).map((item) => [item.id, item]));
    for (const item of now.values()) tell(item, before.get(item.id));
    before = now;
  });
}

/** Says what changed of one message. */
function tell(item: MessageItem, before: MessageItem | undefined): void {
  if (item.direction === 'out') {
    if (item.state === 'read' && before?.state !== 'read') told.push({ type: 'read' });
  } else if (before === undefined) {
    told.push({ type: 'message', text: item.text });
  } else if (item.deletedAt !== undefined && before.deletedAt === undefined) {
    told.push({ type: 'deleted' });
  } else if (item.editedAt !== undefined && item.text !== before.text) {
    told.push({ type: 'edited', text: item.text });
  }
}

function messageItems(timeline: Timeline): readonly MessageItem[] {
  return [...timeline].filter((item) => item.kind === 'message');
}

window.customer = {
  start,
  send: async (text) => (await joined().send(text)).id,
  sendHtml: async (html) => (await joined().send({ text: 'see the html', html })).id,
  edit: (id, text) => joined().edit(id, text),
  delete: (id) => joined().delete(id),
  typing: () => joined().typing(),
  markRead: () => joined().markRead(),
  messages: async () =>
    messageItems(joined().timeline$.value).map((item) => ({
      text: item.html ?? item.text,
      own: item.direction === 'out',
      edited: item.editedAt !== undefined,
      deleted: item.deletedAt !== undefined,
    })),
  told: () => told,
};
