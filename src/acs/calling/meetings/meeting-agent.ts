import type { ConnectionStateChangedEvent } from '@azure/communication-calling';
import { ContactCenterError, type Clock, type Tokens } from 'onescreen';
import { TokenBridge } from '../../credential';
import { agentTurn, type AgentHandle } from '../agent-handle';
import { toCallingError } from '../calling-error';
import type { OfficialClient } from '../calling-sdk';
import { createAgent } from '../create-agent';
import type { DevicePage } from '../device-page';
import { AcsDevices } from '../devices';
import { mismatchCode } from '../persona';
import { timeLimit } from '../time-limit';
import { meetingAgentKinds, meetingTokenKinds, type MeetingPersona } from './meeting-persona';
import type { MeetingsSdk } from './meetings-sdk';

export interface MeetingAgentOptions {
  readonly persona: MeetingPersona;
  /** Whoever has an agent of the same identity on this page is waited for. */
  readonly identity: string;
  readonly displayName: string;
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly page: DevicePage;
  readonly load: () => Promise<MeetingsSdk>;
}

/** The calling package with an agent that can join. */
export interface OpenAgent {
  readonly sdk: MeetingsSdk;
  readonly client: OfficialClient;
  readonly handle: AgentHandle;
  readonly devices: AcsDevices;
  /** The service has turned the token down: the next join has another one. */
  readonly renew: () => void;
}

/** An agent with what ends it. */
interface HeldAgent {
  readonly agent: OpenAgent;
  readonly dispose: () => Promise<void>;
}

/** How long an agent of the same identity is waited for, in milliseconds: as long as it takes to dispose of one. */
const turnLimitMs = 10_000;
const disposeLimitMs = 10_000;
const what = 'join meeting';

/** The one agent of a page's meetings: made for the first that is joined, disposed of after the last. */
export class MeetingAgent {
  readonly #options: MeetingAgentOptions;
  readonly #closing = new AbortController();
  readonly #ending = new Set<Promise<void>>();
  #open: Promise<HeldAgent> | undefined;
  #users = 0;

  constructor(options: MeetingAgentOptions) {
    this.#options = options;
  }

  /**
   * The agent, and what gives it back: once, and waited for by `close`.
   * @throws ContactCenterError `agent/…`, `token/unavailable`, `provider/missing`
   */
  async take(): Promise<{ readonly agent: OpenAgent; readonly release: () => Promise<void> }> {
    this.#users += 1;
    const opening = (this.#open ??= this.#create());
    let released: Promise<void> | undefined;
    const release = () => (released ??= this.#release(opening));
    try {
      return { agent: (await opening).agent, release };
    } catch (error) {
      await release();
      throw error;
    }
  }

  /** Waits until nothing of it is left. Again: no effect. */
  async close(): Promise<void> {
    this.#closing.abort(new ContactCenterError('session/closed', `unable to ${what}; this page has closed it`));
    const work = Promise.allSettled([this.#open, ...this.#ending]);
    await timeLimit<unknown>(this.#options.clock, disposeLimitMs, work, () => undefined);
  }

  async #release(opening: Promise<HeldAgent>): Promise<void> {
    this.#users -= 1;
    if (this.#users > 0 || this.#open !== opening) return;
    this.#open = undefined;
    const ending = opening.then(
      ({ dispose }) => dispose(),
      () => {}, // It never was.
    );
    this.#ending.add(ending);
    await ending;
    this.#ending.delete(ending);
  }

  async #create(): Promise<HeldAgent> {
    const { load, tokens, clock, page } = this.#options;
    const { signal } = this.#closing;
    const sdk = await load();
    const bridge = new TokenBridge(tokens, 'meeting');
    await this.#checkKind(bridge);
    const endTurn = await this.#turn(sdk);
    const devices = new AcsDevices(page, clock);
    try {
      signal.throwIfAborted();
      const { client, handle } = await this.#register(sdk, bridge);
      devices.attach(client, sdk);
      const unhook = renewWhenRefused(handle, bridge);
      const dispose = async () => {
        unhook();
        devices.close();
        // The client itself is let go, not disposed of: its work on devices would go on and reject where nobody listens.
        await timeLimit<unknown>(clock, disposeLimitMs, handle.agent.dispose(), () => undefined).catch(() => {});
        endTurn();
      };
      if (signal.aborted) await dispose();
      signal.throwIfAborted();
      const renew = () => void bridge.renew().catch(() => {}); // The next join asks again.
      return { agent: { sdk, client, handle, devices, renew }, dispose };
    } catch (error) {
      devices.close();
      endTurn();
      throw toCallingError(error, what);
    }
  }

  /** The package does not reject every token of a wrong kind. */
  async #checkKind(bridge: TokenBridge): Promise<void> {
    const { kind } = await bridge.held();
    const wanted = meetingTokenKinds[this.#options.persona];
    if (kind === undefined || kind === wanted) return;
    throw new ContactCenterError(
      mismatchCode,
      `unable to ${what}; tokens({ audience: 'meeting' }) gave a token of kind ${kind}, and teamsMeetings({ persona: '${this.#options.persona}' }) wants ${wanted}`,
      { field: 'tokens().kind' },
    );
  }

  async #turn(sdk: MeetingsSdk): Promise<() => void> {
    const { clock, identity } = this.#options;
    const stop = new AbortController();
    const closed = () => stop.abort(this.#closing.signal.reason);
    this.#closing.signal.addEventListener('abort', closed, { once: true });
    if (this.#closing.signal.aborted) closed();
    const cancel = clock.schedule(turnLimitMs, () =>
      stop.abort(
        new ContactCenterError(
          'agent/duplicate',
          `unable to ${what}; this page takes calls with the same identity, and a page has one agent of each`,
        ),
      ),
    );
    try {
      return await agentTurn(sdk, identity, stop.signal);
    } finally {
      cancel();
      this.#closing.signal.removeEventListener('abort', closed);
    }
  }

  /** A token that is refused is replaced once. */
  async #register(
    sdk: MeetingsSdk,
    bridge: TokenBridge,
  ): Promise<{ readonly client: OfficialClient; readonly handle: AgentHandle }> {
    const { persona, displayName, clock } = this.#options;
    const attempt = async () => {
      const client = new sdk.CallClient();
      const name = persona === 'guest' ? { displayName } : {};
      const request = { kind: meetingAgentKinds[persona], credential: bridge.forRealtime(), what, ...name };
      return { client, handle: await createAgent(client, request, clock) };
    };
    try {
      return await attempt();
    } catch (error) {
      if (toCallingError(error, what).code !== 'agent/token-refused') throw error;
      await bridge.renew();
      return attempt();
    }
  }
}

/** The service has turned the token down while the agent stood: the next time it asks, it gets another. */
function renewWhenRefused(handle: AgentHandle, bridge: TokenBridge): () => void {
  const changed: ConnectionStateChangedEvent = ({ newValue, reason }) => {
    if (newValue === 'Disconnected' && reason === 'invalidToken') void bridge.renew().catch(() => {}); // Asked again.
  };
  if (handle.kind === 'CallAgent') handle.agent.on('connectionStateChanged', changed);
  else handle.agent.on('connectionStateChanged', changed);
  return () => {
    if (handle.kind === 'CallAgent') handle.agent.off('connectionStateChanged', changed);
    else handle.agent.off('connectionStateChanged', changed);
  };
}
