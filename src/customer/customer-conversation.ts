import {
  ContactCenterError,
  createConversation,
  createLive,
  createTokens,
  isContactCenterError,
  select,
  type AccessToken,
  type ChannelInfo,
  type CommandOptions,
  type Environment,
  type Live,
  type Meetings,
  type OpenConversation,
  type TokenBroker,
} from 'onescreen';
import { Subscription } from 'rxjs';
import type { CustomerPush, CustomerStatus } from '../protocol/customer-frames';
import type { CustomerLink } from './customer-link';
import type { CustomerProviders } from './customer-providers';
import type { CustomerInvitation } from './customer-invitation';
import { KnownInvitations } from './known-invitations';
import { offeredInvitations } from './offered-invitations';
import { OneActive } from './one-active';

/** A started conversation as the server answers it. */
export interface StartedConversation {
  readonly conversationId: string;
  /** The customer's participant id. */
  readonly self: string;
  readonly resumeToken: string;
  /** A first token for the provider, where it needs one. */
  readonly token?: AccessToken;
}

export interface CustomerConversationOptions {
  readonly started: StartedConversation;
  /** What the token is for that came with the start. */
  readonly audience: 'chat' | 'calling';
  readonly displayName: string;
  readonly link: CustomerLink;
  /** What the link said already. */
  readonly first?: CustomerPush;
  readonly providers: CustomerProviders;
  readonly environment: Environment;
  readonly freshToken: (audience: string, signal: AbortSignal) => Promise<AccessToken>;
  /** It has ended for good. */
  readonly ended: () => void;
  readonly closed: () => void;
}

/** What a page shows of the conversation, such as its chat. */
export interface ConversationView {
  close(): Promise<void>;
}

/** How the page's link to the server stands. */
export type LinkStatus = 'connecting' | 'online' | 'offline';

/**
 * A customer's conversation on one page: one link, one log, one timeline, however many channels. Chat, call and meeting
 * are views of it; it is open as long as one of them is.
 */
export class CustomerConversation {
  readonly id: string;
  readonly resumeToken: string;
  /** Aborted once it is closed. */
  readonly closing: AbortSignal;
  readonly status$: Live<CustomerStatus>;
  readonly link$: Live<LinkStatus>;
  readonly online$: Live<boolean>;
  readonly tokens: TokenBroker;
  readonly open: OpenConversation;
  readonly invitations: KnownInvitations;
  readonly invitations$: Live<readonly CustomerInvitation[]>;
  readonly active = new OneActive();
  readonly options: CustomerConversationOptions;
  readonly #status = createLive<CustomerStatus>({ phase: 'queued' });
  readonly #link = createLive<LinkStatus>('connecting');
  readonly #views = new Set<ConversationView>();
  readonly #subscription = new Subscription();
  readonly #closing = new AbortController();
  /** Undefined without a meeting provider. */
  readonly #meetings: Meetings | undefined;
  #first: AccessToken | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: CustomerConversationOptions) {
    const { started, link, environment, providers, displayName } = options;
    this.options = options;
    this.id = started.conversationId;
    this.resumeToken = started.resumeToken;
    this.closing = this.#closing.signal;
    this.status$ = this.#status.live;
    this.link$ = this.#link.live;
    this.#first = started.token;
    this.tokens = createTokens(({ audience }) => this.#token(audience), environment);
    this.online$ = select(link.state$, ({ status }) => status === 'online');
    this.#meetings = providers.meeting?.meetings({
      self: { id: started.self, displayName, providerRefs: {} },
      tokens: this.tokens,
      environment,
      holdCalls: () => this.active.holdCalls(),
    });
    this.open = createConversation({
      id: started.conversationId,
      self: started.self,
      providers: providers.chats,
      tokens: this.tokens,
      environment,
      controlPlane: {
        online$: this.online$,
        command: (name, args, commandOptions) => link.command(name, args, commandOptions),
      },
      ...(this.#meetings !== undefined &&
        providers.meeting !== undefined && {
          meetings: {
            provider: providers.meeting.name,
            meetings: this.#meetings,
            report: (channelId, report) => link.command('meeting/report', { channelId, report }),
          },
        }),
      end: (commandOptions) => this.end(commandOptions),
      endChannel: (channelId, commandOptions) => this.leave(channelId, commandOptions),
      setContext: () => Promise.reject(notTheirs('set context')),
    });
    this.invitations = new KnownInvitations(this.open.snapshot$);
    this.invitations$ = offeredInvitations(this);
    this.#subscription.add(link.pushes$.subscribe((push) => this.#receive(push)));
    this.#subscription.add(link.state$.subscribe(({ status, error }) => this.#noteLink(status, error)));
    if (options.first !== undefined) this.#receive(options.first);
  }

  /** Keeps it open until the view is let go. */
  show(view: ConversationView): void {
    this.#views.add(view);
  }

  /** The view is closed; with the last one, everything is. */
  async letGo(view: ConversationView): Promise<void> {
    this.#views.delete(view);
    if (this.#views.size === 0) await this.#close();
  }

  /** Closes it, and every view of it. */
  async close(): Promise<void> {
    this.invitations.close();
    await Promise.all([...this.#views].map((view) => view.close()));
    await this.#close();
  }

  /** The channel as the log states it; undefined as long as it does not. */
  channel(channelId: string): ChannelInfo | undefined {
    return this.open.snapshot$.value.channels.get(channelId);
  }

  /** Ends the conversation for good, unless it has. */
  async end(options?: CommandOptions): Promise<void> {
    if (this.#status.value.phase !== 'ended') await this.options.link.command('chat/end', {}, options);
  }

  /** Leaves one channel, unless it has closed. */
  async leave(channelId: string, options?: CommandOptions): Promise<void> {
    if (this.#status.value.phase === 'ended' || this.channel(channelId)?.open === false) return;
    await this.options.link.command('channel/leave', { channelId }, options).catch((error: unknown) => {
      // The contact center may have learned of it from the line that has ended.
      if (!isContactCenterError(error, 'channel/closed')) throw error;
    });
  }

  /** True when another channel than this one is open. */
  goesOnWithout(channelId: string): boolean {
    return [...this.open.snapshot$.value.channels.values()].some(({ id, open }) => open && id !== channelId);
  }

  /** Why a channel has closed, once it has, while a channel of another kind is open. */
  closedBecause(channel: ChannelInfo | undefined): { readonly closedBecause?: string } {
    if (channel?.open !== false) return {};
    const goesOn = [...this.open.snapshot$.value.channels.values()].some(
      ({ open, type }) => open && type !== channel.type,
    );
    return goesOn ? { closedBecause: channel.closedBecause ?? 'closed' } : {};
  }

  #close(): Promise<void> {
    this.#closed ??= this.#shut();
    return this.#closed;
  }

  async #shut(): Promise<void> {
    this.#closing.abort();
    this.#subscription.unsubscribe();
    this.invitations.close();
    await this.open.close();
    await this.#meetings?.close();
    await Promise.all([this.options.link.close(), this.tokens.close()]);
    this.#status.complete();
    this.#link.complete();
    this.options.closed();
  }

  /** The token that came with the start serves first. */
  #token(audience: string): Promise<AccessToken> {
    const first = audience === this.options.audience ? this.#first : undefined;
    if (first === undefined) return this.options.freshToken(audience, this.closing);
    this.#first = undefined;
    return Promise.resolve(first);
  }

  #receive(push: CustomerPush): void {
    switch (push.type) {
      case 'customer-snapshot':
        this.open.load(push.conversation);
        return this.#noteStatus(push.status);
      case 'customer-status':
        return this.#noteStatus(push.status);
      default:
        if (push.conversationId === this.id) this.open.receive(push);
    }
  }

  #noteStatus(status: CustomerStatus): void {
    this.#status.set(status);
    if (status.phase === 'ended') this.options.ended();
  }

  #noteLink(status: LinkStatus | 'refused', error: ContactCenterError | undefined): void {
    this.#link.set(status === 'refused' ? 'offline' : status);
    if (status !== 'refused') return;
    if (this.#status.value.phase !== 'ended') {
      this.#status.set({ phase: 'ended', reason: error?.code ?? 'session/unauthorized' });
    }
    this.options.ended();
  }
}

function notTheirs(what: string): ContactCenterError {
  return new ContactCenterError('command/not-allowed', `unable to ${what}; that is for the contact center`);
}
