import { ContactCenterError } from '../errors';
import { createLive } from '../live';
import type { Capability } from '../provider/capability';
import type { ChatState, OpenChatChannel } from '../provider/chat-channel';
import type { ChatCapabilities } from '../provider/chat-provider';
import type { ChannelInfo } from '../conversation/conversation-state';

/** The channel of a provider that the client was not given: closed from the start, and says what to add. */
export function missingChat({ id, type, provider }: ChannelInfo): OpenChatChannel {
  const what = `unable to open ${type} channel; the client has no provider named ${provider}`;
  const error = new ContactCenterError('provider/missing', what, { field: 'options.providers' });
  const no: Capability = { supported: false, reason: 'closed', detail: what };
  const actions = { send: no, sendHtml: no, edit: no, delete: no, markRead: no, typing: no, loadMore: no };
  const state = createLive<ChatState>({ status: 'closed', error });
  const capabilities = createLive<ChatCapabilities>({ actions, maxMessageBytes: 0 });
  const typing = createLive<readonly string[]>([]);
  const refuse = () => Promise.reject(error);
  return {
    id,
    type,
    state$: state.live,
    capabilities$: capabilities.live,
    typing$: typing.live,
    send: refuse,
    retry: refuse,
    edit: refuse,
    delete: refuse,
    markRead: refuse,
    typing: refuse,
    end: refuse,
    native: () => undefined,
    loadMore: async () => ({ more: false }),
    async close() {
      for (const live of [state, capabilities, typing]) live.complete();
    },
  };
}
