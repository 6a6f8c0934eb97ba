import { errorFields } from 'onescreen/logging';
import type { Actor, ChannelChange } from '../protocol/log-entry';
import { endWordOf } from './call-failure';
import type { ArrivedCall, CallEvents, CallHost } from './call-host';
import type { ProviderRefs } from './chat-host';
import type { Consults } from './consults/consults';
import { fromCall, fromOutside } from './context';
import type { Conversation } from './conversation';
import type { Conversations } from './conversations';
import type { LostCalls } from './lost-calls';
import type { OpenCall, OpenCalls } from './open-calls';
import type { ResolvedOptions, StartRequest } from './options';
import { system, type TaskBoard } from './task-board';
import type { Work } from './work';

/** Hears of calls that were added to a conversation. */
export interface AddedCalls {
  /** The customer's page has called. */
  arrived(conversation: Conversation, channelId: string): Promise<void>;
  /** The customer, whom we have called, has answered. */
  answered(conversation: Conversation, channelId: string): Promise<void>;
  /** The customer, whom we have called, has not; only within the conversation's turn, while the call is open. */
  notAnswered(conversation: Conversation, channelId: string): Promise<void>;
}

export interface CallReportsParts {
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

/** What hosts tell of calls. */
export class CallReports {
  readonly #parts: CallReportsParts;
  readonly #calls: OpenCalls;
  readonly #callCustomer: (conversation: Conversation) => Promise<void>;

  /** `callCustomer`: for an outbound call whose agent is there. */
  constructor(parts: CallReportsParts, calls: OpenCalls, callCustomer: (conversation: Conversation) => Promise<void>) {
    this.#parts = parts;
    this.#calls = calls;
    this.#callCustomer = callCustomer;
  }

  /** For one host, which knows its own calls alone. */
  eventsOf(host: CallHost): CallEvents {
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
          this.#calls.noted(conversation, this.#parts.added().answered(conversation, channelId));
        if (isCustomer) return;
        this.#calls.noted(
          conversation,
          conversation.log.inTurn(() => this.#parts.consults().events.partyJoined(conversation, refs)),
        );
      },
      callbackWanted: (channelId, phone) => {
        const call = known(channelId);
        if (call === undefined) return;
        this.#calls.noted(call.conversation, this.#parts.callbackWanted(call.conversation, phone));
      },
      changed: (channelId, change) => {
        const call = known(channelId);
        if (call !== undefined) this.#changed(call, channelId, change);
      },
    };
  }

  async #arrived(host: CallHost, arrived: ArrivedCall): Promise<string | undefined> {
    await this.#parts.ready();
    if (this.#calls.closed) return undefined;
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
      this.#calls.nowKnown(conversation, channelId, arrived.providerRefs, { ...arrived.customerRefs, ...phone });
      this.#calls.noted(conversation, this.#parts.added().arrived(conversation, channelId));
      return channelId;
    }
    if (demand === undefined) {
      this.#calls.nowKnown(conversation, channelId, arrived.providerRefs, {});
      this.#calls.noted(conversation, this.#callCustomer(conversation));
      return channelId;
    }
    delete call.demand;
    const phone = arrived.phone === undefined ? {} : { phone: arrived.phone };
    this.#calls.nowKnown(conversation, channelId, arrived.providerRefs, { ...arrived.customerRefs, ...phone });
    await this.#parts.conversations().enqueue(conversation, demand);
    return channelId;
  }

  #customerLeft({ conversation, channelId, added, to }: OpenCall, reason: string): void {
    const by: Actor = { kind: 'customer', id: conversation.customer.id };
    // For a call that has not come nobody is rung.
    if (conversation.call?.channelId === channelId) this.#calls.abortRings(conversation);
    const ended = conversation.log.inTurn(async () => {
      if (added === true && to !== undefined) await this.#parts.added().notAnswered(conversation, channelId);
      await this.#parts.work.channelOver(conversation, channelId, { by, reason: endWordOf(reason), over: true });
    });
    this.#calls.noted(conversation, ended);
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
    this.#calls.noted(conversation, done);
  }

  #changed({ conversation }: OpenCall, channelId: string, change: ChannelChange): void {
    const done = conversation.log.inTurn(async () => {
      if (conversation.channelOf(channelId) === undefined || conversation.is(change)) return;
      await conversation.append(system, { type: 'channel-changed', channelId, change });
    });
    this.#calls.noted(conversation, done);
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
