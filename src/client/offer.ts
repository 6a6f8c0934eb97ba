import { given } from '../given';
import type { Clock } from '../environment/clock';
import type { RoutingExplanation } from '../conversation/routing-explanation';
import type { Labels } from '../conversation/labels';
import { ContactCenterError, isContactCenterError } from '../errors';
import type { AgentCommands, OfferOutcome, OfferRecord } from '../protocol/agent-frames';
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

/** After this long without word from the control plane an expired offer counts as expired here too, in milliseconds. */
const expiryGraceMs = 2_000;

type Accepted = AgentCommands['offer/accept']['result'];

/** An offer, and what its desk knows and says of it. */
export interface OpenOffer {
  readonly offer: Offer;
  /** Whether its call is to be answered muted. */
  readonly isMuted: () => boolean;
  /** True while an accept is on its way. */
  readonly isAccepting: () => boolean;
  /** Only the first outcome counts. */
  end(outcome: OfferOutcome): void;
}

export function openOffer(
  record: OfferRecord,
  clock: Clock,
  command: ControlPlaneLink['command'],
  opened: (answer: Accepted) => Task,
  /** Called when it has ended by what was done here, or not been answered in time. */
  onEnd: (outcome: OfferOutcome) => void,
): OpenOffer {
  const { id: offerId, task, preview, why, issuedAt, expiresAt } = record;
  let isMuted = false;
  let accepting: Promise<Task> | undefined;
  let ended: OfferOutcome | undefined;
  let settle: (outcome: OfferOutcome) => void = () => {};
  const outcome = new Promise<OfferOutcome>((resolve) => (settle = resolve));

  const offer: Offer = {
    id: offerId,
    task: toTaskInfo(task),
    conversation: preview,
    issuedAt: new Date(issuedAt),
    expiresAt: new Date(expiresAt),
    ...given({ why: why && { ...why, decidedAt: new Date(why.decidedAt) } }),
    outcome,
    async accept({ muted = false, ...options } = {}) {
      if (ended !== undefined && ended !== 'accepted') throw gone(ended);
      isMuted = muted;
      accepting ??= command('offer/accept', { offerId }, options).then(
        (answer) => {
          const accepted = opened(answer);
          onEnd('accepted');
          return accepted;
        },
        (error: unknown) => {
          // A refusal for another reason than the race, such as a lost link, may be tried again.
          accepting = undefined;
          if (!isContactCenterError(error, 'offer/gone')) throw error;
          // Nobody has said why, unless it has ended already.
          onEnd('revoked');
          throw gone(ended ?? 'revoked');
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
  const cancelExpiry = clock.schedule(expiresAt + expiryGraceMs - clock.now(), () => {
    if (accepting === undefined) onEnd('expired');
  });
  return {
    offer,
    end(how) {
      cancelExpiry();
      ended ??= how;
      settle(ended);
    },
    isMuted: () => isMuted,
    isAccepting: () => accepting !== undefined && ended === undefined,
  };
}

const endings: { readonly [Outcome in OfferOutcome]?: string } = {
  'accepted-elsewhere': 'somebody else has accepted it',
  expired: 'it has expired',
};

function gone(outcome: OfferOutcome): ContactCenterError {
  const why = endings[outcome] ?? `it was ${outcome}`;
  return new ContactCenterError('offer/gone', `unable to accept offer; ${why}`);
}
