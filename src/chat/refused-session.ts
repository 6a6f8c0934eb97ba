import {
  createLive,
  type Capability,
  type ChannelConnection,
  type ChatCapabilities,
  type ChatSession,
  type ContactCenterError,
} from 'onescreen';
import { EMPTY } from 'rxjs';

/** For providers: a channel that cannot be opened as its opening states it. Closed from the start, and says why. */
export function refusedSession(error: ContactCenterError): ChatSession {
  const no: Capability = { supported: false, reason: 'closed', detail: error.message };
  const actions = { send: no, sendHtml: no, edit: no, delete: no, markRead: no, typing: no, loadMore: no };
  const state = createLive<ChannelConnection>({ status: 'closed', error });
  const capabilities = createLive<ChatCapabilities>({ actions, maxMessageBytes: 0 });
  const refuse = () => Promise.reject(error);
  return {
    state$: state.live,
    capabilities$: capabilities.live,
    items$: EMPTY,
    typing$: EMPTY,
    send: refuse,
    edit: refuse,
    delete: refuse,
    markRead: refuse,
    typing: refuse,
    loadMore: () => Promise.resolve({ more: false }),
    close() {
      state.complete();
      capabilities.complete();
      return Promise.resolve();
    },
  };
}
