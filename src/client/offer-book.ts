import type { Clock } from '../environment/clock';
import { isContactCenterError, type ContactCenterError } from '../errors';
import { given } from '../given';
import type { LiveSource } from '../live';
import type { AgentCommands, OfferOutcome, OfferRecord } from '../protocol/agent-frames';
import type { ControlPlaneLink } from '../provider/control-plane';
import type { ContactCenterEvent, ContactCenterFact } from './contact-center-event';
import type { Offer } from './offer';
import { toTaskInfo, type Task } from './task';
import { unable } from './unable';

export interface OfferBookParts {
  readonly clock: Clock;
  readonly command: ControlPlaneLink['command'];
  readonly offers: LiveSource<readonly Offer[]>;
  readonly publish: (origin: ContactCenterEvent['origin'], fact: ContactCenterFact) => void;
  /** Opens what was accepted. */
  readonly accepted: (answer: AgentCommands['offer/accept']['result']) => Task;
  readonly isInHand: (taskId: string) => boolean;
}

/** The open offers of one sign-in. `ahead`: how much this desk's clock is ahead of the control plane's, in milliseconds. */
export interface OfferBook {
  add(theirs: OfferRecord, ahead: number): void;
  end(id: string, outcome: OfferOutcome): void;
  /** Takes over what a snapshot says is open; what it does not know any more has ended. */
  replace(records: readonly OfferRecord[], ahead: number): void;
  /** Whether the call of this offer is to be answered muted. */
  isMuted(id: string): boolean;
  close(): void;
}

/** After this long without word from the control plane an expired offer counts as expired here too, in milliseconds. */
const expiryGraceMs = 2_000;

/** An offer, and what its desk knows and says of it. */
interface OpenOffer {
  readonly offer: Offer;
  /** Whether its call is to be answered muted. */
  readonly isMuted: () => boolean;
  /** True while an accept is on its way. */
  readonly isAccepting: () => boolean;
  /** Only the first outcome counts. */
  readonly end: (outcome: OfferOutcome) => void;
}

export function createOfferBook({ clock, command, offers, publish, accepted, isInHand }: OfferBookParts): OfferBook {
  const open = new Map<string, OpenOffer>();

  const show = () => offers.set([...open.values()].map(({ offer }) => offer));

  function add({ id: offerId, task, preview, why, ...times }: OfferRecord, ahead: number): void {
    if (open.has(offerId)) return;
    const expiresAt = times.expiresAt + ahead;
    let isMuted = false;
    let accepting: Promise<Task> | undefined;
    let ended: OfferOutcome | undefined;
    let settle: (outcome: OfferOutcome) => void = () => {};

    const offer: Offer = {
      id: offerId,
      task: toTaskInfo(task),
      conversation: preview,
      issuedAt: new Date(times.issuedAt + ahead),
      expiresAt: new Date(expiresAt),
      ...given({ why: why && { ...why, decidedAt: new Date(why.decidedAt) } }),
      outcome: new Promise((resolve) => (settle = resolve)),
      async accept({ muted = false, ...options } = {}) {
        if (ended !== undefined && ended !== 'accepted') throw gone(ended);
        isMuted = muted;
        accepting ??= command('offer/accept', { offerId }, options).then(
          (answer) => {
            const mine = accepted(answer);
            end('accepted');
            return mine;
          },
          (error: unknown) => {
            // A refusal for another reason than the race, such as a lost link, may be tried again.
            accepting = undefined;
            if (!isContactCenterError(error, 'offer/gone')) throw error;
            // Nobody has said why, unless it has ended already.
            end('revoked');
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
      if (accepting === undefined) end('expired');
    });
    const end = (outcome: OfferOutcome) => {
      if (!open.delete(offerId)) return;
      cancelExpiry();
      ended = outcome;
      settle(outcome);
      show();
      publish('control-plane', { type: 'offer-ended', offerId, outcome });
    };
    open.set(offerId, { offer, end, isMuted: () => isMuted, isAccepting: () => accepting !== undefined });
    show();
    publish('control-plane', { type: 'offer-issued', offerId, conversationId: preview.id });
  }

  return {
    add,
    end: (id, outcome) => open.get(id)?.end(outcome),
    replace(records, ahead) {
      for (const { offer, isAccepting, end } of [...open.values()]) {
        if (isAccepting() || records.some(({ id }) => id === offer.id)) continue;
        end(isInHand(offer.task.id) ? 'accepted' : offer.expiresAt.getTime() <= clock.now() ? 'expired' : 'revoked');
      }
      for (const record of records) add(record, ahead);
    },
    isMuted: (id) => open.get(id)?.isMuted() ?? false,
    close() {
      for (const { end } of [...open.values()]) end('revoked');
    },
  };
}

function gone(outcome: OfferOutcome): ContactCenterError {
  return unable('accept offer', `it is ${outcome}`, 'offer/gone');
}
