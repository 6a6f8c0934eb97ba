import { ContactCenterError, delay, isContactCenterError, type Selector } from 'onescreen';
import type { TaskSpec } from 'onescreen/routing';
import type { LogEntry, TaskRecord } from '../../protocol/log-entry';
import type { Agents } from '../agents';
import type { Callbacks } from '../callbacks';
import type { Calls } from '../calls';
import { channelOf, isCallHost, type ChannelHost } from '../channel-host';
import { leaveChannels } from '../channel-work';
import { classifying } from '../classification-events';
import type { Consults } from '../consults/consults';
import type { Conversation } from '../conversation';
import type { OpenChannel } from '../conversation-channels';
import type { Conversations } from '../conversations';
import type { Customers } from '../customers';
import type { Escalation } from '../escalation/escalation';
import type { MeetingReports } from '../escalation/meeting-reports';
import { errorFields } from 'onescreen/logging';
import { wrapUpOf, type ResolvedOptions } from '../options';
import type { StartKeys } from '../start-keys';
import { system, type TaskBoard } from '../task-board';
import { channelsOf, unassigned, type LiveTask } from '../task-record';
import type { Demand, Work } from '../work';
import type { WrapUps } from '../wrap-ups';
import { commandsIn, type CarriedOut } from './carried-out';
import { missingHost } from './missing-host';
import { recallConversation, type RecalledChannel } from './recall-conversation';
import { recallLog, type Recalled, type RecalledTask } from './recalled';

/** Why something is as it is after a server was started anew. */
const restarted = 'server-restarted';

/** Logs that are read at the same time (chosen). */
const readAtOnce = 32;

/** Milliseconds before the store is asked again that did not answer, at first and at most (chosen); doubled each time. */
const backOff = { firstMs: 500, mostMs: 15_000 };

/** How often one log is asked for before its conversation is left out (chosen). */
const readTries = 3;

interface TakeUpParts {
  readonly options: ResolvedOptions;
  readonly agents: Agents;
  readonly board: TaskBoard;
  readonly work: Work;
  readonly customers: Customers;
  readonly calls: Calls;
  readonly consults: Consults;
  readonly callbacks: Callbacks;
  readonly wrapUps: WrapUps;
  readonly conversations: () => Conversations;
  readonly escalation: Escalation;
  readonly meetings: MeetingReports;
  readonly starts: StartKeys;
  readonly carriedOut: CarriedOut;
  /** What the routing engine says of this task while it is told of it is known already: nothing follows from that. */
  readonly quietly: (taskId: string, tell: () => void) => void;
}

/** A conversation that has been taken up, with what remains to be set right. */
interface Held {
  readonly conversation: Conversation;
  readonly recalled: Recalled;
  /** Channels of calls, and of hosts that are not there any more, in which nobody is any more. */
  readonly lost: readonly OpenChannel[];
  /** Tasks that the log says are offered, or with somebody who is not there: they wait again. */
  readonly waitAgain: readonly LiveTask[];
}

/** Takes up what the store holds: conversations that have not ended, with their tasks, and agents as they were. */
export class TakeUp {
  readonly #parts: TakeUpParts;
  readonly #reading = new Map<string, Promise<Conversation | undefined>>();
  #closed = false;

  constructor(parts: TakeUpParts) {
    this.#parts = parts;
  }

  close(): void {
    this.#closed = true;
  }

  /** Everything that has not ended. Rejects only with `session/closed`. */
  async all(): Promise<void> {
    const { options, agents } = this.#parts;
    const { store, hooks, logger, clock } = options;
    if (store.agents !== undefined) {
      const known = await this.#ask(() => hooks.call({ hook: 'store.agents' }, () => store.agents?.()));
      agents.recallKnown(known ?? []);
    }
    if (store.open === undefined) return;
    const began = clock.now();
    const open = (await this.#ask(() => hooks.call({ hook: 'store.open' }, () => store.open?.()))) ?? [];
    const held: Held[] = [];
    for (let from = 0; from < open.length; from += readAtOnce) {
      const logs = open.slice(from, from + readAtOnce).map(async ({ id }) => ({ id, entries: await this.#log(id) }));
      for (const { id, entries } of await Promise.all(logs)) {
        const one = entries === undefined ? undefined : this.#hold(id, entries);
        if (one !== undefined) held.push(one);
      }
    }
    agents.awaitRecalled();
    for (const one of held) this.#goOn(one);
    if (open.length > 0)
      logger.info('conversations-taken-up', { count: held.length, of: open.length, tookMs: clock.now() - began });
  }

  /** One that has ended and is asked for; undefined when the store knows none. Rejects with `session/unavailable`. */
  one(conversationId: string): Promise<Conversation | undefined> {
    const reading = this.#reading.get(conversationId) ?? this.#one(conversationId);
    this.#reading.set(conversationId, reading);
    const over = () => void this.#reading.delete(conversationId);
    reading.then(over, over);
    return reading;
  }

  async #one(conversationId: string): Promise<Conversation | undefined> {
    const { options, conversations } = this.#parts;
    const read = () => options.store.read(conversationId);
    const entries = await options.hooks.call({ hook: 'store.read', conversationId }, read).catch((cause: unknown) => {
      throw unreadable(cause);
    });
    const known = conversations().get(conversationId);
    if (known !== undefined) return known;
    const { customer, context, ended } = recallLog(entries);
    if (customer === undefined || options.store.open === undefined) return undefined;
    // It could not be read when the server was started.
    if (!ended) throw unreadable(undefined);
    const conversation = conversations().recalled(conversationId, customer, context);
    recallConversation(conversation, entries, (channel) => this.#hostOf(channel));
    conversations().finished(conversation);
    return conversation;
  }

  // Without its conversations a server would turn away those whom it is there for.
  async #ask<T>(ask: () => Promise<T>): Promise<T> {
    const { clock, logger } = this.#parts.options;
    for (let waitMs = backOff.firstMs; ; waitMs = Math.min(2 * waitMs, backOff.mostMs)) {
      try {
        return await ask();
      } catch (error) {
        if (this.#closed || isContactCenterError(error, 'session/closed')) throw error;
        logger.error('take-up-failed', errorFields(error));
        await delay(clock, waitMs);
      }
    }
  }

  async #log(conversationId: string): Promise<readonly LogEntry[] | undefined> {
    const { store, hooks, clock, logger } = this.#parts.options;
    for (let tries = 1; ; tries++) {
      try {
        return await hooks.call({ hook: 'store.read', conversationId }, () => store.read(conversationId));
      } catch (error) {
        if (this.#closed || isContactCenterError(error, 'session/closed')) throw error;
        logger.error('conversation-not-taken-up', { conversationId, ...errorFields(error) });
        if (tries === readTries) return undefined;
        await delay(clock, backOff.firstMs * tries);
      }
    }
  }

  #hold(id: string, entries: readonly LogEntry[]): Held | undefined {
    const { options, conversations } = this.#parts;
    try {
      const recalled = recallLog(entries);
      const { customer, context } = recalled;
      if (customer === undefined) return undefined;
      const conversation = conversations().recalled(id, customer, context);
      recallConversation(conversation, entries, (channel) => this.#hostOf(channel));
      return this.#recallWork(conversation, recalled, entries);
    } catch (error) {
      options.logger.error('conversation-not-taken-up', { conversationId: id, ...errorFields(error) });
      return undefined;
    }
  }

  #hostOf({ provider, channel }: RecalledChannel): ChannelHost {
    const { chats, calls, meetings } = this.#parts.options;
    const hosts: readonly ChannelHost[] = [...chats, ...calls, ...meetings];
    return (
      hosts.find((host) => host.name === provider && channelOf(host) === channel) ?? missingHost(provider, channel)
    );
  }

  #recallWork(conversation: Conversation, recalled: Recalled, entries: readonly LogEntry[]): Held {
    const { board, callbacks, consults, escalation, meetings, starts, carriedOut } = this.#parts;
    const waitAgain: LiveTask[] = [];
    for (const task of recalled.tasks) {
      const live = this.#recallTask(conversation, task, recalled);
      const isUnasked = task.record.reason === classifying && live.classification === undefined;
      if (live.record.status !== task.record.status || isUnasked) waitAgain.push(live);
    }
    if (recalled.callback !== undefined) {
      const { record, kept } = recalled.callback;
      callbacks.recall(conversation, record, kept, board.task(kept.taskId));
    }
    for (const record of recalled.consults) {
      const task = board.task(record.taskId);
      const asked = board.tasksOf(conversation).find(({ askedFor }) => askedFor === record.id);
      if (task !== undefined) consults.recall(record, task, asked);
    }
    carriedOut.recall(conversation.id, commandsIn(entries));
    if (recalled.opening.start !== undefined) starts.recall(recalled.opening.start, recalled.openedAt, conversation);
    escalation.recall(conversation);
    meetings.recall(conversation, entries);
    return { conversation, recalled, waitAgain, lost: this.#lostChannels(conversation, recalled) };
  }

  /** As it stood, or waiting where nobody has it any more. */
  #recallTask(
    conversation: Conversation,
    { record, kept, since }: RecalledTask,
    { agents, consults, tasks }: Recalled,
  ): LiveTask {
    const { agents: all, board, options } = this.#parts;
    const { agentId } = record;
    const owner = agentId === undefined ? undefined : agents.get(agentId);
    const isThere = agentId !== undefined && conversation.participantOf(agentId) !== undefined;
    // Whoever gives it to a queue leaves first.
    const isGiven = tasks.some(({ record: { purpose, from, status } }) => {
      return purpose === 'transfer' && from?.agentId === agentId && status === 'queued';
    });
    const isHeld = owner !== undefined && (record.status === 'assigned' ? isThere || isGiven : isAfter(record));
    const queueId = options.queues.has(record.queueId) ? record.queueId : options.defaultQueue.id;
    const stands: TaskRecord = isHeld
      ? { ...record, queueId }
      : { ...unassigned(record), queueId, status: 'queued', wrapUp: wrapUpOf(options.queues.get(queueId)) };
    const { askedFor, offerId, selectors, classification, closeAt, suspended } = kept;
    const isKnown = classification !== undefined && options.policies.get(classification.policyId) !== undefined;
    const task: LiveTask = {
      ...{ record: stands, conversation, selectors, failedJoins: 0, offers: new Set<string>() },
      acceptance: isHeld
        ? {
            ...{ agentId: owner.agent.id, at: record.assignedAt ?? since, ring: new AbortController() },
            ...(offerId !== undefined && { offerId, ringId: offerId }),
          }
        : undefined,
      // Only a transfer that was cut off begins so, without a reason.
      ...(suspended === true && !isHeld && record.reason !== undefined && { suspended }),
      ...(isKnown && { classification }),
      ...(askedFor !== undefined && { askedFor }),
      ...(closeAt !== undefined && { closeAt }),
    };
    board.addTask(task);
    const { id: taskId } = record;
    const asked = consults.find(({ id }) => id === askedFor)?.agentId;
    if (!isHeld) {
      this.#enqueue(task, since, { ...(asked !== undefined && { only: [asked] }) });
      return task;
    }
    this.#parts.quietly(taskId, () => {
      const agent = all.recall(owner.agent, owner.displayName, channelsOf(stands));
      agent.tasks.set(
        taskId,
        record.status === 'assigned' || record.status === 'wrapping' ? record.status : 'completed',
      );
    });
    this.#enqueue(task, since, { assignTo: owner.agent.id });
    this.#parts.quietly(taskId, () => {
      if (record.status === 'assigned') return;
      board.tell(system, { type: 'complete', taskId });
      if (record.status === 'completed') {
        const later = Math.max(closeAt ?? 0, options.clock.now() + 1);
        board.tell(system, { type: 'close', taskId, closeAt: later });
      }
    });
    if (!isThere) conversation.watchedBy(owner.agent.id);
    return task;
  }

  // What makes no sense any more, because the server was given other queues, is left out: somebody is to be found.
  #enqueue(
    task: LiveTask,
    since: number,
    how: { readonly only?: readonly string[]; readonly assignTo?: string },
  ): void {
    const { options, board, quietly } = this.#parts;
    const { id, queueId, priority, labels, queuedAt } = task.record;
    const [channel = task.record.channel, ...more] = channelsOf(task.record);
    const { only, assignTo } = how;
    const spec = { id, queueId, channel, labels, virtualStartAt: queuedAt };
    const wanted = {
      ...{ ...spec, priority, selectors: stillCounting(task.selectors ?? [], options.clock.now() - since) },
      ...(more.length > 0 && { more }),
      ...(only !== undefined && { only }),
      ...(task.suspended === true && { suspend: true }),
    };
    const assigned = assignTo === undefined ? {} : { assignTo };
    quietly(id, () => {
      try {
        if (task.classification === undefined) board.tell(system, { type: 'enqueue', task: wanted, ...assigned });
        else this.#enqueueClassified(task, wanted, assignTo);
      } catch (error) {
        options.logger.error('task-not-as-before', { taskId: id, ...errorFields(error) });
        board.tell(system, { type: 'enqueue', task: spec, ...assigned });
      }
    });
  }

  // As its policy has decided, which is not asked again; one that did not answer is asked once more.
  #enqueueClassified(task: LiveTask, wanted: TaskSpec, assignTo: string | undefined): void {
    const { options, board } = this.#parts;
    const { record, classification } = task;
    if (classification === undefined) return;
    const { policyId: classificationPolicyId, selectors = [], answeredAt = 0 } = classification;
    const { queueId, priority } = record;
    const attached = stillCounting(selectors, options.clock.now() - answeredAt);
    const answer = record.reason === classifying ? undefined : { queueId, priority, selectors: attached };
    options.policies.recalling(record.id, answer, () => {
      const held = assignTo === undefined ? {} : { suspend: true };
      board.tell(system, { type: 'enqueue', task: { ...wanted, classificationPolicyId, ...held } });
    });
    if (assignTo !== undefined) board.tell(system, { type: 'assign', taskId: record.id, workerId: assignTo });
  }

  // No host tells whether a call still goes on that another process carried: whoever waits or talks there is not to be left in silence.
  #lostChannels(conversation: Conversation, { hadTask, opening }: Recalled): readonly OpenChannel[] {
    const { options, calls } = this.#parts;
    const hosts: readonly ChannelHost[] = [...options.chats, ...options.calls, ...options.meetings];
    return conversation.channels.filter((channel) => {
      const { host, channelId, awaited } = channel;
      if (!isCallHost(host)) return !hosts.includes(host);
      const isFirst = !hadTask && opening.page === true && opening.demand !== undefined;
      if (isFirst) calls.awaited(conversation, opening.demand);
      else if (awaited === true && !conversation.isConcealed(channelId)) calls.invited(conversation, channel);
      return !isFirst && awaited !== true;
    });
  }

  #goOn({ conversation, recalled, lost, waitAgain }: Held): void {
    const { board } = this.#parts;
    for (const task of waitAgain) {
      task.record = { ...task.record, reason: restarted };
      void board.log(task, system);
    }
    const done = this.#setRight(conversation, recalled, lost);
    done.catch((error: unknown) => {
      this.#parts.options.logger.error('take-up-failed', { conversationId: conversation.id, ...errorFields(error) });
    });
  }

  async #setRight(conversation: Conversation, recalled: Recalled, lost: readonly OpenChannel[]): Promise<void> {
    const { board, work, callbacks, wrapUps, consults, conversations, customers } = this.#parts;
    if (recalled.ended) return conversations().finished(conversation);
    const waits = board.taskOf(conversation)?.record.status;
    const isWaiting = waits === 'queued' || waits === 'offered';
    const isOnlyCall = lost.length === conversation.channels.length && lost.some(({ host }) => isCallHost(host));
    // Whoever waited on the phone is called back in their place, where that can be.
    if (isOnlyCall && isWaiting && conversation.customer.providerRefs['phone'] !== undefined)
      await callbacks.wanted(conversation, undefined);
    await this.#finishTransfers(conversation);
    await conversation.log.inTurn(async () => {
      // A host that can hangs up what may still go on.
      for (const { channelId } of lost) await work.channelOver(conversation, channelId, { by: system, reason: 'lost' });
      await consults.goOn(conversation);
    });
    for (const task of board.tasksOf(conversation)) for (const one of [callbacks, wrapUps]) one.taskChanged(task);
    const isPromised = callbacks.dueAt(conversation) !== undefined;
    const { opening, hadTask, openedAt } = recalled;
    if (conversation.channel === undefined) {
      const task = board.taskOf(conversation);
      const isCallback = task !== undefined && task.record.id === recalled.callback?.kept.taskId;
      const reason = conversation.closedBecause ?? 'lost';
      if (!isCallback) board.channelEnded(conversation, system, reason);
    } else if (!hadTask && !isPromised && conversation.call === undefined) {
      this.#begin(conversation, opening.demand, openedAt);
    }
    await conversation.log.settled();
    if (board.tasksOf(conversation).length === 0) {
      if (!isPromised && conversation.channel !== undefined && conversation.call === undefined)
        await work.customerLeft(conversation, 'abandoned');
      conversations().finished(conversation);
    }
    customers.recall(conversation);
  }

  // The process ended while an agent gave the conversation away: whose it is by now is decided, and whoever gave it leaves.
  async #finishTransfers(conversation: Conversation): Promise<void> {
    const { board, options } = this.#parts;
    const current = board.taskOf(conversation);
    if (current === undefined || isAfter(current.record) || conversation.channel === undefined) return;
    const tasks = board.tasksOf(conversation);
    for (const { record, askedFor } of tasks) {
      if (askedFor === undefined && record.id !== current.record.id && record.status === 'assigned')
        board.tell(system, { type: 'complete', taskId: record.id });
    }
    const isInHand = (agentId: string) =>
      tasks.some(({ record, acceptance }) => acceptance?.agentId === agentId && record.status === 'assigned');
    await conversation.log.inTurn(async () => {
      for (const agentId of conversation.agentIds.filter((id) => !isInHand(id))) {
        conversation.watchedBy(agentId);
        const left = await leaveChannels(conversation, { agentId, reason: 'transferred' }, options);
        await conversation.append(system, ...left);
      }
    });
  }

  // The process ended between the beginning of the conversation and that of its task.
  #begin(conversation: Conversation, demand: Demand | undefined, openedAt: number): void {
    const { work, options } = this.#parts;
    const fallback = { queueId: options.defaultQueue.id, channel: conversation.channel?.channel ?? 'chat' };
    const { queues, logger } = options;
    const wanted: Demand = {
      ...{ priority: 0, labels: {}, selectors: [], ...demand, ...fallback },
      ...(demand !== undefined && queues.has(demand.queueId) && { queueId: demand.queueId }),
    };
    try {
      work.enqueue(conversation, wanted, { queuedAt: openedAt });
    } catch (error) {
      logger.error('task-not-as-before', { conversationId: conversation.id, ...errorFields(error) });
      work.enqueue(conversation, { ...wanted, priority: 0, selectors: [] }, { queuedAt: openedAt });
    }
  }
}

function unreadable(cause: unknown): ContactCenterError {
  const message = 'unable to resume conversation; it cannot be read at the moment';
  return new ContactCenterError('session/unavailable', message, { retryable: true, cause });
}

function isAfter({ status }: TaskRecord): boolean {
  return status === 'wrapping' || status === 'completed';
}

/** Selectors that were to count for so long from the beginning, after some of that has passed. */
function stillCounting(selectors: readonly Selector[], passedMs: number): readonly Selector[] {
  return selectors.flatMap((selector) => {
    const { expiresAfterMs } = selector;
    if (expiresAfterMs === undefined) return selector;
    return expiresAfterMs > passedMs ? { ...selector, expiresAfterMs: expiresAfterMs - passedMs } : [];
  });
}
