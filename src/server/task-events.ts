import { ContactCenterError } from 'onescreen';
import type { RoutingEngine, RoutingEvent } from 'onescreen/routing';
import type { AgentCommands, OfferOutcome, OfferRecord } from '../protocol/agent-frames';
import type { TaskRecord } from '../protocol/log-entry';
import type { Agent } from './agent';
import type { Agents } from './agents';
import { acceptFailure, ringFailureOf, ringReasonOf, takenAway, type RingFailure } from './call-failure';
import { isCallHost } from './channel-host';
import { joinChannels, unavailable } from './channel-work';
import { ClassificationEvents } from './classification-events';
import type { ClassificationFaults } from './classification-faults';
import type { Conversation } from './conversation';
import { errorFields } from 'onescreen/logging';
import { wrapUpOf, type ResolvedOptions } from './options';
import { system, type TaskBoard } from './task-board';
import {
  channelsOf,
  explanationRecord,
  unassigned,
  withChannels,
  withoutReason,
  type Acceptance,
  type LiveTask,
} from './task-record';

export interface TaskEventsOptions {
  readonly options: ResolvedOptions;
  readonly engine: RoutingEngine;
  readonly agents: Agents;
  readonly board: TaskBoard;
  readonly faults: Pick<ClassificationFaults, 'of'>;
  /** Something changed about who waits in this queue. */
  readonly queueChanged: (queueId: string) => void;
  /** Nothing more will happen in this conversation. */
  readonly finished: (conversation: Conversation) => void;
  /** A rule of the queue, or the task's age, has ended the wait: so ends all that is open in the conversation. */
  readonly cancelled: (conversation: Conversation, reason: string) => void;
  /** A ring has shown that the customer is gone; called within the conversation's turn. */
  readonly customerGone: (conversation: Conversation) => Promise<void>;
  /** Called within the conversation's turn before an agent joins it: a callback opens its channel only now. */
  readonly joins: (task: LiveTask) => Promise<void>;
  /** An agent is in the conversation. */
  readonly joined: (task: LiveTask) => void;
  /** What becomes of tasks that an agent was asked for. */
  readonly asked: () => AskedEvents;
  /** Something has changed about a task; all that follows at once from it has happened. */
  readonly changed: (task: LiveTask) => void;
}

/** Hears of tasks of agents who were asked in by another one: nobody else is asked for them. */
export interface AskedEvents {
  offerEnded(task: LiveTask, outcome: OfferOutcome): void;
  /** The agent has accepted, and is not in; only within the conversation's turn. */
  joinFailed(task: LiveTask, reason: string): Promise<void>;
  /** The agent is in; only within the conversation's turn. */
  joined(task: LiveTask): Promise<void>;
}

/** How long a task whose chat could not be joined is offered to nobody, in milliseconds (chosen): doubled each time. */
const joinBackOff = { firstMs: 1_000, mostMs: 60_000 };

/**
 * How long an agent whose phone has turned a call away is not asked for it again, in milliseconds (chosen). It was the
 * phone, in another call for instance, and not the agent: without an end, the customer could wait for nobody.
 */
const declinedMs = 5_000;

type Event<Type extends RoutingEvent['type']> = Extract<RoutingEvent, { readonly type: Type }>;
type Joined = AgentCommands['offer/accept']['result'];

/** Turns what the routing engine did into entries of logs and pushes to desks. */
export class TaskEvents {
  readonly #options: ResolvedOptions;
  readonly #engine: RoutingEngine;
  readonly #agents: Agents;
  readonly #board: TaskBoard;
  readonly #queueChanged: (queueId: string) => void;
  readonly #finished: (conversation: Conversation) => void;
  readonly #customerGone: (conversation: Conversation) => Promise<void>;
  readonly #observers: Pick<TaskEventsOptions, 'asked' | 'joins' | 'joined' | 'changed' | 'cancelled'>;
  readonly #classification: ClassificationEvents;
  readonly #joining = new Map<Acceptance, Promise<Joined>>();

  constructor({
    options,
    engine,
    agents,
    board,
    queueChanged,
    finished,
    customerGone,
    faults,
    ...observers
  }: TaskEventsOptions) {
    this.#options = options;
    this.#engine = engine;
    this.#agents = agents;
    this.#board = board;
    this.#queueChanged = queueChanged;
    this.#classification = new ClassificationEvents(options, engine, board, queueChanged, faults);
    this.#finished = finished;
    this.#customerGone = customerGone;
    this.#observers = observers;
  }

  /** What becomes of an acceptance while the agent is let into the chat; undefined once that is over. */
  joining(acceptance: Acceptance): Promise<Joined> | undefined {
    return this.#joining.get(acceptance);
  }

  handle(event: RoutingEvent): void {
    const task = 'taskId' in event ? this.#board.task(event.taskId) : undefined;
    if (task === undefined) return;
    this.#handle(task, event);
    this.#observers.changed(task);
  }

  #handle(task: LiveTask, event: RoutingEvent): void {
    switch (event.type) {
      case 'task-prioritized':
        task.record = { ...task.record, priority: event.priority };
        void this.#board.log(task, system, undefined, true);
        return this.#queueChanged(task.record.queueId);
      case 'classification-requested':
        return this.#classification.requested(task, event);
      case 'task-classified':
        return this.#classification.classified(task, event);
      case 'classification-failed':
        return this.#classification.failed(task, event);
      case 'task-queued':
        task.suspended = event.suspended;
        void this.#board.log(task, system);
        return this.#queueChanged(event.queueId);
      case 'offer-issued':
        this.#noteFallback(event);
        return this.#offered(task, event);
      case 'offer-accepted':
        return this.#board.removeOffer(event.offerId);
      case 'offer-declined':
        return this.#offerEnded(task, event, 'declined', event.reason ?? 'offer-declined');
      case 'offer-expired':
        this.#offerEnded(task, event, 'expired', 'offer-expired');
        return this.#lapsed(task, event.workerId);
      case 'offer-revoked':
        return this.#offerEnded(
          task,
          event,
          event.reason === 'accepted-elsewhere' ? 'accepted-elsewhere' : 'revoked',
          event.reason,
        );
      case 'task-assigned':
        return this.#assigned(task, event);
      case 'task-requeued':
        return this.#requeued(task, event);
      case 'task-wrapping':
        return this.#wrapping(task, event);
      case 'task-completed':
        task.record = { ...task.record, status: 'completed' };
        task.closeAt = event.closeAt;
        this.#agents.get(event.workerId)?.tasks.set(event.taskId, 'completed');
        void this.#board.log(task, this.#board.by);
        return this.#workChanged(event.workerId);
      case 'task-closed':
        return this.#ended(task, { ...task.record, status: 'closed' }, event.workerId, 'task-closed');
      case 'task-cancelled': {
        const record: TaskRecord = { ...task.record, status: 'cancelled', reason: event.reason };
        const isCurrent = this.#board.taskOf(task.conversation) === task;
        this.#ended(task, record, event.workerId, event.reason);
        if (isCurrent && task.cancelling !== true) this.#observers.cancelled(task.conversation, event.reason);
        return;
      }
      default:
    }
  }

  // Who wrote `rank` has heard of its failures; a `compare` that fails, and a ranking of strangers, show only here.
  #noteFallback({ taskId, queueId, explanation: { fallback } }: Event<'offer-issued'>): void {
    if (fallback === undefined) return;
    const { queues, logger } = this.#options;
    const compares = queues.get(queueId)?.strategy?.compare !== undefined;
    const fields = { taskId, queueId, reason: fallback.replaceAll(' ', '-') };
    if (compares) logger.error('strategy-failed', fields);
    else logger.warn('strategy-passed-over', fields);
  }

  #offered(task: LiveTask, event: Event<'offer-issued'>): void {
    const { conversation } = task;
    task.record = { ...withoutReason(task.record), status: 'offered', agentId: event.workerId };
    const record: OfferRecord = {
      id: event.offerId,
      task: task.record,
      preview: { id: conversation.id, customer: conversation.customer.displayName, context: conversation.context },
      issuedAt: event.issuedAt,
      expiresAt: event.expiresAt,
      why: explanationRecord(event.explanation),
    };
    this.#board.addOffer({ agentId: event.workerId, task, record });
    void this.#board.log(task, system);
    const agent = this.#agents.get(event.workerId);
    if (agent === undefined) return;
    agent.push({ type: 'offer', offer: record });
    this.#agents.tell(agent);
  }

  #offerEnded(
    task: LiveTask,
    { offerId, workerId }: { readonly offerId: string; readonly workerId: string },
    outcome: OfferOutcome,
    reason: string,
  ): void {
    this.#board.removeOffer(offerId);
    const agent = this.#agents.get(workerId);
    if (agent !== undefined) {
      agent.push({ type: 'offer-ended', offerId, outcome, reason });
      this.#agents.tell(agent);
    }
    // What ends an offer as a part of something greater says itself how the task stands.
    if (task.record.status !== 'offered' || task.offers.size > 0) return;
    if (reason === 'task-cancelled' || reason === 'task-requeued' || reason === 'task-assigned') return;
    if (task.askedFor !== undefined) return this.#observers.asked().offerEnded(task, outcome);
    task.record = { ...task.record, status: 'queued', reason };
    void this.#board.log(task, this.#board.by);
  }

  #lapsed(task: LiveTask, agentId: string): void {
    const agent = this.#agents.get(agentId);
    const keeps = this.#options.queues.get(task.record.queueId)?.onExpire === 'keep';
    if (agent !== undefined && !keeps) this.#agents.expired(agent);
  }

  #assigned(task: LiveTask, event: Event<'task-assigned'>): void {
    const { offerId, workerId, taskId, at } = event;
    const agent = this.#agents.get(workerId);
    const ringId = offerId ?? task.ringId;
    task.ringId = undefined;
    const acceptance: Acceptance = {
      agentId: workerId,
      at,
      ring: new AbortController(),
      ...(offerId !== undefined && { offerId }),
      ...(ringId !== undefined && { ringId }),
    };
    task.acceptance = acceptance;
    task.record = { ...withoutReason(task.record), status: 'assigned', agentId: workerId, assignedAt: at };
    this.#queueChanged(event.queueId);
    if (agent === undefined) return;
    agent.tasks.set(taskId, 'assigned');
    if (offerId === undefined && ringId !== undefined) this.#agents.tell(agent);
    const joined = this.#join(task, agent, acceptance);
    this.#joining.set(acceptance, joined);
    joined.catch(() => {}).finally(() => this.#joining.delete(acceptance));
  }

  #join(task: LiveTask, agent: Agent, acceptance: Acceptance): Promise<Joined> {
    const { conversation, record } = task;
    const { offerId } = acceptance;
    const action = offerId === undefined ? 'take call' : 'accept offer';
    const held = () => task.acceptance === acceptance;
    const isCall = () => conversation.lastChannel !== undefined && isCallHost(conversation.lastChannel.host);
    const endOffer = (outcome: OfferOutcome, reason?: string) => {
      if (offerId === undefined) return;
      agent.push({ type: 'offer-ended', offerId, outcome, ...(reason !== undefined && { reason }) });
    };
    return conversation.log.inTurn(async () => {
      try {
        if (held()) {
          await this.#observers.joins(task);
          await this.#letIn(task, agent, record, acceptance);
          task.failedJoins = 0;
        }
      } catch (error) {
        const failure = isCall() ? ringFailureOf(error) : undefined;
        if (failure !== undefined) {
          endOffer(failure === 'declined' ? 'declined' : 'revoked', ringReasonOf[failure]);
          await this.#ringFailed(task, agent, held(), failure);
          throw acceptFailure(failure, error, action);
        }
        endOffer('revoked', 'channel-unavailable');
        await this.#joinFailed(task, agent, held(), error);
        throw unavailable(`unable to ${action}; the channel could not be joined`, error);
      }
      if (!held()) {
        endOffer('revoked', 'task-gone');
        if (isCall()) throw acceptFailure('withdrawn', undefined, action);
        throw new ContactCenterError('task/gone', `unable to ${action}; the task was taken away meanwhile`);
      }
      endOffer('accepted');
      task.parked = undefined;
      this.#observers.joined(task);
      const result = { taskId: record.id, conversation: this.#board.recordFor(task, agent) };
      agent.push({ type: 'conversation', conversation: result.conversation });
      this.#agents.tell(agent);
      if (task.askedFor !== undefined) await this.#observers.asked().joined(task);
      return result;
    });
  }

  /** Whoever comes when the customer has just hung up is let into what is left. */
  async #letIn(task: LiveTask, agent: Agent, record: TaskRecord, acceptance: Acceptance): Promise<void> {
    const { conversation } = task;
    // In a consult the customer neither hears nor reads who is asked.
    const part = task.askedFor !== undefined && record.purpose === 'consult' ? 'call' : 'all';
    const enter = () => {
      const said = withChannels(record, channelsOf(task.record));
      return joinChannels(conversation, agent, said, { acceptance, part }, this.#options);
    };
    try {
      await enter();
    } catch (error) {
      const { call, channels } = conversation;
      const isLeft = call !== undefined && channels.some((one) => one !== call && conversation.reaches(one));
      if (part === 'call' || !isLeft || ringFailureOf(error) !== 'gone' || task.acceptance !== acceptance) throw error;
      await this.#customerGone(conversation);
      if (task.acceptance !== acceptance) throw error;
      await enter();
    }
  }

  // The fault is the chat's and no agent's: whoever was offered it at once would fail as well, over and over.
  async #joinFailed(task: LiveTask, agent: Agent, held: boolean, error: unknown): Promise<void> {
    const { clock, logger } = this.#options;
    const { id: taskId, conversationId } = task.record;
    const retryInMs = Math.min(joinBackOff.firstMs * 2 ** task.failedJoins, joinBackOff.mostMs);
    logger.warn('channel-join-failed', {
      conversationId,
      taskId,
      agentId: agent.id,
      reason: 'channel-unavailable',
      ...(held && { retryInMs }),
      ...errorFields(error),
    });
    if (!held) return;
    if (task.askedFor !== undefined) return this.#observers.asked().joinFailed(task, 'failed');
    if (task.parked !== undefined) return this.#parkedAgain(task);
    if (task.acceptance?.ringId === undefined) {
      return this.#board.tell(system, { type: 'cancel', taskId, reason: 'channel-unavailable' });
    }
    task.failedJoins += 1;
    const notBefore = clock.now() + retryInMs;
    this.#board.tell(system, { type: 'requeue', taskId, reason: 'channel-unavailable', notBefore });
  }

  async #ringFailed(task: LiveTask, agent: Agent, held: boolean, failure: RingFailure) {
    const { conversation, record } = task;
    this.#options.logger.info('ring-failed', {
      conversationId: conversation.id,
      taskId: record.id,
      agentId: agent.id,
      reason: ringReasonOf[failure],
    });
    if (failure === 'gone') return this.#customerGone(conversation);
    if (failure === 'unreachable') this.#agents.unreachable(agent);
    if (!held) return;
    if (failure === 'no-answer') this.#agents.unanswered(agent);
    if (task.askedFor !== undefined) return this.#observers.asked().joinFailed(task, failure);
    if (task.parked !== undefined) return this.#parkedAgain(task);
    const excludeUntil = this.#options.clock.now() + declinedMs;
    const exclude = failure === 'declined' ? { exclude: [agent.id], excludeUntil } : {};
    this.#board.tell(system, { type: 'requeue', taskId: record.id, reason: ringReasonOf[failure], ...exclude });
  }

  // Whoever wanted to take it has not got it; it stays what it was.
  #parkedAgain({ record: { id: taskId } }: LiveTask): void {
    this.#board.tell(system, { type: 'requeue', taskId, reason: 'parked', suspend: true });
  }

  #requeued(task: LiveTask, event: Event<'task-requeued'>): void {
    const { queueId, reason, fromWorkerId, taskId } = event;
    const before = task.record.queueId;
    const priority = this.#engine.task(taskId)?.priority ?? task.record.priority;
    const wrapUp = wrapUpOf(this.#options.queues.get(queueId));
    task.record = { ...unassigned(task.record), status: 'queued', queueId, priority, wrapUp, reason };
    task.suspended = event.suspended;
    task.acceptance?.ring.abort(takenAway());
    task.acceptance = undefined;
    const leaver = fromWorkerId === undefined ? undefined : { agentId: fromWorkerId, reason };
    void this.#board.log(task, this.#board.by, leaver);
    if (fromWorkerId !== undefined) {
      this.#agents.get(fromWorkerId)?.tasks.delete(taskId);
      this.#workChanged(fromWorkerId);
    }
    this.#queueChanged(before);
    if (queueId !== before) this.#queueChanged(queueId);
  }

  #wrapping(task: LiveTask, { at, taskId, workerId }: Event<'task-wrapping'>): void {
    const { limitMs } = task.record.wrapUp;
    task.record = {
      ...task.record,
      status: 'wrapping',
      wrapUpStartedAt: at,
      ...(limitMs !== undefined && { wrapUpEndsAt: at + limitMs }),
    };
    this.#agents.get(workerId)?.tasks.set(taskId, 'wrapping');
    void this.#board.log(task, this.#board.by);
    this.#workChanged(workerId);
  }

  #ended(task: LiveTask, record: TaskRecord, agentId: string | undefined, reason: string): void {
    task.record = record;
    task.acceptance?.ring.abort(takenAway());
    task.acceptance = undefined;
    this.#board.removeTask(task);
    const leaver = agentId === undefined ? undefined : { agentId, reason };
    void this.#board.log(task, this.#board.by, leaver).then(() => this.#finished(task.conversation));
    if (agentId !== undefined) {
      this.#agents.get(agentId)?.tasks.delete(record.id);
      this.#workChanged(agentId);
    }
    this.#queueChanged(record.queueId);
  }

  #workChanged(agentId: string): void {
    const agent = this.#agents.get(agentId);
    if (agent !== undefined) this.#agents.workChanged(agent);
  }
}
