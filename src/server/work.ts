import { ContactCenterError, type Labels, type Selector } from 'onescreen';
import type { RoutingCommand, RoutingEngine, RoutingEvent } from 'onescreen/routing';
import type { AgentCommands, OfferOutcome } from '../protocol/agent-frames';
import type { ConversationRecord } from '../protocol/frames';
import type { Actor, TaskRecord } from '../protocol/log-entry';
import type { Agent } from './agent';
import type { Agents } from './agents';
import { closeChannel, joinChannel, leaveChannel, unavailable } from './channel-work';
import type { Conversation } from './conversation';
import { errorFields } from './logger';
import { wrapUpOf, type ResolvedOptions } from './options';
import { explanationRecord, unassigned, type Acceptance, type LiveTask, type OpenOffer } from './task-record';

export interface WorkOptions {
  readonly options: ResolvedOptions;
  readonly engine: RoutingEngine;
  readonly apply: (command: RoutingCommand) => void;
  readonly agents: Agents;
  /** Something changed about who waits in this queue. */
  readonly queueChanged: (queueId: string) => void;
  /** Nothing more will happen in this conversation. */
  readonly finished: (conversation: Conversation) => void;
}

const system: Actor = { kind: 'system' };

/** Tasks and offers: what the routing engine decides becomes entries of logs and pushes to desks, what agents do becomes its commands. */
export class Work {
  readonly #options: ResolvedOptions;
  readonly #engine: RoutingEngine;
  readonly #apply: (command: RoutingCommand) => void;
  readonly #agents: Agents;
  readonly #queueChanged: (queueId: string) => void;
  readonly #finished: (conversation: Conversation) => void;
  readonly #tasks = new Map<string, LiveTask>();
  readonly #byConversation = new Map<string, LiveTask>();
  readonly #offers = new Map<string, OpenOffer>();
  readonly #joining = new Map<Acceptance, Promise<AgentCommands['offer/accept']['result']>>();
  /** On whose behalf the engine is being told something. */
  #by: Actor = system;

  constructor({ options, engine, apply, agents, queueChanged, finished }: WorkOptions) {
    this.#options = options;
    this.#engine = engine;
    this.#apply = apply;
    this.#agents = agents;
    this.#queueChanged = queueChanged;
    this.#finished = finished;
  }

  /** The conversation's task, as long as it has not ended. */
  taskOf(conversation: Conversation): TaskRecord | undefined {
    return this.#byConversation.get(conversation.id)?.record;
  }

  /** Conversations of the tasks that the agent has in hand. */
  conversationsOf(agent: Agent): readonly Conversation[] {
    return [...agent.tasks.keys()].flatMap((id) => this.#tasks.get(id)?.conversation ?? []);
  }

  offersOf(agent: Agent): readonly OpenOffer['record'][] {
    return [...agent.offers].flatMap((id) => this.#offers.get(id)?.record ?? []);
  }

  enqueue(
    conversation: Conversation,
    spec: {
      readonly queueId: string;
      readonly channel: string;
      readonly priority: number;
      readonly labels: Labels;
      readonly selectors: readonly Selector[];
    },
  ): void {
    const { clock, random, queues } = this.#options;
    const { selectors, ...facts } = spec;
    const record: TaskRecord = {
      id: random.id(),
      conversationId: conversation.id,
      ...facts,
      status: 'queued',
      queuedAt: clock.now(),
      wrapUp: wrapUpOf(queues.get(spec.queueId)),
    };
    const task: LiveTask = { record, conversation, acceptance: undefined };
    this.#tasks.set(record.id, task);
    this.#byConversation.set(conversation.id, task);
    const { id, queueId, channel, priority, labels } = record;
    this.#apply({ type: 'enqueue', task: { id, queueId, channel, priority, labels, selectors } });
  }

  /** What the routing engine did. Must not tell it anything in turn. */
  handle(events: readonly RoutingEvent[]): void {
    for (const event of events) this.#handle(event);
  }

  /** Accepts once; a second page of the same agent gets the first one's answer. */
  async accept(agent: Agent, offerId: string): Promise<AgentCommands['offer/accept']['result']> {
    const offer = this.#offers.get(offerId);
    const mine = offer?.agentId === agent.id ? offer : undefined;
    if (mine !== undefined) this.#tell(actorOf(agent), { type: 'accept', offerId });
    for (const taskId of agent.tasks.keys()) {
      const task = this.#tasks.get(taskId);
      const acceptance = task?.acceptance;
      if (task === undefined || acceptance?.offerId !== offerId) continue;
      return this.#joining.get(acceptance) ?? { taskId: task.record.id, conversation: this.#recordFor(task, agent) };
    }
    throw new ContactCenterError('offer/gone', 'unable to accept offer; it is no longer open');
  }

  decline(agent: Agent, offerId: string, details: { readonly reason?: string; readonly retryAt?: number }): void {
    if (this.#offers.get(offerId)?.agentId !== agent.id) {
      throw new ContactCenterError('offer/gone', 'unable to decline offer; it is no longer open');
    }
    this.#tell(actorOf(agent), { type: 'decline', offerId, ...details });
  }

  /** Ends the chat for the customer; wrap-up begins. */
  async end(agent: Agent, taskId: string): Promise<void> {
    const { conversation } = this.#require(agent, taskId, 'assigned', 'end task');
    await conversation.log.inTurn(async () => {
      this.#require(agent, taskId, 'assigned', 'end task');
      const by = this.#actorIn(conversation, agent);
      await closeChannel(conversation, { by, reason: 'agent-ended', force: false, logger: this.#options.logger });
      this.#channelEnded(conversation, by, 'agent-ended');
    });
    await conversation.log.settled();
  }

  async requeue(agent: Agent, { taskId, ...details }: AgentCommands['task/requeue']['args']): Promise<void> {
    const { conversation } = this.#require(agent, taskId, 'assigned', 'requeue task');
    if (details.queueId !== undefined && !this.#options.queues.has(details.queueId)) {
      throw new ContactCenterError('command/invalid', 'unable to requeue task; there is no such queue', {
        field: 'queueId',
      });
    }
    const by = this.#actorIn(conversation, agent);
    this.#tell(by, { type: 'requeue', taskId, reason: 'agent-requeued', exclude: [agent.id], ...details });
    await conversation.log.settled();
  }

  async extend(agent: Agent, taskId: string): Promise<{ readonly endsAt?: number }> {
    const task = this.#require(agent, taskId, 'wrapping', 'extend wrap-up');
    const { wrapUp, wrapUpEndsAt } = task.record;
    if (wrapUp.limitMs === undefined || wrapUpEndsAt === undefined) return {};
    const endsAt = Math.max(wrapUpEndsAt, this.#options.clock.now()) + wrapUp.limitMs;
    task.record = { ...task.record, wrapUpEndsAt: endsAt };
    await this.#log(task, this.#actorIn(task.conversation, agent));
    return { endsAt };
  }

  async complete(agent: Agent, result: AgentCommands['wrap-up/complete']['args']): Promise<void> {
    const { taskId, disposition, notes, labels, closeAt } = result;
    const task = this.#require(agent, taskId, 'wrapping', 'complete wrap-up');
    const { conversation, record } = task;
    checkDisposition(record, disposition);
    const by = this.#actorIn(conversation, agent);
    if (notes !== undefined && notes !== '') {
      void this.#append(conversation, async () => {
        await conversation.append(by, { type: 'note', text: notes });
      });
    }
    task.record = {
      ...record,
      ...(disposition !== undefined && { disposition }),
      ...(labels !== undefined && { labels: { ...record.labels, ...labels } }),
    };
    this.#tell(by, { type: 'close', taskId, ...(closeAt !== undefined && { closeAt }) });
    await conversation.log.settled();
  }

  /** The customer is gone, or has had enough. A host that fails does not keep the customer. */
  async customerLeft(conversation: Conversation, reason: 'customer-left' | 'abandoned'): Promise<void> {
    await conversation.log.inTurn(async () => {
      const by: Actor = reason === 'abandoned' ? system : { kind: 'customer', id: conversation.customer.id };
      await closeChannel(conversation, { by, reason, force: true, logger: this.#options.logger });
      this.#channelEnded(conversation, by, reason);
    });
    await conversation.log.settled();
  }

  /** The agent will not come back: what it was wrapping up is completed as it is. */
  release(agent: Agent, reason: string): void {
    for (const [taskId, status] of [...agent.tasks]) {
      const task = this.#tasks.get(taskId);
      if (status !== 'wrapping' || task === undefined) continue;
      task.record = { ...task.record, reason };
      this.#tell(system, { type: 'close', taskId });
    }
  }

  #handle(event: RoutingEvent): void {
    if (!('taskId' in event)) return;
    const task = this.#tasks.get(event.taskId);
    if (task === undefined) return;
    switch (event.type) {
      case 'task-queued':
        void this.#log(task, system);
        return this.#queueChanged(event.queueId);
      case 'offer-issued':
        return this.#offered(task, event);
      case 'offer-accepted':
        return this.#closeOffer(event.offerId, event.workerId);
      case 'offer-declined':
        return this.#offerEnded(task, event, 'declined', event.reason ?? 'offer-declined');
      case 'offer-expired':
        this.#offerEnded(task, event, 'expired', 'offer-expired');
        return this.#lapsed(task, event.workerId);
      case 'offer-revoked':
        if (event.reason === 'accepted-elsewhere')
          return this.#offerEnded(task, event, 'accepted-elsewhere', event.reason);
        return this.#offerEnded(task, event, 'revoked', event.reason);
      case 'task-assigned':
        return this.#assigned(task, event);
      case 'task-requeued':
        return this.#requeued(task, event);
      case 'task-wrapping':
        return this.#wrapping(task, event);
      case 'task-completed':
        task.record = { ...task.record, status: 'completed' };
        this.#agents.get(event.workerId)?.tasks.set(event.taskId, 'completed');
        void this.#log(task, this.#by);
        return this.#workChanged(event.workerId);
      case 'task-closed':
        return this.#ended(task, { ...task.record, status: 'closed' }, event.workerId, 'task-closed');
      case 'task-cancelled':
        return this.#ended(
          task,
          { ...task.record, status: 'cancelled', reason: event.reason },
          event.workerId,
          event.reason,
        );
      default:
    }
  }

  #offered(task: LiveTask, event: Extract<RoutingEvent, { type: 'offer-issued' }>): void {
    const { conversation } = task;
    task.record = { ...withoutReason(task.record), status: 'offered', agentId: event.workerId };
    const record = {
      id: event.offerId,
      task: task.record,
      preview: { id: conversation.id, customer: conversation.customer.displayName, context: conversation.context },
      issuedAt: event.issuedAt,
      expiresAt: event.expiresAt,
      why: explanationRecord(event.explanation),
    };
    this.#offers.set(event.offerId, { agentId: event.workerId, task, record });
    void this.#log(task, system);
    const agent = this.#agents.get(event.workerId);
    agent?.offers.add(event.offerId);
    agent?.push({ type: 'offer', offer: record });
    if (agent !== undefined) this.#agents.tell(agent);
  }

  #closeOffer(offerId: string, agentId: string): void {
    this.#offers.delete(offerId);
    this.#agents.get(agentId)?.offers.delete(offerId);
  }

  #offerEnded(
    task: LiveTask,
    event: { readonly offerId: string; readonly workerId: string },
    outcome: OfferOutcome,
    reason: string,
  ): void {
    this.#closeOffer(event.offerId, event.workerId);
    const agent = this.#agents.get(event.workerId);
    agent?.push({ type: 'offer-ended', offerId: event.offerId, outcome, reason });
    if (agent !== undefined) this.#agents.tell(agent);
    const othersOpen = [...this.#offers.values()].some((offer) => offer.task === task);
    // What ends an offer as a part of something greater says itself how the task stands.
    if (task.record.status !== 'offered' || othersOpen || reason === 'task-cancelled' || reason === 'task-requeued')
      return;
    task.record = { ...task.record, status: 'queued', reason };
    void this.#log(task, this.#by);
  }

  #lapsed(task: LiveTask, agentId: string): void {
    const agent = this.#agents.get(agentId);
    const keeps = this.#options.queues.get(task.record.queueId)?.onExpire === 'keep';
    if (agent !== undefined && !keeps) this.#agents.expired(agent);
  }

  #assigned(task: LiveTask, event: Extract<RoutingEvent, { type: 'task-assigned' }>): void {
    const agent = this.#agents.get(event.workerId);
    const acceptance: Acceptance = { offerId: event.offerId, agentId: event.workerId };
    task.acceptance = acceptance;
    task.record = { ...withoutReason(task.record), status: 'assigned', agentId: event.workerId, assignedAt: event.at };
    this.#queueChanged(event.queueId);
    if (agent === undefined) return;
    agent.tasks.set(event.taskId, 'assigned');
    const joined = this.#join(task, agent, acceptance);
    this.#joining.set(acceptance, joined);
    joined.catch(() => {}).finally(() => this.#joining.delete(acceptance));
  }

  #join(task: LiveTask, agent: Agent, acceptance: Acceptance): Promise<AgentCommands['offer/accept']['result']> {
    const { conversation, record } = task;
    const { offerId } = acceptance;
    const held = () => task.acceptance === acceptance;
    const endOffer = (outcome: OfferOutcome, reason?: string) =>
      agent.push({ type: 'offer-ended', offerId, outcome, ...(reason !== undefined && { reason }) });
    return conversation.log.inTurn(async () => {
      try {
        if (held()) await joinChannel(conversation, agent, { type: 'task', task: record });
      } catch (error) {
        this.#options.logger.warn('channel-join-failed', { conversationId: conversation.id, ...errorFields(error) });
        endOffer('revoked', 'channel-unavailable');
        if (held()) this.#tell(system, { type: 'requeue', taskId: record.id, reason: 'channel-unavailable' });
        throw unavailable('unable to accept offer; the chat could not be joined', error);
      }
      if (!held()) {
        endOffer('revoked', 'task-gone');
        throw new ContactCenterError('task/gone', 'unable to accept offer; the task was taken away meanwhile');
      }
      endOffer('accepted');
      const result = { taskId: record.id, conversation: this.#recordFor(task, agent) };
      agent.push({ type: 'conversation', conversation: result.conversation });
      this.#agents.tell(agent);
      return result;
    });
  }

  #requeued(task: LiveTask, event: Extract<RoutingEvent, { type: 'task-requeued' }>): void {
    const { queueId, reason, fromWorkerId, taskId } = event;
    const before = task.record.queueId;
    const priority = this.#engine.task(taskId)?.priority ?? task.record.priority;
    const wrapUp = wrapUpOf(this.#options.queues.get(queueId));
    task.record = { ...unassigned(task.record), status: 'queued', queueId, priority, wrapUp, reason };
    task.acceptance = undefined;
    void this.#log(task, this.#by, fromWorkerId === undefined ? undefined : { agentId: fromWorkerId, reason });
    if (fromWorkerId !== undefined) {
      this.#agents.get(fromWorkerId)?.tasks.delete(taskId);
      this.#workChanged(fromWorkerId);
    }
    this.#queueChanged(before);
    if (queueId !== before) this.#queueChanged(queueId);
  }

  #wrapping(task: LiveTask, event: Extract<RoutingEvent, { type: 'task-wrapping' }>): void {
    const { limitMs } = task.record.wrapUp;
    task.record = {
      ...task.record,
      status: 'wrapping',
      wrapUpStartedAt: event.at,
      ...(limitMs !== undefined && { wrapUpEndsAt: event.at + limitMs }),
    };
    this.#agents.get(event.workerId)?.tasks.set(event.taskId, 'wrapping');
    void this.#log(task, this.#by);
    this.#workChanged(event.workerId);
  }

  #ended(task: LiveTask, record: TaskRecord, agentId: string | undefined, reason: string): void {
    const { conversation } = task;
    task.record = record;
    task.acceptance = undefined;
    this.#tasks.delete(record.id);
    if (this.#byConversation.get(conversation.id) === task) this.#byConversation.delete(conversation.id);
    void this.#log(task, this.#by, agentId === undefined ? undefined : { agentId, reason }).then(() =>
      this.#finished(conversation),
    );
    if (agentId !== undefined) {
      this.#agents.get(agentId)?.tasks.delete(record.id);
      this.#workChanged(agentId);
    }
    this.#queueChanged(record.queueId);
  }

  // Nothing more can be said to the customer: handling has ended, or never began.
  #channelEnded(conversation: Conversation, by: Actor, reason: string): void {
    const task = this.#byConversation.get(conversation.id);
    if (task === undefined) return;
    const { id: taskId, status } = task.record;
    if (status === 'wrapping' || status === 'completed') return;
    const joined = task.acceptance !== undefined && conversation.participantOf(task.acceptance.agentId) !== undefined;
    this.#tell(by, joined ? { type: 'complete', taskId } : { type: 'cancel', taskId, reason });
  }

  #workChanged(agentId: string): void {
    const agent = this.#agents.get(agentId);
    if (agent !== undefined) this.#agents.workChanged(agent);
  }

  #tell(by: Actor, command: RoutingCommand): void {
    const before = this.#by;
    this.#by = by;
    try {
      this.#apply(command);
    } finally {
      this.#by = before;
    }
  }

  // Takes down how the task stands now, and that an agent leaves with it. What the engine has decided
  // stands, also when the store cannot take it down.
  #log(task: LiveTask, by: Actor, leaver?: { readonly agentId: string; readonly reason: string }): Promise<void> {
    const { record, conversation } = task;
    const { logger } = this.#options;
    return this.#append(conversation, async () => {
      const left = leaver === undefined ? [] : await leaveChannel(conversation, leaver, logger);
      await conversation.append(by, { type: 'task', task: record }, ...left);
      if (leaver === undefined || left.length === 0) return;
      const push = { type: 'conversation-left', conversationId: conversation.id, reason: leaver.reason } as const;
      this.#agents.get(leaver.agentId)?.push(push);
    });
  }

  #append(conversation: Conversation, work: () => Promise<void>): Promise<void> {
    return conversation.log.inTurn(work).catch((error: unknown) => {
      this.#options.logger.error('log-append-failed', { conversationId: conversation.id, ...errorFields(error) });
    });
  }

  #require(agent: Agent, taskId: string, status: 'assigned' | 'wrapping', action: string): LiveTask {
    const task = this.#tasks.get(taskId);
    if (task?.acceptance?.agentId !== agent.id) {
      throw new ContactCenterError('task/gone', `unable to ${action}; the agent does not have it`);
    }
    if (task.record.status !== status) {
      throw new ContactCenterError('task/wrong-state', `unable to ${action}; it is ${task.record.status}`);
    }
    return task;
  }

  #recordFor(task: LiveTask, agent: Agent): ConversationRecord {
    return task.conversation.recordForAgent(task.conversation.participantOf(agent.id) ?? agent.id);
  }

  #actorIn(conversation: Conversation, agent: Agent): Actor {
    return { kind: 'agent', id: conversation.participantOf(agent.id) ?? agent.id };
  }
}

function actorOf(agent: Agent): Actor {
  return { kind: 'agent', id: agent.id };
}

function withoutReason(record: TaskRecord): TaskRecord {
  const { reason: _, ...rest } = record;
  return rest;
}

function checkDisposition({ wrapUp }: TaskRecord, disposition: string | undefined): void {
  const missing = disposition === undefined && wrapUp.required;
  const unknown = disposition !== undefined && !wrapUp.dispositions.some(({ code }) => code === disposition);
  if (!missing && !unknown) return;
  const why = missing ? 'the queue asks for a disposition' : 'the queue has no such disposition';
  throw new ContactCenterError('command/invalid', `unable to complete wrap-up; ${why}`, { field: 'disposition' });
}
