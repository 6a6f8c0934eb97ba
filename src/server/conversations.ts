import { ContactCenterError, isContactCenterError, type CallTarget, type Labels } from 'onescreen';
import type { ConversationPush } from '../protocol/frames';
import type { Kept } from '../protocol/kept';
import type { Actor, LogEntry, ParticipantRecord } from '../protocol/log-entry';
import type { Agent } from './agent';
import type { Agents } from './agents';
import type { ArrivedCall, CallHost } from './call-host';
import type { Calls } from './calls';
import { channelOf, isCallHost, type ChannelHost } from './channel-host';
import type { ProviderRefs } from './chat-host';
import { fromOutside } from './context';
import { Conversation } from './conversation';
import type { Customers } from './customers';
import { demandOf, routeInvalid } from './demand';
import type { Seat } from './messages';
import { hostFor, openChannel, takeDown, unknown, type HostChoice } from './open-channel';
import type { ResolvedOptions, StartRequest } from './options';
import { parseResumeToken, unknownToken } from './resume-token';
import { system, type TaskBoard } from './task-board';
import type { LiveTask } from './task-record';
import { TokenBucket } from './token-bucket';
import type { Demand, Work } from './work';

/** Conversations that have ended and whose customers may still come back to read, at most. */
const keptEnded = 500;

interface Start extends Omit<StartRequest, 'channel' | 'called'>, HostChoice {
  /** What the start can be known by when it is sent again. */
  readonly known?: NonNullable<Kept['start']>;
}

interface ConversationsParts {
  readonly options: ResolvedOptions;
  readonly board: TaskBoard;
  readonly agents: Agents;
  readonly work: Work;
  readonly customers: Customers;
  readonly calls: Calls;
  /** What the log of a conversation says from now on. */
  readonly appended: (entries: readonly LogEntry[]) => void;
  /** Whether the customer is to be called back. */
  readonly isPromised: (conversation: Conversation) => boolean;
  /** Takes a conversation up that only the store knows; undefined for one that it does not know. */
  readonly stored: (conversationId: string) => Promise<Conversation | undefined>;
}

/** All conversations that this server holds. */
export class Conversations {
  readonly #parts: ConversationsParts;
  readonly #conversations = new Map<string, Conversation>();
  readonly #ended = new Set<Conversation>();

  readonly #starts: TokenBucket;
  /** Starts under way. */
  #starting = 0;

  constructor(parts: ConversationsParts) {
    this.#parts = parts;
    this.#starts = new TokenBucket(parts.options.limits.starts, parts.options.clock);
  }

  get(id: string): Conversation | undefined {
    return this.#conversations.get(id);
  }

  /** Whether this server holds it and something may still happen in it. */
  isOpen(id: string): boolean {
    const conversation = this.#conversations.get(id);
    return conversation !== undefined && !this.#ended.has(conversation);
  }

  /** The conversation that a resume token opens. Throws `session/unauthorized`. */
  async resume(token: unknown): Promise<Conversation> {
    const { options, stored } = this.#parts;
    const { conversationId, secret } = parseResumeToken(token);
    if (!options.resume.accepts(conversationId, secret)) throw unknownToken();
    const conversation = this.#conversations.get(conversationId) ?? (await stored(conversationId));
    if (conversation === undefined) throw unknownToken();
    return conversation;
  }

  /**
   * Opens a conversation, its channel and its task; the task of a call only once the call is there. Rejects with
   * `command/invalid`, `channel/unavailable` when the host fails, `command/rate-limited` or `conversation/too-many`
   * when there are too many.
   */
  start(start: Start): Promise<Conversation> {
    return this.#counted(() => this.#start(start));
  }

  async #counted<T>(run: () => Promise<T>): Promise<T> {
    this.#admit();
    this.#starting += 1;
    try {
      return await run();
    } finally {
      this.#starting -= 1;
    }
  }

  #admit(): void {
    const retryAfterMs = this.#starts.take();
    if (retryAfterMs > 0) {
      throw new ContactCenterError('command/rate-limited', 'unable to start conversation; there are too many starts', {
        retryable: true,
        retryAfterMs,
      });
    }
    const { openConversations } = this.#parts.options.limits;
    const open = this.#conversations.size - this.#ended.size + this.#starting;
    if (openConversations === false || open < openConversations) return;
    throw new ContactCenterError('conversation/too-many', 'unable to start conversation; too many are open', {
      retryable: true,
    });
  }

  async #start(start: Start): Promise<Conversation> {
    const { options, calls } = this.#parts;
    const host = hostFor(start, options);
    const request: StartRequest = {
      customer: start.customer,
      context: {
        ...(start.customer.id !== undefined && { customerId: start.customer.id }),
        ...fromOutside(start.context, options),
      },
      ...(start.queueId !== undefined && { queueId: start.queueId }),
      channel: channelOf(host),
    };
    if (start.queueId !== undefined && !options.queues.has(start.queueId)) throw unknown('queueId', 'queue');
    const demand = await demandOf(request, options);
    const conversation = this.#create(request);
    conversation.hasPage = true;
    const kept: Kept = { page: true, demand, ...(start.known !== undefined && { start: start.known }) };
    await conversation.log.inTurn(() => openChannel(conversation, host, kept, options));
    this.#conversations.set(conversation.id, conversation);
    if (isCallHost(host)) calls.awaited(conversation, demand);
    else await this.enqueue(conversation, demand);
    await conversation.log.settled();
    this.#started(conversation, host, demand);
    return conversation;
  }

  /** Opens the conversation of somebody whose call has come in. Rejects as {@link start} does. */
  async phoned(host: CallHost, call: ArrivedCall, request: StartRequest): Promise<Conversation> {
    return this.#counted(async () => {
      const { options, calls } = this.#parts;
      const demand = await demandOf(request, options);
      const conversation = this.#create(request);
      const { providerRefs } = call;
      const customerRefs = { ...call.customerRefs, ...(call.phone !== undefined && { phone: call.phone }) };
      const opened = { channelId: options.random.id(), providerRefs, customerRefs, kept: { demand } };
      await conversation.log.inTurn(() =>
        takeDown(conversation, host, opened, { kind: 'customer', id: conversation.customer.id }),
      );
      this.#conversations.set(conversation.id, conversation);
      calls.answered(conversation, providerRefs);
      await this.enqueue(conversation, demand);
      this.#started(conversation, host, demand);
      return conversation;
    });
  }

  /**
   * Opens the conversation of a call that an agent makes; its task is the agent's. Rejects as {@link start} does, and
   * with `agent/no-capacity`.
   */
  async dialled(
    host: CallHost,
    agent: Agent,
    { to, demand }: { readonly to: CallTarget; readonly demand: Demand },
  ): Promise<LiveTask> {
    return this.#counted(async () => {
      const { options, work } = this.#parts;
      const conversation = this.#create({
        customer: { displayName: 'phone' in to ? to.phone : 'Customer' },
        context: demand.labels,
      });
      const customerRefs: ProviderRefs = 'phone' in to ? { phone: to.phone } : {};
      const opened = { channelId: options.random.id(), providerRefs: {}, customerRefs, planned: true };
      const by: Actor = { kind: 'agent', id: agent.id };
      await conversation.log.inTurn(() => takeDown(conversation, host, opened, by));
      this.#conversations.set(conversation.id, conversation);
      try {
        const task = work.enqueue(conversation, demand, { assignTo: agent });
        this.#started(conversation, host, demand);
        return task;
      } catch (error) {
        this.#conversations.delete(conversation.id);
        await conversation.log.inTurn(() => work.callEnded(conversation, system, 'no-capacity', true));
        throw isContactCenterError(error, 'worker/no-capacity') ? noCapacity(error) : error;
      }
    });
  }

  /** Puts a conversation that has just begun into its queue, or ends it when that makes no sense. */
  async enqueue(conversation: Conversation, demand: Demand): Promise<void> {
    const { options, work } = this.#parts;
    try {
      work.enqueue(conversation, demand);
    } catch (error) {
      this.#conversations.delete(conversation.id);
      await work.customerLeft(conversation, 'abandoned');
      throw isContactCenterError(error, 'routing/invalid') ? routeInvalid(error, options, demand.queueId) : error;
    }
  }

  /** A conversation that the store holds. */
  recalled(id: string, customer: ParticipantRecord, context: Labels): Conversation {
    const conversation = this.#make(id, customer, context);
    this.#conversations.set(id, conversation);
    return conversation;
  }

  #create({ customer: { displayName }, context }: Pick<StartRequest, 'customer' | 'context'>): Conversation {
    const { random } = this.#parts.options;
    const customer = { id: random.id(), role: 'customer', displayName, providerRefs: {} } as const;
    return this.#make(random.id(), customer, context);
  }

  #make(id: string, customer: ParticipantRecord, context: Labels): Conversation {
    const { options, agents, board } = this.#parts;
    const { random, store, clock, hooks, limits } = options;
    return new Conversation({
      ...{ id, customer, context },
      keeps: { task: (taskId) => board.keptOf(taskId), agent: (agentId) => agents.keptOf(agentId) },
      store,
      clock,
      hooks,
      random,
      frames: new TokenBucket(limits.commands, clock),
      appended: (from, entries, agentIds) => this.#appended(from, entries, agentIds),
    });
  }

  #started({ id: conversationId }: Conversation, { name: host }: ChannelHost, demand: Demand): void {
    const { queueId, classificationPolicyId: policyId } = demand;
    const goesTo = policyId === undefined ? { queueId } : { policyId };
    this.#parts.options.logger.info('conversation-started', { conversationId, host, ...goesTo });
  }

  tellOthers({ conversation, participantId }: Seat, push: ConversationPush): void {
    for (const agentId of conversation.agentIds) {
      if (conversation.participantOf(agentId) !== participantId) this.#parts.agents.get(agentId)?.push(push);
    }
    const isTheirs = !('channelId' in push && conversation.isConcealed(push.channelId));
    if (conversation.customer.id !== participantId && isTheirs) this.#parts.customers.push(conversation, push);
  }

  /** Nothing more will happen in it, unless the customer is to be called back or somebody still has to do with it. The newest of them stay for customers who come back to read. */
  finished(conversation: Conversation): void {
    const { board, isPromised } = this.#parts;
    if (isPromised(conversation) || board.tasksOf(conversation).length > 0) return;
    this.#parts.customers.finished(conversation);
    for (const { channelId } of conversation.allChannels) this.#parts.calls.closed(channelId);
    this.#ended.add(conversation);
    this.#noteEnd(conversation);
    for (const oldest of this.#ended) {
      if (this.#ended.size <= keptEnded) break;
      this.#ended.delete(oldest);
      this.#conversations.delete(oldest.id);
      this.#parts.customers.forget(oldest);
    }
  }

  #noteEnd(conversation: Conversation): void {
    if (conversation.ended) return;
    conversation.ended = true;
    void this.#parts.board.inTurn(conversation, async () => {
      await conversation.append(system, { type: 'conversation-ended' });
    });
  }

  #appended(conversation: Conversation, entries: readonly LogEntry[], agentIds: readonly string[]): void {
    const push: ConversationPush = { type: 'log', conversationId: conversation.id, entries };
    for (const agentId of agentIds) this.#parts.agents.get(agentId)?.push(push);
    this.#parts.customers.appended(conversation, entries);
    this.#parts.appended(entries);
    for (const entry of entries) {
      if (entry.type === 'channel-closed' && this.#parts.calls.closed(entry.channelId)) this.finished(conversation);
    }
  }
}

function noCapacity(cause: unknown): ContactCenterError {
  return new ContactCenterError('agent/no-capacity', 'unable to call; the agent has no capacity left', { cause });
}
