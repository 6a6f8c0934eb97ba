import { ContactCenterError } from 'onescreen';
import type { RoutingEngine } from 'onescreen/routing';
import type { AgentCommands } from '../protocol/agent-frames';
import type { Kept } from '../protocol/kept';
import type { Actor, CallbackRecord } from '../protocol/log-entry';
import type { Agent } from './agent';
import type { Agents } from './agents';
import { CallbackBook } from './callback-book';
import type { Calls } from './calls';
import { closeChannels } from './channel-work';
import type { Conversation } from './conversation';
import type { Conversations } from './conversations';
import { errorFields } from 'onescreen/logging';
import { notThere } from './messages';
import type { BroughtIn } from './parking';
import { reopenChannel } from './open-channel';
import type { ResolvedOptions } from './options';
import {
  callbackFact,
  callbackStatus,
  endedFact,
  planCallback,
  type CallbackWish,
  type PromisedCallback,
} from './promised-callback';
import { actorIn, system, type TaskBoard } from './task-board';
import type { LiveTask } from './task-record';
import { requirePhone, takeFailure, type Work } from './work';

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

/** Customers who are to be called back. A conversation has one at a time: a new one takes the place of the one before. */
export class Callbacks {
  readonly #parts: CallbacksParts;
  readonly #book: CallbackBook;

  constructor(parts: CallbacksParts) {
    this.#parts = parts;
    this.#book = new CallbackBook(parts.agents);
  }

  /** When the customer's turn comes, epoch milliseconds; undefined when nothing is promised, or the promise has been kept. */
  dueAt(conversation: Conversation): number | undefined {
    const { lastChannel, closedBecause } = conversation;
    const promised = this.#book.of(conversation);
    const isOver = promised?.channelId === lastChannel?.channelId && closedBecause !== undefined;
    const isMade = this.#parts.calls.isThere(conversation);
    return promised === undefined || isOver || isMade ? undefined : promised.record.dueAt;
  }

  /** A promise that was made before the server was started; `task`: what it has become. */
  recall(
    conversation: Conversation,
    record: CallbackRecord,
    { taskId, host: name, demand, from }: NonNullable<Kept['callback']>,
    task: LiveTask | undefined,
  ): void {
    const { calls } = this.#parts.options;
    const host = calls.find((one) => one.name === name && one.dial !== undefined);
    if (host === undefined) return;
    const { channelId } = conversation.call ?? {};
    const promised: PromisedCallback = {
      ...{ record, conversation, demand, from, host, taskId, due: () => {} },
      ...(task !== undefined && channelId !== undefined && { channelId }),
    };
    this.#book.add(promised);
    if (task !== undefined) return this.#book.hasTask(promised);
    promised.record = { ...record, status: 'scheduled' };
    this.#arm(promised);
  }

  /** All callbacks of the agent's queues that have not ended, the earliest first. */
  listFor(agent: Agent): readonly CallbackRecord[] {
    return this.#book.listFor(agent);
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
        await closeChannels(conversation, { by, reason: 'callback', force: false, options });
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
        await closeChannels(conversation, { by, reason: 'callback', force: true, options });
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
    const promised = this.#book.of(conversation);
    if (promised === undefined || promised.record.status === 'calling') return;
    await this.#cancel(promised, { kind: 'customer', id: conversation.customer.id }, 'customer-left');
  }

  /** An agent is about to join for a callback: its call needs a channel of its own. Within the conversation's turn. */
  async opensChannel(task: LiveTask): Promise<void> {
    const promised = this.#book.forTask(task.record.id);
    const { conversation } = task;
    if (promised === undefined || conversation.channel !== undefined) return;
    const { phone } = promised.record;
    promised.channelId = await reopenChannel(conversation, promised.host, { phone }, this.#parts.options);
    this.#parts.calls.callsBack(conversation, { phone });
  }

  taskChanged({ record, conversation }: LiveTask): void {
    const promised = this.#book.forTask(record.id);
    if (promised === undefined) return;
    const found = callbackStatus(record);
    // The customer is in the call already: parked, or waiting for the next agent.
    const status = found === 'queued' && this.#parts.calls.isThere(conversation) ? 'calling' : found;
    const { queueId } = promised.record;
    if (promised.record.status === status && queueId === record.queueId) return;
    this.#change(promised, this.#parts.board.by, { status, queueId: record.queueId });
    if (queueId !== record.queueId) this.#book.tell(queueId);
  }

  close(): void {
    this.#book.close();
  }

  // The promise stands before the channel is closed: nobody is to be told meanwhile that all is over.
  async #promise(
    conversation: Conversation,
    how: {
      readonly by: () => Actor;
      readonly wish: CallbackWish;
      /** What its queue, age and labels are taken from; throws when there is nothing to promise. Asked again in turn. */
      readonly task: () => LiveTask | undefined;
      /** Asks whether it may be, or ends what keeps the conversation busy. */
      readonly first?: () => Promise<void>;
      readonly end: () => Promise<void>;
    },
  ): Promise<PromisedCallback> {
    const plan = () =>
      planCallback(this.#parts, {
        ...{ conversation, wish: how.wish },
        ...{ task: how.task(), before: this.#book.of(conversation) },
      });
    plan();
    await how.first?.();
    return conversation.log.inTurn(async () => {
      const promised = plan();
      const before = this.#book.of(conversation);
      const by = how.by();
      await conversation.append(by, ...(before === undefined ? [] : [endedFact(before)]), callbackFact(promised));
      if (before !== undefined) this.#book.remove(before);
      this.#book.add(promised);
      if (before !== undefined) this.#cancelTask(before, by, 'callback-replaced');
      try {
        await how.end();
      } catch (error) {
        this.#change(promised, by, { status: 'cancelled' });
        throw error;
      }
      // Nobody has taken it back meanwhile.
      if (this.#book.get(promised.record.id) === promised) this.#arm(promised);
      return promised;
    });
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
    const promised = this.#book.of(conversation);
    if (promised !== undefined && promised.record.status !== 'calling') return undefined;
    const task = this.#parts.board.taskOf(conversation);
    const { status } = task?.record ?? {};
    if (status === 'queued' || status === 'offered') return task;
    throw notAllowed('promise callback', 'the customer does not wait');
  }

  #require(agent: Agent, callbackId: string, action: string): PromisedCallback {
    const promised = this.#book.get(callbackId);
    if (promised === undefined || !agent.identity.queues.includes(promised.record.queueId)) {
      throw new ContactCenterError('callback/gone', `unable to ${action}; it has ended or never was`);
    }
    if (promised.record.status !== 'calling') return promised;
    throw new ContactCenterError('task/wrong-state', `unable to ${action}; somebody calls already`);
  }

  #arm(promised: PromisedCallback): void {
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
  #enqueue(promised: PromisedCallback, agent?: Agent): LiveTask {
    const { work, options } = this.#parts;
    const { conversation, demand, from, record, taskId, due } = promised;
    due();
    this.#book.hasTask(promised);
    try {
      return work.enqueue(conversation, demand, {
        ...{ id: taskId, purpose: 'callback', queuedAt: Math.min(record.requestedAt, options.clock.now()) },
        ...(from !== undefined && { from }),
        ...(agent !== undefined && { assignTo: agent, ringId: options.random.id() }),
      });
    } catch (error) {
      this.#book.hasNoTask(promised);
      if (agent !== undefined) this.#arm(promised);
      throw error;
    }
  }

  async #cancel(promised: PromisedCallback, by: Actor, reason: string): Promise<void> {
    const { board, conversations, options } = this.#parts;
    const { conversation } = promised;
    if (board.task(promised.taskId) === undefined) this.#change(promised, by, { status: 'cancelled' });
    else this.#cancelTask(promised, by, reason);
    await board.inTurn(conversation, () => closeChannels(conversation, { by, reason, force: true, options }));
    if (board.tasksOf(conversation).length === 0) conversations().finished(conversation);
  }

  #cancelTask({ taskId }: PromisedCallback, by: Actor, reason: string): void {
    const { board } = this.#parts;
    if (board.task(taskId)?.acceptance === undefined) {
      if (board.task(taskId) !== undefined) board.tell(by, { type: 'cancel', taskId, reason });
    }
  }

  #change(
    promised: PromisedCallback,
    by: Actor,
    change: Pick<CallbackRecord, 'status'> & Partial<CallbackRecord>,
  ): void {
    const { conversation } = promised;
    promised.record = { ...promised.record, ...change };
    const said = callbackFact(promised);
    const { status } = promised.record;
    if (status === 'done' || status === 'cancelled') this.#book.remove(promised);
    else this.#book.tell(promised.record.queueId);
    void this.#parts.board.inTurn(conversation, async () => {
      await conversation.append(by, said);
    });
  }
}

function notPages(why: string): ContactCenterError {
  return new ContactCenterError('command/not-allowed', `unable to promise callback; ${why}`, { field: 'phone' });
}

function notAllowed(action: string, why: string): ContactCenterError {
  return new ContactCenterError('command/not-allowed', `unable to ${action}; ${why}`);
}
