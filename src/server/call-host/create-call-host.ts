import { isContactCenterError, systemClock, type CallAction, type CallTarget, type ParticipantRecord } from 'onescreen';
import type { ControlledCall, IncomingCall, Prompt } from '../call-control';
import type { CallEvents, CallHost, QueueStanding, RecordingStep, Ring } from '../call-host';
import type { HostedChannel, ProviderRefs } from '../chat-host';
import { errorFields, redacting, type Logger } from 'onescreen/logging';
import { spokenStanding, type CallHostOptions } from './call-host-options';
import { gone, rawIdOf, unusable, withdrawn } from './call-words';
import { runGreeting } from './greeting';
import { HostedCall } from './hosted-call';

/** The custom context's header with our own id: the ring's for an agent, the channel's for a call that a page makes. */
export const correlationHeader = 'onescreen-correlation';

/** Channels of ended calls that are remembered (chosen), so that whoever comes late makes no new call. */
const maxEnded = 10_000;

/**
 * Carries calls with a CallControl: answers customers, plays music, rings agents, holds, adds, transfers, records.
 * `providerRefs`: `{ resourceAccount, … }` of a channel to be called, `{ resourceAccount, serverCallId }` of one that has
 * come in, `{ acs: <raw id> }` of a participant. Nothing that it sends names a caller id: Teams Phone extensibility takes none.
 */
export function createCallHost(options: CallHostOptions): CallHost {
  return new ControlledCallHost(options);
}

class ControlledCallHost implements CallHost {
  readonly name: string;
  readonly channel = 'voice';
  readonly inLog = false;
  readonly actions: readonly CallAction[];
  readonly desksDial?: { readonly onBehalfOf: string };
  readonly identify?: NonNullable<CallHost['identify']>;
  readonly token?: NonNullable<CallHost['token']>;
  readonly #options: CallHostOptions;
  readonly #logger: Logger;
  readonly #sounds: { readonly music: Prompt; readonly ringback: Prompt };
  readonly #calls = new Map<string, HostedCall>();
  readonly #ended = new Set<string>();
  /** Calls that are being made, with the agent as their first part. */
  readonly #making = new Map<string, AbortController>();
  #events: CallEvents | undefined;

  constructor(options: CallHostOptions) {
    this.#options = options;
    this.#logger = redacting(options.logger);
    const { music = { sound: 'music' }, ringback = { sound: 'ringback' } } = options.sounds ?? {};
    this.#sounds = { music, ringback };
    this.name = options.name ?? 'acs';
    this.actions = [
      ...(['hold', 'resume', 'dtmf', 'addParticipant', 'removeParticipant', 'record', 'transferToPhone'] as const),
      ...(options.muteParticipants === true ? (['muteParticipant'] as const) : []),
      ...(options.teamsUsers === true ? (['addTeamsUser', 'transferToTeamsUser'] as const) : []),
    ];
    if (options.desksDial !== false) this.desksDial = { onBehalfOf: options.resourceAccount };
    if (options.identify !== undefined) this.identify = options.identify;
    if (options.token !== undefined) this.token = options.token;
  }

  start(events: CallEvents): () => void {
    this.#events = events;
    return this.#options.control.start((incoming) => {
      this.#take(incoming, events).catch((error: unknown) =>
        this.#logger.error('call-not-taken', { serverCallId: incoming.serverCallId, ...errorFields(error) }),
      );
    });
  }

  async open(request: {
    readonly conversationId: string;
    readonly channelId: string;
    readonly customer: ParticipantRecord;
  }) {
    const { resourceAccount, open } = this.#options;
    const { providerRefs, customerRefs } =
      open === undefined ? { customerRefs: request.customer.providerRefs } : await open(request);
    return { providerRefs: { resourceAccount, ...providerRefs }, customerRefs };
  }

  async join(channel: HostedChannel, agent: ParticipantRecord, ring: Ring): Promise<ProviderRefs> {
    const { acs } = agent.providerRefs;
    if (acs === undefined) throw unusable('ring agent', 'the agent has no name here');
    const context = { [correlationHeader]: ring.correlationId };
    const call = this.#calls.get(channel.channelId);
    if (call === undefined) await this.#make(channel, acs, ring, context);
    else await call.join(acs, { context, timeoutMs: ring.timeoutMs, signal: ring.signal, ringing: ring.ringing });
    return { acs };
  }

  async leave({ channelId }: HostedChannel, agent: ParticipantRecord): Promise<void> {
    const { acs } = agent.providerRefs;
    this.#making.get(channelId)?.abort();
    if (acs !== undefined) await this.#calls.get(channelId)?.dismiss(acs);
  }

  async close({ channelId }: HostedChannel): Promise<void> {
    this.#making.get(channelId)?.abort();
    await this.#calls.get(channelId)?.end();
  }

  async dial({ channelId }: HostedChannel, to: CallTarget): Promise<ProviderRefs> {
    const acs = this.#targetOf(to, 'dial');
    await this.#find(channelId, 'dial').dial(acs);
    return { acs };
  }

  async hold({ channelId }: HostedChannel, who?: ProviderRefs): Promise<void> {
    await this.#find(channelId, 'hold call').hold(who && nameOf(who, 'hold call'));
  }

  async resume({ channelId }: HostedChannel, who?: ProviderRefs): Promise<void> {
    await this.#find(channelId, 'resume call').resume(who && nameOf(who, 'resume call'));
  }

  async sendTones({ channelId }: HostedChannel, tones: string): Promise<void> {
    await this.#find(channelId, 'send tones').sendTones(tones);
  }

  async add({ channelId }: HostedChannel, who: CallTarget): Promise<ProviderRefs> {
    const acs = this.#targetOf(who, 'add participant');
    await this.#find(channelId, 'add participant').add(acs);
    return { acs };
  }

  async remove({ channelId }: HostedChannel, { acs }: ProviderRefs): Promise<void> {
    if (acs !== undefined) await this.#calls.get(channelId)?.dismiss(acs);
  }

  async transfer({ channelId }: HostedChannel, to: Exclude<CallTarget, { readonly agent: string }>): Promise<void> {
    const acs = this.#targetOf(to, 'transfer call');
    await this.#find(channelId, 'transfer call').transfer(acs);
  }

  async release({ channelId }: HostedChannel): Promise<void> {
    await this.#find(channelId, 'release call').release();
  }

  async mute({ channelId }: HostedChannel, who: ProviderRefs): Promise<void> {
    await this.#find(channelId, 'mute participant').mute(nameOf(who, 'mute participant'));
  }

  async record({ channelId }: HostedChannel, step: RecordingStep): Promise<void> {
    await this.#find(channelId, `${step} recording`).record(step);
  }

  async announce({ channelId }: HostedChannel, standing: QueueStanding, signal: AbortSignal): Promise<void> {
    const prompt = (this.#options.sounds?.standing ?? spokenStanding)(standing);
    if (prompt !== undefined) await this.#calls.get(channelId)?.say(prompt, signal);
  }

  /** Answers first and asks afterwards: there is no time to lose. */
  async #take(incoming: IncomingCall, events: CallEvents): Promise<void> {
    const { resourceAccount, greet, queueMenu, clock = systemClock } = this.#options;
    const { from, to, onBehalfOf, context, serverCallId } = incoming;
    const customer = onBehalfOf ? to : from.rawId;
    const greeted = greet !== undefined && !onBehalfOf;
    let controlled: ControlledCall;
    try {
      controlled = await incoming.answer();
    } catch (error) {
      // Whoever called has hung up already.
      if (isContactCenterError(error, 'call/gone')) return;
      throw error;
    }
    const call = this.#host(controlled, { customer, agent: onBehalfOf ? from.rawId : undefined, greeted, events });
    const named = context[correlationHeader];
    // What the server does about a call that it waits for, such as dialling the customer, comes before its answer.
    const isNamed = named !== undefined && !this.#calls.has(named);
    if (isNamed) this.#calls.set(named, call);
    let said: Readonly<Record<string, string>> | 'hang-up' = {};
    if (greeted) {
      const facts = { from, called: to, context };
      said = await runGreeting({ greet, call: controlled, customer, facts, clock, logger: this.#logger });
      if (said === 'hang-up' || call.gone !== undefined || controlled.end !== undefined) {
        if (isNamed) {
          this.#forget(named, call);
          events.customerLeft(named, 'hung-up');
        }
        return call.end();
      }
      call.greeted();
    }
    const channelId = await events
      .arrived({
        ...(named !== undefined && { channelId: named }),
        providerRefs: { resourceAccount, serverCallId },
        customerRefs: { acs: customer },
        ...(from.displayName !== undefined && !onBehalfOf && { displayName: from.displayName }),
        ...(customer.startsWith('4:') && { phone: customer.slice(2) }),
        called: onBehalfOf ? accountId(resourceAccount) : to,
        context: { ...context, ...said },
      })
      .catch((error: unknown) => {
        this.#logger.error('call-not-taken', { serverCallId, ...errorFields(error) });
        return undefined;
      });
    if (isNamed && named !== channelId) this.#forget(named, call);
    if (channelId === undefined) return call.end();
    if (call.gone === undefined) this.#calls.set(channelId, call);
    call.named(channelId);
    if (queueMenu?.prompt !== undefined)
      await call.say(queueMenu.prompt).catch((error: unknown) => {
        this.#logger.warn('queue-menu-failed', { serverCallId, ...errorFields(error) });
      });
  }

  /** A call that begins with the agent: an outbound call, or a callback. */
  async #make(
    { channelId, providerRefs }: HostedChannel,
    agent: string,
    ring: Ring,
    context: Readonly<Record<string, string>>,
  ): Promise<void> {
    const events = this.#events;
    const wasThere = this.#ended.has(channelId) || providerRefs['serverCallId'] !== undefined;
    if (wasThere || this.#making.has(channelId) || events === undefined) throw gone('ring agent');
    const given = new AbortController();
    const signal = AbortSignal.any([ring.signal, given.signal]);
    if (signal.aborted) throw withdrawn('ring agent');
    this.#making.set(channelId, given);
    try {
      const { call, answered } = await this.#options.control.create({
        target: agent,
        context,
        timeoutMs: ring.timeoutMs,
        persona: 'tpeAgent',
      });
      const hangUp = () => {
        call.hangUp({ forEveryone: true }).catch((error: unknown) => {
          this.#logger.warn('call-step-failed', { call: call.id, step: 'hang-up', ...errorFields(error) });
        });
      };
      signal.addEventListener('abort', hangUp, { once: true });
      if (signal.aborted) hangUp();
      try {
        await answered;
      } catch (error) {
        throw signal.aborted ? withdrawn('ring agent') : error;
      } finally {
        signal.removeEventListener('abort', hangUp);
      }
      if (signal.aborted) throw withdrawn('ring agent');
      if (call.end !== undefined) throw gone('ring agent');
      const hosted = this.#host(call, { customer: undefined, agent, greeted: false, events });
      this.#calls.set(channelId, hosted);
      hosted.named(channelId);
    } finally {
      this.#making.delete(channelId);
    }
  }

  #host(
    controlled: ControlledCall,
    parts: {
      readonly customer: string | undefined;
      readonly agent: string | undefined;
      readonly greeted: boolean;
      readonly events: CallEvents;
    },
  ): HostedCall {
    const call: HostedCall = new HostedCall(controlled, {
      ...parts,
      sounds: this.#sounds,
      callbackKey: this.#options.queueMenu?.callbackKey,
      logger: this.#logger,
      onEnd: (channelId) => {
        if (channelId === undefined) return;
        this.#forget(channelId, call);
        this.#ended.add(channelId);
        for (const oldest of this.#ended) {
          if (this.#ended.size <= maxEnded) break;
          this.#ended.delete(oldest);
        }
      },
    });
    return call;
  }

  #forget(channelId: string, call: HostedCall): void {
    if (this.#calls.get(channelId) === call) this.#calls.delete(channelId);
  }

  #find(channelId: string, action: string): HostedCall {
    const call = this.#calls.get(channelId);
    if (call === undefined) throw gone(action);
    return call;
  }

  #targetOf(to: CallTarget, action: string): string {
    if ('teamsUser' in to && this.#options.teamsUsers !== true)
      throw unusable(action, 'Teams users are not to be reached here');
    return rawIdOf(to);
  }
}

function nameOf({ acs }: ProviderRefs, action: string): string {
  if (acs === undefined) throw unusable(action, 'the participant has no name here');
  return acs;
}

const accountId = (account: string) => (account.startsWith('28:') ? account : `28:orgid:${account}`);
