import { _createStatefulChatClientWithDeps, type ChatMessage } from 'communication-react/stateful-chat-client';
import { EventEmitter } from 'node:events';
import { subscribers, type Contender } from './contender';

interface Input {
  readonly name: 'chatMessageReceived' | 'chatMessageEdited';
  readonly event: object;
}

const sender = { kind: 'communicationUser', communicationUserId: '8:acs:customer' } as const;

/**
 * The stateful chat client of @azure/communication-react over a chat client that only raises events, as its own tests
 * have it. What was there before comes in one update.
 */
export async function communicationReact(conversations: number): Promise<Contender<Input>> {
  let calls = 0;
  const events = new EventEmitter();
  const chatClient = {
    startRealtimeNotifications: async () => {},
    stopRealtimeNotifications: async () => {},
    on: (name: string, listener: (event: unknown) => void) => void events.on(name, listener),
    off: (name: string, listener: (event: unknown) => void) => void events.off(name, listener),
  };
  const userId = { communicationUserId: '8:acs:agent' };
  const client = _createStatefulChatClientWithDeps(chatClient, { userId, displayName: 'Agent', endpoint: '' });
  await client.startRealtimeNotifications();
  for (let each = 0; each < subscribers; each++) {
    const watched = `c-${each % conversations}`;
    let last = client.getState().threads[watched];
    client.onStateChange((state) => {
      const now = state.threads[watched];
      if (now === last) return;
      last = now;
      calls++;
    });
  }
  const messagesOf = (conversation: number) =>
    Object.values(client.getState().threads[`c-${conversation}`]?.chatMessages ?? {});
  return {
    input(conversation, { id, at, version, text }, kind) {
      const event = {
        ...{ threadId: `c-${conversation}`, id, version: `${version}`, type: 'Text', message: text, attachments: [] },
        ...{ sender, senderDisplayName: 'Customer', recipient: userId, metadata: {}, createdOn: new Date(at) },
      };
      return kind === 'new'
        ? { name: 'chatMessageReceived', event }
        : { name: 'chatMessageEdited', event: { ...event, editedOn: new Date(version) } };
    },
    fill(conversation, messages) {
      const filled: Record<string, ChatMessage> = {};
      for (const { id, at, version, text } of messages) {
        filled[id] = {
          ...{ id, version: `${version}`, content: { message: text, attachments: [] }, type: 'text', sender },
          ...{
            senderDisplayName: 'Customer',
            sequenceId: '',
            createdOn: new Date(at),
            editedOn: undefined,
            metadata: {},
          },
          ...{ clientMessageId: undefined, status: 'delivered' },
        };
      }
      client.context.createThread(`c-${conversation}`);
      client.context.setChatMessages(`c-${conversation}`, filled);
    },
    take: ({ name, event }) => void events.emit(name, event),
    contents: (conversation) => messagesOf(conversation).map(({ id, content }) => `${id} ${content?.message ?? ''}`),
    objects: messagesOf,
    calls: () => calls,
    watching: 'everything',
    close: async () => client.dispose(),
  };
}
