import type { AgentCommands } from '../../protocol/agent-frames';
import type { Actor, LogFact } from '../../protocol/log-entry';
import { closeChannels, joinRest, leaveChannels } from '../channel-work';
import type { Agents } from '../agents';
import type { Conversation } from '../conversation';
import type { Customers } from '../customers';
import type { LostCalls } from '../lost-calls';
import type { ResolvedOptions } from '../options';
import { system, type TaskBoard } from '../task-board';
import type { LiveTask } from '../task-record';
import type { ConsultBook } from './consult-book';
import { openCallOf, type ConsultCall } from './consult-call';
import { append, consultFact, gone, holdsCustomer, say, type OpenConsult } from './open-consult';

export type ConsultAction = AgentCommands['consult/act']['args']['action'];

interface ConsultStepsParts {
  readonly options: ResolvedOptions;
  readonly agents: Agents;
  readonly board: TaskBoard;
  readonly customers: Customers;
  readonly lost: () => LostCalls;
  readonly book: ConsultBook;
  readonly call: ConsultCall;
}

/** How a consult goes on and ends; each step only within the conversation's turn, but for {@link ConsultSteps.succeed}. */
export class ConsultSteps {
  readonly #parts: ConsultStepsParts;
  readonly #book: ConsultBook;
  readonly #call: ConsultCall;

  constructor(parts: ConsultStepsParts) {
    this.#parts = parts;
    this.#book = parts.book;
    this.#call = parts.call;
  }

  /** What its owner wants. Rejects with `channel/unavailable` when the host fails. */
  async do(consult: OpenConsult, action: ConsultAction, by: Actor): Promise<void> {
    switch (action) {
      case 'swap':
        return this.#swap(consult, by);
      case 'merge':
        return this.merge(consult, by);
      case 'complete':
        return this.#complete(consult, by);
      case 'cancel':
        return this.end(consult, 'cancelled', 'cancelled', by);
    }
  }

  /** Takes out whoever was added without being asked first; the customer would be left with them instead of the music. */
  async takeOutAdded(conversation: Conversation, reason: string, by: Actor): Promise<void> {
    for (const { id: participantId, providerRefs } of conversation.experts) {
      await this.#call.remove(conversation, providerRefs);
      await conversation.append(by, { type: 'participant-left', participantId, reason });
    }
  }

  /** Somebody who was asked is there. */
  async arrived(consult: OpenConsult, participantId: string | undefined, ...facts: readonly LogFact[]): Promise<void> {
    const { conversation, record, task } = consult;
    if (participantId !== undefined) consult.record = { ...record, participantId };
    if (consult.ending !== undefined) return this.end(consult, 'cancelled', consult.ending);
    consult.giveUp?.();
    try {
      if (record.purpose === 'conference') {
        say(consult, { status: 'merged' });
        await append(consult, system, ...facts);
        return;
      }
      say(consult, { status: 'consulting' });
      if (facts.length > 0) await conversation.append(system, ...facts);
      if (record.purpose === 'transfer') return await this.#complete(consult, actorOf(task));
      if (this.#parts.lost().isLost(task)) await this.merge(consult, system);
      else await append(consult, system);
    } catch (error) {
      this.#book.failed(consult, error);
      await this.end(consult, 'failed', 'failed').catch((again: unknown) => this.#book.failed(consult, again));
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
      say(consult, { status: 'consulting' });
      if (held.length > 0) await conversation.append(by, ...held);
      facts = [];
      try {
        await call.resumeOther(consult);
      } catch (error) {
        await this.#undo(consult, async () => {
          await conversation.append(by, ...(await call.resumeCustomer(conversation)));
          say(consult, { status: 'swapped' });
        });
        throw error;
      }
    }
    say(consult, { status: record.status === 'consulting' ? 'swapped' : 'consulting' });
    await append(consult, by, ...facts);
  }

  // Both are on hold, and the agent is alone: as before, or without the one who was asked.
  async #undo(consult: OpenConsult, undo: () => Promise<unknown>): Promise<void> {
    try {
      await undo();
    } catch {
      await this.end(consult, 'failed', 'failed');
    }
  }

  /** All hear each other. */
  async merge(consult: OpenConsult, by: Actor): Promise<void> {
    const facts = await this.#call.joinAll(consult);
    say(consult, { status: 'merged' });
    await append(consult, by, ...facts);
    this.#reveal(consult);
  }

  async #complete(consult: OpenConsult, by: Actor): Promise<void> {
    const { conversation, task, asked, record } = consult;
    const facts = await this.#call.joinAll(consult);
    // All hear each other from here on; when the agent cannot leave, that is how it stays.
    const isCall = openCallOf(conversation) !== undefined;
    if (facts.length > 0) await conversation.append(by, ...facts);
    if (isCall && record.status !== 'merged') say(consult, { status: 'merged' });
    this.#reveal(consult);
    try {
      if (asked === undefined) {
        await this.#call.release(conversation);
        return await this.transferred(consult, by);
      }
      if (!this.#isThere(asked)) throw gone('complete');
      const more = await this.#joinsRest(asked, by);
      const left = await this.leaves(task, task.acceptance?.agentId ?? '');
      if (!this.#book.has(consult) || task.record.status !== 'assigned') throw gone('complete');
      if (this.#isThere(asked)) return await this.#handOver(consult, asked, by, [...more, ...left]);
      // The other has gone at the same moment: the agent, who is out by now, may come back or somebody else is asked.
      this.#parts.lost().lost(task);
      throw gone('complete');
    } catch (error) {
      if (this.#book.has(consult) && record.purpose !== 'transfer') await append(consult, by);
      throw error;
    }
  }

  /** The owner leaves the channel, which says what to take down. Rejects with `channel/unavailable`. */
  async leaves({ conversation }: LiveTask, agentId: string): Promise<readonly LogFact[]> {
    const participant = conversation.present(conversation.participantOf(agentId) ?? '');
    if (participant === undefined) return [];
    const isLast = conversation.agentIds.length === 1;
    const task = this.#parts.board.taskOf(conversation);
    // Out after all, though that was given up: as if the call had been lost.
    await this.#call.leave(conversation, agentId, participant, () => {
      if (task?.acceptance?.agentId === agentId) this.#parts.lost().lost(task);
    });
    const call = openCallOf(conversation);
    return [
      ...(isLast && call !== undefined && conversation.is('held')
        ? [{ type: 'channel-changed', channelId: call.channelId, change: 'resumed' } as const]
        : []),
      { type: 'participant-left', participantId: participant.id, reason: 'transferred' },
    ];
  }

  /** The customer is the other agent's from here on. */
  async #handOver(consult: OpenConsult, asked: LiveTask, by: Actor, left: readonly LogFact[]): Promise<void> {
    const { conversation, task } = consult;
    conversation.watchedBy(task.acceptance?.agentId ?? '');
    const others = this.#inherit(consult, asked);
    say(consult, { status: 'completed' });
    this.#parts.board.tell(by, { type: 'complete', taskId: task.record.id });
    await conversation.append(by, ...left, consultFact(consult), ...others.map(consultFact));
  }

  /** Who takes the customer over needs room for, and is let into, whatever else is open. Rejects with `agent/no-capacity` and `channel/unavailable`. */
  async #joinsRest(asked: LiveTask, by: Actor): Promise<readonly LogFact[]> {
    const { board, agents, options } = this.#parts;
    const agent = agents.get(asked.acceptance?.agentId ?? '');
    if (agent === undefined) return [];
    board.holdChannels(asked, by, 'complete consult');
    return joinRest(asked.conversation, agent, options);
  }

  #isThere(asked: LiveTask): boolean {
    return asked.record.status === 'assigned' && this.#parts.board.task(asked.record.id) === asked;
  }

  #inherit(consult: OpenConsult, asked: LiveTask): readonly OpenConsult[] {
    this.#book.remove(consult);
    this.#parts.board.makeCurrent(asked);
    const others = this.#book.of(consult.conversation);
    for (const other of others) {
      other.task = asked;
      other.record = { ...other.record, taskId: asked.record.id };
    }
    return others;
  }

  /** The owner has given the customer away already, as the log tells, and whoever was asked is there. */
  async inherited(consult: OpenConsult, asked: LiveTask): Promise<void> {
    const others = this.#inherit(consult, asked);
    say(consult, { status: 'completed' });
    await consult.conversation.append(system, consultFact(consult), ...others.map(consultFact));
    this.#reveal(consult);
  }

  /** The owner will not come back, and whoever was asked in has the customer. Decided at once; the host is told in turn. */
  succeed(consult: OpenConsult, asked: LiveTask, task: LiveTask): void {
    const { board, options } = this.#parts;
    const { conversation } = consult;
    const agentId = task.acceptance?.agentId ?? '';
    const others = this.#inherit(consult, asked);
    board.tell(system, { type: 'complete', taskId: task.record.id });
    this.#book.later(consult, async () => {
      const facts = conversation.channel === undefined ? [] : await this.#call.joinAll(consult).catch(() => []);
      const more = await this.#joinsRest(asked, system).catch(() => []); // Noted; what they are not in they see all the same.
      const left = await leaveChannels(conversation, { agentId, reason: 'agent-lost' }, options);
      if (left.length > 0) conversation.watchedBy(agentId);
      say(consult, { status: 'completed', reason: 'agent-lost' });
      await conversation.append(system, ...facts, ...more, ...left, consultFact(consult), ...others.map(consultFact));
      this.#reveal(consult);
    });
  }

  /** The customer is with somebody outside; the call is over for us. */
  async transferred(consult: OpenConsult, by: Actor): Promise<void> {
    const { board, options } = this.#parts;
    const { conversation } = consult;
    this.#book.remove(consult);
    say(consult, { status: 'completed' });
    try {
      await conversation.append(by, consultFact(consult));
      await closeChannels(conversation, { by, reason: 'transferred', force: true, over: true, options });
    } finally {
      board.channelEnded(conversation, by, 'transferred');
    }
  }

  /** It has come to nothing: whoever was asked is out, and the customer is the agent's again. Again: no effect. */
  async end(consult: OpenConsult, status: 'cancelled' | 'failed', reason: string, by: Actor = system): Promise<void> {
    const { conversation, asked } = consult;
    if (!this.#book.has(consult)) return;
    const isHeld = holdsCustomer(consult);
    this.#book.remove(consult);
    say(consult, { status, reason });
    try {
      const facts: LogFact[] = [];
      if (conversation.channel !== undefined) {
        facts.push(...(await this.#call.takeOut(consult, reason)));
        // Who cannot be resumed, or would talk into another call, stays on hold in the log as well: the agent has a button for it.
        if (isHeld && !this.#talksElsewhere(consult.task))
          facts.push(...(await this.#call.resumeCustomer(conversation).catch(() => [])));
      }
      await conversation.append(by, ...facts, consultFact(consult));
    } finally {
      if (consult.concealed !== undefined) conversation.reveal(consult.concealed);
      if (asked?.askedFor !== undefined && this.#parts.board.task(asked.record.id) === asked) {
        this.#parts.board.tell(by, { type: 'cancel', taskId: asked.record.id, reason });
      }
    }
  }

  // One call at a time is active: the agent may have taken another one while somebody was being consulted.
  #talksElsewhere({ acceptance, conversation }: LiveTask): boolean {
    const inHand = acceptance === undefined ? [] : this.#parts.board.inHand(acceptance.agentId);
    return inHand.some(
      (other) =>
        other.conversation !== conversation &&
        openCallOf(other.conversation) !== undefined &&
        !other.conversation.is('held'),
    );
  }

  #reveal({ conversation, record: { participantId } }: OpenConsult): void {
    if (participantId !== undefined) this.#parts.customers.revealed(conversation, conversation.reveal(participantId));
  }
}

function actorOf({ conversation, acceptance }: LiveTask): Actor {
  return conversation.actor(acceptance?.agentId ?? '');
}
