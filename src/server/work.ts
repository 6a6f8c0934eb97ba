import { ContactCenterError, isContactCenterError, type Cancel, type Labels, type Selector } from 'onescreen';
import { errorFields } from 'onescreen/logging';
import type { AgentCommands } from '../protocol/agent-frames';
import type { Actor, TaskRecord } from '../protocol/log-entry';
import type { Agent } from './agent';
import { isCallHost } from './channel-host';
import { closeChannels } from './channel-work';
import { classifying } from './classification-events';
import type { Conversation } from './conversation';
import { wrapUpOf, type ResolvedOptions } from './options';
import { actorIn, system, type TaskBoard } from './task-board';
import type { TaskEvents } from './task-events';
import type { LiveTask } from './task-record';

/** What a task asks for. */
export interface Demand {
  /** With a policy: where the task goes when that names no queue. */
  readonly queueId: string;
  readonly classificationPolicyId?: string;
  readonly channel: string;
  readonly priority: number;
  readonly labels: Labels;
  readonly selectors: readonly Selector[];
}

/** What is known of a task beside what it asks for. */
export interface TaskOrigin extends Pick<TaskRecord, 'purpose' | 'from'> {
  /** Left out: a new one. */
  readonly id?: string;
  /** Since when it waits, epoch milliseconds; left out: now. */
  readonly queuedAt?: number;
  /** Whose it is at once. */
  readonly assignTo?: Agent;
  /** Under which correlation id that agent is rung; left out: the agent is there already. */
  readonly ringId?: string;
}

/** Milliseconds before it is tried again to end a conversation that nobody waits for, at first and at most (chosen); doubled each time. */
const backOff = { firstMs: 1_000, mostMs: 60_000 };

/** What agents and customers do about tasks and offers. */
export class Work {
  readonly #options: ResolvedOptions;
  readonly #board: TaskBoard;
  readonly #events: TaskEvents;
  readonly #retries = new Set<Cancel>();

  constructor(options: ResolvedOptions, board: TaskBoard, events: TaskEvents) {
    this.#options = options;
    this.#board = board;
    this.#events = events;
  }

  /** Conversations of the tasks that the agent has in hand. */
  conversationsOf(agent: Agent): readonly Conversation[] {
    return [...new Set([...agent.tasks.keys()].flatMap((id) => this.#board.task(id)?.conversation ?? []))];
  }

  /**
   * Puts a conversation into a queue, or gives it to somebody at once. Throws `routing/invalid` for a demand that
   * makes no sense, `worker/no-capacity` and `worker/gone` when that agent cannot have it.
   */
  enqueue(
    conversation: Conversation,
    { selectors, classificationPolicyId, ...facts }: Demand,
    origin: TaskOrigin = {},
  ): LiveTask {
    const { clock, random, queues, policies } = this.#options;
    const isKnown = classificationPolicyId !== undefined && policies.get(classificationPolicyId) !== undefined;
    const { id = random.id(), queuedAt = clock.now(), assignTo, ringId, ...origins } = origin;
    const record: TaskRecord = {
      id,
      conversationId: conversation.id,
      ...facts,
      status: 'queued',
      queuedAt,
      wrapUp: wrapUpOf(queues.get(facts.queueId)),
      ...origins,
    };
    const task: LiveTask = {
      ...{ record, conversation, selectors, acceptance: undefined, ringId },
      ...{ failedJoins: 0, offers: new Set<string>() },
    };
    const by: Actor = assignTo === undefined ? system : { kind: 'agent', id: assignTo.id };
    const assigned = assignTo === undefined ? {} : { assignTo: assignTo.id };
    this.#board.addTask(task);
    try {
      this.#board.tell(by, {
        type: 'enqueue',
        task: {
          ...{ id, ...facts, selectors, virtualStartAt: queuedAt },
          // One that a server before this one had, and this one has not, leaves the queue as it is.
          ...(isKnown && { classificationPolicyId }),
        },
        ...assigned,
      });
    } catch (error) {
      this.#board.removeTask(task);
      throw error;
    }
    return task;
  }

  /** Accepts once; a second page of the same agent gets the first one's answer. */
  async accept(agent: Agent, offerId: string): Promise<AgentCommands['offer/accept']['result']> {
    if (this.#board.offer(offerId)?.agentId === agent.id) {
      this.#board.tell({ kind: 'agent', id: agent.id }, { type: 'accept', offerId });
    }
    for (const taskId of agent.tasks.keys()) {
      const task = this.#board.task(taskId);
      const acceptance = task?.acceptance;
      if (task === undefined || acceptance?.offerId !== offerId) continue;
      return this.#events.joining(acceptance) ?? { taskId, conversation: this.#board.recordFor(task, agent) };
    }
    throw new ContactCenterError('offer/gone', 'unable to accept offer; it is no longer open');
  }

  /**
   * Gives a waiting call to an agent, available or not, and rings. Rejects with `agent/unreachable`,
   * `agent/no-capacity`, `task/gone`, or as a ring does.
   */
  async take(agent: Agent, task: LiveTask): Promise<AgentCommands['offer/accept']['result']> {
    requirePhone(agent);
    const by: Actor = { kind: 'agent', id: agent.id };
    const { id: taskId, queueId, reason } = task.record;
    const policyId = reason === classifying ? task.classification?.policyId : undefined;
    task.ringId = this.#options.random.id();
    try {
      // An agent has decided; given back it is in a queue like any other.
      if (policyId !== undefined)
        this.#board.tell(by, { type: 'requeue', taskId, queueId, reason: 'taken', suspend: true });
      this.#board.tell(by, { type: 'assign', taskId, workerId: agent.id });
    } catch (error) {
      task.ringId = undefined;
      if (policyId !== undefined)
        this.#board.tell(by, { type: 'requeue', taskId, reason: classifying, classificationPolicyId: policyId });
      throw takeFailure(error);
    }
    return this.taken(task);
  }

  /** What becomes of a call that an agent has taken. Rejects as a ring does. */
  async taken({ acceptance }: LiveTask): Promise<AgentCommands['offer/accept']['result']> {
    const joined = acceptance && (await this.#events.joining(acceptance));
    if (joined !== undefined) return joined;
    throw new ContactCenterError('task/gone', 'unable to take call; it was taken away meanwhile');
  }

  decline(agent: Agent, offerId: string, details: { readonly reason?: string; readonly retryAt?: number }): void {
    if (this.#board.offer(offerId)?.agentId !== agent.id) {
      throw new ContactCenterError('offer/gone', 'unable to decline offer; it is no longer open');
    }
    this.#board.tell({ kind: 'agent', id: agent.id }, { type: 'decline', offerId, ...details });
  }

  /** Ends the chat for the customer; wrap-up begins. Rejects with `channel/unavailable`, nothing changed, when the host fails. */
  async end(agent: Agent, taskId: string): Promise<void> {
    const { conversation, rejoin } = this.#board.require(agent, taskId, 'assigned', 'end task');
    rejoin?.abort(new ContactCenterError('command/aborted', 'unable to rejoin call; the agent has ended it'));
    await conversation.log.inTurn(async () => {
      this.#board.require(agent, taskId, 'assigned', 'end task');
      const by = actorIn(conversation, agent);
      await this.#closeAll(conversation, by, 'agent-ended');
      this.#board.channelEnded(conversation, by, 'agent-ended');
    });
    await conversation.log.settled();
  }

  async requeue(agent: Agent, { taskId, ...details }: AgentCommands['task/requeue']['args']): Promise<void> {
    const before = agent.letGo.of(taskId, 'requeued');
    if (before !== undefined) return before;
    const { conversation } = this.#board.require(agent, taskId, 'assigned', 'requeue task');
    if (details.queueId !== undefined && !this.#options.queues.has(details.queueId)) {
      throw new ContactCenterError('command/invalid', 'unable to requeue task; there is no such queue', {
        field: 'queueId',
      });
    }
    const how = { reason: 'agent-requeued', exclude: [agent.id], ...details };
    this.#board.tell(actorIn(conversation, agent), { type: 'requeue', taskId, ...how });
    const done = conversation.log.settled();
    agent.letGo.add(taskId, 'requeued', done);
    return done;
  }

  /**
   * The customer is gone (`customer-left`), or waits no longer, for another reason. A host that fails does not keep the
   * customer.
   */
  async customerLeft(conversation: Conversation, reason: string): Promise<void> {
    const by: Actor = reason === 'customer-left' ? { kind: 'customer', id: conversation.customer.id } : system;
    await conversation.log.inTurn(async () => {
      await closeChannels(conversation, { by, reason, force: true, options: this.#options });
      this.#board.channelEnded(conversation, by, reason);
    });
    await conversation.log.settled();
  }

  /**
   * As {@link customerLeft}, where nobody hears of what fails: what the store does not take is tried again, as long as
   * that is `wanted`.
   */
  letGo(conversation: Conversation, reason: string, wanted: () => boolean, retryMs = backOff.firstMs): void {
    this.customerLeft(conversation, reason).catch((error: unknown) => {
      const { clock, logger } = this.#options;
      if (isContactCenterError(error, 'session/closed')) return;
      logger.error('conversation-not-ended', { conversationId: conversation.id, ...errorFields(error) });
      const cancel = clock.schedule(retryMs, () => {
        this.#retries.delete(cancel);
        if (wanted()) this.letGo(conversation, reason, wanted, Math.min(2 * retryMs, backOff.mostMs));
      });
      this.#retries.add(cancel);
    });
  }

  close(): void {
    for (const cancel of this.#retries) cancel();
    this.#retries.clear();
  }

  /** The call is over, as {@link channelOver}. */
  async callEnded(conversation: Conversation, by: Actor, reason: string, over: boolean): Promise<void> {
    const { channelId } = conversation.call ?? {};
    if (channelId !== undefined) await this.channelOver(conversation, channelId, { by, reason, over });
  }

  /**
   * A channel is over, and with the last one in which the customer is, or may come, the handling; whatever the store says,
   * and unless `force` is false whatever the host says. Only within the conversation's turn. `over`: the call's host knows
   * already. Rejects with `channel/unavailable`, nothing changed.
   */
  async channelOver(
    conversation: Conversation,
    channelId: string,
    {
      by,
      reason,
      over = false,
      force = true,
    }: { readonly by: Actor; readonly reason: string; readonly over?: boolean; readonly force?: boolean },
  ): Promise<void> {
    const channel = conversation.channelOf(channelId);
    if (channel === undefined) return;
    const how = { by, reason, over, force, options: this.#options };
    const goesOn = conversation.channels.some((one) => one !== channel && conversation.reaches(one));
    const isCall = isCallHost(channel.host) && channel.awaited !== true;
    let isOver = force;
    try {
      await closeChannels(conversation, goesOn ? { ...how, channels: [channel] } : how);
      isOver = true;
    } finally {
      if (isOver && goesOn) this.#board.oneEnded(conversation, by, { reason, isCall });
      else if (isOver) this.#board.channelEnded(conversation, by, reason);
    }
  }

  // What could be ended is; the rest goes on, and can be ended again.
  async #closeAll(conversation: Conversation, by: Actor, reason: string): Promise<void> {
    const { call } = conversation;
    try {
      await closeChannels(conversation, { by, reason, force: false, options: this.#options });
    } catch (error) {
      const isCall = call !== undefined && conversation.call === undefined;
      this.#board.oneEnded(conversation, by, { reason, isCall });
      throw error;
    }
  }
}

/** Throws `agent/unreachable` for one whom a ring would not reach. */
export function requirePhone(agent: Agent): void {
  if (agent.phone.ready) return;
  throw new ContactCenterError('agent/unreachable', 'unable to take call; the phone is not ready');
}

/** The routing engine's refusal, for the agent. */
export function takeFailure(error: unknown): unknown {
  if (!isContactCenterError(error, 'worker/no-capacity')) return error;
  return new ContactCenterError('agent/no-capacity', 'unable to take call; the agent has no capacity left', {
    cause: error,
  });
}
