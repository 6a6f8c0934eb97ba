import {
  ContactCenterError,
  createConversation,
  createLive,
  createTokens,
  select,
  type AccessToken,
  type AudioLevels,
  type CallEnd,
  type CallQuality,
  type CommandOptions,
  type DevicesState,
  type Environment,
  type Live,
  type OpenConversation,
  type Timeline,
  type TokenBroker,
  type Voice,
  type VoiceChannel,
  type VoiceProvider,
  type VoiceState,
} from 'onescreen';
import { filter, firstValueFrom, NEVER, Subscription, switchMap, of, type Observable } from 'rxjs';
import type { CustomerPush, CustomerStatus } from '../protocol/customer-frames';
import { requestCallback, type CallbackRequest } from './callback-request';
import type { StartedChat } from './customer-chat';
import type { CustomerLink } from './customer-link';
import { limited } from './limited';

/** A customer's call to the contact center, from the vendor's web page. Leaving the page ends it. */
export interface CustomerCall {
  readonly conversationId: string;
  readonly state$: Live<CustomerCallState>;
  /** What happened so far: who joined, holds, the end. */
  readonly timeline$: Live<Timeline>;
  readonly quality$: Observable<CallQuality>;
  /** Sampled about five times a second, only while subscribed. */
  readonly levels$: Observable<AudioLevels>;
  mute(options?: CommandOptions): Promise<void>;
  unmute(options?: CommandOptions): Promise<void>;
  /** Dials tones: `0`-`9`, `*`, `#`, `A`-`D`. */
  sendDtmf(tones: string, options?: CommandOptions): Promise<void>;
  /**
   * Gives up waiting with the promise to be called back, keeping the place in the queue; the line goes with it, and the page goes on to tell.
   * @throws ContactCenterError `command/invalid` with the `field`, `command/not-allowed` when the customer does not wait, the
   * server's `allowCallback` does not allow the number, or nothing makes calls
   */
  requestCallback(request: CallbackRequest, options?: CommandOptions): Promise<{ readonly dueAt: Date }>;
  /** Ends the call, and the conversation with it, unless a callback is promised. */
  hangUp(options?: CommandOptions): Promise<void>;
  /** Ends the call and all that runs for it. */
  close(): Promise<void>;
}

/**
 * Where the call stands at the contact center, and how its line does. `transferred`: the customer was put through to
 * somebody outside, and the call goes on without the contact center; it is `ended` once the line is.
 */
export type CustomerCallState = (CustomerStatus | { readonly phase: 'transferred' }) & {
  readonly call: VoiceState['status'];
  readonly muted: boolean;
  /** Somebody records: show it. */
  readonly recording: boolean;
  /** Why the line went, once it has. */
  readonly end?: CallEnd;
};

export interface CustomerCallOptions {
  readonly started: StartedChat & { readonly channelId: string };
  readonly displayName: string;
  readonly providerRefs: Readonly<Record<string, string>>;
  readonly link: CustomerLink;
  readonly provider: VoiceProvider;
  readonly environment: Environment;
  readonly freshToken: () => Promise<AccessToken>;
  readonly closed: () => void;
}

/** Longest wait for the phone to be registered, in milliseconds (chosen: the official client takes 1 to 3 s). */
const registerTimeoutMs = 20_000;

/** Opens the page's phone and calls the contact center. Rejects, with nothing left open, as the phone does. */
export async function openCustomerCall(options: CustomerCallOptions, signal: AbortSignal): Promise<CustomerCall> {
  const call = new PhoneCustomerCall(options);
  try {
    await call.dial(signal);
    return call;
  } catch (error) {
    await call.hangUp().catch(() => {});
    await call.close();
    throw error;
  }
}

class PhoneCustomerCall implements CustomerCall {
  readonly conversationId: string;
  readonly state$: Live<CustomerCallState>;
  readonly timeline$: Live<Timeline>;
  readonly quality$: Observable<CallQuality>;
  readonly levels$: Observable<AudioLevels>;
  readonly #options: CustomerCallOptions;
  readonly #tokens: TokenBroker;
  readonly #voice: Voice;
  readonly #open: OpenConversation;
  readonly #state = createLive<CustomerCallState>({
    phase: 'queued',
    call: 'connecting',
    muted: false,
    recording: false,
  });
  readonly #subscription = new Subscription();
  readonly #closing = new AbortController();
  #status: CustomerStatus = { phase: 'queued' };
  #line: Omit<CustomerCallState, keyof CustomerStatus> | undefined;
  #firstToken = true;

  constructor(options: CustomerCallOptions) {
    const { started, link, environment, provider, displayName, providerRefs } = options;
    this.#options = options;
    this.conversationId = started.conversationId;
    this.#tokens = createTokens(
      ({ audience }) => (audience === 'calling' ? this.#token() : Promise.reject(noToken())),
      environment,
    );
    const online$ = select(link.state$, ({ status }) => status === 'online');
    this.#voice = provider.open({
      self: { id: started.self, displayName, providerRefs },
      tokens: this.#tokens,
      environment,
      tokenStatus$: select(this.#tokens.state$, (state) => state['calling']),
      online$,
    });
    this.#open = createConversation({
      id: started.conversationId,
      self: started.self,
      providers: [],
      tokens: this.#tokens,
      environment,
      controlPlane: { online$, command: (name, args, commandOptions) => link.command(name, args, commandOptions) },
      voice: { provider: provider.name, voice: this.#voice },
      end: (commandOptions) => this.hangUp(commandOptions),
      setContext: () => Promise.reject(notTheirs()),
    });
    const { conversation } = this.#open;
    this.state$ = this.#state.live;
    this.timeline$ = conversation.timeline$;
    const channel$ = conversation.channels$.pipe(switchMap(() => of(conversation.channel('voice'))));
    const voice$ = channel$.pipe(switchMap((channel) => channel?.state$ ?? of(undefined)));
    this.quality$ = channel$.pipe(switchMap((channel) => channel?.quality$ ?? NEVER));
    this.levels$ = this.#voice.phone.levels$(started.channelId);
    this.#subscription.add(voice$.subscribe(() => this.#update()));
    this.#subscription.add(link.pushes$.subscribe((push) => this.#receive(push)));
  }

  /** Registers the page's phone and calls. */
  async dial(signal: AbortSignal): Promise<void> {
    const { started, providerRefs, environment } = this.#options;
    requireMicrophone(await this.#voice.phone.askPermission());
    await limited(
      { clock: environment.clock, closing: this.#closing.signal, what: 'call', signal, timeoutMs: registerTimeoutMs },
      () => this.#registered(),
    );
    await this.#voice.dial({
      channelId: started.channelId,
      conversationId: started.conversationId,
      correlationId: started.channelId,
      to: calleeOf(providerRefs),
    });
  }

  mute(options?: CommandOptions): Promise<void> {
    return this.#withCall((call) => call.mute(options));
  }

  unmute(options?: CommandOptions): Promise<void> {
    return this.#withCall((call) => call.unmute(options));
  }

  sendDtmf(tones: string, options?: CommandOptions): Promise<void> {
    return this.#withCall((call) => call.sendDtmf(tones, options));
  }

  requestCallback(request: CallbackRequest, options?: CommandOptions): Promise<{ readonly dueAt: Date }> {
    return requestCallback(this.#options.link, request, options);
  }

  async hangUp(options?: CommandOptions): Promise<void> {
    const { link, started } = this.#options;
    await this.#voice.phone.hangUp(started.channelId).catch(() => {});
    const { phase } = this.#status;
    if (phase !== 'ended' && phase !== 'callback') await link.command('chat/end', {}, options);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#subscription.unsubscribe();
    await this.#open.close();
    await this.#voice.close();
    await Promise.all([this.#options.link.close(), this.#tokens.close()]);
    this.#state.complete();
    this.#options.closed();
  }

  /** The token that came with the start, then fresh ones. */
  async #token(): Promise<AccessToken> {
    const { started, freshToken } = this.#options;
    const first = this.#firstToken ? started.token : undefined;
    this.#firstToken = false;
    return first ?? freshToken();
  }

  async #registered(): Promise<void> {
    const { registration } = await firstValueFrom(
      this.#voice.phone.state$.pipe(
        filter((state) => ['registered', 'refused', 'closed'].includes(state.registration.status)),
      ),
    );
    if (registration.status === 'registered') return;
    const { code = 'channel/unavailable', message = 'unable to call; the phone is closed' } = registration.error ?? {};
    throw new ContactCenterError(code, message, registration.error ?? {});
  }

  #receive(push: CustomerPush): void {
    switch (push.type) {
      case 'customer-snapshot':
        this.#open.load(push.conversation);
        this.#status = push.status;
        return this.#update();
      case 'customer-status':
        this.#status = push.status;
        return this.#update();
      default:
        this.#open.receive(push);
    }
  }

  #update(): void {
    const channel = this.#open.conversation.channel('voice');
    // A callback goes to the customer's phone: this line stays what it was.
    if (channel?.id === this.#options.started.channelId || this.#line === undefined) {
      const { status = 'connecting', muted = false, recording = false, end } = channel?.state$.value ?? {};
      this.#line = { call: status, muted, recording, ...(end !== undefined && { end }) };
    }
    const isTransferred = this.#status.phase === 'ended' && this.#status.reason === 'transferred';
    const goesOn = isTransferred && this.#line.call !== 'closed' && this.#line.call !== 'lost';
    this.#state.set({ ...(goesOn ? { phase: 'transferred' } : this.#status), ...this.#line });
  }

  async #withCall(act: (call: VoiceChannel) => Promise<void>): Promise<void> {
    const channel = this.#open.conversation.channel('voice');
    if (channel !== undefined) return act(channel);
    throw new ContactCenterError('channel/closed', 'unable to use call; there is none yet');
  }
}

function requireMicrophone({ permission, remedy = 'the browser gives none to this page' }: DevicesState): void {
  if (permission === 'granted') return;
  throw new ContactCenterError('device/permission-denied', `unable to call without a microphone; ${remedy}`);
}

/** Where the server says to call. */
function calleeOf(refs: Readonly<Record<string, string>>): { readonly teamsApp: string } {
  const teamsApp = refs['resourceAccount'];
  if (teamsApp !== undefined) return { teamsApp };
  throw new ContactCenterError('channel/unavailable', 'unable to call; the server does not say where to');
}

function noToken(): ContactCenterError {
  return new ContactCenterError('token/unavailable', 'unable to get a token; a call needs none of this audience');
}

function notTheirs(): ContactCenterError {
  const message = 'unable to set context; that is for the contact center';
  return new ContactCenterError('command/not-allowed', message);
}
