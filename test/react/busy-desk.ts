import {
  ContactCenterClient,
  createLive,
  type Capability,
  type ChannelConnection,
  type ChatCapabilities,
  type LogFact,
  type ProviderItem,
  type ProviderMessage,
  type ProviderTyping,
} from 'onescreen';
import { createChat } from 'onescreen/chat';
import { Subject } from 'rxjs';
import { ada, entry, scriptedControlPlane, start, task } from '../client/scripted-control-plane';

const yes: Capability = { supported: true, executor: 'client' };

const person = (id: string, role: 'customer' | 'agent') => ({ id, role, displayName: id, providerRefs: {} });

/** A signed-in desk with many conversations `c-0`, `c-1`, …, each with a task `t-0`, …, and a chat of its own. */
export async function busyDesk(count: number, messagesEach = 0) {
  const plane = scriptedControlPlane();
  const services = new Map<
    string,
    { readonly items: Subject<readonly ProviderItem[]>; readonly typing: Subject<ProviderTyping> }
  >();
  const seqs = new Map<string, number>();
  const provider = createChat({
    channel: 'chat',
    name: 'many',
    open({ conversationId }) {
      const items = new Subject<readonly ProviderItem[]>();
      const typing = new Subject<ProviderTyping>();
      services.set(conversationId, { items, typing });
      const actions = { send: yes, sendHtml: yes, edit: yes, delete: yes, markRead: yes, typing: yes, loadMore: yes };
      return {
        state$: createLive<ChannelConnection>({ status: 'connected' }).live,
        capabilities$: createLive<ChatCapabilities>({ actions, maxMessageBytes: 1_000 }).live,
        items$: items,
        typing$: typing,
        send: async ({ text }) => message(0, 0, text),
        edit: async () => {},
        delete: async () => {},
        markRead: async () => {},
        typing: async () => {},
        loadMore: async () => ({ more: false }),
        close: async () => {},
      };
    },
  });
  const client = new ContactCenterClient({
    controlPlane: plane.controlPlane,
    tokens: async () => ({ token: 'opaque', expiresOn: Date.now() + 3_600_000 }),
    providers: [provider],
  });
  const log = (conversationId: string, facts: readonly LogFact[]) =>
    facts.map((fact) => {
      const seq = (seqs.get(conversationId) ?? 0) + 1;
      seqs.set(conversationId, seq);
      return entry(seq, fact);
    });
  const conversations = Array.from({ length: count }, (_, index) => {
    const id = `c-${index}`;
    const entries = log(id, [
      { type: 'conversation-opened', context: {} },
      { type: 'participant-joined', participant: person('p-cleo', 'customer') },
      { type: 'channel-opened', channelId: `ch-${index}`, channel: 'chat', provider: 'many', providerRefs: {} },
      { type: 'participant-joined', participant: person('p-ada', 'agent') },
      { type: 'task', task: { ...task, id: `t-${index}`, conversationId: id } },
    ]);
    return { id, self: 'p-ada', entries, more: false };
  });
  const signedIn = client.signIn();
  plane.link({ status: 'online' });
  plane.push({ type: 'snapshot', agent: ada, offers: [], conversations });
  await signedIn;
  const history = Array.from({ length: messagesEach }, (_, index) => message(index));
  for (const { items } of services.values()) items.next(history);
  return {
    client,
    plane,
    /** Brings items from the chat of a conversation. */
    arrive: (index: number, ...items: readonly ProviderItem[]) => services.get(`c-${index}`)?.items.next(items),
    typing: (index: number, sender = 'p-cleo') => services.get(`c-${index}`)?.typing.next({ sender }),
    /** Brings entries of a conversation's log. */
    say: (index: number, ...facts: readonly LogFact[]) =>
      plane.push({ type: 'log', conversationId: `c-${index}`, entries: log(`c-${index}`, facts) }),
  };
}

/** A message of the customer; `index` numbers those of a chat from 0, oldest first. */
export function message(index: number, version = 0, text = `message ${index}`): ProviderMessage {
  const at = start + 60_000 + index * 1_000;
  return { kind: 'message', providerId: `${at}`, version, at, seq: 0, sender: 'p-cleo', text };
}
