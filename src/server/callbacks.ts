import { ContactCenterError, type Cancel } from 'onescreen';
import type { RoutingEngine } from 'onescreen/routing';
import type { AgentCommands } from '../protocol/agent-frames';
import type { Actor, CallbackRecord, LogFact, TaskRecord } from '../protocol/log-entry';
import type { Agent } from './agent';
import type { Agents } from './agents';
import { isPhoneNumber } from './call-failure';
import type { CallHost } from './call-host';
import type { Calls } from './calls';
import { isCallHost } from './channel-host';
import { closeChannel } from './channel-work';
import type { Conversation } from './conversation';
import type { Conversations } from './conversations';
import { errorFields } from './logger';
import { notThere } from './messages';
import type { BroughtIn } from './parking';
import { reopenChannel } from './open-channel';
import type { ResolvedOptions } from './options';
import { actorIn, system, type TaskBoard } from './task-board';
import type { LiveTask } from './task-record';
import { requirePhone, takeFailure, type Demand, type Work } from './work';

/** So long ago a time still counts as now, in milliseconds (chosen: clocks differ). */
const pastSlackMs = 60_000;

/** How far ahead a callback may be promised, in milliseconds: 30 days (chosen). */
const mostAheadMs = 30 * 86_400_000;

interface CallbacksParts {
  readonly options: ResolvedOptions;
  readonly engine: RoutingEngine;
  readonly agents: Agents;
  readonly board: TaskBoard;
  readonly work: Work;
  readonly calls: Calls;
  readonly consults: BroughtIn;
  readonly conversations: () => Conversations;
}

/** A promise that is not kept yet. */
interface Promised {
  record: CallbackRecord;
  readonly conversation: Conversation;
  /** What its task will ask for. */
  readonly demand: Demand;
  readonly from: TaskRecord['from'];
  readonly host: CallHost;
  /** The task that it becomes. */
  readonly taskId: string;
  due: Cancel;
  /** The channel of the call, once there is one. */
  channelId?: string;
}

/** What somebody asks for. */
interface Wish {
  readonly phone: string | undefined;
  readonly at: number | undefined;
  readonly queueId?: string | undefined;
  readonly note?: string | undefined;
  readonly from?: TaskRecord['from'];
}

/**
 * Customers who are to be called back. They live in this process's memory, as conversations do; a conversation has one at a
 * time: a new one takes the place of the one before.
 */
export class Callbacks {
  readonly #parts: CallbacksParts;
  readonly #promised = new Map<string, Promised>();
  readonly #byConversation = new Map<string, Promised>();
  readonly #byTask = new Map<string, Promised>();

  constructor(parts: CallbacksParts) {
    this.#parts = parts;
  }

  /** When the customer's turn comes, epoch milliseconds; undefined when nothing is promised, or the promise has been kept. */
  dueAt(conversation: Conversation): number | undefined {
    const { id, lastChannel, closedBecause } = conversation;
    const promised = this.#byConversation.get(id);
    const isOver = promised?.channelId === lastChannel?.channelId && closedBecause !== undefined;
    const isMade = this.#parts.calls.isThere(conversation);
    return promised === undefined || isOver || isMade ? undefined : promised.record.dueAt;
  }

  /** All callbacks of the agent's queues that have not ended, the earliest first. */
  listFor({ identity }: Agent): readonly CallbackRecord[] {
    return [...this.#promised.values()]
      .map(({ record }) => record)
      .filter(({ queueId }) => identity.queues.includes(queueId))
      .sort((one, other) => one.dueAt - other.dueAt);
  }

  /**
   * An agent promises to call back the customer of a task in hand or in wrap-up; the channel, when it is open, ends.
   * Throws `command/invalid` with the field, `command/not-allowed` where nothing makes calls, `conversation/not-found`,
   * `task/wrong-state` while the call is being transferred, `channel/unavailable` with nothing promised when the call cannot be ended.
   */
  async schedule(
    agent: Agent,
    { conversationId, ...wish }: AgentCommands['callback/schedule']['args'],
  ): Promise<{ readonly callbackId: string }> {
    const { options, board, consults, conversations } = this.#parts;
    const conversation = conversations().get(conversationId);
    if (conversation === undefined) throw notThere();
    const task = this.#taskIn(conversation, agent);
    const { displayName } = agent.identity;
    const from = {
      agentId: agent.id,
      displayName,
      ...(wish.note !== undefined && wish.note !== '' && { note: wish.note }),
    };
    const { record } = await this.#promise(conversation, {
      ...{ by: () => actorIn(conversation, agent), wish: { ...wish, phone: wish.phone, at: wish.at, from } },
      task: () => {
        this.#taskIn(conversation, agent);
        return task;
      },
      first: () => consults.letGo(agent, task.record.id, 'promise callback', 'callback'),
      end: async () => {
        const by = actorIn(conversation, agent);
        await closeChannel(conversation, { by, reason: 'callback', force: false, options });
        board.channelEnded(conversation, by, 'callback');
      },
    });
    return { callbackId: record.id };
  }

  /**
   * The waiting customer's page gives up waiting, keeping the place in the queue; asked again before anybody calls, it is
   * put off or brought forward. Throws `command/not-allowed` when the customer does not wait or the number may not be
   * called, and as {@link schedule}.
   */
  request(
    conversation: Conversation,
    wish: { readonly phone: string; readonly at: number | undefined },
  ): Promise<{ readonly dueAt: number }> {
    return this.#request(conversation, wish, () => this.#requireAllowed(conversation, wish.phone));
  }

  async #request(
    conversation: Conversation,
    wish: { readonly phone: string | undefined; readonly at: number | undefined },
    first?: () => Promise<void>,
  ): Promise<{ readonly dueAt: number }> {
    const { options, board } = this.#parts;
    const by: Actor = { kind: 'customer', id: conversation.customer.id };
    const { record } = await this.#promise(conversation, {
      ...{ by: () => by, wish, ...(first !== undefined && { first }) },
      task: () => this.#waitingTask(conversation),
      end: async () => {
        await closeChannel(conversation, { by, reason: 'callback', force: true, options });
        board.channelEnded(conversation, by, 'callback');
      },
    });
    return { dueAt: record.dueAt };
  }

  /** A caller has asked for it in the queue; what cannot be promised is noted, and the caller waits on. */
  async wanted(conversation: Conversation, phone: string | undefined): Promise<void> {
    try {
      await this.#request(conversation, { phone, at: undefined });
    } catch (error) {
      const fields = { conversationId: conversation.id, ...errorFields(error) };
      this.#parts.options.logger.warn('callback-not-promised', fields);
    }
  }

  /**
   * Calls the customer now; the task is the agent's at once. Throws `callback/gone`, `task/wrong-state` when somebody calls
   * already, `agent/unreachable`, `agent/no-capacity`, or as a ring does: the callback waits in its queue then.
   */
  async take(agent: Agent, callbackId: string): Promise<AgentCommands['callback/take']['result']> {
    const { board, work } = this.#parts;
    // The call in which it was promised may be about to end.
    await this.#require(agent, callbackId, 'take callback').conversation.log.settled();
    const promised = this.#require(agent, callbackId, 'take callback');
    const task = board.task(promised.taskId);
    if (task !== undefined) return work.take(agent, task);
    requirePhone(agent);
    try {
      return await work.taken(this.#enqueue(promised, agent));
    } catch (error) {
      throw takeFailure(error);
    }
  }

  /** Takes the promise back. Throws `callback/gone`, and `task/wrong-state` when somebody calls already. */
  async cancel(agent: Agent, callbackId: string): Promise<void> {
    const promised = this.#require(agent, callbackId, 'cancel callback');
    await this.#cancel(promised, actorIn(promised.conversation, agent), 'callback-cancelled');
  }

  /** The customer wants none any more. */
  async withdraw(conversation: Conversation): Promise<void> {
    const promised = this.#byConversation.get(conversation.id);
    if (promised === undefined || promised.record.status === 'calling') return;
    await this.#cancel(promised, { kind: 'customer', id: conversation.customer.id }, 'customer-left');
  }

  /** An agent is about to join for a callback: its call needs a channel of its own. Within the conversation's turn. */
  async opensChannel(task: LiveTask): Promise<void> {
    const promised = this.#byTask.get(task.record.id);
    const { conversation } = task;
    if (promised === undefined || conversation.channel !== undefined) return;
    const { phone } = promised.record;
    promised.channelId = await reopenChannel(conversation, promised.host, { phone }, this.#parts.options);
    this.#parts.calls.callsBack(conversation, { phone });
  }

  taskChanged({ record, conversation }: LiveTask): void {
    const promised = this.#byTask.get(record.id);
    if (promised === undefined) return;
    const found = statusOf(record);
    // The customer is in the call already: parked, or waiting for the next agent.
    const status = found === 'queued' && this.#parts.calls.isThere(conversation) ? 'calling' : found;
    const { queueId } = promised.record;
    if (promised.record.status === status && queueId === record.queueId) return;
    this.#change(promised, this.#parts.board.by, { status, queueId: record.queueId });
    if (queueId !== record.queueId) this.#tell(queueId);
  }

  close(): void {
    for (const { due } of this.#promised.values()) due();
    this.#promised.clear();
    this.#byConversation.clear();
    this.#byTask.clear();
  }

  // The promise stands before the channel is closed: nobody is to be told meanwhile that all is over.
  async #promise(
    conversation: Conversation,
    how: {
      readonly by: () => Actor;
      readonly wish: Wish;
      /** What its queue, age and labels are taken from; throws when there is nothing to promise. Asked again in turn. */
      readonly task: () => LiveTask | undefined;
      /** Asks whether it may be, or ends what keeps the conversation busy. */
      readonly first?: () => Promise<void>;
      readonly end: () => Promise<void>;
    },
  ): Promise<Promised> {
    this.#planned(conversation, how.wish, how.task());
    await how.first?.();
    return conversation.log.inTurn(async () => {
      const promised = this.#planned(conversation, how.wish, how.task());
      const before = this.#byConversation.get(conversation.id);
      const by = how.by();
      await conversation.append(by, ...(before === undefined ? [] : [endedFact(before)]), fact(promised.record));
      if (before !== undefined) this.#forget(before);
      this.#remember(promised);
      if (before !== undefined) this.#cancelTask(before, by, 'callback-replaced');
      try {
        await how.end();
      } catch (error) {
        this.#change(promised, by, { status: 'cancelled' });
        throw error;
      }
      // Nobody has taken it back meanwhile.
      if (this.#promised.get(promised.record.id) === promised) this.#arm(promised);
      return promised;
    });
  }

  #planned(conversation: Conversation, wish: Wish, task: LiveTask | undefined): Promised {
    const { options, engine } = this.#parts;
    const { clock, random, queues } = options;
    const before = this.#byConversation.get(conversation.id);
    const host = this.#hostFor(conversation);
    const phone = wish.phone ?? conversation.customer.providerRefs['phone'];
    if (phone === undefined || !isPhoneNumber(phone)) {
      throw refused(
        'phone',
        phone === undefined ? 'the customer’s number is not known' : 'it is not + and 8 to 15 digits',
      );
    }
    const now = clock.now();
    const dueAt = dueTime(wish.at, now);
    const queueId = wish.queueId ?? task?.record.queueId ?? before?.demand.queueId ?? options.defaultQueue.id;
    if (!queues.has(queueId)) throw refused('queueId', 'there is no such queue');
    const { priority = 0, labels = {} } = task?.record ?? before?.demand ?? {};
    // What only agents of its queue were asked for need not make sense in another one.
    const kept = task === undefined ? before?.demand.selectors : engine.task(task.record.id)?.selectors;
    const selectors = queueId === task?.record.queueId || queueId === before?.demand.queueId ? (kept ?? []) : [];
    const isWaiting = wish.from === undefined;
    const since = isWaiting ? (task?.record.queuedAt ?? before?.record.requestedAt ?? now) : now;
    return {
      record: {
        ...{ id: random.id(), conversationId: conversation.id, queueId, phone },
        ...{ customer: conversation.customer.displayName, dueAt, requestedAt: since, status: 'scheduled' },
        ...(wish.note !== undefined && wish.note !== '' && { note: wish.note }),
      },
      ...{ conversation, host, taskId: random.id(), from: wish.from ?? before?.from, due: () => {} },
      demand: { queueId, channel: host.channel, priority, labels, selectors },
    };
  }

  /** Pages can name any number; calls to it are the vendor's to pay. Throws `command/not-allowed`. */
  async #requireAllowed({ id, context, customer }: Conversation, phone: string): Promise<void> {
    if (phone === customer.providerRefs['phone']) return;
    const { allowCallback, hooks } = this.#parts.options;
    if (allowCallback === undefined) throw notPages('numbers that a page names need the server’s option allowCallback');
    const ask = () => allowCallback({ phone, conversation: { id, context, customer } });
    if (!(await hooks.call({ hook: 'allowCallback', conversationId: id }, ask)))
      throw notPages('the server’s option allowCallback refuses this number');
  }

  /** What calls back: whatever carried the call before, if it can. Throws `command/not-allowed` where nothing does. */
  #hostFor({ lastChannel }: Conversation): CallHost {
    const { calls } = this.#parts.options;
    const last = lastChannel?.host;
    const host =
      last !== undefined && isCallHost(last) && last.dial !== undefined
        ? last
        : calls.find((one) => one.dial !== undefined);
    if (host !== undefined) return host;
    throw notAllowed('promise callback', 'nothing here makes calls');
  }

  /** The agent's task in the conversation: in hand, or in wrap-up with nobody else in touch with the customer. */
  #taskIn(conversation: Conversation, agent: Agent): LiveTask {
    const own = this.#parts.board.tasksOf(conversation).filter(({ acceptance }) => acceptance?.agentId === agent.id);
    const inHand = own.find(({ record, askedFor }) => record.status === 'assigned' && askedFor === undefined);
    if (inHand !== undefined && conversation.participantOf(agent.id) !== undefined) return inHand;
    const wrapping = own.find(({ record }) => record.status === 'wrapping');
    if (wrapping === undefined) throw notThere();
    if (conversation.channel === undefined) return wrapping;
    throw notAllowed('promise callback', 'somebody else is in touch with the customer');
  }

  /** The task with which the customer waits; undefined when a callback is promised. Throws `command/not-allowed`. */
  #waitingTask(conversation: Conversation): LiveTask | undefined {
    const promised = this.#byConversation.get(conversation.id);
    if (promised !== undefined && promised.record.status !== 'calling') return undefined;
    const task = this.#parts.board.taskOf(conversation);
    const { status } = task?.record ?? {};
    if (status === 'queued' || status === 'offered') return task;
    throw notAllowed('promise callback', 'the customer does not wait');
  }

  #require(agent: Agent, callbackId: string, action: string): Promised {
    const promised = this.#promised.get(callbackId);
    if (promised === undefined || !agent.identity.queues.includes(promised.record.queueId)) {
      throw new ContactCenterError('callback/gone', `unable to ${action}; it has ended or never was`);
    }
    if (promised.record.status !== 'calling') return promised;
    throw new ContactCenterError('task/wrong-state', `unable to ${action}; somebody calls already`);
  }

  #arm(promised: Promised): void {
    const { clock, logger } = this.#parts.options;
    promised.due = clock.schedule(Math.max(0, promised.record.dueAt - clock.now()), () => {
      try {
        this.#enqueue(promised);
      } catch (error) {
        const { id: conversationId } = promised.conversation;
        logger.error('callback-failed', { conversationId, ...errorFields(error) });
        void this.#cancel(promised, system, 'callback-failed');
      }
    });
  }

  /** Its time has come, or an agent has taken it before. Throws, nothing changed, when that agent cannot have it. */
  #enqueue(promised: Promised, agent?: Agent): LiveTask {
    const { work, options } = this.#parts;
    const { conversation, demand, from, record, taskId, due } = promised;
    due();
    this.#byTask.set(taskId, promised);
    try {
      return work.enqueue(conversation, demand, {
        ...{ id: taskId, purpose: 'callback', queuedAt: Math.min(record.requestedAt, options.clock.now()) },
        ...(from !== undefined && { from }),
        ...(agent !== undefined && { assignTo: agent, ringId: options.random.id() }),
      });
    } catch (error) {
      this.#byTask.delete(taskId);
      if (agent !== undefined) this.#arm(promised);
      throw error;
    }
  }

  async #cancel(promised: Promised, by: Actor, reason: string): Promise<void> {
    const { board, conversations, options } = this.#parts;
    const { conversation } = promised;
    if (board.task(promised.taskId) === undefined) this.#change(promised, by, { status: 'cancelled' });
    else this.#cancelTask(promised, by, reason);
    await board.inTurn(conversation, () => closeChannel(conversation, { by, reason, force: true, options }));
    if (board.tasksOf(conversation).length === 0) conversations().finished(conversation);
  }

  #cancelTask({ taskId }: Promised, by: Actor, reason: string): void {
    const { board } = this.#parts;
    if (board.task(taskId)?.acceptance === undefined) {
      if (board.task(taskId) !== undefined) board.tell(by, { type: 'cancel', taskId, reason });
    }
  }

  #change(promised: Promised, by: Actor, change: Pick<CallbackRecord, 'status'> & Partial<CallbackRecord>): void {
    const { conversation } = promised;
    promised.record = { ...promised.record, ...change };
    const said = fact(promised.record);
    const { status } = promised.record;
    if (status === 'done' || status === 'cancelled') this.#forget(promised);
    else this.#tell(promised.record.queueId);
    void this.#parts.board.inTurn(conversation, async () => {
      await conversation.append(by, said);
    });
  }

  #remember(promised: Promised): void {
    this.#promised.set(promised.record.id, promised);
    this.#byConversation.set(promised.conversation.id, promised);
    this.#tell(promised.record.queueId);
  }

  #forget(promised: Promised): void {
    const { record, conversation, taskId, due } = promised;
    due();
    this.#promised.delete(record.id);
    this.#byTask.delete(taskId);
    if (this.#byConversation.get(conversation.id) === promised) this.#byConversation.delete(conversation.id);
    this.#tell(record.queueId);
  }

  #tell(queueId: string): void {
    for (const agent of this.#parts.agents.all()) {
      if (agent.identity.queues.includes(queueId)) agent.push({ type: 'callbacks', callbacks: this.listFor(agent) });
    }
  }
}

function fact(callback: CallbackRecord): LogFact {
  return { type: 'callback', callback };
}

/** How a callback ends that another takes the place of: the customer has been called, or has not. */
function endedFact({ record }: Promised): LogFact {
  return fact({ ...record, status: record.status === 'calling' ? 'done' : 'cancelled' });
}

function statusOf({ status }: TaskRecord): CallbackRecord['status'] {
  switch (status) {
    case 'queued':
    case 'offered':
      return 'queued';
    case 'assigned':
      return 'calling';
    case 'cancelled':
      return 'cancelled';
    default:
      return 'done';
  }
}

/** Throws `command/invalid` for a time that is past or too far ahead. */
function dueTime(at: number | undefined, now: number): number {
  if (at === undefined) return now;
  if (at < now - pastSlackMs) throw refused('at', 'it is past');
  if (at > now + mostAheadMs) throw refused('at', 'it is more than 30 days ahead');
  return Math.max(now, at);
}

function refused(field: string, why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to promise callback; ${why}`, { field });
}

function notPages(why: string): ContactCenterError {
  return new ContactCenterError('command/not-allowed', `unable to promise callback; ${why}`, { field: 'phone' });
}

function notAllowed(action: string, why: string): ContactCenterError {
  return new ContactCenterError('command/not-allowed', `unable to ${action}; ${why}`);
}
