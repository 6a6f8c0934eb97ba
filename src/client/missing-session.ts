import { EMPTY } from 'rxjs';
import { ContactCenterError } from '../errors';
import { createLive } from '../live';
import type { Capability } from '../provider/capability';
import type { ChannelConnection, ChatCapabilities, ChatSession } from '../provider/chat-provider';

/** Stands in for a channel whose provider this client was not given: closed, with an error that says what to add. */
export function missingSession(provider: string, type: string): ChatSession {
  const error = new ContactCenterError(
    'provider/missing',
    `unable to open ${type} channel; the client has no provider named ${provider}`,
    { field: 'options.providers' },
  );
  const no: Capability = { supported: false, reason: 'not-supported', detail: error.message };
  const actions = { send: no, sendHtml: no, edit: no, delete: no, markRead: no, typing: no, loadMore: no };
  const refuse = () => Promise.reject(error);
  return {
    state$: createLive<ChannelConnection>({ status: 'closed', error }).live,
    capabilities$: createLive<ChatCapabilities>({ actions, maxMessageBytes: 0 }).live,
    items$: EMPTY,
    typing$: EMPTY,
    send: refuse,
    edit: refuse,
    delete: refuse,
    markRead: refuse,
    typing: refuse,
    loadMore: () => Promise.resolve({ more: false }),
    close: () => Promise.resolve(),
  };
}
