import type { ParticipantRecord } from '../../protocol/log-entry';
import { endWordOf, takenAway } from '../call-failure';
import type { ProviderRefs } from '../chat-host';
import type { Conversation } from '../conversation';
import type { ResolvedOptions } from '../options';
import { system, type TaskBoard } from '../task-board';
import type { LiveTask } from '../task-record';
import type { ConsultBook } from './consult-book';
import type { ConsultCall } from './consult-call';
import type { ConsultSteps } from './consult-steps';
import { append, isPending, isSamePerson, say, stopRing } from './open-consult';

interface ConsultEventsParts {
  readonly options: ResolvedOptions;
  readonly board: TaskBoard;
  readonly book: ConsultBook;
  readonly call: ConsultCall;
  readonly steps: ConsultSteps;
}

/** What happens to those who were asked in, to the owner and to the customer, and what becomes of consults then. */
export class ConsultEvents {
  readonly #parts: ConsultEventsParts;
  readonly #book: ConsultBook;
  readonly #steps: ConsultSteps;

  constructor(parts: ConsultEventsParts) {
    this.#parts = parts;
    this.#book = parts.book;
    this.#steps = parts.steps;
  }

  // What happens to those who were asked.

  /** The open offer to the agent who was asked has ended; nobody else is to be asked. */
  offerEnded(task: LiveTask, outcome: string): void {
    const consult = this.#book.forTask(task);
    const reason = outcome === 'declined' ? 'declined' : outcome === 'expired' ? 'no-answer' : 'unavailable';
    this.#parts.board.tell(system, { type: 'cancel', taskId: task.record.id, reason });
    if (consult !== undefined) this.#book.later(consult, () => this.#steps.end(consult, 'failed', reason));
  }

  /** The agent who was asked has accepted, and could not be let in; only within the conversation's turn. */
  async joinFailed(task: LiveTask, reason: string): Promise<void> {
    const consult = this.#book.forTask(task);
    if (consult === undefined) {
      this.#parts.board.tell(system, { type: 'cancel', taskId: task.record.id, reason });
      return;
    }
    await this.#steps.end(consult, consult.ending === undefined ? 'failed' : 'cancelled', consult.ending ?? reason);
  }

  /** The agent who was asked is there; only within the conversation's turn. Never rejects. */
  async joined(task: LiveTask): Promise<void> {
    const consult = this.#book.forTask(task);
    if (consult === undefined) return;
    const { agentId } = consult.record;
    const participantId = agentId === undefined ? undefined : consult.conversation.participantOf(agentId);
    await this.#steps.arrived(consult, participantId);
  }

  /** Somebody who was added is in the call; only within the conversation's turn. */
  async partyJoined(conversation: Conversation, refs: ProviderRefs): Promise<void> {
    const consult = this.#book
      .of(conversation)
      .find(({ record, refs: known }) => record.status === 'ringing' && isSamePerson(known, refs));
    if (consult === undefined) return this.#notWanted(conversation, refs);
    const participant: ParticipantRecord = {
      id: this.#parts.options.random.id(),
      role: 'expert',
      // The number is for agents only.
      displayName: 'Participant',
      providerRefs: { ...consult.refs },
    };
    if (consult.record.purpose === 'consult') conversation.conceal(participant.id);
    await this.#steps.arrived(consult, participant.id, { type: 'participant-joined', participant });
  }

  // Whoever was let go in the moment of answering is not left behind in the call.
  async #notWanted(conversation: Conversation, refs: ProviderRefs): Promise<void> {
    const isKnown = conversation.known(refs) !== undefined;
    if (!isKnown && this.#book.hasLetGo(conversation, refs)) await this.#parts.call.remove(conversation, refs);
  }

  /** Somebody has left the call; only within the conversation's turn. True when it was somebody who had been asked. */
  async partyLeft(conversation: Conversation, refs: ProviderRefs, reason: string): Promise<boolean> {
    const participant = conversation.known(refs);
    const consult = this.#book
      .of(conversation)
      .find(
        ({ record, refs: known }) =>
          (participant !== undefined && record.participantId === participant.id) || isSamePerson(known, refs),
      );
    if (consult === undefined) return false;
    const word = endWordOf(reason);
    const isRinging = consult.record.status === 'ringing';
    const why = word === 'customer-left' ? 'unreachable' : word;
    await this.#steps.end(consult, 'failed', isRinging ? why : 'left');
    return true;
  }

  // What happens to the owner.

  /** The owner is not in the call any more, and may come back; only within the conversation's turn. */
  async ownerLost(conversation: Conversation): Promise<void> {
    for (const consult of this.#book.of(conversation)) {
      const { kind, status } = consult.record;
      if (consult.transferring !== undefined || !isPending(consult.record)) continue;
      if (kind !== 'agent') await this.#steps.end(consult, 'cancelled', 'agent-lost');
      else if (status !== 'ringing') await this.#steps.merge(consult, system).catch(() => {}); // Taken down as it is; the successor tries again.
    }
  }

  /** Takes a task from an agent who does not come back: to whoever was asked in, else back to its queue. */
  giveBack(task: LiveTask, reason: string, exclude: readonly string[]): void {
    const { board } = this.#parts;
    const { conversation, record } = task;
    if (task.askedFor !== undefined) {
      const consult = this.#book.forTask(task);
      board.tell(system, { type: 'cancel', taskId: record.id, reason });
      if (consult === undefined) return;
      const why = consult.record.status === 'ringing' ? 'unavailable' : 'left';
      return this.#book.later(consult, () => this.#steps.end(consult, 'failed', why));
    }
    const open = this.#book.of(conversation);
    const heir = open.find(
      ({ record: { status }, asked }) => status !== 'ringing' && asked?.record.status === 'assigned',
    );
    if (heir?.asked !== undefined) return this.#steps.succeed(heir, heir.asked, task);
    for (const consult of open) {
      if (consult.transferring !== undefined) continue;
      stopRing(consult, 'agent-lost');
      this.#book.later(consult, () => this.#steps.end(consult, 'cancelled', 'agent-lost'));
    }
    board.tell(system, { type: 'requeue', taskId: record.id, reason, ...(exclude.length > 0 && { exclude }) });
  }

  /** The channel has ended, and all consults with it. */
  channelEnded(conversation: Conversation, reason: string): void {
    for (const consult of this.#book.of(conversation)) {
      this.#book.remove(consult);
      consult.transferring?.abort(takenAway());
      say(consult, { status: 'cancelled', reason });
      this.#book.later(consult, () => append(consult, system));
    }
  }
}
