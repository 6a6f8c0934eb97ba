import { ContactCenterError, type Labels } from 'onescreen';
import type { RoutingEngine } from 'onescreen/routing';
import type { Actor, TaskRecord } from '../../protocol/log-entry';
import type { Agent } from '../agent';
import type { Agents } from '../agents';
import type { Conversation } from '../conversation';
import type { OpenConsult } from './open-consult';
import { wrapUpOf, type ResolvedOptions } from '../options';
import { hasRoom } from '../room';
import type { TaskBoard } from '../task-board';
import { channelsOf, withChannels, type LiveTask } from '../task-record';

/** What an agent gives along with a task. */
export interface Handed {
  readonly note?: string | undefined;
  readonly labels?: Labels | undefined;
}

interface AskedTasksParts {
  readonly options: ResolvedOptions;
  readonly engine: RoutingEngine;
  readonly agents: Agents;
  readonly board: TaskBoard;
}

/** The tasks that come from an agent instead of a customer: with the age of the one before, and with who gave them. */
export class AskedTasks {
  readonly #parts: AskedTasksParts;

  constructor(parts: AskedTasksParts) {
    this.#parts = parts;
  }

  /** The agent, who can be asked now as far as can be told. Throws `agent/unavailable`. */
  agentFor({ conversation, record }: LiveTask, agentId: string, action: string): Agent {
    const { agents, engine } = this.#parts;
    const agent = agents.get(agentId);
    const worker = engine.worker(agentId);
    const isFree = worker !== undefined && hasRoom(worker, ...channelsOf(record));
    if (agent?.takesOffers !== true || !isFree || agent.identity.queues.length === 0) {
      throw new ContactCenterError('agent/unavailable', `unable to ${action}; the agent cannot be asked now`);
    }
    if (conversation.participantOf(agentId) !== undefined) {
      throw new ContactCenterError('command/invalid', `unable to ${action}; the agent is in it already`, {
        field: 'to.agent',
      });
    }
    return agent;
  }

  /** Offers a task to the agent alone. `waits`: it may be offered as soon as a strategy has answered. */
  ask(consult: OpenConsult, agent: Agent, handed: Handed, by: Actor): 'offered' | 'waits' | 'unavailable' {
    const { board, engine, options } = this.#parts;
    const { conversation, task, record } = consult;
    const { queues } = agent.identity;
    const queueId = queues.includes(task.record.queueId) ? task.record.queueId : (queues[0] ?? task.record.queueId);
    const asked = this.#task(conversation, task, queueId, handed, { purpose: record.purpose });
    asked.askedFor = record.id;
    consult.asked = asked;
    board.addTask(asked);
    try {
      board.tell(by, { type: 'enqueue', task: { ...specOf(asked), only: [agent.id] } });
    } catch {
      board.removeTask(asked);
      return 'unavailable';
    }
    if (asked.offers.size > 0) return 'offered';
    return engine.explain(asked.record.id, options.clock.now()).candidates > 0 ? 'waits' : 'unavailable';
  }

  /** Puts a task in its place into a queue, for anybody but who had it; it is the conversation's current one. */
  toQueue(task: LiveTask, queueId: string, handed: Handed, by: Actor): void {
    const { board } = this.#parts;
    const next = this.#task(task.conversation, task, queueId, handed, { purpose: 'transfer' });
    board.addTask(next);
    board.tell(by, { type: 'enqueue', task: { ...specOf(next), suspend: true } });
    const exclude = task.acceptance === undefined ? [] : [task.acceptance.agentId];
    board.tell(by, { type: 'requeue', taskId: next.record.id, reason: 'transferred', exclude });
  }

  #task(
    conversation: Conversation,
    { record, acceptance }: LiveTask,
    queueId: string,
    { note, labels }: Handed,
    { purpose }: { readonly purpose: NonNullable<TaskRecord['purpose']> },
  ): LiveTask {
    const { agents, options } = this.#parts;
    const agentId = acceptance?.agentId ?? '';
    const displayName = agents.get(agentId)?.identity.displayName ?? agentId;
    const { channel, priority, queuedAt } = record;
    const made: TaskRecord = {
      id: options.random.id(),
      conversationId: conversation.id,
      queueId,
      channel,
      priority,
      labels: { ...record.labels, ...labels },
      status: 'queued',
      queuedAt,
      wrapUp: wrapUpOf(options.queues.get(queueId)),
      purpose,
      from: { agentId, displayName, ...(note !== undefined && { note }) },
    };
    return {
      record: withChannels(made, channelsOf(record)),
      ...{ conversation, acceptance: undefined, failedJoins: 0, offers: new Set<string>() },
    };
  }
}

function specOf({ record }: LiveTask) {
  const { id, queueId, priority, labels, queuedAt } = record;
  const [channel = record.channel, ...more] = channelsOf(record);
  return { id, queueId, channel, priority, labels, virtualStartAt: queuedAt, ...(more.length > 0 && { more }) };
}
