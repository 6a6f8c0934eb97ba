import { ContactCenterError, type CallTarget, type ParticipantRecord } from 'onescreen';
import type { CallEvents, CallHost, HostedChannel, ProviderRefs, Ring } from 'onescreen/server';
import type { EmulatorCore } from '../create-emulator';
import { callError } from './call-error';
import { accountId, type ServerIncoming } from './call-servers';
import { ends } from './end-reasons';
import type { ContextFrame } from './frames';
import { HostedCall } from './hosted-call';

export interface EmulatedCallHostOptions {
  /** Object id of the resource account whose calls come to this host. */
  readonly resourceAccount: string;
  /** E.164 number by which simulated phones reach the resource account. */
  readonly phoneNumber?: string;
  /** Where pages find the emulator, such as `http://127.0.0.1:8080`; told to customers' pages. */
  readonly endpoint?: string;
  /** Default `acs`. */
  readonly name?: string;
}

/** The custom context's header with our own id: the ring's for an agent, the channel's for a call that a page makes. */
export const correlationHeader = 'onescreen-correlation';

/**
 * Carries calls on the emulator, in the same process. `providerRefs`: `{ resourceAccount, endpoint? }` of a channel to
 * be called, `{ resourceAccount, serverCallId }` of one that has come in, `{ acs: <raw id> }` of a participant.
 */
export function emulatedCallHost(core: EmulatorCore, options: EmulatedCallHostOptions): CallHost {
  return new EmulatedCallHost(core, options);
}

class EmulatedCallHost implements CallHost {
  readonly name: string;
  readonly channel = 'voice';
  readonly inLog = false;
  readonly actions = ['hold', 'resume', 'dtmf', 'addParticipant', 'removeParticipant'] as const;
  readonly desksDial: { readonly onBehalfOf: string };
  readonly #core: EmulatorCore;
  readonly #options: EmulatedCallHostOptions;
  readonly #calls = new Map<string, HostedCall>();
  /** Names of agents, by agent; their tokens are of the agents' kind. */
  readonly #agents = new Map<string, string>();
  readonly #agentNames = new Set<string>();

  constructor(core: EmulatorCore, options: EmulatedCallHostOptions) {
    this.#core = core;
    this.#options = options;
    this.name = options.name ?? 'acs';
    this.desksDial = { onBehalfOf: options.resourceAccount };
    if (options.phoneNumber !== undefined) core.calls.assignNumber(options.phoneNumber, options.resourceAccount);
  }

  start(events: CallEvents): () => void {
    return this.#core.calls.listen(this.#options.resourceAccount, (incoming) => {
      void this.#take(incoming, events);
    });
  }

  async open({ customer }: { readonly customer: ParticipantRecord }) {
    const { resourceAccount, endpoint } = this.#options;
    return {
      providerRefs: { resourceAccount, ...(endpoint !== undefined && { endpoint }) },
      customerRefs: { acs: customer.providerRefs['acs'] ?? this.#core.createUser() },
    };
  }

  async join({ channelId }: HostedChannel, agent: ParticipantRecord, ring: Ring): Promise<ProviderRefs> {
    const call = this.#find(channelId, 'ring agent');
    const acs = agent.providerRefs['acs'];
    if (acs === undefined) throw unusable('ring agent', 'the agent has no name here');
    this.#agentNames.add(acs);
    const context: ContextFrame = { voipHeaders: [{ key: correlationHeader, value: ring.correlationId }] };
    await call.join(acs, { context, timeoutMs: ring.timeoutMs, signal: ring.signal, ringing: ring.ringing });
    return { acs };
  }

  async leave({ channelId }: HostedChannel, agent: ParticipantRecord): Promise<void> {
    const acs = agent.providerRefs['acs'];
    if (acs !== undefined) this.#calls.get(channelId)?.dismiss(acs);
  }

  async close({ channelId }: HostedChannel): Promise<void> {
    this.#calls.get(channelId)?.end();
  }

  async dial({ channelId }: HostedChannel, to: CallTarget): Promise<ProviderRefs> {
    const acs = rawIdOf(to);
    this.#find(channelId, 'dial').dial(acs);
    return { acs };
  }

  async hold({ channelId }: HostedChannel): Promise<void> {
    this.#find(channelId, 'hold call').hold(true);
  }

  async resume({ channelId }: HostedChannel): Promise<void> {
    this.#find(channelId, 'resume call').hold(false);
  }

  async sendTones({ channelId }: HostedChannel, tones: string): Promise<void> {
    this.#find(channelId, 'send tones').sendTones(tones);
  }

  /** Resolves once it rings there; that nobody answers shows in the call alone. */
  async add({ channelId }: HostedChannel, who: CallTarget): Promise<void> {
    await this.#find(channelId, 'add participant').add(rawIdOf(who));
  }

  async remove({ channelId }: HostedChannel, who: ProviderRefs): Promise<void> {
    const { acs } = who;
    if (acs !== undefined) this.#find(channelId, 'remove participant').dismiss(acs);
  }

  async identify({ id, providerRefs }: { readonly id: string; readonly providerRefs: ProviderRefs }) {
    const acs = providerRefs['acs'] ?? this.#agents.get(id) ?? this.#core.createUser();
    this.#agents.set(id, acs);
    this.#agentNames.add(acs);
    return { acs };
  }

  async token({ acs }: ProviderRefs) {
    if (acs === undefined) throw unusable('issue token', 'there is no acs in the providerRefs');
    const kind = acs.startsWith('8:orgid:') ? 'teamsUser' : this.#agentNames.has(acs) ? 'tpeAgent' : 'acsUser';
    const { token, expiresOn } = this.#core.issueToken(acs, { scopes: ['voip'], kind });
    return { token, expiresOn: Date.parse(expiresOn), kind };
  }

  /** Answers first and asks afterwards: there is no time to lose. */
  async #take(incoming: ServerIncoming, events: CallEvents): Promise<void> {
    const outbound = incoming.onBehalfOf !== undefined;
    const customer = outbound ? incoming.to : incoming.from.rawId;
    let call: HostedCall;
    try {
      call = new HostedCall(incoming.answer(), {
        customer,
        agent: outbound ? incoming.from.rawId : undefined,
        onEnd: (channelId) => {
          if (this.#calls.get(channelId) === call) this.#calls.delete(channelId);
        },
        events,
      });
    } catch {
      // Whoever called has hung up already.
      return;
    }
    const context = Object.fromEntries(
      [...(incoming.context?.voipHeaders ?? []), ...(incoming.context?.sipHeaders ?? [])].map(({ key, value }) => [
        key,
        value,
      ]),
    );
    const named = context[correlationHeader];
    // What the server does about a call that it waits for, such as dialling the customer, comes before its answer.
    if (named !== undefined && !this.#calls.has(named)) this.#calls.set(named, call);
    const { displayName } = incoming.from;
    const channelId = await events
      .arrived({
        ...(named !== undefined && { channelId: named }),
        providerRefs: { resourceAccount: this.#options.resourceAccount, serverCallId: incoming.serverCallId },
        customerRefs: { acs: customer },
        ...(displayName !== undefined && !outbound && { displayName }),
        ...(customer.startsWith('4:') && { phone: customer.slice(2) }),
        called: accountId(this.#options.resourceAccount),
        context,
      })
      .catch(() => undefined);
    if (named !== undefined && named !== channelId && this.#calls.get(named) === call) this.#calls.delete(named);
    if (channelId === undefined) return call.end();
    this.#calls.set(channelId, call);
    call.named(channelId);
  }

  #find(channelId: string, action: string): HostedCall {
    const call = this.#calls.get(channelId);
    if (call === undefined) throw callError(action, ends.callGone);
    return call;
  }
}

function rawIdOf(to: CallTarget): string {
  if ('phone' in to) return `4:${to.phone}`;
  if ('teamsUser' in to) return `8:orgid:${to.teamsUser}`;
  if ('teamsApp' in to) return `28:orgid:${to.teamsApp}`;
  // Agents are rung by offers; the server knows their names here and gives them as they are.
  if (to.agent.startsWith('8:')) return to.agent;
  throw unusable('reach agent', 'the agent has no name here');
}

function unusable(action: string, why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to ${action}; ${why}`);
}
