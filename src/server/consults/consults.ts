import { ContactCenterError } from 'onescreen';
import type { RoutingEngine } from 'onescreen/routing';
import type { AgentCommands } from '../../protocol/agent-frames';
import type { ConsultRecord, ConsultStatus } from '../../protocol/log-entry';
import type { Agent } from '../agent';
import type { Agents } from '../agents';
import type { Conversation } from '../conversation';
import type { Customers } from '../customers';
import type { LostCalls } from '../lost-calls';
import type { ResolvedOptions } from '../options';
import { actorIn, type TaskBoard } from '../task-board';
import type { LiveTask } from '../task-record';
import type { Work } from '../work';
import { ConsultBook } from './consult-book';
import { ConsultCall, openCallOf } from './consult-call';
import { ConsultEvents } from './consult-events';
import { ConsultStarts, requireOwner } from './consult-starts';
import { ConsultSteps, type ConsultAction } from './consult-steps';
import { gone, isPending, notAllowed, stopRing, wrongState, type OpenConsult } from './open-consult';

type Args<Name extends keyof AgentCommands> = AgentCommands[Name]['args'];
type Result<Name extends keyof AgentCommands> = AgentCommands[Name]['result'];

const allowed: Readonly<Record<ConsultAction, readonly ConsultStatus[]>> = {
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
  /** What happens to those who take part. */
  readonly events: ConsultEvents;
  readonly #parts: ConsultsParts;
  readonly #book: ConsultBook;
  readonly #steps: ConsultSteps;
  readonly #starts: ConsultStarts;

  constructor(parts: ConsultsParts) {
    this.#parts = parts;
    this.#book = new ConsultBook(parts.options);
    const shared = { ...parts, book: this.#book, call: new ConsultCall(parts.options) };
    this.#steps = new ConsultSteps(shared);
    this.#starts = new ConsultStarts({ ...shared, steps: this.#steps });
    this.events = new ConsultEvents({ ...shared, steps: this.#steps });
  }

  close(): void {
    this.#book.close();
  }

  /** One that was begun before the server was started; `asked`: the task of the agent who is asked. */
  recall(record: ConsultRecord, task: LiveTask, asked: LiveTask | undefined): void {
    const { conversation } = task;
    this.#book.add({ record, conversation, task, acting: false, ...(asked !== undefined && { asked }) });
  }

  /** Goes on with those that can; only within the conversation's turn. The others have come to nothing. */
  async goOn(conversation: Conversation): Promise<void> {
    for (const consult of this.#book.of(conversation)) {
      const { asked, task } = consult;
      const isOwned = task.record.status === 'assigned';
      const isThere = asked?.record.status === 'assigned';
      if (asked === undefined || openCallOf(conversation) !== undefined || !(isOwned || isThere))
        await this.#steps.end(consult, 'failed', 'unavailable');
      else if (isThere && isOwned) await this.events.joined(asked);
      else if (isThere) await this.#steps.inherited(consult, asked);
      else this.#starts.awaitAgain(consult);
    }
  }

  /**
   * Gives the task away. Rejects with `agent/unavailable` for an agent who cannot be asked, `task/wrong-state` while
   * another one is being asked, `channel/unavailable` when the host fails, `command/not-allowed` where it cannot.
   */
  async transfer(agent: Agent, { taskId, to, note, labels }: Args<'task/transfer'>): Promise<Result<'task/transfer'>> {
    if ('queue' in to) {
      this.#starts.checkQueue(to.queue);
      await this.letGo(agent, taskId, 'transfer task', 'transferred');
      return this.#starts.toQueue(agent, taskId, to.queue, { note, labels });
    }
    if ('agent' in to) return this.#starts.begin(agent, taskId, to, { purpose: 'transfer', note, labels });
    return this.#starts.outside(agent, taskId, to);
  }

  /** Asks somebody. Rejects as {@link transfer} does. */
  start(agent: Agent, { taskId, to, note, merge = false }: Args<'consult/start'>): Promise<Result<'consult/start'>> {
    return this.#starts.begin(agent, taskId, to, { purpose: merge ? 'conference' : 'consult', note });
  }

  /** Rejects with `consult/gone` after its end, with `task/wrong-state` when it cannot be done now. */
  async act(agent: Agent, { conversationId, consultId, action }: Args<'consult/act'>): Promise<void> {
    const consult = this.#book.get(consultId);
    if (consult?.conversation.id !== conversationId) throw gone(action);
    this.#check(agent, consult, action);
    if (consult.acting) throw wrongState(action, 'another action is under way');
    consult.acting = true;
    if (action === 'cancel') stopRing(consult, 'cancelled');
    try {
      await consult.conversation.log.inTurn(async () => {
        if (!this.#book.has(consult)) {
          if (action === 'cancel') return;
          throw gone(action);
        }
        this.#check(agent, consult, action);
        await this.#steps.do(consult, action, actorIn(consult.conversation, agent));
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
    const consult = askedFor === undefined ? undefined : this.#book.get(askedFor);
    // Being let go already.
    if (askedFor !== undefined && consult === undefined) return conversation.log.settled();
    if (consult !== undefined) {
      stopRing(consult, 'left');
      await conversation.log.inTurn(() => this.#steps.end(consult, 'failed', 'left', actorIn(conversation, agent)));
      return conversation.log.settled();
    }
    for (const one of this.#book.of(conversation)) {
      stopRing(one, 'agent-ended');
      one.transferring?.abort(new ContactCenterError('command/aborted', 'unable to transfer task; it has ended'));
    }
    await work.end(agent, taskId);
  }

  /** The owner gives the task back; whoever was asked in is let go first. */
  async requeue(agent: Agent, args: Args<'task/requeue'>): Promise<void> {
    const before = agent.letGo.of(args.taskId, 'requeued');
    if (before !== undefined) return before;
    const { askedFor } = this.#parts.board.require(agent, args.taskId, 'assigned', 'requeue task');
    if (askedFor !== undefined) throw wrongState('requeue task', 'the conversation is another agent’s');
    await this.letGo(agent, args.taskId, 'requeue task', 'agent-requeued');
    await this.#parts.work.requeue(agent, args);
  }

  /** Ends all consults of the owner's task and takes out whoever else was added, before it is given back in another way. Rejects with `task/wrong-state`. */
  async letGo(agent: Agent, taskId: string, action: string, reason: string): Promise<void> {
    const task = this.#parts.board.task(taskId);
    if (task === undefined) return;
    const { conversation } = task;
    if (this.#starts.isUnderWay(conversation)) throw wrongState(action, 'it is being given away, or somebody asked');
    const open = this.#book.of(conversation).filter((consult) => consult.task === task);
    if (open.length === 0 && conversation.experts.length === 0) return;
    requireOwner(this.#parts, agent, taskId, action);
    if (open.some(({ transferring }) => transferring !== undefined))
      throw wrongState(action, 'it is being transferred');
    for (const consult of open) stopRing(consult, reason);
    await conversation.log.inTurn(async () => {
      const by = actorIn(conversation, agent);
      for (const consult of open) await this.#steps.end(consult, 'cancelled', reason, by);
      await this.#steps.takeOutAdded(conversation, reason, by);
    });
  }

  /** Throws `task/wrong-state` for what would undo a consult from outside: holds while it holds, anything while a transfer rings. */
  checkCall(conversation: Conversation, action: string, isHold: boolean): void {
    const open = this.#book.of(conversation);
    const blocks = open.some(
      ({ record, transferring }) =>
        transferring !== undefined || (isHold && record.purpose !== 'conference' && isPending(record)),
    );
    if (blocks) throw wrongState(action, 'somebody is being consulted');
  }

  /** The consult that has brought this participant in. */
  consultOf(conversation: Conversation, participantId: string): string | undefined {
    return this.#book.of(conversation).find(({ record }) => record.participantId === participantId)?.record.id;
  }

  #check(agent: Agent, { record, task, transferring }: OpenConsult, action: ConsultAction): void {
    requireOwner(this.#parts, agent, task.record.id, action);
    if (transferring !== undefined) throw notAllowed(action, 'it rings elsewhere already');
    if (!allowed[action].includes(record.status)) throw wrongState(action, `it is ${record.status}`);
  }
}
