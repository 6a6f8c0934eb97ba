import {
  ContactCenterError,
  createLive,
  delay,
  type Clock,
  type HeldToken,
  type Live,
  type Random,
  type Registration,
} from 'onescreen';
import { backOff } from '../back-off';
import type { TokenBridge } from '../credential';
import { agentTurn, type AgentHandle } from './agent-handle';
import { toCallingError } from './calling-error';
import type { CallingSdk, OfficialClient } from './calling-sdk';
import { createAgent } from './create-agent';
import { agentKinds, mismatchCode, type AgentKind, type Persona } from './persona';
import { timeLimit } from './time-limit';

export interface RegistrationOptions {
  readonly persona: Persona;
  /** Whoever registers under the same name on this page waits for its turn. */
  readonly identity: string;
  readonly displayName: string;
  readonly bridge: TokenBridge;
  readonly clock: Clock;
  readonly random: Random;
  readonly load: () => Promise<CallingSdk>;
  /** The client of the calling package to use from now on, also for devices. */
  readonly onClient: (client: OfficialClient, sdk: CallingSdk) => void;
  /** The agent is there; answers with what takes its listeners off again. */
  readonly onAgent: (handle: AgentHandle) => () => void;
  /** Told which of the two agent objects took the token, at each creation. */
  readonly onKind?: (kind: AgentKind) => void;
  /** True while there are calls: an agent is not replaced under them. */
  readonly isBusy: () => boolean;
}

const disposeLimitMs = 10_000;
/** A new agent usually is connected at once. */
const connectLimitMs = 10_000;
/** How long the calling package may try by itself to get a connection back. */
const reconnectLimitMs = 30_000;
const busyPauseMs = 5_000;
/** An agent that was connected this long is replaced at once; others after a pause. */
const settledMs = 60_000;

type End =
  | { readonly why: 'closed' }
  | { readonly why: 'failed'; readonly error: ContactCenterError }
  | { readonly why: 'replace' };

/**
 * Keeps one agent registered: creates it, watches its connection, replaces it after a refused token or a connection
 * that does not come back, and tries again with back-off. One step at a time, because two agents of one identity must
 * not overlap.
 */
export class AgentRegistration {
  readonly #options: RegistrationOptions;
  readonly #state = createLive<Registration>({ status: 'registering' });
  readonly #closing = new AbortController();
  readonly #done: Promise<void>;
  #kind: AgentKind;
  #client: OfficialClient | undefined;
  #handle: AgentHandle | undefined;
  #token: string | undefined;
  #refused: string | undefined;
  #connectedAt: number | undefined;
  #end: (end: End) => void = () => {};

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#kind = agentKinds[options.persona];
    this.#done = this.#run();
  }

  get state$(): Live<Registration> {
    return this.#state.live;
  }

  /** The agent that takes calls now, connected or not. */
  get handle(): AgentHandle | undefined {
    return this.#handle;
  }

  /** The service refused the token: another one is got, and the agent is replaced as soon as no call is in the way. */
  tokenRefused(): void {
    this.#refused = this.#token;
    this.#replaceWhenIdle();
  }

  /** Waits until the agent has been disposed of. Again: no effect. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#end({ why: 'closed' });
    await this.#done;
    this.#state.set({ status: 'closed' });
    this.#state.complete();
  }

  async #run(): Promise<void> {
    const { clock, random } = this.#options;
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted;) {
      const end = await this.#attempt();
      if (signal.aborted || end.why === 'closed') return;
      failures = this.#hadSettled() ? 0 : failures + 1;
      if (end.why === 'failed') {
        const { error } = end;
        if (isFinal(error)) return this.#state.set({ status: 'refused', error: error.toJSON() });
        this.#state.set({ status: 'lost', error: error.toJSON() });
      }
      if (failures > 0) await delay(clock, backOff(failures, random), signal).catch(() => {}); // Closed: nothing more.
    }
  }

  /** The last agent was connected for long enough for what ended it to be news. */
  #hadSettled(): boolean {
    return this.#connectedAt !== undefined && this.#options.clock.now() - this.#connectedAt >= settledMs;
  }

  /** One agent's life. */
  async #attempt(): Promise<End> {
    const { load, identity } = this.#options;
    let endTurn = () => {};
    this.#connectedAt = undefined;
    try {
      const sdk = await load();
      if (this.#closing.signal.aborted) return { why: 'closed' };
      const client = this.#newClient(sdk);
      const held = await this.#heldToken();
      this.#token = held.token;
      endTurn = await agentTurn(sdk, identity, this.#closing.signal);
      this.#client = undefined; // Good for one agent.
      // The client itself is let go, not disposed of: its work on devices would go on and reject where nobody listens.
      return await this.#live(await this.#create(client));
    } catch (error) {
      if (this.#closing.signal.aborted) return { why: 'closed' };
      return { why: 'failed', error: this.#toError(error) };
    } finally {
      endTurn();
    }
  }

  #newClient(sdk: CallingSdk): OfficialClient {
    if (this.#client === undefined) {
      this.#client = new sdk.CallClient();
      this.#options.onClient(this.#client, sdk);
    }
    return this.#client;
  }

  async #heldToken(): Promise<HeldToken> {
    const { bridge, persona } = this.#options;
    if (this.#refused !== undefined) await bridge.renew(this.#refused);
    this.#refused = undefined;
    const held = await bridge.held();
    // The package does not reject every token of a wrong kind: it would seem registered and never ring.
    if (held.kind === undefined || held.kind === persona) return held;
    throw new ContactCenterError(
      mismatchCode,
      `unable to register for calls; the provider is set up for a ${persona}, the token speaks for a ${held.kind}`,
    );
  }

  async #create(client: OfficialClient): Promise<AgentHandle> {
    try {
      return await this.#createOf(client, this.#kind);
    } catch (error) {
      const fallsBack = this.#options.persona === 'tpeAgent' && this.#kind === 'TeamsCallAgent';
      if (!fallsBack || toCallingError(error, 'register for calls').provider?.subCode !== 40231) throw error;
      this.#kind = 'CallAgent';
      return this.#createOf(client, this.#kind);
    }
  }

  #createOf(client: OfficialClient, kind: AgentKind): Promise<AgentHandle> {
    const { bridge, persona, displayName, clock } = this.#options;
    const credential = bridge.forRealtime();
    // Only users of one's own resource may choose how they are called.
    const name = persona === 'acsUser' ? { displayName } : {};
    return createAgent(client, { kind, credential, what: 'register for calls', ...name }, clock);
  }

  /** From the agent's creation until it is disposed of. */
  async #live(handle: AgentHandle): Promise<End> {
    const { clock, onAgent, onKind } = this.#options;
    const { agent } = handle;
    let cancel = () => {};
    const ended = new Promise<End>((resolve) => {
      this.#end = (end) => {
        cancel();
        resolve(end);
      };
    });
    const connected = () => {
      cancel();
      this.#connectedAt ??= clock.now();
      this.#state.set({ status: 'registered' });
    };
    const lost = (reason: string | undefined) => {
      cancel();
      this.#state.set({ status: 'lost', error: disconnected(reason).toJSON() });
      if (reason === 'invalidToken') return this.tokenRefused();
      cancel = clock.schedule(reconnectLimitMs, () => this.#replaceWhenIdle());
    };
    const changed = (args: { newValue: string; reason?: string }) =>
      args.newValue === 'Connected' ? connected() : lost(args.reason);
    if (handle.kind === 'CallAgent') handle.agent.on('connectionStateChanged', changed);
    else handle.agent.on('connectionStateChanged', changed);
    this.#handle = handle;
    onKind?.(handle.kind);
    const unhook = onAgent(handle);
    if (agent.connectionState === 'Connected') connected();
    else cancel = clock.schedule(connectLimitMs, () => lost(undefined));
    if (this.#closing.signal.aborted) this.#end({ why: 'closed' });
    const end = await ended;
    this.#end = () => {};
    this.#handle = undefined;
    if (handle.kind === 'CallAgent') handle.agent.off('connectionStateChanged', changed);
    else handle.agent.off('connectionStateChanged', changed);
    unhook();
    await this.#within(disposeLimitMs, agent.dispose());
    return end;
  }

  #replaceWhenIdle(): void {
    const end = this.#end;
    const { clock, isBusy } = this.#options;
    if (this.#closing.signal.aborted || this.#handle === undefined) return;
    if (!isBusy()) return end({ why: 'replace' });
    const { signal } = this.#closing;
    void delay(clock, busyPauseMs, signal).then(
      () => {
        const stillNeeded = this.#end === end && (this.#refused !== undefined || this.#state.value.status === 'lost');
        if (stillNeeded) this.#replaceWhenIdle();
      },
      () => {}, // Closed.
    );
  }

  /** Waits for something of the package to end, however it ends. */
  #within(limitMs: number, work: Promise<unknown>): Promise<unknown> {
    return timeLimit<unknown>(this.#options.clock, limitMs, work, () => undefined).catch(() => undefined);
  }

  #toError(error: unknown): ContactCenterError {
    const mapped = toCallingError(error, 'register for calls');
    if (mapped.code !== mismatchCode || mapped.provider === undefined) return mapped;
    const given = mapped.provider.subCode === 40229 ? 'a Teams user' : 'an ACS user';
    return new ContactCenterError(
      mismatchCode,
      `unable to register for calls; the provider is set up for a ${this.#options.persona}, the token speaks for ${given}`,
      { cause: error, provider: mapped.provider },
    );
  }
}

/** Trying again as it is would change nothing. */
function isFinal({ code, retryable }: ContactCenterError): boolean {
  return !retryable && code !== 'call/unknown' && !code.startsWith('token/');
}

function disconnected(reason: string | undefined): ContactCenterError {
  if (reason === 'invalidToken') {
    return new ContactCenterError(
      'agent/token-refused',
      'unable to receive calls; the service refused the token, another one is asked for',
      { retryable: true, provider: { name: 'acs', code: reason } },
    );
  }
  const why = reason === undefined ? 'the service has not been reached' : 'the connection to the service is lost';
  return new ContactCenterError('agent/disconnected', `unable to receive calls; ${why}`, {
    retryable: true,
    provider: { name: 'acs', ...(reason !== undefined && { code: reason }) },
  });
}
