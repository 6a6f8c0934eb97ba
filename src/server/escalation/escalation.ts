import { ContactCenterError, isContactCenterError } from 'onescreen';
import type { AgentCommands } from '../../protocol/agent-frames';
import type { CustomerCommands } from '../../protocol/customer-frames';
import type { LogEntry, LogFact } from '../../protocol/log-entry';
import type { Agent } from '../agent';
import type { Agents } from '../agents';
import type { Callbacks } from '../callbacks';
import type { AddedCalls } from '../call-reports';
import type { Calls } from '../calls';
import { isCallHost, isMeetingHost, type ChannelHost } from '../channel-host';
import type { Consults } from '../consults/consults';
import type { Conversation } from '../conversation';
import type { OpenChannel } from '../conversation-channels';
import type { Conversations } from '../conversations';
import type { Customers } from '../customers';
import { errorFields } from 'onescreen/logging';
import type { LostCalls } from '../lost-calls';
import { notThere } from '../messages';
import type { ResolvedOptions } from '../options';
import { actorIn, kindsOf, system, type TaskBoard } from '../task-board';
import { withChannels, type LiveTask } from '../task-record';
import type { Work } from '../work';
import { addChannel, takeDownAdded, type AddedChannel, type Addition } from './added-channel';
import { Invitations } from './invitations';
import { invalid, noPage, planAddition, wrongState } from './plan-addition';

type Args<Name extends keyof AgentCommands> = AgentCommands[Name]['args'];
type Result<Name extends keyof AgentCommands> = AgentCommands[Name]['result'];

interface EscalationParts {
  readonly options: ResolvedOptions;
  readonly agents: Agents;
  readonly board: TaskBoard;
  readonly work: Work;
  readonly calls: Calls;
  readonly lost: LostCalls;
  readonly consults: Consults;
  readonly callbacks: Callbacks;
  readonly conversations: Conversations;
  readonly customers: Customers;
}

/** Channels that are added to conversations which go on, and how single ones end. */
export class Escalation implements AddedCalls {
  readonly #parts: EscalationParts;
  readonly #invitations: Invitations;
  /** By the channel that was added: the one that ends once the customer is in it. */
  readonly #replaces = new Map<string, string>();

  constructor(parts: EscalationParts) {
    this.#parts = parts;
    this.#invitations = new Invitations({
      ...parts,
      customerIn: (conversation, channelId) => this.customerIn(conversation, channelId),
    });
  }

  close(): void {
    this.#invitations.close();
    this.#replaces.clear();
  }

  /** Goes on with what was begun before the server was started. */
  recall(conversation: Conversation): void {
    for (const { channelId, replaces } of conversation.channels) {
      if (replaces !== undefined) this.#replaces.set(channelId, replaces);
    }
    for (const invitation of conversation.openInvitations) this.#invitations.made(conversation, invitation);
  }

  /** What the log of a conversation says from now on. */
  appended(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      if (entry.type === 'invitation' && entry.invitation.status !== 'open')
        this.#invitations.settled(entry.invitation);
      if (entry.type === 'channel-closed') this.#replaces.delete(entry.channelId);
    }
  }

  /**
   * Adds a channel with the capacity that it takes, and invites the customer. Rejects, nothing changed, with
   * `agent/no-capacity`, `agent/unreachable`, `channel/unavailable`, `command/not-allowed`, `command/invalid`, `task/gone`
   * and `task/wrong-state`.
   */
  async escalate(agent: Agent, args: Args<'task/escalate'>): Promise<Result<'task/escalate'>> {
    const { conversation } = this.#require(agent, args.taskId, 'escalate conversation');
    return conversation.log.inTurn(async () => {
      const task = this.#require(agent, args.taskId, 'escalate conversation');
      const addition = planAddition(this.#parts, agent, task, args);
      const channel = await this.#add(task, addition, args);
      this.#parts.agents.tell(agent);
      if (addition.phone !== undefined) this.#call(agent, task, channel, addition.phone);
      return { channelId: channel.channelId };
    });
  }

  /** Invites the customer into a channel that is open already and that they are not in; with an open invitation: that one. Rejects with `command/not-allowed`, `command/invalid`, `task/wrong-state` and `channel/closed`. */
  async invite(
    agent: Agent,
    { conversationId, channelId, invite = 'link' }: Args<'channel/invite'>,
  ): Promise<Result<'channel/invite'>> {
    const { conversation } = this.#owned(agent, conversationId, 'invite customer');
    return conversation.log.inTurn(async () => {
      const task = this.#owned(agent, conversationId, 'invite customer');
      const channel = conversation.requireChannel(channelId);
      const open = conversation.openInvitation(channelId);
      if (open !== undefined) return { invitationId: open.id };
      if (!conversation.isWithoutCustomer(channelId)) throw wrongState('invite customer', 'the customer is in it');
      if (invite === 'call' || channel.beside !== undefined)
        throw invalid('invite', 'the channel is not one to be called into');
      if (!conversation.hasPage) throw noPage('invite customer');
      const invitation = this.#invitations.make(task, agent.identity.displayName, channel, 'link');
      await conversation.append(actorIn(conversation, agent), { type: 'invitation', invitation });
      this.#invitations.made(conversation, invitation);
      return { invitationId: invitation.id };
    });
  }

  /** Rejects with `invitation/gone` once it was answered or has expired. */
  withdraw(agent: Agent, { conversationId, invitationId }: Args<'invitation/withdraw'>): Promise<void> {
    const { conversation } = this.#owned(agent, conversationId, 'withdraw invitation');
    const invitation = conversation.invitation(invitationId);
    // A ring for it does not keep the others waiting.
    if (invitation?.by === 'call' && invitation.status === 'open') this.#stopRing(conversation);
    return this.#invitations.withdraw(conversation, invitationId, actorIn(conversation, agent));
  }

  /** Rejects with `invitation/gone`. */
  answer(
    conversation: Conversation,
    args: CustomerCommands['invitation/answer']['args'],
  ): Promise<CustomerCommands['invitation/answer']['result']> {
    return this.#invitations.answer(conversation, args);
  }

  /** Ends a channel for the customer, with the last one the task's handling. Rejects with `channel/unavailable`, nothing changed. */
  async end(agent: Agent, { conversationId, channelId }: Args<'channel/end'>): Promise<void> {
    const { work, consults } = this.#parts;
    const action = 'end channel';
    const { conversation, record } = this.#owned(agent, conversationId, action);
    const channel = conversation.requireChannel(channelId);
    if (isLast(conversation, channel)) return consults.end(agent, record.id);
    if (conversation.call === channel) {
      await consults.letGo(agent, record.id, action, 'channel-ended');
      this.#stopRing(conversation);
    }
    await conversation.log.inTurn(async () => {
      this.#owned(agent, conversationId, action);
      const by = actorIn(conversation, agent);
      await work.channelOver(conversation, channelId, { by, reason: 'agent-ended', force: false });
    });
    await conversation.log.settled();
  }

  /** The customer leaves a channel, with the last one the conversation. */
  async leave(conversation: Conversation, channelId: string): Promise<void> {
    const { work, calls, callbacks } = this.#parts;
    if (conversation.isConcealed(channelId)) throw notThere();
    const channel = conversation.requireChannel(channelId);
    if (isLast(conversation, channel)) {
      await callbacks.withdraw(conversation);
      return work.customerLeft(conversation, 'customer-left');
    }
    if (conversation.call === channel) await calls.leave(conversation, channelId);
    else {
      const by = { kind: 'customer', id: conversation.customer.id } as const;
      await conversation.log.inTurn(() => work.channelOver(conversation, channelId, { by, reason: 'customer-left' }));
    }
    await conversation.log.settled();
  }

  /** The customer is in a channel that was added: what it takes the place of ends. Only within the conversation's turn. */
  async customerIn(conversation: Conversation, channelId: string): Promise<void> {
    const before = this.#replaces.get(channelId);
    this.#replaces.delete(channelId);
    if (before === undefined || conversation.channelOf(channelId) === undefined) return;
    const how = { by: system, reason: 'escalated', force: false };
    await this.#parts.work.channelOver(conversation, before, how).catch(() => {}); // Noted; the agent can end it.
  }

  /** A page has called: the customer hears music until the task's own agent is there, or whoever has the task next. */
  arrived(conversation: Conversation, channelId: string): Promise<void> {
    return conversation.log.inTurn(async () => {
      await this.customerIn(conversation, channelId);
      this.#ring(conversation, channelId);
    });
  }

  answered(conversation: Conversation, channelId: string): Promise<void> {
    return conversation.log.inTurn(async () => {
      if (conversation.channelOf(channelId) === undefined) return;
      await this.#invitations.answeredCall(conversation, channelId);
      await this.customerIn(conversation, channelId);
    });
  }

  notAnswered(conversation: Conversation, channelId: string): Promise<void> {
    return this.#invitations.missedCall(conversation, channelId);
  }

  async #add(
    task: LiveTask,
    addition: Addition,
    { close = false, invite = 'link' }: Args<'task/escalate'>,
  ): Promise<OpenChannel> {
    const { board, options } = this.#parts;
    const { agent, channel: kind } = addition;
    const { conversation, acceptance } = task;
    const { id: taskId } = task.record;
    const by = actorIn(conversation, agent);
    const before = conversation.channels.filter(({ beside }) => beside === undefined).at(-1);
    try {
      board.tell(by, { type: 'hold', taskId, channel: kind });
    } catch (error) {
      throw isContactCenterError(error, 'worker/no-capacity') ? noCapacity(error) : error;
    }
    const added: AddedChannel[] = [];
    try {
      const replaces = close ? before?.channelId : undefined;
      const first = await addChannel(conversation, { ...addition, replaces }, options);
      added.push(first);
      if (this.#wantsChat(conversation, addition.host)) {
        const chat = {
          host: options.defaultChat,
          channel: 'chat',
          agent,
          standing: true,
          beside: first.channel.channelId,
        };
        added.push(await addChannel(conversation, chat, options));
      }
      if (task.acceptance !== acceptance || task.record.status !== 'assigned' || board.taskOf(conversation) !== task) {
        throw gone();
      }
      const { channel } = first;
      const how = addition.phone === undefined ? 'link' : 'call';
      const invitation =
        invite === 'none' ? undefined : this.#invitations.make(task, agent.identity.displayName, channel, how);
      const record = withChannels(task.record, kindsOf(conversation));
      const facts: readonly LogFact[] = [
        ...added.flatMap((one) => one.facts),
        { type: 'task', task: record, again: true },
        ...(invitation === undefined ? [] : [{ type: 'invitation', invitation } as const]),
      ];
      await takeDownAdded(conversation, by, facts, () => [{ type: 'task', task: task.record, again: true }]);
      task.record = withChannels(task.record, kindsOf(conversation));
      if (invitation !== undefined) this.#invitations.made(conversation, invitation);
      if (replaces !== undefined) this.#replaces.set(channel.channelId, replaces);
      return channel;
    } catch (error) {
      for (const one of added.reverse()) await one.undo();
      this.#release(task, kind);
      throw error;
    }
  }

  // Whoever has the task by now may have ended it.
  #release({ record: { id: taskId, status } }: LiveTask, channel: string): void {
    if (status !== 'queued' && status !== 'offered' && status !== 'assigned') return;
    this.#parts.board.tell(system, { type: 'release', taskId, channel });
  }

  #wantsChat(conversation: Conversation, host: ChannelHost): boolean {
    if (!isMeetingHost(host) || host.sideChannel !== true || !conversation.hasPage) return false;
    return !conversation.channels.some((one) => !isCallHost(one.host) && !isMeetingHost(one.host));
  }

  #call(agent: Agent, task: LiveTask, channel: OpenChannel, phone: string): void {
    const { calls, lost } = this.#parts;
    const { conversation, acceptance } = task;
    const { host } = channel;
    if (!isCallHost(host)) return;
    calls.callsOut(conversation, channel, { phone });
    // The task may have been taken away while it was stored.
    const rung =
      acceptance?.agentId === agent.id
        ? lost.rejoin(agent, task, acceptance, { ...channel, host })
        : Promise.reject(gone());
    rung.then(
      () => calls.callCustomer(conversation),
      (error: unknown) => calls.notMade(conversation, error),
    );
  }

  #ring(conversation: Conversation, channelId: string): void {
    const { board, agents, lost, options } = this.#parts;
    const channel = conversation.channelOf(channelId);
    const task = board.taskOf(conversation);
    const agent = agents.get(task?.acceptance?.agentId ?? '');
    if (channel === undefined || !isCallHost(channel.host) || task?.acceptance === undefined || agent === undefined)
      return;
    const participantId = conversation.participantOf(agent.id);
    // Who has just been let into everything is in the call already; who is not in yet will be.
    if (participantId === undefined || conversation.isIn(channelId, participantId)) return;
    lost.rejoin(agent, task, task.acceptance, { ...channel, host: channel.host }).catch((error: unknown) => {
      options.logger.info('ring-failed', { conversationId: conversation.id, agentId: agent.id, ...errorFields(error) });
    });
  }

  #stopRing(conversation: Conversation): void {
    const error = new ContactCenterError('command/aborted', 'unable to ring agent; the call has ended');
    this.#parts.board.taskOf(conversation)?.rejoin?.abort(error);
  }

  /** The agent's task, with which the agent owns the conversation and takes part in it. */
  #require(agent: Agent, taskId: string, action: string): LiveTask {
    const { board } = this.#parts;
    const task = board.require(agent, taskId, 'assigned', action);
    if (board.taskOf(task.conversation) !== task) throw wrongState(action, 'the conversation is another agent’s');
    if (task.conversation.participantOf(agent.id) === undefined) throw wrongState(action, 'the agent is not in it');
    return task;
  }

  #owned(agent: Agent, conversationId: string, action: string): LiveTask {
    const { board, conversations } = this.#parts;
    const conversation = conversations.get(conversationId);
    if (conversation?.participantOf(agent.id) === undefined) throw notThere();
    return this.#require(agent, board.taskOf(conversation)?.record.id ?? '', action);
  }
}

/** Whether the customer would be in nothing without it. */
function isLast(conversation: Conversation, channel: OpenChannel): boolean {
  return !conversation.channels.some((one) => one !== channel && conversation.reaches(one));
}

function gone(): ContactCenterError {
  return new ContactCenterError('task/gone', 'unable to escalate conversation; the task was taken away meanwhile');
}

function noCapacity(cause: unknown): ContactCenterError {
  const message = 'unable to escalate conversation; the agent has no capacity left';
  return new ContactCenterError('agent/no-capacity', message, { cause });
}
