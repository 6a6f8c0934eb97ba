import {
  createLive,
  type Capability,
  type ChannelConnection,
  type ChatCapabilities,
  type ProviderItem,
  type ProviderMessage,
  type TimelineItem,
} from 'onescreen';
import { createChat } from 'onescreen/chat';
import { NEVER, Subject } from 'rxjs';
import type { Message } from '../workload';
import { subscribers, type Contender } from './contender';
import { openDesk } from './desk';

interface Input {
  readonly items: Subject<readonly ProviderItem[]>;
  readonly brought: readonly ProviderMessage[];
}

const yes: Capability = { supported: true, executor: 'client' };

/**
 * The whole way, as an application has it: a session of a chat provider brings a message; its channel, the reducer, the
 * snapshot and everything that a signed-in desk with a task in hand derives from it follow; `timeline$` tells ten.
 */
export async function ours(conversations: number): Promise<Contender<Input>> {
  let calls = 0;
  const sessions = new Map<string, Subject<readonly ProviderItem[]>>();
  const chat = createChat({
    ...{ channel: 'chat', name: 'memory' },
    open({ conversationId }) {
      const items = new Subject<readonly ProviderItem[]>();
      sessions.set(conversationId, items);
      return session(items);
    },
  });
  const client = await openDesk([chat], conversations, { id: 'chat-1', channel: 'chat', provider: 'memory' });
  for (const { timeline$ } of client.conversations$.value)
    for (let each = 0; each < subscribers; each++) timeline$.subscribe(() => calls++);

  const sessionOf = (conversation: number) => {
    const items = sessions.get(`c-${conversation}`);
    if (items === undefined) throw new Error(`there is no conversation ${conversation}`);
    return items;
  };
  const messagesOf = (conversation: number) =>
    [...(client.conversation(`c-${conversation}`)?.timeline$.value ?? [])].filter(isMessage);
  return {
    input: (conversation, message, kind) => ({
      items: sessionOf(conversation),
      brought: [brought(message, kind === 'edit')],
    }),
    fill(conversation, messages) {
      const items = sessionOf(conversation);
      for (const message of messages) items.next([brought(message, false)]);
    },
    take: ({ items, brought: one }) => items.next(one),
    contents: (conversation) =>
      messagesOf(conversation).map(({ id, text }) => `${id.slice(id.indexOf('/') + 1)} ${text}`),
    objects: messagesOf,
    calls: () => calls,
    watching: 'each conversation',
    close: () => client.close(),
  };
}

function brought({ id, at, version, text }: Message, edited: boolean): ProviderMessage {
  return edited
    ? {
        kind: 'message',
        providerId: id,
        version,
        at,
        seq: 0,
        sender: 'cleo',
        senderName: 'Cleo',
        text,
        editedAt: version,
      }
    : { kind: 'message', providerId: id, version, at, seq: 0, sender: 'cleo', senderName: 'Cleo', text };
}

function isMessage(item: TimelineItem) {
  return item.kind === 'message';
}

function session(items: Subject<readonly ProviderItem[]>) {
  const capabilities: ChatCapabilities = {
    actions: { send: yes, sendHtml: yes, edit: yes, delete: yes, markRead: yes, typing: yes, loadMore: yes },
    maxMessageBytes: 28_672,
  };
  return {
    state$: createLive<ChannelConnection>({ status: 'connected' }).live,
    capabilities$: createLive(capabilities).live,
    items$: items,
    typing$: NEVER,
    send: () => Promise.reject(new Error('nobody sends')),
    edit: async () => {},
    delete: async () => {},
    markRead: async () => {},
    typing: async () => {},
    loadMore: async () => ({ more: false }),
    close: async () => items.complete(),
  };
}
