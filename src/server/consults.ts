import { ContactCenterError } from 'onescreen';
import type { RoutingEngine } from 'onescreen/routing';
import type { AgentCommands } from '../protocol/agent-frames';
import type { Actor, ConsultRecord, ConsultStatus, LogFact, ParticipantRecord } from '../protocol/log-entry';
import type { Agent } from './agent';
import type { Agents } from './agents';
import { AskedTasks, type Handed } from './asked-tasks';
import { checkTarget, dialFailureOf, endWordOf, takenAway } from './call-failure';
import { closeChannel, leaveChannel } from './channel-work';
import type { ProviderRefs } from './chat-host';
import { ConsultCall, openCallOf } from './consult-call';
import type { Conversation } from './conversation';
import type { Customers } from './customers';
import { errorFields } from './logger';
import type { LostCalls } from './lost-calls';
import { consultFact, holdsCustomer, isPending, isSamePerson, type OpenConsult } from './open-consult';
import type { ResolvedOptions } from './options';
import { actorIn, system, type TaskBoard } from './task-board';
import type { LiveTask } from './task-record';
import type { Work } from './work';

type Args<Name extends keyof AgentCommands> = AgentCommands[Name]['args'];
type Result<Name extends keyof AgentCommands> = AgentCommands[Name]['result'];
type Action = Args<'consult/act'>['action'];
type Person = Args<'consult/start'>['to'];

/** How long somebody outside may ring, in milliseconds: a little more than the 115 s of a phone call (Teams). */
const outsideMs = 120_000;

/** How long a queue's strategy may keep the agent who is asked from being offered it, in milliseconds (chosen). */
const offeredWithinMs = 2_000;

interface Details extends Handed {
  readonly purpose: ConsultRecord['purpose'];
}

const allowed: Readonly<Record<Action, readonly ConsultStatus[]>> = {
  swap: ['consulting', 'swapped'],
  merge: ['consulting', 'swapped'],
  complete: ['consulting', 'swapped', 'merged'],
  cancel: ['ringing', 'consulting', 'swapped', 'merged'],
};

interface ConsultsParts {
  readonly options: ResolvedOptions;
  readonly engine: RoutingEngine;
  readonly agents: Agents;
  readonly board: TaskBoard;
  readonly work: Work;
  readonly lost: () => LostCalls;
  readonly customers: Customers;
}

/**
 * Agents who bring somebody else in: consult, transfer and conference. Whatever fails, the customer is with somebody, or
 * on hold with an agent who has the call; and whoever was asked in vain is out of it.
 */
export class Consults {
  readonly #parts: ConsultsParts;
  readonly #call: ConsultCall;
  readonly #asked: AskedTasks;
  readonly #open = new Map<string, OpenConsult>();
  readonly #starting = new Set<Conversation>();

  constructor(parts: ConsultsParts) {
    this.#parts = parts;
    this.#call = new ConsultCall(parts.options);
    this.#asked = new AskedTasks(parts);
  }

  close(): void {
    for (const { giveUp } of this.#open.values()) giveUp?.();
    this.#open.clear();
  }

  /**
   * Gives the task away. Rejects with `agent/unavailable` for an agent who cannot be asked, `task/wrong-state` while
   * another one is being asked, `channel/unavailable` when the host fails, `command/not-allowed` where it cannot.
   */
  async transfer(agent: Agent, { taskId, to, note, labels }: Args<'task/transfer'>): Promise<Result<'task/transfer'>> {
    if ('queue' in to) return this.#toQueue(agent, taskId, to.queue, { note, labels });
    if ('agent' in to) return this.#begin(agent, taskId, to, { purpose: 'transfer', note, labels });
    return this.#outside(agent, taskId, to);
  }

  /** Asks somebody. Rejects as {@link transfer} does. */
  start(agent: Agent, { taskId, to, note, merge = false }: Args<'consult/start'>): Promise<Result<'consult/start'>> {
    return this.#begin(agent, taskId, to, { purpose: merge ? 'conference' : 'consult', note });
  }

  /** Rejects with `consult/gone` after its end, with `task/wrong-state` when it cannot be done now. */
  async act(agent: Agent, { conversationId, consultId, action }: Args<'consult/act'>): Promise<void> {
    const consult = this.#open.get(consultId);
    if (consult?.conversation.id !== conversationId) throw gone(action);
    this.#check(agent, consult, action);
    if (consult.acting) throw wrongState(action, 'another action is under way');
    consult.acting = true;
    if (action === 'cancel') this.#stopRing(consult, 'cancelled');
    try {
      await consult.conversation.log.inTurn(async () => {
        if (this.#open.get(consultId) !== consult) {
          if (action === 'cancel') return;
          throw gone(action);
        }
        this.#check(agent, consult, action);
        await this.#do(consult, action, actorIn(consult.conversation, agent));
      });
    } finally {
      consult.acting = false;
    }
    await consult.conversation.log.settled();
  }

  /** What an agent means by ending a task: the owner ends everything, whoever was asked in leaves. */
  async end(agent: Agent, taskId: string): Promise<void> {
    const { board, work } = this.#parts;
    const { askedFor, conversation } = board.require(agent, taskId, 'assigned', 'end task');
    const consult = askedFor === undefined ? undefined : this.#open.get(askedFor);
    if (consult !== undefined) {
      this.#stopRing(consult, 'left');
      await conversation.log.inTurn(() => this.#end(consult, 'failed', 'left', actorIn(conversation, agent)));
      return conversation.log.settled();
    }
    for (const one of this.#of(conversation)) {
      this.#stopRing(one, 'agent-ended');
      one.transferring?.abort(new ContactCenterError('command/aborted', 'unable to transfer task; it has ended'));
    }
    await work.end(agent, taskId);
  }

  /** The owner gives the task back; whoever was asked in is let go first. */
  async requeue(agent: Agent, args: Args<'task/requeue'>): Promise<void> {
    await this.letGo(agent, args.taskId, 'requeue task', 'agent-requeued');
    await this.#parts.work.requeue(agent, args);
  }

  /** Ends all consults of the owner's task, before it is given back in another way. Rejects with `task/wrong-state`. */
  async letGo(agent: Agent, taskId: string, action: string, reason: string): Promise<void> {
    const task = this.#parts.board.task(taskId);
    const open = task === undefined ? [] : this.#of(task.conversation).filter((consult) => consult.task === task);
    if (open.length === 0) return;
    const { conversation } = this.#owned(agent, taskId, action);
    if (open.some(({ transferring }) => transferring !== undefined))
      throw wrongState(action, 'it is being transferred');
    for (const consult of open) this.#stopRing(consult, reason);
    await conversation.log.inTurn(async () => {
      for (const consult of open) await this.#end(consult, 'cancelled', reason, actorIn(conversation, agent));
    });
  }

  /** Throws `task/wrong-state` for what would undo a consult from outside: holds while it holds, anything while a transfer rings. */
  checkCall(conversation: Conversation, action: string, isHold: boolean): void {
    const open = this.#of(conversation);
    const blocks = open.some(
      ({ record, transferring }) =>
        transferring !== undefined || (isHold && record.purpose !== 'conference' && isPending(record)),
    );
    if (blocks) throw wrongState(action, 'somebody is being consulted');
  }

  /** The consult that has brought this participant in. */
  consultOf(conversation: Conversation, participantId: string): string | undefined {
    return this.#of(conversation).find(({ record }) => record.participantId === participantId)?.record.id;
  }

  // What happens to those who were asked.

  /** The open offer to the agent who was asked has ended; nobody else is to be asked. */
  offerEnded(task: LiveTask, outcome: string): void {
    const consult = this.#consultFor(task);
    const reason = outcome === 'declined' ? 'declined' : outcome === 'expired' ? 'no-answer' : 'unavailable';
    this.#parts.board.tell(system, { type: 'cancel', taskId: task.record.id, reason });
    if (consult !== undefined) this.#later(consult, () => this.#end(consult, 'failed', reason));
  }

  /** The agent who was asked has accepted, and could not be let in; only within the conversation's turn. */
  async joinFailed(task: LiveTask, reason: string): Promise<void> {
    const consult = this.#consultFor(task);
    if (consult === undefined) {
      this.#parts.board.tell(system, { type: 'cancel', taskId: task.record.id, reason });
      return;
    }
    await this.#end(consult, consult.ending === undefined ? 'failed' : 'cancelled', consult.ending ?? reason);
  }

  /** The agent who was asked is there; only within the conversation's turn. Never rejects. */
  async joined(task: LiveTask): Promise<void> {
    const consult = this.#consultFor(task);
    if (consult === undefined) return;
    const { agentId } = consult.record;
    const participantId = agentId === undefined ? undefined : consult.conversation.participantOf(agentId);
    await this.#arrived(consult, participantId);
  }

  /** Somebody who was added is in the call; only within the conversation's turn. */
  async partyJoined(conversation: Conversation, refs: ProviderRefs): Promise<void> {
    const consult = this.#of(conversation).find(
      ({ record, refs: known }) => record.status === 'ringing' && isSamePerson(known, refs),
    );
    if (consult === undefined) return;
    const participant: ParticipantRecord = {
      id: this.#parts.options.random.id(),
      role: 'expert',
      // The number is for agents only.
      displayName: 'Participant',
      providerRefs: { ...consult.refs },
    };
    if (consult.record.purpose === 'consult') conversation.conceal(participant.id);
    await this.#arrived(consult, participant.id, { type: 'participant-joined', participant });
  }

  /** Somebody has left the call; only within the conversation's turn. True when it was somebody who had been asked. */
  async partyLeft(conversation: Conversation, refs: ProviderRefs, reason: string): Promise<boolean> {
    const participant = conversation.known(refs);
    const consult = this.#of(conversation).find(
      ({ record, refs: known }) =>
        (participant !== undefined && record.participantId === participant.id) || isSamePerson(known, refs),
    );
    if (consult === undefined) return false;
    const word = endWordOf(reason);
    const isRinging = consult.record.status === 'ringing';
    const why = word === 'customer-left' ? 'unreachable' : word;
    await this.#end(consult, 'failed', isRinging ? why : 'left');
    return true;
  }

  // What happens to the owner.

  /** The owner is not in the call any more, and may come back; only within the conversation's turn. */
  async ownerLost(conversation: Conversation): Promise<void> {
    for (const consult of this.#of(conversation)) {
      const { kind, status } = consult.record;
      if (consult.transferring !== undefined || !isPending(consult.record)) continue;
      if (kind !== 'agent') await this.#end(consult, 'cancelled', 'agent-lost');
      else if (status !== 'ringing') await this.#merge(consult, system).catch(() => {}); // Taken down as it is; the successor tries again.
    }
  }

  /** Takes a task from an agent who does not come back: to whoever was asked in, else back to its queue. */
  giveBack(task: LiveTask, reason: string, exclude: readonly string[]): void {
    const { board } = this.#parts;
    const { conversation, record } = task;
    if (task.askedFor !== undefined) {
      const consult = this.#consultFor(task);
      board.tell(system, { type: 'cancel', taskId: record.id, reason });
      if (consult === undefined) return;
      const why = consult.record.status === 'ringing' ? 'unavailable' : 'left';
      return this.#later(consult, () => this.#end(consult, 'failed', why));
    }
    const open = this.#of(conversation);
    const heir = open.find(
      ({ record: { status }, asked }) => status !== 'ringing' && asked?.record.status === 'assigned',
    );
    if (heir?.asked !== undefined) return this.#succeed(heir, heir.asked, task);
    for (const consult of open) {
      if (consult.transferring !== undefined) continue;
      this.#stopRing(consult, 'agent-lost');
      this.#later(consult, () => this.#end(consult, 'cancelled', 'agent-lost'));
    }
    board.tell(system, { type: 'requeue', taskId: record.id, reason, ...(exclude.length > 0 && { exclude }) });
  }

  /** The channel has ended, and all consults with it. */
  channelEnded(conversation: Conversation, reason: string): void {
    for (const consult of this.#of(conversation)) {
      this.#forget(consult);
      consult.transferring?.abort(takenAway());
      this.#say(consult, { status: 'cancelled', reason });
      this.#later(consult, () => this.#append(consult, system));
    }
  }

  // Beginning.

  async #begin(agent: Agent, taskId: string, to: Person, details: Details): Promise<{ readonly consultId: string }> {
    const { purpose } = details;
    const action = purpose === 'transfer' ? 'transfer task' : 'consult';
    if ('phone' in to) checkTarget(to, action);
    return this.#exclusively(agent, taskId, action, async (task) => {
      const { conversation } = task;
      this.#checkHost(conversation, to, purpose, action);
      const other = 'agent' in to ? this.#asked.agentFor(task, to.agent, action) : undefined;
      const by = actorIn(conversation, agent);
      const isHeld = purpose !== 'conference' && openCallOf(conversation) !== undefined;
      const held = isHeld ? await this.#call.holdCustomer(conversation) : [];
      const record: ConsultRecord = {
        id: this.#parts.options.random.id(),
        taskId,
        purpose,
        ...targetOf(to, other),
        status: 'ringing',
      };
      const consult: OpenConsult = { record, conversation, task, acting: false };
      this.#open.set(record.id, consult);
      try {
        await conversation.append(by, ...held, consultFact(consult));
      } catch (error) {
        this.#forget(consult);
        if (held.length > 0) await this.#call.undoHold(conversation);
        throw error;
      }
      if (other !== undefined) await this.#askAgent(consult, other, details, by);
      else if (!('agent' in to)) await this.#askOutside(consult, to);
      return { consultId: record.id };
    });
  }

  async #askAgent(consult: OpenConsult, other: Agent, details: Details, by: Actor): Promise<void> {
    const { conversation } = consult;
    if (details.purpose === 'consult') {
      const { displayName } = other.identity;
      consult.concealed = conversation.agentParticipant({ agentId: other.id, displayName, providerRefs: {} }).id;
      conversation.conceal(consult.concealed);
    }
    const may = this.#asked.ask(consult, other, details, by);
    if (may === 'unavailable') return this.#end(consult, 'failed', 'unavailable');
    if (may === 'offered') return;
    // A strategy is asked about somebody else first.
    this.#giveUpAfter(consult, offeredWithinMs, 'unavailable', () => consult.asked?.record.status === 'queued');
  }

  #giveUpAfter(consult: OpenConsult, ms: number, reason: string, isInVain: () => boolean): void {
    consult.giveUp = this.#parts.options.clock.schedule(ms, () =>
      this.#later(consult, async () => {
        if (isInVain()) await this.#end(consult, 'failed', reason);
      }),
    );
  }

  async #askOutside(consult: OpenConsult, to: Exclude<Person, { readonly agent: string }>): Promise<void> {
    try {
      consult.refs = await this.#call.add(consult.conversation, to);
    } catch (error) {
      return this.#end(consult, 'failed', dialFailureOf(error));
    }
    this.#giveUpAfter(consult, outsideMs, 'no-answer', () => consult.record.status === 'ringing');
  }

  async #outside(
    agent: Agent,
    taskId: string,
    to: Exclude<Args<'task/transfer'>['to'], { readonly queue: string } | { readonly agent: string }>,
  ): Promise<Result<'task/transfer'>> {
    const action = 'transfer task';
    if ('phone' in to) checkTarget(to, action);
    return this.#exclusively(agent, taskId, action, async (task) => {
      const { conversation } = task;
      const wanted = 'phone' in to ? 'transferToPhone' : 'transferToTeamsUser';
      const channel = openCallOf(conversation);
      const { host } = channel ?? {};
      if ('voicemail' in to || host?.transfer === undefined || !host.actions.includes(wanted)) {
        throw notAllowed(action, 'whatever carries the channel cannot');
      }
      const record: ConsultRecord = {
        id: this.#parts.options.random.id(),
        taskId,
        purpose: 'transfer',
        ...targetOf(to),
        status: 'ringing',
      };
      const consult: OpenConsult = { record, conversation, task, acting: false, transferring: new AbortController() };
      this.#open.set(record.id, consult);
      try {
        await conversation.append(actorIn(conversation, agent), consultFact(consult));
      } catch (error) {
        this.#forget(consult);
        throw error;
      }
      void this.#transferring(consult, to, actorIn(conversation, agent));
      return { consultId: record.id };
    });
  }

  // The agent and the customer talk until it has been accepted; nothing else waits for that.
  async #transferring(
    consult: OpenConsult,
    to: { readonly phone: string } | { readonly teamsUser: string },
    by: Actor,
  ): Promise<void> {
    const { conversation, transferring = new AbortController() } = consult;
    let failure: string | undefined;
    try {
      await this.#call.transfer(conversation, to, { timeoutMs: outsideMs, signal: transferring.signal });
    } catch (error) {
      failure = dialFailureOf(error);
    }
    this.#later(consult, async () => {
      if (this.#open.get(consult.record.id) !== consult) return;
      const { ending } = consult;
      if (failure !== undefined && ending !== undefined) return this.#end(consult, 'cancelled', ending);
      if (failure !== undefined) return this.#end(consult, 'failed', failure);
      await this.#transferred(consult, by);
    });
  }

  async #toQueue(agent: Agent, taskId: string, queueId: string, handed: Handed): Promise<Result<'task/transfer'>> {
    const { options, board } = this.#parts;
    const action = 'transfer task';
    if (!options.queues.has(queueId)) {
      throw new ContactCenterError('command/invalid', `unable to ${action}; there is no such queue`, {
        field: 'to.queue',
      });
    }
    await this.letGo(agent, taskId, action, 'transferred');
    const { conversation } = await this.#exclusively(agent, taskId, action, async (task) => {
      const by = actorIn(task.conversation, agent);
      if (task.conversation.channel === undefined) throw closed(action);
      const left = await this.#leaves(task, agent.id);
      this.#asked.toQueue(task, queueId, handed, by);
      board.tell(by, { type: 'complete', taskId });
      await task.conversation.append(by, ...left).catch((error: unknown) => this.#failed(task, error));
      return task;
    });
    await conversation.log.settled();
    return {};
  }

  // Carrying on.

  async #do(consult: OpenConsult, action: Action, by: Actor): Promise<void> {
    switch (action) {
      case 'swap':
        return this.#swap(consult, by);
      case 'merge':
        return this.#merge(consult, by);
      case 'complete':
        return this.#complete(consult, by);
      case 'cancel':
        return this.#end(consult, 'cancelled', 'cancelled', by);
    }
  }

  /** Somebody who was asked is there. */
  async #arrived(consult: OpenConsult, participantId: string | undefined, ...facts: readonly LogFact[]): Promise<void> {
    const { conversation, record, task } = consult;
    if (participantId !== undefined) consult.record = { ...record, participantId };
    if (consult.ending !== undefined) return this.#end(consult, 'cancelled', consult.ending);
    consult.giveUp?.();
    try {
      if (record.purpose === 'conference') {
        this.#say(consult, { status: 'merged' });
        await this.#append(consult, system, ...facts);
        return;
      }
      this.#say(consult, { status: 'consulting' });
      if (facts.length > 0) await conversation.append(system, ...facts);
      if (record.purpose === 'transfer') return await this.#complete(consult, actorOf(task));
      if (this.#parts.lost().isLost(task)) await this.#merge(consult, system);
      else await this.#append(consult, system);
    } catch (error) {
      this.#failed(consult, error);
      await this.#end(consult, 'failed', 'failed').catch((again: unknown) => this.#failed(consult, again));
    }
  }

  async #swap(consult: OpenConsult, by: Actor): Promise<void> {
    const { conversation, record } = consult;
    const call = this.#call;
    let facts: readonly LogFact[];
    if (record.status === 'consulting') {
      await call.holdOther(consult);
      try {
        facts = await call.resumeCustomer(conversation);
      } catch (error) {
        await this.#undo(consult, () => call.resumeOther(consult));
        throw error;
      }
    } else {
      const held = await call.holdCustomer(conversation);
      this.#say(consult, { status: 'consulting' });
      if (held.length > 0) await conversation.append(by, ...held);
      facts = [];
      try {
        await call.resumeOther(consult);
      } catch (error) {
        await this.#undo(consult, async () => {
          await conversation.append(by, ...(await call.resumeCustomer(conversation)));
          this.#say(consult, { status: 'swapped' });
        });
        throw error;
      }
    }
    this.#say(consult, { status: record.status === 'consulting' ? 'swapped' : 'consulting' });
    await this.#append(consult, by, ...facts);
  }

  // Both are on hold, and the agent is alone: as before, or without the one who was asked.
  async #undo(consult: OpenConsult, undo: () => Promise<unknown>): Promise<void> {
    try {
      await undo();
    } catch {
      await this.#end(consult, 'failed', 'failed');
    }
  }

  async #merge(consult: OpenConsult, by: Actor): Promise<void> {
    const facts = await this.#call.joinAll(consult);
    this.#say(consult, { status: 'merged' });
    await this.#append(consult, by, ...facts);
    this.#reveal(consult);
  }

  async #complete(consult: OpenConsult, by: Actor): Promise<void> {
    const { conversation, task, asked, record } = consult;
    const facts = await this.#call.joinAll(consult);
    // All hear each other from here on; when the agent cannot leave, that is how it stays.
    const isCall = openCallOf(conversation) !== undefined;
    if (facts.length > 0) await conversation.append(by, ...facts);
    if (isCall && record.status !== 'merged') this.#say(consult, { status: 'merged' });
    this.#reveal(consult);
    try {
      if (asked === undefined) {
        await this.#call.release(conversation);
        return await this.#transferred(consult, by);
      }
      const agentId = task.acceptance?.agentId ?? '';
      const left = await this.#leaves(task, agentId);
      await this.#handOver(consult, asked, by, 'transferred', left);
    } catch (error) {
      if (this.#open.get(record.id) === consult && record.purpose !== 'transfer') await this.#append(consult, by);
      throw error;
    }
  }

  // The owner leaves the channel, and sees the conversation until the wrap-up has ended.
  async #leaves({ conversation }: LiveTask, agentId: string): Promise<readonly LogFact[]> {
    const participant = conversation.present(conversation.participantOf(agentId) ?? '');
    if (participant === undefined) return [];
    const isLast = conversation.agentIds.length === 1;
    const task = this.#parts.board.taskOf(conversation);
    // Out after all, though that was given up: as if the call had been lost.
    await this.#call.leave(conversation, agentId, participant, () => {
      if (task?.acceptance?.agentId === agentId) this.#parts.lost().lost(task);
    });
    const call = openCallOf(conversation);
    conversation.watchedBy(agentId);
    return [
      ...(isLast && call !== undefined && conversation.is('held')
        ? [{ type: 'channel-changed', channelId: call.channelId, change: 'resumed' } as const]
        : []),
      { type: 'participant-left', participantId: participant.id, reason: 'transferred' },
    ];
  }

  /** The customer is the other agent's from here on. */
  async #handOver(
    consult: OpenConsult,
    asked: LiveTask,
    by: Actor,
    reason: string | undefined,
    left: readonly LogFact[],
  ): Promise<void> {
    const { board } = this.#parts;
    const { conversation, task } = consult;
    const others = this.#inherit(consult, asked);
    if (reason === 'transferred') this.#say(consult, { status: 'completed' });
    board.tell(by, { type: 'complete', taskId: task.record.id });
    await conversation.append(by, ...left, consultFact(consult), ...others.map(consultFact));
  }

  #inherit(consult: OpenConsult, asked: LiveTask): readonly OpenConsult[] {
    this.#forget(consult);
    this.#parts.board.makeCurrent(asked);
    const others = this.#of(consult.conversation);
    for (const other of others) {
      other.task = asked;
      other.record = { ...other.record, taskId: asked.record.id };
    }
    return others;
  }

  // The owner will not come back, and whoever was asked in has the customer. Decided at once; the host is told in turn.
  #succeed(consult: OpenConsult, asked: LiveTask, task: LiveTask): void {
    const { board, options } = this.#parts;
    const { conversation } = consult;
    const agentId = task.acceptance?.agentId ?? '';
    const others = this.#inherit(consult, asked);
    board.tell(system, { type: 'complete', taskId: task.record.id });
    this.#later(consult, async () => {
      const facts = conversation.channel === undefined ? [] : await this.#call.joinAll(consult).catch(() => []);
      const left = await leaveChannel(conversation, { agentId, reason: 'agent-lost' }, options);
      if (left.length > 0) conversation.watchedBy(agentId);
      this.#say(consult, { status: 'completed', reason: 'agent-lost' });
      await conversation.append(system, ...facts, ...left, consultFact(consult), ...others.map(consultFact));
      this.#reveal(consult);
    });
  }

  // The customer is with somebody outside; the call is over for us.
  async #transferred(consult: OpenConsult, by: Actor): Promise<void> {
    const { board, options } = this.#parts;
    const { conversation } = consult;
    this.#forget(consult);
    this.#say(consult, { status: 'completed' });
    try {
      await conversation.append(by, consultFact(consult));
      await closeChannel(conversation, { by, reason: 'transferred', force: true, over: true, options });
    } finally {
      board.channelEnded(conversation, by, 'transferred');
    }
  }

  /** It has come to nothing: whoever was asked is out, and the customer is the agent's again. Again: no effect. */
  async #end(consult: OpenConsult, status: 'cancelled' | 'failed', reason: string, by: Actor = system): Promise<void> {
    const { conversation, asked, record } = consult;
    if (this.#open.get(record.id) !== consult) return;
    const isHeld = holdsCustomer(consult);
    this.#forget(consult);
    this.#say(consult, { status, reason });
    try {
      const facts: LogFact[] = [];
      if (conversation.channel !== undefined) {
        facts.push(...(await this.#call.takeOut(consult, reason)));
        // Who cannot be resumed stays on hold in the log as well: the agent has a button for it.
        if (isHeld) facts.push(...(await this.#call.resumeCustomer(conversation).catch(() => [])));
      }
      await conversation.append(by, ...facts, consultFact(consult));
    } finally {
      if (consult.concealed !== undefined) conversation.reveal(consult.concealed);
      if (asked?.askedFor !== undefined && this.#parts.board.task(asked.record.id) === asked) {
        this.#parts.board.tell(by, { type: 'cancel', taskId: asked.record.id, reason });
      }
    }
  }

  // Small things.

  #of(conversation: Conversation): readonly OpenConsult[] {
    return [...this.#open.values()].filter((consult) => consult.conversation === conversation);
  }

  #consultFor({ askedFor }: LiveTask): OpenConsult | undefined {
    return askedFor === undefined ? undefined : this.#open.get(askedFor);
  }

  #forget(consult: OpenConsult): void {
    consult.giveUp?.();
    this.#open.delete(consult.record.id);
  }

  #say(consult: OpenConsult, change: Pick<ConsultRecord, 'status'> & Partial<ConsultRecord>): void {
    consult.record = { ...consult.record, ...change };
  }

  async #append(consult: OpenConsult, by: Actor, ...facts: readonly LogFact[]): Promise<void> {
    await consult.conversation.append(by, ...facts, consultFact(consult));
  }

  #reveal({ conversation, record: { participantId } }: OpenConsult): void {
    if (participantId !== undefined) this.#parts.customers.revealed(conversation, conversation.reveal(participantId));
  }

  /** A ring for it that goes on is aborted, and means that it has been ended. */
  #stopRing(consult: OpenConsult, reason: string): void {
    if (consult.record.status !== 'ringing') return;
    consult.ending = reason;
    consult.asked?.acceptance?.ring.abort(takenAway());
  }

  #later(consult: OpenConsult, work: () => Promise<void>): void {
    consult.conversation.log.inTurn(work).catch((error: unknown) => this.#failed(consult, error));
  }

  #failed({ conversation: { id: conversationId } }: Pick<OpenConsult, 'conversation'>, error: unknown): void {
    this.#parts.options.logger.error('consult-failed', { conversationId, ...errorFields(error) });
  }

  /** The agent's task, if the agent owns the conversation with it and is there. */
  #owned(agent: Agent, taskId: string, action: string): LiveTask {
    const { board, lost } = this.#parts;
    const task = board.require(agent, taskId, 'assigned', action);
    if (board.taskOf(task.conversation) !== task) throw wrongState(action, 'the conversation is another agent’s');
    if (task.conversation.participantOf(agent.id) === undefined || lost().isLost(task)) {
      throw wrongState(action, 'the agent is not in it');
    }
    return task;
  }

  /** Runs in the conversation's turn while nobody else is being asked there. */
  async #exclusively<T>(agent: Agent, taskId: string, action: string, run: (task: LiveTask) => Promise<T>): Promise<T> {
    const { conversation } = this.#owned(agent, taskId, action);
    const checkFree = () => {
      if (this.#of(conversation).some(({ record }) => isPending(record))) {
        throw wrongState(action, 'somebody is being asked already');
      }
    };
    checkFree();
    if (this.#starting.has(conversation)) throw wrongState(action, 'somebody is being asked already');
    this.#starting.add(conversation);
    try {
      return await conversation.log.inTurn(() => {
        const task = this.#owned(agent, taskId, action);
        checkFree();
        return run(task);
      });
    } finally {
      this.#starting.delete(conversation);
    }
  }

  #check(agent: Agent, { record, task, transferring }: OpenConsult, action: Action): void {
    this.#owned(agent, task.record.id, action);
    if (transferring !== undefined) throw notAllowed(action, 'it rings elsewhere already');
    if (!allowed[action].includes(record.status)) throw wrongState(action, `it is ${record.status}`);
  }

  #checkHost(conversation: Conversation, to: Person, purpose: ConsultRecord['purpose'], action: string): void {
    if (conversation.channel === undefined) throw closed(action);
    const call = openCallOf(conversation);
    if (call === undefined) {
      if (purpose === 'transfer') return;
      throw notAllowed(action, 'it is no call, or it is not set up yet');
    }
    const { actions } = call.host;
    const needs = [
      ...(purpose === 'conference' ? [] : (['hold', 'resume'] as const)),
      ...('phone' in to ? (['addParticipant'] as const) : 'teamsUser' in to ? (['addTeamsUser'] as const) : []),
    ];
    if (!needs.every((need) => actions.includes(need))) throw notAllowed(action, 'whatever carries the call cannot');
  }
}

function targetOf(to: Person, other?: Agent): Pick<ConsultRecord, 'kind' | 'displayName' | 'agentId'> {
  if ('agent' in to) {
    return { kind: 'agent', displayName: other?.identity.displayName ?? to.agent, agentId: to.agent };
  }
  return 'phone' in to ? { kind: 'phone', displayName: to.phone } : { kind: 'teamsUser', displayName: to.teamsUser };
}

function actorOf({ conversation, acceptance }: LiveTask): Actor {
  const agentId = acceptance?.agentId ?? '';
  return { kind: 'agent', id: conversation.seatOf(agentId) ?? agentId };
}

function wrongState(action: string, why: string): ContactCenterError {
  return new ContactCenterError('task/wrong-state', `unable to ${action}; ${why}`);
}

function notAllowed(action: string, why: string): ContactCenterError {
  return new ContactCenterError('command/not-allowed', `unable to ${action}; ${why}`);
}

function closed(action: string): ContactCenterError {
  return new ContactCenterError('channel/closed', `unable to ${action}; the channel is closed`);
}

function gone(action: string): ContactCenterError {
  return new ContactCenterError('consult/gone', `unable to ${action}; the consult has ended`);
}
