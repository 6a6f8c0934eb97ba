import type { RoutingExplanation } from '../conversation/routing-explanation';
import type { Labels } from '../conversation/labels';
import { ContactCenterError, isContactCenterError } from '../errors';
import type { AgentCommands, ExplanationRecord, OfferOutcome, OfferRecord } from '../protocol/agent-frames';
import type { CommandOptions, ControlPlaneLink } from '../provider/control-plane';
import { toTaskInfo, type Task, type TaskInfo } from './task';

/** A task that this agent may accept until `expiresAt`. */
export interface Offer {
  readonly id: string;
  readonly task: TaskInfo;
  readonly conversation: ConversationPreview;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** Who won and why, the runners-up, and what everybody had to satisfy. */
  readonly why?: RoutingExplanation;
  /**
   * Takes the task. Safe to call twice.
   * @throws ContactCenterError `offer/gone` when it was accepted elsewhere, has expired or was revoked: expected, see `outcome`
   */
  accept(options?: AcceptOptions): Promise<Task>;
  /** Leaves the task to others; with `retryAt` it may come back from then on. Nothing happens when the offer is gone. */
  decline(options?: { readonly reason?: string; readonly retryAt?: Date } & CommandOptions): Promise<void>;
  /** How the offer ended. Always resolves. */
  readonly outcome: Promise<OfferOutcome>;
}

export interface AcceptOptions extends CommandOptions {
  /** Answers a call with the microphone muted. */
  readonly muted?: boolean;
}

/** What may be seen of a conversation before it is accepted. Untrusted text. */
export interface ConversationPreview {
  readonly id: string;
  readonly customer: string;
  readonly context: Labels;
}

type Accepted = AgentCommands['offer/accept']['result'];

export class DeskOffer implements Offer {
  readonly id: string;
  readonly task: TaskInfo;
  readonly conversation: ConversationPreview;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly why?: RoutingExplanation;
  readonly outcome: Promise<OfferOutcome>;
  /** Whether its call is to be answered muted. */
  muted = false;
  readonly #command: ControlPlaneLink['command'];
  readonly #onAccepted: (answer: Accepted) => Task;
  #accepting: Promise<Task> | undefined;
  #ended: OfferOutcome | undefined;
  #settle: (outcome: OfferOutcome) => void = () => {};

  constructor(record: OfferRecord, command: ControlPlaneLink['command'], onAccepted: (answer: Accepted) => Task) {
    this.id = record.id;
    this.task = toTaskInfo(record.task);
    this.conversation = record.preview;
    this.issuedAt = new Date(record.issuedAt);
    this.expiresAt = new Date(record.expiresAt);
    if (record.why !== undefined) this.why = toExplanation(record.why);
    this.#command = command;
    this.#onAccepted = onAccepted;
    this.outcome = new Promise((resolve) => (this.#settle = resolve));
  }

  accept({ muted = false, ...options }: AcceptOptions = {}): Promise<Task> {
    if (this.#ended !== undefined && this.#ended !== 'accepted') return Promise.reject(gone(this.#ended));
    this.muted = muted;
    this.#accepting ??= this.#command('offer/accept', { offerId: this.id }, options).then(
      (answer) => {
        const task = this.#onAccepted(answer);
        this.end('accepted');
        return task;
      },
      (error: unknown) => {
        // A refusal for another reason than the race, such as a lost link, may be tried again.
        this.#accepting = undefined;
        throw isContactCenterError(error, 'offer/gone') && this.#ended !== undefined ? gone(this.#ended) : error;
      },
    );
    return this.#accepting;
  }

  async decline({
    reason,
    retryAt,
    ...options
  }: { reason?: string; retryAt?: Date } & CommandOptions = {}): Promise<void> {
    if (this.#ended !== undefined) return;
    const args = {
      offerId: this.id,
      ...(reason !== undefined && { reason }),
      ...(retryAt !== undefined && { retryAt: retryAt.getTime() }),
    };
    try {
      await this.#command('offer/decline', args, options);
    } catch (error) {
      if (!isContactCenterError(error, 'offer/gone')) throw error;
    }
  }

  /** True while an accept is on its way. */
  get accepting(): boolean {
    return this.#accepting !== undefined && this.#ended === undefined;
  }

  end(outcome: OfferOutcome): void {
    this.#ended ??= outcome;
    this.#settle(this.#ended);
  }
}

const endings: Readonly<Record<OfferOutcome, string>> = {
  accepted: 'it was accepted already',
  'accepted-elsewhere': 'somebody else has accepted it',
  declined: 'it was declined',
  expired: 'it has expired',
  revoked: 'it was revoked',
};

function gone(outcome: OfferOutcome): ContactCenterError {
  return new ContactCenterError('offer/gone', `unable to accept offer; ${endings[outcome]}`);
}

function toExplanation(record: ExplanationRecord): RoutingExplanation {
  return { ...record, decidedAt: new Date(record.decidedAt) };
}
