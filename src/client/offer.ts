import { given } from '../given';
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

/** An offer, and what its desk knows and says of it. */
export interface OpenOffer {
  readonly offer: Offer;
  /** Whether its call is to be answered muted. */
  readonly isMuted: () => boolean;
  /** True while an accept is on its way. */
  readonly isAccepting: () => boolean;
  end(outcome: OfferOutcome): void;
}

export function openOffer(
  record: OfferRecord,
  command: ControlPlaneLink['command'],
  onAccepted: (answer: Accepted) => Task,
  /** The control plane does not know it any more, and has not said why. */
  onGone: () => void,
): OpenOffer {
  const { id: offerId, task, preview, why, issuedAt, expiresAt } = record;
  let isMuted = false;
  let accepting: Promise<Task> | undefined;
  let ended: OfferOutcome | undefined;
  let settle: (outcome: OfferOutcome) => void = () => {};
  const outcome = new Promise<OfferOutcome>((resolve) => (settle = resolve));

  function end(how: OfferOutcome): void {
    ended ??= how;
    settle(ended);
  }

  const offer: Offer = {
    id: offerId,
    task: toTaskInfo(task),
    conversation: preview,
    issuedAt: new Date(issuedAt),
    expiresAt: new Date(expiresAt),
    ...given({ why: why && toExplanation(why) }),
    outcome,
    accept({ muted = false, ...options } = {}) {
      if (ended !== undefined && ended !== 'accepted') return Promise.reject(gone(ended));
      isMuted = muted;
      accepting ??= command('offer/accept', { offerId }, options).then(
        (answer) => {
          const accepted = onAccepted(answer);
          end('accepted');
          return accepted;
        },
        (error: unknown) => {
          // A refusal for another reason than the race, such as a lost link, may be tried again.
          accepting = undefined;
          if (!isContactCenterError(error, 'offer/gone')) throw error;
          if (ended === undefined) onGone();
          throw ended === undefined ? error : gone(ended);
        },
      );
      return accepting;
    },
    async decline({ reason, retryAt, ...options } = {}) {
      if (ended !== undefined) return;
      try {
        await command('offer/decline', { offerId, ...given({ reason, retryAt: retryAt?.getTime() }) }, options);
      } catch (error) {
        if (!isContactCenterError(error, 'offer/gone')) throw error;
      }
    },
  };
  return {
    offer,
    end,
    isMuted: () => isMuted,
    isAccepting: () => accepting !== undefined && ended === undefined,
  };
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
