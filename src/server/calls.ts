import { ContactCenterError, type CallTarget } from 'onescreen';
import { errorFields } from 'onescreen/logging';
import type { Actor } from '../protocol/log-entry';
import { dialFailureOf, isCallOutcome } from './call-failure';
import { CallReports, type CallReportsParts } from './call-reports';
import { isCallHost } from './channel-host';
import { contextOf } from './channel-work';
import type { ProviderRefs } from './chat-host';
import type { Conversation } from './conversation';
import type { OpenChannel } from './conversation-channels';
import { OpenCalls, type OpenCall } from './open-calls';
import { system } from './task-board';
import type { Demand } from './work';

/** How long a call that was announced may take to arrive, in milliseconds (chosen). */
const arrivalMs = 60_000;

/** How long a dialled call may take to be set up, in milliseconds: a little more than the 115 s of a phone call (Teams). */
const dialMs = 120_000;

/** What becomes of the calls under way, as far as we decide it. */
export class Calls {
  readonly #parts: CallReportsParts;
  readonly #calls: OpenCalls;
  readonly #reports: CallReports;
  readonly #stops: (() => void)[] = [];

  constructor(parts: CallReportsParts) {
    this.#parts = parts;
    this.#calls = new OpenCalls(parts.options, parts.board);
    this.#reports = new CallReports(parts, this.#calls, (conversation) => this.callCustomer(conversation));
  }

  /** From now on the hosts tell of calls. Throws what a host throws; then none does. */
  start(): void {
    try {
      for (const host of this.#parts.options.calls) this.#stops.push(host.start(this.#reports.eventsOf(host)));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#calls.closed = true;
    const { hooks } = this.#parts.options;
    for (const stop of this.#stops.splice(0)) {
      try {
        stop();
      } catch (error) {
        hooks.report(error, { hook: 'host.stop' });
      }
    }
    this.#calls.clear();
  }

  /** A page is about to call; its task is queued when the call is there. */
  awaited(conversation: Conversation, demand: Demand): void {
    this.#add(conversation, { demand }, async () => {
      this.#parts.options.logger.info('call-not-arrived', { conversationId: conversation.id });
      await this.#parts.work.customerLeft(conversation, 'abandoned');
    });
  }

  /** Somebody's call has come in. */
  answered(conversation: Conversation, providerRefs: ProviderRefs): void {
    this.#add(conversation, { arrivedAs: providerRefs });
  }

  /** An agent's desk is about to call; once that call is here, the customer is called. */
  dialled(conversation: Conversation, to: CallTarget): void {
    const { channelId = '' } = conversation.channel ?? {};
    this.#add(conversation, { to }, () => this.#end(conversation, channelId, 'failed', true));
  }

  /** The host rings an agent for a promised callback, and then the customer. */
  callsBack(conversation: Conversation, to: CallTarget): void {
    this.#add(conversation, { to });
  }

  /** The customer's page has been told to make a call that was added; others of the conversation's channels go on without it. */
  invited(conversation: Conversation, channel: OpenChannel): void {
    this.#add(
      conversation,
      { added: true },
      () => this.#end(conversation, channel.channelId, 'not-arrived', false),
      channel,
    );
  }

  /** As {@link callsBack}, for a call that was added. */
  callsOut(conversation: Conversation, channel: OpenChannel, to: CallTarget): void {
    this.#add(conversation, { to, added: true }, undefined, channel);
  }

  /** The customer leaves the call by their page. */
  leave(conversation: Conversation, channelId: string): Promise<void> {
    this.#calls.abortRings(conversation);
    const by: Actor = { kind: 'customer', id: conversation.customer.id };
    const how = { by, reason: 'customer-left' };
    return conversation.log.inTurn(() => this.#parts.work.channelOver(conversation, channelId, how));
  }

  /** An agent is in the call: if the customer is not, now is the time. */
  agentJoined(conversation: Conversation): void {
    this.#calls.noted(conversation, this.callCustomer(conversation));
  }

  /** Whether there is a call that the customer is in, or is asked into. */
  isThere({ channel }: Conversation): boolean {
    const call = this.#calls.get(channel?.channelId);
    if (channel === undefined || call === undefined || channel.planned === true) return false;
    return call.to === undefined ? call.demand === undefined : call.dialled === true;
  }

  /** The host itself rings the agent, and then the customer. */
  hostCalls(conversation: Conversation): void {
    const { channelId } = conversation.channel ?? {};
    if (channelId === undefined) return;
    this.#calls.get(channelId)?.giveUp?.();
    this.#calls.nowKnown(conversation, channelId, {}, {});
  }

  /** The agent could not be rung for an outbound call. */
  async notMade(conversation: Conversation, error: unknown): Promise<void> {
    const { channelId } = conversation.call ?? {};
    if (this.#calls.closed || channelId === undefined) return;
    this.#calls.noted(conversation, this.#end(conversation, channelId, dialFailureOf(error), false));
  }

  /** Calls the customer of an outbound call whose agent is there. */
  async callCustomer(conversation: Conversation): Promise<void> {
    const { hooks, logger } = this.#parts.options;
    const { channel } = conversation;
    const call = this.#calls.get(channel?.channelId);
    if (channel === undefined || call?.to === undefined || call.dialled === true) return;
    call.dialled = true;
    const { host, to } = call;
    call.giveUp?.();
    try {
      const refs = await hooks.call(
        contextOf('host.dial', conversation, channel),
        () => host.dial?.(channel, to) ?? Promise.reject(new Error('there is no dial')),
        undefined,
        { timeoutMs: dialMs, isExpected: isCallOutcome },
      );
      this.#calls.nowKnown(conversation, channel.channelId, {}, refs);
    } catch (error) {
      if (this.#calls.closed) return;
      logger.warn('call-dial-failed', { conversationId: conversation.id, ...errorFields(error) });
      await this.#end(conversation, channel.channelId, dialFailureOf(error), false);
    }
  }

  /** The channel is closed. True for a call that had not come, when nothing else is left of its conversation. */
  closed(channelId: string): boolean {
    return this.#calls.take(channelId)?.demand !== undefined;
  }

  #add(
    conversation: Conversation,
    more: Pick<OpenCall, 'arrivedAs' | 'demand' | 'to' | 'added'>,
    notArrived?: () => Promise<void>,
    channel: OpenChannel | undefined = conversation.channel,
  ): void {
    if (channel === undefined || !isCallHost(channel.host)) return;
    const { host, channelId } = channel;
    const call: OpenCall = { conversation, channelId, host, ...more };
    this.#calls.add(channelId, call);
    if (notArrived === undefined) return;
    call.giveUp = this.#parts.options.clock.schedule(arrivalMs, () => this.#calls.noted(conversation, notArrived()));
  }

  // `over`: the host has not heard of the call or has ended it.
  async #end(conversation: Conversation, channelId: string, reason: string, over: boolean): Promise<void> {
    const call = this.#calls.get(channelId);
    await conversation.log.inTurn(async () => {
      if (call?.added === true && call.dialled === true) await this.#parts.added().notAnswered(conversation, channelId);
      await this.#parts.work.channelOver(conversation, channelId, { by: system, reason, over });
    });
  }
}

/** For the desk of an agent, when what it is about has no call. */
export function noCall(action: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to ${action}; the channel is no call`, {
    field: 'channelId',
  });
}
