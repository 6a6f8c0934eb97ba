import {
  createLive,
  type ChatChannel,
  type ChatProvider,
  type Live,
  type LiveSource,
  type MeetingChannelHost,
  type OpenChatChannel,
  type Tokens,
} from 'onescreen';

export interface MeetingChatOptions {
  /** Left out: the meeting's own chat is not used. */
  readonly provider: ChatProvider | undefined;
  readonly host: MeetingChannelHost;
  /** Those that open the meeting open its chat, too. */
  readonly tokens: Tokens;
  readonly identity: () => string | undefined;
}

/** The meeting's own chat as a channel of the conversation, as long as this side is in. */
export class MeetingChat {
  readonly #options: MeetingChatOptions;
  readonly #state = createLive<ChatChannel | undefined>(undefined);
  #open:
    { readonly threadId: string; readonly channel: OpenChatChannel; readonly isOpen: LiveSource<boolean> } | undefined;
  readonly #closing = new Set<Promise<void>>();

  constructor(options: MeetingChatOptions) {
    this.#options = options;
  }

  get live(): Live<ChatChannel | undefined> {
    return this.#state.live;
  }

  /** `threadId`: as the call states it; undefined while this side is not in. */
  follow(threadId: string | undefined): void {
    if (threadId === this.#open?.threadId) return;
    this.#leave();
    const { provider, host, tokens } = this.#options;
    const identity = this.#options.identity();
    if (threadId === undefined || provider === undefined || identity === undefined) return;
    const { endpoint } = host.info$.value.providerRefs;
    const isOpen = createLive(true);
    const channel = host.joinChat(provider, {
      providerRefs: { ...(endpoint !== undefined && { endpoint }), threadId },
      names: { acs: identity },
      tokens,
      open$: isOpen.live,
    });
    this.#open = { threadId, channel, isOpen };
    this.#state.set(channel);
  }

  async close(): Promise<void> {
    this.#leave();
    this.#state.complete();
    await Promise.all(this.#closing);
  }

  #leave(): void {
    const before = this.#open;
    if (before === undefined) return;
    this.#open = undefined;
    this.#state.set(undefined);
    before.isOpen.set(false);
    before.isOpen.complete();
    const closing = before.channel.close().catch(() => {}); // It is left, whatever it makes of it.
    this.#closing.add(closing);
    void closing.then(() => this.#closing.delete(closing));
  }
}

/** The tokens of meetings for a chat provider, which asks for those of its own audience. */
export function meetingTokens(tokens: Tokens): Tokens {
  return { get: (_audience, refused) => tokens.get('meeting', refused) };
}
