import {
  type ContactCenterError,
  createLive,
  type Capability,
  type ChannelConnection,
  type ChatCapabilities,
  type ProviderItem,
  type ProviderMessage,
  type ProviderTyping,
} from 'onescreen';
import { createChat } from 'onescreen/chat';
import { Subject } from 'rxjs';

const yes: Capability = { supported: true, executor: 'client' };

/** A chat provider at the client's seam, with every move in the test's hands. */
export function memoryChat(channel = 'chat') {
  const state = createLive<ChannelConnection>({ status: 'connected' });
  const capabilities = createLive<ChatCapabilities>({
    actions: { send: yes, sendHtml: yes, edit: yes, delete: yes, markRead: yes, typing: yes, loadMore: yes },
    maxMessageBytes: 1_000,
  });
  const items = new Subject<readonly ProviderItem[]>();
  const typing = new Subject<ProviderTyping>();
  const sent: { readonly clientId: string; readonly text: string }[] = [];
  let failure: ContactCenterError | undefined;
  let gate: Promise<void> | undefined;
  let open = 0;
  let earlier: readonly (readonly ProviderItem[])[] = [];
  const provider = createChat({
    channel,
    name: 'memory',
    open(context) {
      open++;
      return {
        state$: state.live,
        capabilities$: capabilities.live,
        items$: items,
        typing$: typing,
        async send(message, progress) {
          const id = sent.push(message);
          progress('queued');
          await gate;
          if (failure !== undefined) throw failure;
          return stored(id, context.self.participantId, message.text, { clientId: message.clientId });
        },
        edit: async () => {},
        delete: async () => {},
        markRead: async () => {},
        typing: async () => {},
        async loadMore() {
          await gate;
          if (failure !== undefined) throw failure;
          const [page, ...rest] = earlier;
          earlier = rest;
          if (page !== undefined) items.next(page);
          return { more: rest.length > 0 };
        },
        close: async () => {
          open--;
        },
      };
    },
  });
  return {
    provider,
    sent,
    state,
    capabilities,
    items,
    typing,
    /** Keeps what is sent from being stored until the returned function is called. */
    hold(): () => void {
      let release: () => void = () => {};
      gate = new Promise((resolve) => (release = resolve));
      return release;
    },
    /** What `loadMore` brings, one after the other. */
    write: (pages: typeof earlier) => (earlier = pages),
    fail: (error: ContactCenterError | undefined) => (failure = error),
    get open() {
      return open;
    },
  };
}

export function stored(
  id: number,
  sender: string,
  text: string,
  extra: Partial<ProviderMessage> = {},
): ProviderMessage {
  const at = Date.UTC(2026, 0, 5, 8, 1) + id;
  return { kind: 'message', providerId: `${id}`, version: id, at, seq: 0, sender, text, ...extra };
}
