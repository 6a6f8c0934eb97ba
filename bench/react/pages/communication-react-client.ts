import { _createStatefulChatClientWithDeps } from 'communication-react/chat-client';
import { message } from '../../../test/react/busy-desk';

type Listener = (event: object) => void;

const customer = { kind: 'communicationUser', communicationUserId: '8:acs:customer' } as const;
const agent = { kind: 'communicationUser', communicationUserId: '8:acs:agent' } as const;

/** The stateful chat client over a chat client that only raises events, as its own tests have it; filled in one update each. */
export async function communicationReactClient(threads: number, messages: number) {
  const listeners = new Map<string, Set<Listener>>();
  const chatClient = {
    startRealtimeNotifications: async () => {},
    stopRealtimeNotifications: async () => {},
    on: (name: string, listener: Listener) => {
      listeners.set(name, (listeners.get(name) ?? new Set()).add(listener));
    },
    off: (name: string, listener: Listener) => {
      listeners.get(name)?.delete(listener);
    },
  };
  const client = _createStatefulChatClientWithDeps(chatClient, { userId: agent, displayName: 'Agent', endpoint: '' });
  await client.startRealtimeNotifications();
  const next = new Array<number>(threads).fill(messages);
  for (let thread = 0; thread < threads; thread++) {
    const filled: Record<string, object> = {};
    for (let index = 0; index < messages; index++) {
      const { providerId: id, at, text } = message(index);
      filled[id] = {
        ...{ id, version: id, content: { message: text, attachments: [] }, type: 'text', sender: customer },
        ...{
          senderDisplayName: 'Customer',
          sequenceId: '',
          createdOn: new Date(at),
          metadata: {},
          status: 'delivered',
        },
      };
    }
    client.context.createThread(`c-${thread}`);
    client.context.setChatMessages(`c-${thread}`, filled);
  }
  return {
    client,
    /** What hooks take for the client of one thread. */
    threadClient: (thread: number) => ({
      // There are no earlier ones.
      listMessages: () => ({ next: async () => ({ done: true, value: undefined }) }),
      threadId: `c-${thread}`,
      listReadReceipts: () => [],
      sendReadReceipt: async () => {},
    }),
    arrive: (thread: number) => {
      const index = next[thread] ?? 0;
      next[thread] = index + 1;
      const { providerId: id, at, text } = message(index);
      const event = {
        ...{ threadId: `c-${thread}`, id, version: id, type: 'Text', message: text, attachments: [], sender: customer },
        ...{ senderDisplayName: 'Customer', recipient: agent, metadata: {}, createdOn: new Date(at) },
      };
      for (const listener of listeners.get('chatMessageReceived') ?? []) listener(event);
    },
  };
}
