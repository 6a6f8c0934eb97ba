import type { Clock } from '../environment/clock';
import type { LiveSource } from '../live';
import type { AgentCommands, OfferOutcome, OfferRecord } from '../protocol/agent-frames';
import type { ControlPlaneLink } from '../provider/control-plane';
import type { ContactCenterEvent, ContactCenterFact } from './contact-center-event';
import { openOffer, type Offer, type OpenOffer } from './offer';
import type { Task } from './task';

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

export function createOfferBook({ clock, command, offers, publish, accepted, isInHand }: OfferBookParts): OfferBook {
  const open = new Map<string, OpenOffer>();

  const show = () => offers.set([...open.values()].map(({ offer }) => offer));

  function add(theirs: OfferRecord, ahead: number): void {
    const { id } = theirs;
    if (open.has(id)) return;
    const record = { ...theirs, issuedAt: theirs.issuedAt + ahead, expiresAt: theirs.expiresAt + ahead };
    open.set(
      id,
      openOffer(record, clock, command, accepted, (outcome) => end(id, outcome)),
    );
    show();
    publish('control-plane', { type: 'offer-issued', offerId: id, conversationId: theirs.preview.id });
  }

  function end(id: string, outcome: OfferOutcome): void {
    open.get(id)?.end(outcome);
    if (!open.delete(id)) return;
    show();
    publish('control-plane', { type: 'offer-ended', offerId: id, outcome });
  }

  return {
    add,
    end,
    replace(records, ahead) {
      for (const [id, { offer, isAccepting }] of [...open]) {
        if (isAccepting() || records.some((record) => record.id === id)) continue;
        end(
          id,
          isInHand(offer.task.id) ? 'accepted' : offer.expiresAt.getTime() <= clock.now() ? 'expired' : 'revoked',
        );
      }
      for (const record of records) add(record, ahead);
    },
    isMuted: (id) => open.get(id)?.isMuted() ?? false,
    close() {
      for (const id of [...open.keys()]) end(id, 'revoked');
    },
  };
}
