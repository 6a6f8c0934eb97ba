import type { Clock } from '../environment/clock';
import type { LiveSource } from '../live';
import type { AgentCommands, OfferOutcome, OfferRecord } from '../protocol/agent-frames';
import type { ControlPlaneLink } from '../provider/control-plane';
import type { ContactCenterEvent, ContactCenterFact } from './contact-center-event';
import { DeskOffer, type Offer } from './offer';
import type { Task } from './task';

/** After this long without word from the control plane an expired offer counts as expired here too, in milliseconds. */
const expiryGraceMs = 2_000;

export interface OfferBookParts {
  readonly clock: Clock;
  readonly command: ControlPlaneLink['command'];
  readonly offers: LiveSource<readonly Offer[]>;
  readonly publish: (origin: ContactCenterEvent['origin'], fact: ContactCenterFact) => void;
  /** Opens what was accepted. */
  readonly accepted: (answer: AgentCommands['offer/accept']['result']) => Task;
  readonly isInHand: (taskId: string) => boolean;
}

/** The open offers of one sign-in. */
export class OfferBook {
  readonly #parts: OfferBookParts;
  readonly #open = new Map<string, { readonly offer: DeskOffer; readonly cancelExpiry: () => void }>();

  constructor(parts: OfferBookParts) {
    this.#parts = parts;
  }

  /** `ahead`: how much this desk's clock is ahead of the control plane's, in milliseconds. */
  add(theirs: OfferRecord, ahead: number): void {
    const { clock, command, accepted, publish } = this.#parts;
    const { id } = theirs;
    if (this.#open.has(id)) return;
    const expiresAt = theirs.expiresAt + ahead;
    const offer = new DeskOffer({ ...theirs, issuedAt: theirs.issuedAt + ahead, expiresAt }, command, (answer) => {
      const task = accepted(answer);
      this.end(id, 'accepted');
      return task;
    });
    const cancelExpiry = clock.schedule(expiresAt + expiryGraceMs - clock.now(), () => {
      if (!offer.accepting) this.end(id, 'expired');
    });
    this.#open.set(id, { offer, cancelExpiry });
    this.#show();
    publish('control-plane', { type: 'offer-issued', offerId: id, conversationId: offer.conversation.id });
  }

  end(id: string, outcome: OfferOutcome): void {
    const entry = this.#open.get(id);
    if (entry === undefined) return;
    entry.cancelExpiry();
    this.#open.delete(id);
    entry.offer.end(outcome);
    this.#show();
    this.#parts.publish('control-plane', { type: 'offer-ended', offerId: id, outcome });
  }

  /** Takes over what a snapshot says is open; what it does not know any more has ended. */
  replace(records: readonly OfferRecord[], ahead: number): void {
    const { clock, isInHand } = this.#parts;
    const offered = new Set(records.map(({ id }) => id));
    for (const [id, { offer }] of [...this.#open]) {
      if (offered.has(id) || offer.accepting) continue;
      const hasExpired = offer.expiresAt.getTime() <= clock.now();
      this.end(id, isInHand(offer.task.id) ? 'accepted' : hasExpired ? 'expired' : 'revoked');
    }
    for (const record of records) this.add(record, ahead);
  }

  /** Whether the call of this offer is to be answered muted. */
  isMuted(id: string): boolean {
    return this.#open.get(id)?.offer.muted ?? false;
  }

  close(): void {
    for (const id of [...this.#open.keys()]) this.end(id, 'revoked');
  }

  #show(): void {
    this.#parts.offers.set([...this.#open.values()].map(({ offer }) => offer));
  }
}
