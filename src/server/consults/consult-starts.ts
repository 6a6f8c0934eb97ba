import { ContactCenterError } from 'onescreen';
import type { RoutingEngine } from 'onescreen/routing';
import type { AgentCommands } from '../../protocol/agent-frames';
import type { Actor, ConsultRecord } from '../../protocol/log-entry';
import type { Agent } from '../agent';
import type { Agents } from '../agents';
import { checkTarget, dialFailureOf } from '../call-failure';
import type { Conversation } from '../conversation';
import type { LostCalls } from '../lost-calls';
import type { ResolvedOptions } from '../options';
import { actorIn, type TaskBoard } from '../task-board';
import type { LiveTask } from '../task-record';
import { AskedTasks, type Handed } from './asked-tasks';
import type { ConsultBook } from './consult-book';
import { openCallOf, type ConsultCall } from './consult-call';
import type { ConsultSteps } from './consult-steps';
import { closed, consultFact, isPending, notAllowed, wrongState, type OpenConsult } from './open-consult';

type Args<Name extends keyof AgentCommands> = AgentCommands[Name]['args'];
type Result<Name extends keyof AgentCommands> = AgentCommands[Name]['result'];
type Person = Args<'consult/start'>['to'];

/** How long somebody outside may ring, in milliseconds: a little more than the 115 s of a phone call (Teams). */
const outsideMs = 120_000;

/** How long a queue's strategy may keep the agent who is asked from being offered it, in milliseconds (chosen). */
const offeredWithinMs = 2_000;

interface Details extends Handed {
  readonly purpose: ConsultRecord['purpose'];
}

interface ConsultStartsParts {
  readonly options: ResolvedOptions;
  readonly engine: RoutingEngine;
  readonly agents: Agents;
  readonly board: TaskBoard;
  readonly lost: () => LostCalls;
  readonly book: ConsultBook;
  readonly call: ConsultCall;
  readonly steps: ConsultSteps;
}

/** How somebody is asked, or given the customer. One at a time in a conversation: others are refused with `task/wrong-state`. */
export class ConsultStarts {
  readonly #parts: ConsultStartsParts;
  readonly #asked: AskedTasks;
  readonly #book: ConsultBook;
  readonly #call: ConsultCall;
  readonly #steps: ConsultSteps;
  readonly #starting = new Set<Conversation>();

  constructor(parts: ConsultStartsParts) {
    this.#parts = parts;
    this.#asked = new AskedTasks(parts);
    this.#book = parts.book;
    this.#call = parts.call;
    this.#steps = parts.steps;
  }

  /** Whether somebody is about to be asked, or the task about to be given away. */
  isUnderWay(conversation: Conversation): boolean {
    return this.#starting.has(conversation);
  }

  /** Asks an agent or somebody outside. */
  async begin(agent: Agent, taskId: string, to: Person, details: Details): Promise<{ readonly consultId: string }> {
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
      if (!this.#isOwned(task)) {
        if (held.length > 0) await this.#call.undoHold(conversation);
        throw takenFrom(action);
      }
      const record: ConsultRecord = {
        id: this.#parts.options.random.id(),
        taskId,
        purpose,
        ...targetOf(to, other),
        status: 'ringing',
      };
      const consult: OpenConsult = { record, conversation, task, acting: false };
      this.#book.add(consult);
      try {
        await conversation.append(by, ...held, consultFact(consult));
      } catch (error) {
        this.#book.remove(consult);
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
      consult.concealed = conversation.agentParticipant(other.identity, {}).id;
      conversation.conceal(consult.concealed);
    }
    const may = this.#asked.ask(consult, other, details, by);
    if (may === 'unavailable') return this.#steps.end(consult, 'failed', 'unavailable');
    if (may === 'offered') return;
    // A strategy is asked about somebody else first.
    this.#giveUpAfter(consult, offeredWithinMs, 'unavailable', () => consult.asked?.record.status === 'queued');
  }

  /** Who is asked may have to come back first: as long as anybody has for that. */
  awaitAgain(consult: OpenConsult): void {
    const { tasksMs } = this.#parts.options.grace;
    this.#giveUpAfter(consult, tasksMs, 'unavailable', () => consult.asked?.record.status === 'queued');
  }

  #giveUpAfter(consult: OpenConsult, ms: number, reason: string, isInVain: () => boolean): void {
    consult.giveUp = this.#parts.options.clock.schedule(ms, () =>
      this.#book.later(consult, async () => {
        if (isInVain()) await this.#steps.end(consult, 'failed', reason);
      }),
    );
  }

  async #askOutside(consult: OpenConsult, to: Exclude<Person, { readonly agent: string }>): Promise<void> {
    try {
      consult.refs = await this.#call.add(consult.conversation, to, (late) =>
        this.#book.later(consult, () => this.#call.remove(consult.conversation, late)),
      );
    } catch (error) {
      return this.#steps.end(consult, 'failed', dialFailureOf(error));
    }
    this.#giveUpAfter(consult, outsideMs, 'no-answer', () => consult.record.status === 'ringing');
  }

  /** Gives the customer to somebody outside. */
  async outside(
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
      this.#book.add(consult);
      try {
        await conversation.append(actorIn(conversation, agent), consultFact(consult));
      } catch (error) {
        this.#book.remove(consult);
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
    this.#book.later(consult, async () => {
      if (!this.#book.has(consult)) return;
      const { ending } = consult;
      if (failure !== undefined && ending !== undefined) return this.#steps.end(consult, 'cancelled', ending);
      if (failure !== undefined) return this.#steps.end(consult, 'failed', failure);
      await this.#steps.transferred(consult, by);
    });
  }

  /** Throws `command/invalid` for a queue that is none. */
  checkQueue(queueId: string): void {
    if (this.#parts.options.queues.has(queueId)) return;
    throw new ContactCenterError('command/invalid', 'unable to transfer task; there is no such queue', {
      field: 'to.queue',
    });
  }

  /** Gives the task to a queue; nobody is asked in any more. */
  async toQueue(agent: Agent, taskId: string, queueId: string, handed: Handed): Promise<Result<'task/transfer'>> {
    const { board } = this.#parts;
    const action = 'transfer task';
    this.checkQueue(queueId);
    const { conversation } = await this.#exclusively(agent, taskId, action, async (task) => {
      const by = actorIn(task.conversation, agent);
      if (task.conversation.channel === undefined) throw closed(action);
      const left = await this.#steps.leaves(task, agent.id);
      if (!this.#isOwned(task)) throw takenFrom(action);
      task.conversation.watchedBy(agent.id);
      this.#asked.toQueue(task, queueId, handed, by);
      board.tell(by, { type: 'complete', taskId });
      await task.conversation.append(by, ...left).catch((error: unknown) => this.#book.failed(task, error));
      return task;
    });
    await conversation.log.settled();
    return {};
  }

  // An agent may lose the task at any moment, such as by signing out.
  #isOwned(task: LiveTask): boolean {
    return task.record.status === 'assigned' && this.#parts.board.taskOf(task.conversation) === task;
  }

  /** Runs in the conversation's turn while nobody else is being asked there. */
  async #exclusively<T>(agent: Agent, taskId: string, action: string, run: (task: LiveTask) => Promise<T>): Promise<T> {
    const { conversation } = requireOwner(this.#parts, agent, taskId, action);
    const checkFree = () => {
      if (this.#book.of(conversation).some(({ record }) => isPending(record))) {
        throw wrongState(action, 'somebody is being asked already');
      }
    };
    checkFree();
    if (this.#starting.has(conversation)) throw wrongState(action, 'somebody is being asked already');
    this.#starting.add(conversation);
    try {
      return await conversation.log.inTurn(() => {
        const task = requireOwner(this.#parts, agent, taskId, action);
        checkFree();
        return run(task);
      });
    } finally {
      this.#starting.delete(conversation);
    }
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

/** The agent's task, if the agent owns the conversation with it and is there. Throws `task/gone` and `task/wrong-state`. */
export function requireOwner(
  { board, lost }: Pick<ConsultStartsParts, 'board' | 'lost'>,
  agent: Agent,
  taskId: string,
  action: string,
): LiveTask {
  const task = board.require(agent, taskId, 'assigned', action);
  if (board.taskOf(task.conversation) !== task) throw wrongState(action, 'the conversation is another agent’s');
  if (task.conversation.participantOf(agent.id) === undefined || lost().isLost(task)) {
    throw wrongState(action, 'the agent is not in it');
  }
  return task;
}

function targetOf(to: Person, other?: Agent): Pick<ConsultRecord, 'kind' | 'displayName' | 'agentId'> {
  if ('agent' in to) {
    return { kind: 'agent', displayName: other?.identity.displayName ?? to.agent, agentId: to.agent };
  }
  return 'phone' in to ? { kind: 'phone', displayName: to.phone } : { kind: 'teamsUser', displayName: to.teamsUser };
}

function takenFrom(action: string): ContactCenterError {
  return new ContactCenterError('task/gone', `unable to ${action}; the task was taken away meanwhile`);
}
