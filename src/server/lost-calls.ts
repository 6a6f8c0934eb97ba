import { ContactCenterError, type Cancel } from 'onescreen';
import type { Agent } from './agent';
import type { Agents } from './agents';
import { ringFailureOf } from './call-failure';
import type { CallHost } from './call-host';
import { contextOf, joinedAgain, unavailable } from './channel-work';
import type { ProviderRefs } from './chat-host';
import type { OpenChannel } from './conversation-channels';
import { errorFields } from 'onescreen/logging';
import type { ResolvedOptions } from './options';
import { ringAgent, ringFor } from './ring';
import type { TaskBoard } from './task-board';
import type { Acceptance, LiveTask } from './task-record';
import type { Work } from './work';

interface LostCallsParts {
  readonly options: ResolvedOptions;
  readonly agents: Agents;
  readonly board: TaskBoard;
  readonly work: Work;
  /** Takes the task from an agent who has not come back. */
  readonly giveBack: (task: LiveTask, reason: string) => void;
}

/** Calls whose agent has a task and is not in the call any more: until the agent is back, or somebody else takes over. */
export class LostCalls {
  readonly #parts: LostCallsParts;
  readonly #lost = new Map<Acceptance, { readonly until: number; readonly cancel: Cancel }>();
  readonly #rejoins = new Map<Acceptance, Promise<void>>();

  constructor(parts: LostCallsParts) {
    this.#parts = parts;
  }

  /** The agent is out of the call; the task is the agent's for a while yet. */
  lost(task: LiveTask): void {
    const { options } = this.#parts;
    const { acceptance, record } = task;
    if (acceptance === undefined || record.status !== 'assigned' || this.#lost.has(acceptance)) return;
    options.logger.info('agent-lost-call', { conversationId: record.conversationId, agentId: acceptance.agentId });
    this.#wait(task, acceptance, options.clock.now() + options.grace.tasksMs);
  }

  /** Whether the task's agent is out of the call, and may come back. */
  isLost({ acceptance }: LiveTask): boolean {
    return acceptance !== undefined && this.#lost.has(acceptance);
  }

  /**
   * Rings the agent of a task again. Twice at once: one ring. Rejects with the `call/…` codes of a ring, with
   * `channel/unavailable` when the host fails, and with `task/gone` when the task is taken away meanwhile.
   */
  rejoin(agent: Agent, task: LiveTask, acceptance: Acceptance, channel: OpenChannel & { readonly host: CallHost }) {
    const known = this.#rejoins.get(acceptance);
    if (known !== undefined) return known;
    const at = this.#parts.options.clock.now();
    const rejoin = task.conversation.log
      .inTurn(() => this.#ring({ agent, task, acceptance, channel, at }))
      .finally(() => this.#rejoins.delete(acceptance));
    this.#rejoins.set(acceptance, rejoin);
    return rejoin;
  }

  /** The call is over, and nobody comes back to it. */
  over(tasks: Iterable<LiveTask>): void {
    for (const { acceptance } of tasks) {
      if (acceptance === undefined) continue;
      this.#lost.get(acceptance)?.cancel();
      this.#lost.delete(acceptance);
    }
  }

  close(): void {
    for (const { cancel } of this.#lost.values()) cancel();
    this.#lost.clear();
  }

  #wait(task: LiveTask, acceptance: Acceptance, until: number): void {
    const { clock } = this.#parts.options;
    const cancel = clock.schedule(until - clock.now(), () => {
      this.#lost.delete(acceptance);
      if (!isHeld(task, acceptance)) return;
      this.#parts.giveBack(task, 'agent-lost-call');
    });
    this.#lost.set(acceptance, { until, cancel });
  }

  async #ring(request: {
    readonly agent: Agent;
    readonly task: LiveTask;
    readonly acceptance: Acceptance;
    readonly channel: OpenChannel & { readonly host: CallHost };
    readonly at: number;
  }): Promise<void> {
    const { agent, task, acceptance, channel, at } = request;
    const { options } = this.#parts;
    const { clock, random, queues, grace } = options;
    const { conversation } = task;
    const known = conversation.present(conversation.participantOf(agent.id) ?? '');
    // Who was in other channels until now is rung by the names that the sign-in knows.
    const participant = known && { ...known, providerRefs: { ...agent.providerRefs, ...known.providerRefs } };
    const isOpen = conversation.channelOf(channel.channelId) !== undefined;
    if (!isHeld(task, acceptance) || participant === undefined || !isOpen) {
      throw new ContactCenterError('task/gone', 'unable to rejoin call; the agent does not have it any more');
    }
    const lost = this.#lost.get(acceptance);
    lost?.cancel();
    const ended = new AbortController();
    task.rejoin = ended;
    try {
      const refs = await ringAgent(
        {
          ...{ host: channel.host, channel: conversation.channelOf(channel.channelId) ?? channel, agent, participant },
          correlationId: random.id(),
          timeoutMs: ringFor(queues.get(task.record.queueId), at, clock.now()),
          signal: AbortSignal.any([acceptance.ring.signal, ended.signal]),
          late: (late) => this.#late(request, late),
        },
        options,
      );
      this.#lost.delete(acceptance);
      conversation.entered(channel.channelId, participant.id);
      await this.#back(request, participant.id, refs);
    } catch (error) {
      if (isHeld(task, acceptance) && conversation.channelOf(channel.channelId) !== undefined)
        this.#wait(task, acceptance, lost?.until ?? clock.now() + grace.tasksMs);
      const failure = ringFailureOf(error);
      if (failure === 'unreachable') this.#parts.agents.unreachable(agent);
      if (failure === 'gone') {
        const by = { kind: 'customer', id: conversation.customer.id } as const;
        await this.#parts.work.channelOver(conversation, channel.channelId, { by, reason: 'customer-left' });
      }
      if (failure !== undefined || ended.signal.aborted) throw error;
      throw unavailable('unable to rejoin call; its host does not answer', error);
    } finally {
      task.rejoin = undefined;
    }
  }

  // The names may be new ones.
  async #back({ agent, task }: { readonly agent: Agent; readonly task: LiveTask }, id: string, refs: ProviderRefs) {
    const { conversation } = task;
    const known = conversation.present(id);
    const facts = known === undefined ? [] : joinedAgain(known, { ...known.providerRefs, ...refs });
    if (facts.length === 0) return;
    await conversation.append(conversation.actor(agent.id), ...facts).catch((error: unknown) => {
      const fields = { conversationId: conversation.id, agentId: agent.id, ...errorFields(error) };
      this.#parts.options.logger.error('log-append-failed', fields);
    });
  }

  // In the call after all, though nobody waits any more: out again, unless the agent has come back another way.
  #late(
    {
      agent,
      task,
      acceptance,
      channel,
    }: {
      readonly agent: Agent;
      readonly task: LiveTask;
      readonly acceptance: Acceptance;
      readonly channel: OpenChannel & { readonly host: CallHost };
    },
    refs: ProviderRefs,
  ): void {
    const { hooks, logger } = this.#parts.options;
    const { conversation } = task;
    const undone = conversation.log.inTurn(async () => {
      if (isHeld(task, acceptance) && !this.#lost.has(acceptance)) return;
      await hooks.call(contextOf('host.leave', conversation, channel, agent.id), () =>
        channel.host.leave(channel, conversation.agentParticipant(agent.identity, refs)),
      );
    });
    undone.catch((error: unknown) => {
      logger.warn('channel-leave-failed', { conversationId: conversation.id, ...errorFields(error) });
    });
  }
}

function isHeld({ acceptance, record }: LiveTask, by: Acceptance): boolean {
  return acceptance === by && record.status === 'assigned';
}
