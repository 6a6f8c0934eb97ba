import { ContactCenterError, type Cancel } from 'onescreen';
import type { AgentCommands, ParkedRecord } from '../protocol/agent-frames';
import type { Agent } from './agent';
import type { Agents } from './agents';
import type { Calls } from './calls';
import { parkLimitMs, type ResolvedOptions } from './options';
import { actorIn, system, type TaskBoard } from './task-board';
import type { LiveTask } from './task-record';
import type { Work } from './work';

/** Who may have been brought into a call by its agent. */
export interface BroughtIn {
  /** Ends what the agent has begun with others. Rejects with `task/wrong-state` while the call is being transferred. */
  letGo(agent: Agent, taskId: string, action: string, reason: string): Promise<void>;
}

interface ParkingParts {
  readonly consults: BroughtIn;
  readonly options: ResolvedOptions;
  readonly agents: Agents;
  readonly board: TaskBoard;
  readonly work: Work;
  readonly calls: Calls;
}

/** Callers who hear music until somebody takes them: any agent of the queue, or after a while whoever it is offered to. */
export class Parking {
  readonly #parts: ParkingParts;
  readonly #parked = new Map<string, { readonly record: ParkedRecord; readonly returns: Cancel }>();

  constructor(parts: ParkingParts) {
    this.#parts = parts;
  }

  /** What is parked in the agent's queues, the oldest first. */
  listFor({ identity }: Agent): readonly ParkedRecord[] {
    return [...this.#parked.values()]
      .map(({ record }) => record)
      .filter(({ queueId }) => identity.queues.includes(queueId))
      .sort((one, other) => one.parkedAt - other.parkedAt);
  }

  /**
   * Takes the agent out of the call, which is offered to nobody until somebody takes it, or its time is up. The agent
   * is free at once, without wrap-up; whoever was brought in leaves first. Throws `task/gone`, `task/wrong-state` and
   * `command/not-allowed`.
   */
  async park(agent: Agent, { taskId, note }: AgentCommands['task/park']['args']): Promise<void> {
    const { options, board, consults } = this.#parts;
    this.#requireCall(agent, taskId);
    await consults.letGo(agent, taskId, 'park call', 'parked');
    const task = this.#requireCall(agent, taskId);
    const { conversation } = task;
    const { queueId } = task.record;
    const { displayName } = agent.identity;
    const parkedAt = options.clock.now();
    const noted = note === undefined || note === '' ? {} : { note };
    task.parked = {
      ...{ taskId, conversationId: conversation.id, queueId, customer: conversation.customer.displayName },
      ...{ by: displayName, ...noted, parkedAt },
      returnsAt: parkedAt + (options.queues.get(queueId)?.parkLimitMs ?? parkLimitMs),
    };
    task.record = { ...task.record, from: { agentId: agent.id, displayName, ...noted } };
    board.tell(actorIn(conversation, agent), { type: 'requeue', taskId, reason: 'parked', suspend: true });
    await conversation.log.settled();
  }

  /**
   * Rings an agent for a parked call, whether available or not; when that fails, the call is parked as before. Throws
   * `task/gone` when it is not parked here any more, `agent/unreachable`, `agent/no-capacity`, or as a ring does.
   */
  async take(agent: Agent, taskId: string): Promise<AgentCommands['parked/take']['result']> {
    const task = this.#parked.has(taskId) ? this.#parts.board.task(taskId) : undefined;
    if (task === undefined || !agent.identity.queues.includes(task.record.queueId)) {
      throw new ContactCenterError('task/gone', 'unable to take call; it is not parked any more');
    }
    return this.#parts.work.take(agent, task);
  }

  taskChanged(task: LiveTask): void {
    const { id, status, reason } = task.record;
    if (status === 'queued' && reason !== 'parked') task.parked = undefined;
    const { parked } = task;
    const isParked = parked !== undefined && status === 'queued';
    const known = this.#parked.get(id);
    if (isParked === (known !== undefined)) return;
    known?.returns();
    this.#parked.delete(id);
    if (isParked) this.#parked.set(id, { record: parked, returns: this.#returnsAt(id, parked.returnsAt) });
    this.#tell((parked ?? known?.record)?.queueId);
  }

  close(): void {
    for (const { returns } of this.#parked.values()) returns();
    this.#parked.clear();
  }

  #requireCall(agent: Agent, taskId: string): LiveTask {
    const { board, calls } = this.#parts;
    const task = board.require(agent, taskId, 'assigned', 'park call');
    const { conversation, askedFor } = task;
    const isOwner = askedFor === undefined && conversation.participantOf(agent.id) !== undefined;
    if (!isOwner) throw notAllowed('the agent is not in charge of it');
    if (!calls.isThere(conversation)) throw notAllowed('there is no call with the customer');
    return task;
  }

  #returnsAt(taskId: string, at: number): Cancel {
    const { clock } = this.#parts.options;
    return clock.schedule(Math.max(0, at - clock.now()), () => {
      this.#parts.board.tell(system, { type: 'requeue', taskId, reason: 'park-expired' });
    });
  }

  #tell(queueId: string | undefined): void {
    for (const agent of this.#parts.agents.all()) {
      if (queueId !== undefined && agent.identity.queues.includes(queueId)) {
        agent.push({ type: 'parked', parked: this.listFor(agent) });
      }
    }
  }
}

function notAllowed(why: string): ContactCenterError {
  return new ContactCenterError('command/not-allowed', `unable to park call; ${why}`);
}
