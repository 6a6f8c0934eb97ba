import { given } from '../given';
import type { Observable } from 'rxjs';
import { createEnvironment, type Environment } from '../environment/environment';
import type { RedactingLogger } from '../environment/logger';
import { eachOnce, LiveValue, Subject, type Live } from '../live';
import type { ParkedRecord } from '../protocol/agent-frames';
import type { CallbackRecord } from '../protocol/log-entry';
import type { CommandOptions, ControlPlane } from '../provider/control-plane';
import { isChatProvider, type Provider } from '../provider/provider';
import type { TokenProvider } from '../provider/token-provider';
import type { Agent } from './agent';
import { argumentsOf } from './command-options';
import type { ContactCenterEvent, ContactCenterFact } from './contact-center-event';
import type { Conversation } from './conversation';
import type { Directory } from './directory';
import { createDesk, type Desk, type SignedIn } from './desk';
import { createFocus, type Focus } from './focus';
import type { Offer } from './offer';
import type { SessionState } from './session';
import { createStanding, type Standing } from './standing';
import type { Devices } from './devices';
import type { Outbound } from './outbound';
import type { Readiness } from './readiness';
import type { Tabs } from '../provider/voice-provider';
import type { Task } from './task';
import { closedClient, unable } from './unable';

export interface ContactCenterOptions {
  /** The way to the vendor's back end: `controlPlane('https://…')` of `onescreen/control-plane`. */
  readonly controlPlane: ControlPlane;
  /** Gets tokens, by audience, from the vendor's back end. */
  readonly tokens: TokenProvider;
  /** One for each kind of channel and host, such as `acsChat()`, `serverChat()` and `acsVoice()`; of voice and of meetings at most one. */
  readonly providers: readonly Provider[];
  /** Where the desk says what it does: `redacting(console)` of `onescreen/logging`. Default: silent. */
  readonly logger?: RedactingLogger;
  /** Parts of the world to replace, in tests for instance. */
  readonly environment?: Partial<Environment>;
}

/** The agent's desk: one object for offers, tasks and conversations over all channels. */
export class ContactCenterClient {
  readonly #agent = new LiveValue<Agent | undefined>(undefined);
  readonly #work = {
    signedIn: new LiveValue<SignedIn | undefined>(undefined),
    offers: new LiveValue<readonly Offer[]>([]),
    tasks: new LiveValue<readonly Task[]>([]),
    conversations: new LiveValue<readonly Conversation[]>([]),
  };
  readonly #events = new Subject<ContactCenterEvent>();

  /** How the link to the control plane stands, and what is lost meanwhile. */
  declare readonly session$: Live<SessionState>;
  /** The signed-in agent; undefined before and after. */
  readonly agent$: Live<Agent | undefined> = this.#agent;
  /** Every offer once for each subscriber, those already open first. Completes on `close`. */
  readonly offered$: Observable<Offer> = eachOnce(this.#work.offers);
  readonly offers$: Live<readonly Offer[]> = this.#work.offers;
  /** The tasks in hand, oldest first; those in wrap-up included. */
  readonly tasks$: Live<readonly Task[]> = this.#work.tasks;
  readonly conversations$: Live<readonly Conversation[]> = this.#work.conversations;
  /** The conversation that the agent looks at, the same in all of the agent's tabs; undefined once it has left the desk. */
  declare readonly focus$: Live<Conversation | undefined>;
  readonly events$: Observable<ContactCenterEvent> = this.#events.asObservable();
  /** Whether work can reach the agent, and if not, what keeps it away. */
  declare readonly readiness$: Live<Readiness>;
  declare readonly devices: Devices;
  /** The agent's tabs in this browser. Without a voice provider each tab leads. */
  declare readonly tabs: Tabs;
  readonly outbound: Outbound = { call: async (to, callOptions) => this.#openDesk().call(to, callOptions) };
  /** Whom work can be given to. */
  readonly directory: Directory = {
    search: async (text, options = {}) => {
      const args = { ...given({ text }), ...argumentsOf(options) };
      return (await this.#openDesk().command('directory/search', args, options)).entries;
    },
  };
  /** Customers on hold with music in this agent's queues, for whoever takes them. Times are this desk's. */
  declare readonly parked$: Live<readonly ParkedRecord[]>;
  /** Promises to call customers of this agent's queues back that have not ended. */
  declare readonly callbacks$: Live<readonly CallbackRecord[]>;

  readonly #options: ContactCenterOptions;
  readonly #environment: Environment;
  readonly #session;
  readonly #focus: Focus;
  #seq = 0;
  /** Whoever is told may bring about another event: that one then waits until all have been told of the first. */
  readonly #untold: ContactCenterEvent[] = [];
  #desk: Desk | undefined;
  #signingIn: Promise<Agent> | undefined;
  #closing: Promise<void> | undefined;

  /** @throws ContactCenterError `command/invalid` for options that cannot work; `field` names the one */
  constructor(options: ContactCenterOptions) {
    checkOptions({ ...options });
    this.#options = options;
    const { logger, environment } = options;
    this.#environment = createEnvironment({ logger, ...environment });
    this.#session = new LiveValue<SessionState>({
      status: 'signed-out',
      since: new Date(this.#environment.clock.now()),
      lost: [],
    });
    this.session$ = this.#session;
    const { conversations, signedIn } = this.#work;
    this.#focus = createFocus(conversations, signedIn, this.#environment);
    this.focus$ = this.#focus.focus$;
    const standing: Pick<ContactCenterClient, keyof Standing> = createStanding(this.#session, signedIn);
    Object.assign(this, standing);
  }

  /** The signed-in agent. @throws ContactCenterError `session/signed-out` until `signIn` has resolved */
  get agent(): Agent {
    return signedIn(this.#agent.value, 'get agent');
  }

  conversation(id: string): Conversation | undefined {
    return this.conversations$.value.find((conversation) => conversation.id === id);
  }

  /** Turns to a conversation in all of the agent's tabs; left out, or one that is not open: to none. */
  setFocus(id?: string): void {
    this.#focus.set(id);
  }

  /**
   * Takes a customer who is parked; the call rings at this desk.
   * @throws ContactCenterError `task/gone` when somebody else was faster, `session/signed-out`
   */
  async takeParked(taskId: string, options?: CommandOptions): Promise<Task> {
    return this.#openDesk().take('parked/take', { taskId }, options);
  }

  /** Calls a customer back now, whenever it is due. @throws as `takeParked` */
  async takeCallback(callbackId: string, options?: CommandOptions): Promise<Task> {
    return this.#openDesk().take('callback/take', { callbackId }, options);
  }

  async cancelCallback(callbackId: string, options?: CommandOptions): Promise<void> {
    await this.#openDesk().command('callback/cancel', { callbackId }, options);
  }

  /**
   * Connects to the control plane. Tasks in hand from before, after a reload for instance, are there when it resolves.
   * @throws ContactCenterError `session/unauthorized`, `token/unavailable`, `command/timed-out` (30 s unless `timeoutMs` says otherwise), `session/closed`
   */
  async signIn(options?: CommandOptions): Promise<Agent> {
    if (this.#closing !== undefined) throw closedClient('sign in');
    this.#signingIn ??= this.#open(options).catch(async (error: unknown) => {
      await this.#leave();
      throw error;
    });
    return this.#signingIn;
  }

  /**
   * Tells the control plane that this agent goes. Open offers are revoked; tasks in hand return to their queues,
   * unless `drain` keeps them until they are done and only stops new ones.
   */
  async signOut({
    reason,
    drain = false,
    ...options
  }: { reason?: string; drain?: boolean } & CommandOptions = {}): Promise<void> {
    const desk = this.#desk;
    if (desk === undefined) return;
    try {
      await desk.command('session/sign-out', { drain, ...given({ reason }) }, options);
    } finally {
      if (!drain) await this.#leave();
    }
  }

  /** Ends everything that this client runs, without signing the agent out. Nothing is observed afterwards. */
  close(): Promise<void> {
    this.#closing ??= this.#leave().then(() => {
      const ending = [this.#session, this.#agent, ...Object.values(this.#work), this.#events];
      for (const each of ending) each.complete();
    });
    return this.#closing;
  }

  async #open(options: CommandOptions | undefined): Promise<Agent> {
    const desk = createDesk({
      ...this.#options,
      ...this.#work,
      environment: this.#environment,
      session: this.#session,
      focus: this.#focus,
      publish: this.#publish,
      onSignedOut: () => void this.#leave(),
    });
    this.#desk = desk;
    const agent = await desk.ready(options);
    this.#agent.set(agent);
    return agent;
  }

  async #leave(): Promise<void> {
    const desk = this.#desk;
    this.#desk = undefined;
    this.#signingIn = undefined;
    this.#work.signedIn.set(undefined);
    await desk?.close();
    if (this.#desk === undefined) this.#agent.set(undefined);
  }

  #openDesk(): Desk {
    return signedIn(this.#desk, 'do this');
  }

  readonly #publish = (origin: ContactCenterEvent['origin'], fact: ContactCenterFact): void => {
    if (fact.type !== 'conversation') this.#environment.logger?.info(fact.type, fact);
    this.#seq++;
    if (!this.#events.observed) return;
    this.#untold.push({ seq: this.#seq, at: new Date(this.#environment.clock.now()), origin, ...fact });
    if (this.#untold.length > 1) return;
    for (const event of this.#untold) this.#events.next(event);
    this.#untold.length = 0;
  };
}

function signedIn<T>(part: T | undefined, what: string): T {
  if (part !== undefined) return part;
  throw unable(what, 'nobody is signed in', 'session/signed-out');
}

function checkOptions({ controlPlane, tokens, providers, logger, environment }: ContactCenterOptions): void {
  const check = (isFine: boolean, option: keyof ContactCenterOptions, why = `${option} is missing or wrong`) => {
    if (!isFine) throw unable('create client', why, 'command/invalid', { field: `options.${option}` });
  };
  check(typeof controlPlane?.connect === 'function', 'controlPlane');
  check(typeof tokens === 'function', 'tokens');
  check(Array.isArray(providers), 'providers');
  // As `console` would, given without types.
  for (const one of [logger, environment?.logger]) check(!one || one.redacts, 'logger', 'redacting() is missing');
  const kinds = providers.map((one) => (isChatProvider(one) ? `${one.channel}/${one.name}` : one.channel));
  for (const [index, kind] of kinds.entries())
    check(kinds.indexOf(kind) === index, 'providers', `it has two for ${kind}`);
}
