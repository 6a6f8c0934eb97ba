import {
  ContactCenterError,
  createLive,
  sameValues,
  select,
  type AudioLevels,
  type CallChannel,
  type CallEnd,
  type CallQuality,
  type ChannelInfo,
  type CommandOptions,
  type DevicesState,
  type Live,
  type Timeline,
  type Tokens,
  type Voice,
  type VoiceProvider,
  type VoiceState,
} from 'onescreen';
import { filter, firstValueFrom, merge, Subscription, type Observable } from 'rxjs';
import type { CustomerStatus } from '../protocol/customer-frames';
import { requestCallback, type CallbackRequest } from './callback-request';
import type { CustomerConversation } from './customer-conversation';
import type { CustomerInvitation } from './customer-invitation';
import type { ServedBy } from './customer-requests';
import { limited } from './limited';
import type { Holdable } from './one-active';

/** A customer's call to the contact center, from the vendor's web page. Leaving the page ends it. */
export interface CustomerCall {
  readonly conversationId: string;
  readonly state$: Live<CustomerCallState>;
  /** Into what else the customer is asked now, the oldest first. */
  readonly invitations$: Live<readonly CustomerInvitation[]>;
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
  /** Ends the call, and the conversation with it, unless a callback is promised or it goes on in another channel. */
  hangUp(options?: CommandOptions): Promise<void>;
  /** Ends the line and all that runs for it; what else is open on this page stays so. A call that was added can be joined again meanwhile. */
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
  /** Why the call was closed while the conversation goes on in another channel, such as `escalated`. */
  readonly closedBecause?: string;
};

export interface CustomerCallOptions {
  readonly conversation: CustomerConversation;
  readonly provider: VoiceProvider;
  readonly channelId: string;
  readonly signal: AbortSignal;
}

/** Longest wait for the phone to be registered, in milliseconds (chosen: the official client takes 1 to 3 s). */
const registerTimeoutMs = 20_000;

/** Opens the page's phone and calls the contact center. Rejects, with nothing left open, as the phone does. */
export async function openCustomerCall(
  { signal, ...options }: CustomerCallOptions,
  providerRefs: Readonly<Record<string, string>>,
): Promise<CustomerCall> {
  const call = new PhoneCustomerCall(options, { added: false, providerRefs });
  try {
    await call.askMicrophone();
    await call.dial(providerRefs, signal);
    return call;
  } catch (error) {
    await call.hangUp().catch(() => {});
    await call.close();
    throw error;
  }
}

/** Calls into a channel that was added. Rejects with the line closed, and the invitation open, or accepted once it was answered. */
export async function openAddedCall({
  signal,
  prepared,
  answer,
  ...options
}: CustomerCallOptions & {
  /** Waits for the microphone, as long as the invitation stands. */
  readonly prepared: (microphone: Promise<void>) => Promise<void>;
  readonly answer: () => Promise<ServedBy>;
}): Promise<CustomerCall> {
  const call = new PhoneCustomerCall(options, { added: true, providerRefs: {} });
  try {
    await prepared(call.askMicrophone());
    const { providerRefs } = await answer();
    await call.dial(providerRefs, signal);
    return call;
  } catch (error) {
    await call.close();
    throw error;
  }
}

type Line = Pick<CustomerCallState, 'call' | 'muted' | 'recording' | 'end'>;

class PhoneCustomerCall implements CustomerCall, Holdable {
  readonly conversationId: string;
  readonly state$: Live<CustomerCallState>;
  readonly invitations$: Live<readonly CustomerInvitation[]>;
  readonly timeline$: Live<Timeline>;
  readonly quality$: Observable<CallQuality>;
  readonly levels$: Observable<AudioLevels>;
  readonly #conversation: CustomerConversation;
  readonly #channelId: string;
  readonly #added: boolean;
  readonly #voice: Voice;
  readonly #channel: CallChannel;
  readonly #state = createLive<CustomerCallState>({
    ...{ phase: 'queued', call: 'connecting', muted: false, recording: false },
  });
  readonly #subscription = new Subscription();
  readonly #closing = new AbortController();
  /** There is, or was, a line. */
  #dialled = false;
  /** On the way out by the customer's own hand. */
  #leaving = false;
  /** Tokens are there for a customer who has accepted. */
  #admit: () => void = () => {};
  #closed: Promise<void> | undefined;

  constructor(
    { conversation, provider, channelId }: Omit<CustomerCallOptions, 'signal'>,
    { added, providerRefs }: { readonly added: boolean; readonly providerRefs: Readonly<Record<string, string>> },
  ) {
    const { open, options, status$, tokens, online$ } = conversation;
    const { started, displayName, environment } = options;
    this.#conversation = conversation;
    this.#channelId = channelId;
    this.#added = added;
    this.conversationId = conversation.id;
    this.#voice = provider.open({
      self: { id: started.self, displayName, providerRefs },
      tokens: added ? this.#onceAdmitted(tokens) : tokens,
      environment,
      tokenStatus$: select(tokens.state$, (state) => state['calling']),
      online$,
      holdMeetings: () => conversation.active.holdMeetings(),
    });
    const before = notThereYet(channelId, provider.name);
    this.#channel = this.#voice.channel({
      channelId,
      info$: select(open.snapshot$, ({ channels }) => channels.get(channelId) ?? before),
      self$: select(open.snapshot$, ({ participants }) => participants.find(({ id }) => id === started.self)),
      command: () => Promise.reject(notTheirs()),
      end: (commandOptions) => this.hangUp(commandOptions),
    });
    this.state$ = this.#state.live;
    this.invitations$ = conversation.invitations$;
    this.timeline$ = open.conversation.timeline$;
    this.quality$ = this.#channel.quality$;
    this.levels$ = this.#channel.levels$;
    const changed$ = merge(status$, this.#channel.state$);
    this.#subscription.add(changed$.subscribe(() => this.#update()));
    conversation.active.addCall(this);
    conversation.show(this);
  }

  get isActive(): boolean {
    return this.#voice.phone.state$.value.calls.some(
      ({ channelId, status }) => channelId === this.#channelId && status === 'connected',
    );
  }

  async askMicrophone(): Promise<void> {
    requireMicrophone(await this.#voice.phone.askPermission());
  }

  /** Registers the page's phone and calls. */
  async dial(providerRefs: Readonly<Record<string, string>>, signal: AbortSignal): Promise<void> {
    const { id, options, invitations } = this.#conversation;
    this.#admit();
    await limited(
      {
        ...{ clock: options.environment.clock, closing: this.#closing.signal, what: 'call' },
        ...{ signal, timeoutMs: registerTimeoutMs },
      },
      () => this.#registered(),
    );
    const channelId = this.#channelId;
    this.#dialled = true;
    await this.#voice.dial({ channelId, conversationId: id, correlationId: channelId, to: calleeOf(providerRefs) });
    signal.throwIfAborted();
    invitations.entered(channelId);
    this.#update();
  }

  mute(options?: CommandOptions): Promise<void> {
    return this.#channel.mute(options);
  }

  unmute(options?: CommandOptions): Promise<void> {
    return this.#channel.unmute(options);
  }

  sendDtmf(tones: string, options?: CommandOptions): Promise<void> {
    return this.#channel.sendDtmf(tones, options);
  }

  /** Here on this page; the contact center hears nobody meanwhile. */
  hold(): Promise<void> {
    return this.#voice.phone.hold(this.#channelId);
  }

  resume(): Promise<void> {
    return this.#voice.phone.resume(this.#channelId);
  }

  requestCallback(request: CallbackRequest, options?: CommandOptions): Promise<{ readonly dueAt: Date }> {
    return requestCallback(this.#conversation.options.link, request, options);
  }

  async hangUp(options?: CommandOptions): Promise<void> {
    this.#leaving = true;
    try {
      await this.#hangUp(options);
    } finally {
      this.#leaving = false;
      this.#update();
    }
  }

  async #hangUp(options: CommandOptions | undefined): Promise<void> {
    const conversation = this.#conversation;
    await this.#voice.phone.hangUp(this.#channelId).catch(() => {});
    const { phase } = conversation.status$.value;
    if (phase === 'ended' || phase === 'callback') return;
    const isOneOfSeveral = this.#added || conversation.goesOnWithout(this.#channelId);
    await (isOneOfSeveral ? conversation.leave(this.#channelId, options) : conversation.end(options));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const { active, invitations } = this.#conversation;
    this.#closing.abort();
    this.#subscription.unsubscribe();
    await this.#channel.close();
    await this.#voice.close();
    active.remove(this);
    await this.#conversation.letGo(this);
    invitations.left(this.#channelId);
    this.#state.complete();
  }

  /** The phone asks for its tokens at once, and there are none before the invitation is accepted. */
  #onceAdmitted(tokens: Tokens): Tokens {
    const admitted = new Promise<void>((resolve, reject) => {
      this.#admit = resolve;
      this.#closing.signal.addEventListener('abort', () => reject(neverAdmitted()), { once: true });
    });
    admitted.catch(() => {}); // Nobody may have asked.
    return { get: (audience, refused) => admitted.then(() => tokens.get(audience, refused)) };
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

  #update(): void {
    const conversation = this.#conversation;
    const status = conversation.status$.value;
    const line = this.#line();
    const isOver = line.call === 'closed' || line.call === 'lost';
    const isTransferred = status.phase === 'ended' && status.reason === 'transferred';
    const next: CustomerCallState = {
      ...(isTransferred && !isOver ? { phase: 'transferred' } : status),
      ...line,
      ...conversation.closedBecause(conversation.channel(this.#channelId)),
    };
    if (!sameValues(this.#state.value, next)) this.#state.set(next);
    // Nobody is asked to close a call that came on top: the page goes on without it.
    if (this.#added && this.#dialled && isOver && !this.#leaving) void this.close();
  }

  #line(): Line {
    if (!this.#dialled) return { call: 'connecting', muted: false, recording: false };
    const { status, muted, recording, end } = this.#channel.state$.value;
    return { call: status, muted, recording, ...(end !== undefined && { end }) };
  }
}

/** The channel until the log has said it. */
function notThereYet(id: string, provider: string): ChannelInfo {
  return {
    ...{ id, type: 'voice', provider, open: true, providerRefs: {} },
    ...{ actions: [], held: false, recording: 'off' },
  };
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

function notTheirs(): ContactCenterError {
  const message = 'unable to do this to the call; only its agent can';
  return new ContactCenterError('command/not-allowed', message);
}

function neverAdmitted(): ContactCenterError {
  return new ContactCenterError('session/closed', 'unable to get a token; the phone was closed');
}
