import { ContactCenterError, type CallTarget, type Cancel } from 'onescreen';
import type { Actor, ChannelChange } from '../protocol/log-entry';
import { customerGone, dialFailureOf, endWordOf, isCallOutcome } from './call-failure';
import type { ArrivedCall, CallEvents, CallHost } from './call-host';
import { isCallHost } from './channel-host';
import { contextOf } from './channel-work';
import type { ProviderRefs } from './chat-host';
import type { Consults } from './consults/consults';
import { fromCall, fromOutside } from './context';
import type { Conversation } from './conversation';
import type { OpenChannel } from './conversation-channels';
import type { Conversations } from './conversations';
import { errorFields } from 'onescreen/logging';
import type { ResolvedOptions, StartRequest } from './options';
import type { LostCalls } from './lost-calls';
import { system, type TaskBoard } from './task-board';
import type { Demand, Work } from './work';

/** How long a call that was announced may take to arrive, in milliseconds (chosen). */
const arrivalMs = 60_000;

/** How long a dialled call may take to be set up, in milliseconds: a little more than the 115 s of a phone call (Teams). */
const dialMs = 120_000;

interface OpenCall {
  readonly conversation: Conversation;
  readonly channelId: string;
  readonly host: CallHost;
  /** Names of the call that has arrived. */
  arrivedAs?: ProviderRefs;
  /** Waits for the call of a page, to queue it then. */
  demand?: Demand;
  /** Whom the agent calls. */
  readonly to?: CallTarget;
  /** True once they are being called. */
  dialled?: boolean;
  /** True for a call that was added to a conversation which goes on elsewhere: by whom the customer is answered is known. */
  readonly added?: boolean;
  giveUp?: Cancel;
}

interface CallsParts {
  /** What the store holds has been taken up. Never rejects. */
  readonly ready: () => Promise<void>;
  /** The waiting customer wants to be called back, at this number or the one they call from. */
  readonly callbackWanted: (conversation: Conversation, phone: string | undefined) => Promise<void>;
  readonly options: ResolvedOptions;
  readonly board: TaskBoard;
  readonly work: Work;
  readonly lost: LostCalls;
  readonly conversations: () => Conversations;
  readonly consults: () => Consults;
  readonly added: () => AddedCalls;
}

/** Hears of calls that were added to a conversation. */
export interface AddedCalls {
  /** The customer's page has called. */
  arrived(conversation: Conversation, channelId: string): Promise<void>;
  /** The customer, whom we have called, has answered. */
  answered(conversation: Conversation, channelId: string): Promise<void>;
  /** The customer, whom we have called, has not; only within the conversation's turn, while the call is open. */
  notAnswered(conversation: Conversation, channelId: string): Promise<void>;
}

/** All calls under way, and what their hosts tell of them. */
export class Calls {
  readonly #parts: CallsParts;
  readonly #calls = new Map<string, OpenCall>();
  readonly #stops: (() => void)[] = [];
  #closed = false;

  constructor(parts: CallsParts) {
    this.#parts = parts;
  }

  /** From now on the hosts tell of calls. Throws what a host throws; then none does. */
  start(): void {
    try {
      for (const host of this.#parts.options.calls) this.#stops.push(host.start(this.#eventsOf(host)));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    const { hooks } = this.#parts.options;
    for (const stop of this.#stops.splice(0)) {
      try {
        stop();
      } catch (error) {
        hooks.report(error, { hook: 'host.stop' });
      }
    }
    for (const { giveUp } of this.#calls.values()) giveUp?.();
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
    this.#abortRings(conversation);
    const by: Actor = { kind: 'customer', id: conversation.customer.id };
    const how = { by, reason: 'customer-left' };
    return conversation.log.inTurn(() => this.#parts.work.channelOver(conversation, channelId, how));
  }

  /** An agent is in the call: if the customer is not, now is the time. */
  agentJoined(conversation: Conversation): void {
    this.#noted(conversation, this.callCustomer(conversation));
  }

  /** Whether there is a call that the customer is in, or is asked into. */
  isThere({ channel }: Conversation): boolean {
    const call = channel && this.#calls.get(channel.channelId);
    if (channel === undefined || call === undefined || channel.planned === true) return false;
    return call.to === undefined ? call.demand === undefined : call.dialled === true;
  }

  /** The host itself rings the agent, and then the customer. */
  hostCalls(conversation: Conversation): void {
    const { channelId } = conversation.channel ?? {};
    if (channelId === undefined) return;
    this.#calls.get(channelId)?.giveUp?.();
    this.#nowKnown(conversation, channelId, {}, {});
  }

  /** The agent could not be rung for an outbound call. */
  async notMade(conversation: Conversation, error: unknown): Promise<void> {
    const { channelId } = conversation.call ?? {};
    if (this.#closed || channelId === undefined) return;
    this.#noted(conversation, this.#end(conversation, channelId, dialFailureOf(error), false));
  }

  /** Calls the customer of an outbound call whose agent is there. */
  async callCustomer(conversation: Conversation): Promise<void> {
    const { hooks, logger } = this.#parts.options;
    const { channel } = conversation;
    const call = channel && this.#calls.get(channel.channelId);
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
      this.#nowKnown(conversation, channel.channelId, {}, refs);
    } catch (error) {
      if (this.#closed) return;
      logger.warn('call-dial-failed', { conversationId: conversation.id, ...errorFields(error) });
      await this.#end(conversation, channel.channelId, dialFailureOf(error), false);
    }
  }

  /** The channel is closed. True for a call that had not come, when nothing else is left of its conversation. */
  closed(channelId: string): boolean {
    const call = this.#calls.get(channelId);
    if (call === undefined) return false;
    call.giveUp?.();
    this.#calls.delete(channelId);
    return call.demand !== undefined;
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
    this.#calls.set(channel.channelId, call);
    if (notArrived === undefined) return;
    call.giveUp = this.#parts.options.clock.schedule(arrivalMs, () => this.#noted(conversation, notArrived()));
  }

  #eventsOf(host: CallHost): CallEvents {
    const known = (channelId: string): OpenCall | undefined => {
      const call = this.#calls.get(channelId);
      return call?.host === host ? call : undefined;
    };
    return {
      arrived: (call) => this.#arrived(host, call),
      customerLeft: (channelId, reason) => {
        const call = known(channelId);
        if (call !== undefined) this.#customerLeft(call, reason);
      },
      agentLeft: (channelId, refs, reason) => {
        const call = known(channelId);
        if (call !== undefined) this.#agentLeft(call, refs, reason);
      },
      joined: (channelId, refs) => {
        const call = known(channelId);
        if (call === undefined) return;
        const { conversation, added, to } = call;
        const isCustomer = to !== undefined && isAmong(conversation.channelOf(channelId)?.customerRefs, refs);
        if (isCustomer && added === true)
          this.#noted(conversation, this.#parts.added().answered(conversation, channelId));
        if (isCustomer) return;
        this.#noted(
          conversation,
          conversation.log.inTurn(() => this.#parts.consults().events.partyJoined(conversation, refs)),
        );
      },
      callbackWanted: (channelId, phone) => {
        const call = known(channelId);
        if (call === undefined) return;
        this.#noted(call.conversation, this.#parts.callbackWanted(call.conversation, phone));
      },
      changed: (channelId, change) => {
        const call = known(channelId);
        if (call !== undefined) this.#changed(call, channelId, change);
      },
    };
  }

  async #arrived(host: CallHost, arrived: ArrivedCall): Promise<string | undefined> {
    await this.#parts.ready();
    if (this.#closed) return undefined;
    try {
      if (arrived.channelId !== undefined) return await this.#expectedArrived(host, arrived, arrived.channelId);
      const conversation = await this.#parts
        .conversations()
        .phoned(host, arrived, requestOf(host, arrived, this.#parts.options));
      return conversation.channel?.channelId;
    } catch (error) {
      this.#parts.options.logger.warn('call-not-taken', { host: host.name, ...errorFields(error) });
      return undefined;
    }
  }

  async #expectedArrived(host: CallHost, arrived: ArrivedCall, channelId: string): Promise<string | undefined> {
    const call = this.#calls.get(channelId);
    const channel = call?.conversation.channelOf(channelId);
    if (call === undefined || call.host !== host || channel === undefined) return undefined;
    const { conversation, arrivedAs, demand, added, to } = call;
    // Told twice of one call is no harm; a second call under the same id is not wanted.
    if (arrivedAs !== undefined) return isSame(arrivedAs, arrived.providerRefs) ? channelId : undefined;
    call.arrivedAs = arrived.providerRefs;
    call.giveUp?.();
    if (added === true && to === undefined) {
      const phone = arrived.phone === undefined ? {} : { phone: arrived.phone };
      this.#nowKnown(conversation, channelId, arrived.providerRefs, { ...arrived.customerRefs, ...phone });
      this.#noted(conversation, this.#parts.added().arrived(conversation, channelId));
      return channelId;
    }
    if (demand === undefined) {
      this.#nowKnown(conversation, channelId, arrived.providerRefs, {});
      this.#noted(conversation, this.callCustomer(conversation));
      return channelId;
    }
    delete call.demand;
    const phone = arrived.phone === undefined ? {} : { phone: arrived.phone };
    this.#nowKnown(conversation, channelId, arrived.providerRefs, { ...arrived.customerRefs, ...phone });
    await this.#parts.conversations().enqueue(conversation, demand);
    return channelId;
  }

  #customerLeft({ conversation, channelId, added, to }: OpenCall, reason: string): void {
    const by: Actor = { kind: 'customer', id: conversation.customer.id };
    // For a call that has not come nobody is rung.
    if (conversation.call?.channelId === channelId) this.#abortRings(conversation);
    const ended = conversation.log.inTurn(async () => {
      if (added === true && to !== undefined) await this.#parts.added().notAnswered(conversation, channelId);
      await this.#parts.work.channelOver(conversation, channelId, { by, reason: endWordOf(reason), over: true });
    });
    this.#noted(conversation, ended);
  }

  #abortRings(conversation: Conversation): void {
    for (const { acceptance } of this.#parts.board.tasksOf(conversation)) acceptance?.ring.abort(customerGone('ring'));
  }

  #agentLeft({ conversation, channelId }: OpenCall, refs: ProviderRefs, reason: string): void {
    const { board, lost, consults } = this.#parts;
    const isOpen = () => conversation.channelOf(channelId) !== undefined;
    const done = conversation.log.inTurn(async () => {
      if (isOpen() && (await consults().events.partyLeft(conversation, refs, reason))) return;
      const participant = conversation.known(refs);
      if (participant === undefined || !isOpen()) return;
      const task = board.taskOf(conversation);
      const { agentId } = task?.acceptance ?? {};
      if (participant.role === 'expert') {
        await conversation.append(system, {
          type: 'participant-left',
          participantId: participant.id,
          reason: 'left',
        });
      } else if (
        task !== undefined &&
        agentId !== undefined &&
        conversation.participantOf(agentId) === participant.id
      ) {
        conversation.exited(channelId, participant.id);
        lost.lost(task);
        await consults().events.ownerLost(conversation);
      }
    });
    this.#noted(conversation, done);
  }

  #changed({ conversation }: OpenCall, channelId: string, change: ChannelChange): void {
    const done = conversation.log.inTurn(async () => {
      if (conversation.channelOf(channelId) === undefined || conversation.is(change)) return;
      await conversation.append(system, { type: 'channel-changed', channelId, change });
    });
    this.#noted(conversation, done);
  }

  // `over`: the host has not heard of the call or has ended it.
  async #end(conversation: Conversation, channelId: string, reason: string, over: boolean): Promise<void> {
    const call = this.#calls.get(channelId);
    await conversation.log.inTurn(async () => {
      if (call?.added === true && call.dialled === true) await this.#parts.added().notAnswered(conversation, channelId);
      await this.#parts.work.channelOver(conversation, channelId, { by: system, reason, over });
    });
  }

  #nowKnown(
    conversation: Conversation,
    channelId: string,
    providerRefs: ProviderRefs,
    customerRefs: ProviderRefs,
  ): void {
    const known = conversation.channelOf(channelId);
    if (known === undefined) return;
    const { customer, channels } = conversation;
    const channel: OpenChannel = {
      ...known,
      ...{ planned: false, awaited: false },
      providerRefs: { ...known.providerRefs, ...providerRefs },
      customerRefs: { ...known.customerRefs, ...customerRefs },
    };
    // In other channels the customer goes by the names that they had there before.
    const names =
      channels.length > 1
        ? { ...customerRefs, ...customer.providerRefs }
        : { ...customer.providerRefs, ...customerRefs };
    conversation.opened(channel, { ...customer, providerRefs: names });
    const kept = { channel: { id: channelId, providerRefs, customerRefs, planned: false, awaited: false } };
    void this.#parts.board.inTurn(conversation, async () => {
      await conversation.append(system, { type: 'kept', kept });
    });
  }

  #noted({ id: conversationId }: Conversation, work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      this.#parts.options.logger.error('call-event-failed', { conversationId, ...errorFields(error) });
    });
  }
}

function requestOf(
  { channel }: CallHost,
  { displayName, phone, context, called }: ArrivedCall,
  options: ResolvedOptions,
): StartRequest {
  const name = typeof displayName === 'string' ? displayName.trim().slice(0, 256) : '';
  return {
    customer: { displayName: name === '' ? (phone ?? 'Caller') : name },
    context: fromOutside(fromCall(context, options.logger), options),
    channel,
    ...(called !== undefined && { called }),
  };
}

/** Whether somebody of these names goes by one of the others. */
function isAmong(known: ProviderRefs | undefined, refs: ProviderRefs): boolean {
  return known !== undefined && Object.entries(refs).some(([key, name]) => known[key] === name);
}

function isSame(one: ProviderRefs, other: ProviderRefs): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}

/** For the desk of an agent, when what it is about has no call. */
export function noCall(action: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to ${action}; the channel is no call`, {
    field: 'channelId',
  });
}
