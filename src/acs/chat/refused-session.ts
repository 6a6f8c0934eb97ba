import { createLive, type ChatSession, type ContactCenterError } from 'onescreen';
import { EMPTY } from 'rxjs';
import { capabilitiesOf } from './capabilities';

/** A channel that cannot be opened as its references stand: closed from the start, and says why. */
export function refusedSession(error: ContactCenterError): ChatSession {
  const state = createLive({ status: 'closed' as const, error });
  const capabilities = createLive(
    capabilitiesOf({ participants: undefined, permitted: false, closed: true, html: false }),
  );
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
    loadMore: refuse,
    async close() {
      state.complete();
      capabilities.complete();
    },
  };
}
