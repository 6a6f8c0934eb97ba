import {
  ContactCenterError,
  createEnvironment,
  isContactCenterError,
  type ChatProvider,
  type CommandOptions,
  type Environment,
  type Labels,
  type Provider,
  type RedactingLogger,
} from 'onescreen';
import { serverAddress } from 'onescreen/control-plane';
import { requestCallback, type CallbackRequest } from './callback-request';
import { openCustomerCall, type CustomerCall } from './customer-call';
import { openCustomerChat, type CustomerChat } from './customer-chat';
import {
  CustomerConversation,
  type CustomerConversationOptions,
  type StartedConversation,
} from './customer-conversation';
import { openCustomerLink, withFirstSnapshot, type CustomerLink, type CustomerSnapshot } from './customer-link';
import { customerProviders, type CustomerProviders } from './customer-providers';
import type { WaitEstimate } from '../protocol/wait-estimate';
import { CustomerRequests, type ServedBy, type WaitRequest } from './customer-requests';
import { limited } from './limited';
import { missingProvider } from './missing-provider';
import { resumeStore, type ResumeStorageArea, type ResumeStore } from './resume-store';

export interface CustomerClientOptions {
  /** Origin, and path prefix, of the vendor's `onescreen/server`. */
  readonly server: string;
  /** What may serve chats, calls and meetings; the server says which one does. */
  readonly providers: readonly Provider[];
  readonly environment?: Partial<Environment>;
  /** Where the page says what it does: `redacting(console)` of `onescreen/logging`. Default: silent. */
  readonly logger?: RedactingLogger;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Keeps the resume token over a reload of the page. Default: `sessionStorage` where there is one; `null`: nowhere. */
  readonly storage?: ResumeStorageArea | null;
}

/** What is said when a chat starts. All of it is shown to agents as untrusted text. */
export interface StartChat {
  readonly displayName: string;
  /** The vendor's own id of the customer. */
  readonly id?: string;
  /** Left out: the server's first queue. */
  readonly queueId?: string;
  readonly context?: Labels;
  /** Name of the chat provider wanted. Left out: the server's first. */
  readonly provider?: string;
  /** Sent as the first message. Refused before anything is started when it is too long for a provider that may serve the chat. */
  readonly text?: string;
}

/** What is said when a call starts. All of it is shown to agents as untrusted text. */
export type StartCall = Pick<StartChat, 'displayName' | 'id' | 'queueId' | 'context'>;

/** A customer of a contact center: starts a chat on the vendor's web site, and returns to it after a reload. */
export class CustomerClient {
  readonly #server: string;
  readonly #providers: CustomerProviders;
  readonly #environment: Environment;
  readonly #requests: CustomerRequests;
  readonly #storage: ResumeStore;
  readonly #open = new Set<CustomerConversation>();
  readonly #closing = new AbortController();

  /** @throws ContactCenterError `command/invalid` when `server` is no http or https address, there are no `providers`, or a logger does not redact */
  constructor(options: CustomerClientOptions) {
    this.#server = serverAddress(options?.server);
    if (!Array.isArray(options.providers) || options.providers.length === 0) {
      const why = 'options.providers is missing or empty; serverChat() of onescreen/control-plane is one';
      throw new ContactCenterError('command/invalid', `unable to create customer client; ${why}`, {
        field: 'options.providers',
      });
    }
    this.#providers = customerProviders(options.providers);
    for (const logger of [options.logger, options.environment?.logger])
      // As `console` would be, given without types.
      if (logger && !logger.redacts) {
        throw new ContactCenterError(
          'command/invalid',
          'unable to create customer client; redacting() of onescreen/logging is missing around its logger',
          {
            field: 'options.logger',
          },
        );
      }
    this.#environment = createEnvironment({ logger: options.logger, ...options.environment });
    this.#requests = new CustomerRequests(
      this.#server,
      this.#environment,
      options.fetch ?? ((...request) => fetch(...request)),
    );
    this.#storage = resumeStore(`onescreen:${this.#server}`, options.storage);
  }

  /**
   * Starts a chat. Tried again while the server cannot be reached, without ever starting two.
   * @throws ContactCenterError `session/offline` when the server cannot be reached, `command/timed-out` (30 s unless
   * `timeoutMs` says otherwise; the server may have started a chat then), `session/closed` once this client
   * is closed, `provider/missing` when the server serves the chat by a provider that is not among `providers` (the chat
   * is ended again), `message/too-large` when `text` is, or the server's code, such as `command/invalid`
   */
  start({ text, ...request }: StartChat, options?: CommandOptions): Promise<CustomerChat> {
    return this.#limited('start chat', options, async (signal) => {
      const candidates = this.#candidates(request.provider);
      if (text !== undefined) requireSize(text, candidates);
      // A provider that is named says which kind of channel it is to be; without one it is a chat.
      const [named] = request.provider === undefined ? [] : candidates;
      const started = await this.#requests.start({ ...request, ...(named && { channel: named.channel }) }, signal);
      signal.throwIfAborted();
      await this.#requireProvider(started, started.channel, signal);
      const link = openCustomerLink(this.#server, started.resumeToken, this.#environment);
      const chat = this.#openedChat(started, request.displayName, link);
      // It stands in the timeline when it fails, ready for `retry`.
      if (text !== undefined && text !== '') chat.send(text).catch(() => {});
      return chat;
    });
  }

  /**
   * Calls the contact center. Call it in a click: the browser may ask for the microphone, and plays no sound before one.
   * @throws ContactCenterError as `start` does; `device/permission-denied` without a microphone, `call/…` when the call
   * cannot be made: nothing is left open then
   */
  call(request: StartCall, options?: CommandOptions): Promise<CustomerCall> {
    return this.#limited('call', { timeoutMs: 60_000, ...options }, async (signal) => {
      const provider = this.#providers.voice;
      if (provider === undefined) throw missingProvider('voice');
      const { displayName } = request;
      const started = await this.#requests.start({ ...request, channel: 'voice', provider: provider.name }, signal);
      if (started.channel === undefined) throw missingProvider('voice');
      const { channelId, providerRefs } = started.channel;
      const link = openCustomerLink(this.#server, started.resumeToken, this.#environment);
      const conversation = this.#opened({ started, audience: 'calling', displayName, link });
      return openCustomerCall({ conversation, provider, channelId, signal }, providerRefs);
    });
  }

  /**
   * Whether the storage knows of a chat to which {@link CustomerClient.resume} would return. Read it before: a chat that
   * was to be resumed, for which `resume` then gives undefined, is gone, as after a restart of a server that keeps nothing.
   */
  get resumable(): boolean {
    return (this.#storage.get() ?? '') !== '';
  }

  /**
   * Returns to a chat: the one that `token` opens, else the one kept in storage. Undefined when there is none to
   * return to: there never was one, or the server knows it no more; {@link CustomerClient.resumable} tells them apart.
   * @throws ContactCenterError `command/timed-out` when the server does not let it in within 30 s, or what `timeoutMs`
   * says; the chat can still be resumed then; `session/closed` once this client is closed
   */
  resume(token: string | undefined = this.#storage.get(), options?: CommandOptions): Promise<CustomerChat | undefined> {
    return this.#limited('resume chat', options, async (signal) => {
      if (token === undefined || token === '') return undefined;
      const link = openCustomerLink(this.#server, token, this.#environment);
      const onStop = () => void link.close();
      signal.addEventListener('abort', onStop, { once: true });
      try {
        return await withFirstSnapshot(link, (snapshot) => {
          signal.removeEventListener('abort', onStop);
          const { id, self } = snapshot.conversation;
          const started = { conversationId: id, self, resumeToken: token };
          return this.#openedChat(started, snapshot.customer.displayName, link, snapshot);
        });
      } catch (error) {
        await link.close();
        if (!isContactCenterError(error, 'session/unauthorized')) throw error;
        if (this.#storage.get() === token) this.#storage.set(undefined);
        return undefined;
      }
    });
  }

  /**
   * How long somebody would wait who started now, for a page before it starts anything.
   * @throws ContactCenterError `command/not-allowed` where the server's `waitEstimates` is off, `command/invalid` with the
   * `field` for a queue or a channel that it has not, `command/rate-limited` where too many ask; otherwise as `start` does
   */
  estimateWait(request: WaitRequest = {}, options?: CommandOptions): Promise<WaitEstimate> {
    return this.#limited('estimate wait', options, (signal) => this.#requests.wait(request, signal));
  }

  /**
   * Has the customer called back instead of waiting: in the chat or call that was opened here last and has not ended.
   * @throws ContactCenterError `conversation/not-found` when there is none, otherwise as {@link CustomerChat.requestCallback}
   */
  async requestCallback(request: CallbackRequest, options?: CommandOptions): Promise<{ readonly dueAt: Date }> {
    const open = [...this.#open].filter(({ status$ }) => status$.value.phase !== 'ended').at(-1);
    if (open !== undefined) return requestCallback(open.options.link, request, options);
    throw new ContactCenterError('conversation/not-found', 'unable to request callback; no chat or call is open');
  }

  /** Closes everything that was opened here, for good; for the customer chats go on, calls end, meetings are left. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#open].map((conversation) => conversation.close()));
  }

  #limited<T>(
    what: string,
    options: CommandOptions | undefined,
    command: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return limited({ clock: this.#environment.clock, closing: this.#closing.signal, what, ...options }, command);
  }

  /** The providers that may serve a chat for which `wanted` was asked. */
  #candidates(wanted: string | undefined): readonly ChatProvider[] {
    const { chats } = this.#providers;
    if (wanted === undefined) return chats;
    const candidates = chats.filter(({ name }) => name === wanted);
    if (candidates.length === 0) throw missingProvider(wanted);
    return candidates;
  }

  /** A chat that cannot be used is ended, so that no agent is offered it. */
  async #requireProvider(
    started: StartedConversation,
    served: ServedBy | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (served === undefined) return;
    const { chats } = this.#providers;
    if (chats.some(({ name, channel }) => name === served.provider && channel === served.channel)) return;
    const cause = await this.#requests.end(started, signal).catch((error: unknown) => error);
    throw missingProvider(served.provider, 'start chat', cause);
  }

  #openedChat(
    started: StartedConversation,
    displayName: string,
    link: CustomerLink,
    first?: CustomerSnapshot,
  ): CustomerChat {
    const from = first !== undefined && { first };
    const chat = openCustomerChat(this.#opened({ started, audience: 'chat', displayName, link, ...from }));
    if (chat.state$.value.phase !== 'ended') this.#storage.set(started.resumeToken);
    return chat;
  }

  #opened(
    given: Pick<CustomerConversationOptions, 'started' | 'audience' | 'displayName' | 'link' | 'first'>,
  ): CustomerConversation {
    const { started } = given;
    const conversation = new CustomerConversation({
      ...given,
      providers: this.#providers,
      environment: this.#environment,
      freshToken: (audience, signal) => this.#requests.token(started, signal, audience),
      ended: () => {
        if (this.#storage.get() === started.resumeToken) this.#storage.set(undefined);
      },
      closed: () => this.#open.delete(conversation),
    });
    this.#open.add(conversation);
    return conversation;
  }
}

/** @throws ContactCenterError `message/too-large` */
function requireSize(text: string, providers: readonly ChatProvider[]): void {
  const most = Math.min(...providers.map(({ maxMessageBytes = Infinity }) => maxMessageBytes));
  if (new TextEncoder().encode(text).byteLength <= most) return;
  const message = `unable to start chat; its first message is longer than ${most} bytes`;
  throw new ContactCenterError('message/too-large', message, { field: 'text' });
}
