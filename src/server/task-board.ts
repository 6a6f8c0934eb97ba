import { ContactCenterError, isContactCenterError } from 'onescreen';
import type { RoutingCommand } from 'onescreen/routing';
import type { OfferRecord } from '../protocol/agent-frames';
import type { ConversationRecord } from '../protocol/frames';
import type { Kept } from '../protocol/kept';
import type { Actor, TaskRecord } from '../protocol/log-entry';
import type { Agent } from './agent';
import type { Agents } from './agents';
import { leaveChannels } from './channel-work';
import type { Conversation } from './conversation';
import { errorFields } from 'onescreen/logging';
import type { ResolvedOptions } from './options';
import { channelsOf, withChannels, type LiveTask, type OpenOffer } from './task-record';

export interface TaskBoardOptions {
  readonly options: ResolvedOptions;
  readonly apply: (command: RoutingCommand) => void;
  readonly agents: Agents;
  /** Called when a conversation's call has ended, or all of it, before what follows for its tasks. */
  readonly callEnded?: (conversation: Conversation, reason: string) => void;
}

export const system: Actor = { kind: 'system' };

/** All tasks that have not ended and all open offers, how they are taken down, and who is behind what happens to them. */
export class TaskBoard {
  readonly #options: ResolvedOptions;
  readonly #apply: (command: RoutingCommand) => void;
  readonly #agents: Agents;
  readonly #tasks = new Map<string, LiveTask>();
  /** The task whose agent owns the conversation. */
  readonly #current = new Map<string, LiveTask>();
  readonly #byConversation = new Map<string, ReadonlySet<LiveTask>>();
  readonly #offers = new Map<string, OpenOffer>();
  readonly #callEnded: TaskBoardOptions['callEnded'];
  #by: Actor = system;

  constructor({ options, apply, agents, callEnded }: TaskBoardOptions) {
    this.#callEnded = callEnded;
    this.#options = options;
    this.#apply = apply;
    this.#agents = agents;
  }

  /** On whose behalf the engine is being told something. */
  get by(): Actor {
    return this.#by;
  }

  /** Tells the engine something on somebody's behalf. */
  tell(by: Actor, command: RoutingCommand): void {
    const cancelled = command.type === 'cancel' ? this.#tasks.get(command.taskId) : undefined;
    if (cancelled !== undefined) cancelled.cancelling = true;
    const before = this.#by;
    this.#by = by;
    try {
      this.#apply(command);
    } finally {
      this.#by = before;
    }
  }

  task(id: string): LiveTask | undefined {
    return this.#tasks.get(id);
  }

  /** The conversation's current task: whoever has it owns the conversation. */
  taskOf(conversation: Conversation): LiveTask | undefined {
    return this.#current.get(conversation.id);
  }

  /** All tasks about the conversation: of its owner, of agents who were asked in, and of those who still wrap up. */
  tasksOf(conversation: Conversation): readonly LiveTask[] {
    return [...(this.#byConversation.get(conversation.id) ?? [])];
  }

  /** What the agent has in hand, of all conversations. */
  inHand(agentId: string): readonly LiveTask[] {
    const ids = [...(this.#agents.get(agentId)?.tasks.keys() ?? [])];
    return ids.flatMap((id) => this.#tasks.get(id) ?? []).filter(({ record }) => record.status === 'assigned');
  }

  addTask(task: LiveTask): void {
    const { id } = task.conversation;
    this.#tasks.set(task.record.id, task);
    this.#byConversation.set(id, new Set([...(this.#byConversation.get(id) ?? []), task]));
    if (task.askedFor === undefined) this.#current.set(id, task);
  }

  /** From now on this task is the one whose agent owns the conversation, as if it had been transferred. */
  makeCurrent(task: LiveTask): void {
    if (task.askedFor !== undefined) task.record = { ...task.record, purpose: 'transfer' };
    task.askedFor = undefined;
    this.#current.set(task.conversation.id, task);
  }

  removeTask(task: LiveTask): void {
    const { id } = task.conversation;
    this.#tasks.delete(task.record.id);
    const others = this.tasksOf(task.conversation).filter((one) => one !== task);
    if (others.length === 0) this.#byConversation.delete(id);
    else this.#byConversation.set(id, new Set(others));
    if (this.#current.get(id) === task) this.#current.delete(id);
  }

  offer(id: string): OpenOffer | undefined {
    return this.#offers.get(id);
  }

  /** The agent's open offers. */
  offersTo(agent: Agent): readonly OfferRecord[] {
    return [...agent.offers].flatMap((id) => this.#offers.get(id)?.record ?? []);
  }

  addOffer(offer: OpenOffer): void {
    this.#offers.set(offer.record.id, offer);
    offer.task.offers.add(offer.record.id);
    this.#agents.get(offer.agentId)?.offers.add(offer.record.id);
  }

  removeOffer(id: string): void {
    const offer = this.#offers.get(id);
    if (offer === undefined) return;
    this.#offers.delete(id);
    offer.task.offers.delete(id);
    this.#agents.get(offer.agentId)?.offers.delete(id);
  }

  /** What the log keeps of a task that has not ended. */
  keptOf(taskId: string): Kept['task'] | undefined {
    const task = this.#tasks.get(taskId);
    if (task === undefined) return undefined;
    const { selectors = [], classification, suspended, askedFor, acceptance, closeAt } = task;
    const kept = {
      ...(selectors.length > 0 && { selectors }),
      ...(classification !== undefined && { classification }),
      ...(suspended === true && { suspended }),
      ...(askedFor !== undefined && { askedFor }),
      ...(acceptance?.offerId !== undefined && { offerId: acceptance.offerId }),
      ...(closeAt !== undefined && { closeAt }),
    };
    return Object.keys(kept).length === 0 ? undefined : kept;
  }

  /** The agent's task, in this status. Throws `task/gone` or `task/wrong-state`. */
  require(agent: Agent, taskId: string, status: 'assigned' | 'wrapping', action: string): LiveTask {
    const task = this.#tasks.get(taskId);
    if (task?.acceptance?.agentId !== agent.id) {
      throw new ContactCenterError('task/gone', `unable to ${action}; the agent does not have it`);
    }
    if (task.record.status !== status) {
      throw new ContactCenterError('task/wrong-state', `unable to ${action}; it is ${task.record.status}`);
    }
    agent.letGo.delete(taskId);
    return task;
  }

  /** The conversation as the agent, who takes part, may see it. */
  recordFor({ conversation }: LiveTask, agent: Agent): ConversationRecord {
    return conversation.recordForAgent(conversation.seatOf(agent.id) ?? agent.id);
  }

  /** Takes down how a task stands now, and that an agent leaves the conversation with it. */
  log(
    task: LiveTask,
    by: Actor,
    leaver?: { readonly agentId: string; readonly reason: string },
    again = false,
  ): Promise<void> {
    const { conversation } = task;
    const record: TaskRecord = task.record;
    return this.inTurn(conversation, async () => {
      const others = leaver === undefined ? [] : this.#othersOf(task, leaver.agentId);
      const leaves = leaver !== undefined && !others.some((one) => one.record.status === 'assigned');
      const left = leaves ? await leaveChannels(conversation, leaver, this.#options) : [];
      await conversation.append(by, { type: 'task', task: asNow(task, record), ...(again && { again }) }, ...left);
      if (!leaves) return;
      // Whoever wraps up what was in hand before goes on seeing it.
      if (others.length > 0) return conversation.watchedBy(leaver.agentId);
      if (!conversation.unwatched(leaver.agentId) && left.length === 0) return;
      const push = { type: 'conversation-left', conversationId: conversation.id, reason: leaver.reason } as const;
      this.#agents.get(leaver.agentId)?.push(push);
    });
  }

  // Who gave the conversation away may have it again, or be asked about it, before the first wrap-up has ended.
  #othersOf(task: LiveTask, agentId: string): readonly LiveTask[] {
    return this.tasksOf(task.conversation).filter((one) => one !== task && one.acceptance?.agentId === agentId);
  }

  /** Nothing more can be said to the customer: handling has ended, or never began. */
  channelEnded(conversation: Conversation, by: Actor, reason: string): void {
    this.#endCall(conversation, by, reason);
    const task = this.taskOf(conversation);
    if (task === undefined) return;
    const { id: taskId, status } = task.record;
    if (status === 'wrapping' || status === 'completed') return;
    const joined = task.acceptance !== undefined && conversation.participantOf(task.acceptance.agentId) !== undefined;
    this.tell(by, joined ? { type: 'complete', taskId } : { type: 'cancel', taskId, reason });
  }

  /** A channel has ended, and others go on: its capacity is free, and whoever was asked into a call that is over leaves. */
  oneEnded(
    conversation: Conversation,
    by: Actor,
    { reason, isCall }: { readonly reason: string; readonly isCall: boolean },
  ): void {
    if (isCall) this.#endCall(conversation, by, reason);
    this.#freeChannels(conversation, by);
    const task = this.taskOf(conversation);
    if (!isCall || task === undefined) return;
    const { acceptance, parked, record } = task;
    if (acceptance?.ring.signal.aborted === true) acceptance.ring = new AbortController();
    // Nobody is on hold any more; the rest is for the next agent.
    if (parked !== undefined && record.status === 'queued')
      this.tell(system, { type: 'requeue', taskId: record.id, reason: 'call-ended' });
  }

  /** The task's agent needs room for all channels that are open. Throws `agent/no-capacity`, nothing changed. */
  holdChannels(task: LiveTask, by: Actor, action: string): void {
    const { id: taskId } = task.record;
    const kinds = kindsOf(task.conversation);
    const held: string[] = [];
    try {
      for (const channel of kinds.filter((kind) => !channelsOf(task.record).includes(kind))) {
        this.tell(by, { type: 'hold', taskId, channel });
        held.push(channel);
      }
    } catch (error) {
      for (const channel of held) this.tell(by, { type: 'release', taskId, channel });
      if (!isContactCenterError(error, 'worker/no-capacity')) throw error;
      throw new ContactCenterError('agent/no-capacity', `unable to ${action}; the agent has no capacity left`, {
        cause: error,
      });
    }
    if (held.length === 0) return;
    task.record = withChannels(task.record, kinds);
    this.#logChannels(task, by);
  }

  #logChannels(task: LiveTask, by: Actor): void {
    const { conversation, record } = task;
    void this.inTurn(conversation, async () => {
      await conversation.append(by, { type: 'task', task: asNow(task, record), again: true });
    });
  }

  #endCall(conversation: Conversation, by: Actor, reason: string): void {
    this.#callEnded?.(conversation, reason);
    for (const { askedFor, record } of this.tasksOf(conversation)) {
      if (askedFor !== undefined) this.tell(by, { type: 'cancel', taskId: record.id, reason });
    }
  }

  #freeChannels(conversation: Conversation, by: Actor): void {
    const kinds = kindsOf(conversation);
    for (const task of this.tasksOf(conversation)) {
      const { id: taskId, status } = task.record;
      if (status !== 'queued' && status !== 'offered' && status !== 'assigned') continue;
      const gone = channelsOf(task.record).filter((kind) => !kinds.includes(kind));
      if (gone.length === 0) continue;
      for (const channel of gone) this.tell(by, { type: 'release', taskId, channel });
      task.record = withChannels(task.record, kinds);
      this.#logChannels(task, by);
      // Whoever is offered it has more room, too.
      const asked = [...task.offers].map((id) => this.#offers.get(id)?.agentId);
      for (const agentId of [task.acceptance?.agentId, ...asked]) {
        const agent = this.#agents.get(agentId ?? '');
        if (agent !== undefined) this.#agents.tell(agent);
      }
    }
  }

  /** What has been decided stands, also when the store cannot take it down: never rejects. */
  inTurn(conversation: Conversation, work: () => Promise<void>): Promise<void> {
    return conversation.log.inTurn(work).catch((error: unknown) => {
      this.#options.logger.error('log-append-failed', { conversationId: conversation.id, ...errorFields(error) });
    });
  }
}

/** Kinds of the channels that a conversation's task goes over: the chat beside a meeting is a part of that. */
export function kindsOf({ channels }: Conversation): readonly string[] {
  return channels.filter(({ beside }) => beside === undefined).map(({ channel }) => channel);
}

// How it stood, with the channels that it goes over by now: some may have come or gone while this waited for its turn.
function asNow(task: LiveTask, record: TaskRecord): TaskRecord {
  return withChannels(record, channelsOf(task.record));
}

/** The agent as the log names it: as a participant once it is one. */
export function actorIn(conversation: Conversation, agent: Pick<Agent, 'id'>): Actor {
  return conversation.actor(agent.id);
}
