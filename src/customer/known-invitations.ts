import { combine, createLive, select, type ConversationSnapshot, type Live } from 'onescreen';
import type { Subscription } from 'rxjs';
import type { InvitationRecord } from '../protocol/log-entry';

/** What the log says of invitations, and which of them this page can still follow. */
export class KnownInvitations {
  /** Those that can be answered here, and those that were accepted whose channel is open and may be joined again, oldest first. */
  readonly offered$: Live<readonly InvitationRecord[]>;
  readonly #snapshot$: Live<ConversationSnapshot>;
  readonly #watching: Subscription;
  /** Channels that this page is in, by id; `chat`: it shows whichever chat there is. */
  readonly #joined = createLive<ReadonlySet<string>>(new Set());
  /** Those that another page of the customer has accepted, so that its channel is there. */
  readonly #elsewhere = createLive<ReadonlySet<string>>(new Set());
  readonly #closed = createLive(false);
  readonly #answered = new Set<string>();
  #known: ConversationSnapshot['invitations'] = new Map();

  constructor(snapshot$: Live<ConversationSnapshot>) {
    this.#snapshot$ = snapshot$;
    this.#watching = select(snapshot$, ({ invitations }) => invitations).subscribe((now) => this.#note(now));
    const sources = [snapshot$, this.#joined.live, this.#elsewhere.live, this.#closed.live];
    this.offered$ = combine(sources, () => this.#offered(), sameItems);
  }

  get(id: string): InvitationRecord | undefined {
    return this.#snapshot$.value.invitations.get(id);
  }

  /** Whether it can be accepted on this page. */
  isOffered(id: string): boolean {
    const { status } = this.get(id) ?? {};
    return status === 'open' || (status === 'accepted' && !this.#elsewhere.value.has(id));
  }

  /** What becomes of one. */
  record$(id: string): Live<InvitationRecord | undefined> {
    return select(this.#snapshot$, ({ invitations }) => invitations.get(id));
  }

  /** This page answers it now. */
  answering(id: string): void {
    this.#answered.add(id);
  }

  /** Whether this page is in a channel, or in whichever there is of a kind. */
  isIn(channel: string): boolean {
    return this.#joined.value.has(channel);
  }

  entered(channel: string): void {
    this.#joined.set(new Set(this.#joined.value).add(channel));
  }

  left(channel: string): void {
    this.#joined.set(new Set([...this.#joined.value].filter((one) => one !== channel)));
  }

  /** Nothing is offered any more. */
  close(): void {
    this.#watching.unsubscribe();
    this.#closed.set(true);
    for (const live of [this.#closed, this.#joined, this.#elsewhere]) live.complete();
  }

  /** Whoever was here when another page accepted leaves the channel to that one. */
  #note(now: ConversationSnapshot['invitations']): void {
    for (const { id, status } of now.values()) {
      const wasOpen = this.#known.get(id)?.status === 'open';
      if (wasOpen && status === 'accepted' && !this.#answered.has(id)) {
        this.#elsewhere.set(new Set(this.#elsewhere.value).add(id));
      }
    }
    this.#known = now;
  }

  #offered(): readonly InvitationRecord[] {
    if (this.#closed.value) return [];
    const shown = [...this.#snapshot$.value.invitations.values()].filter((record) => this.#isShown(record));
    // Whoever is out of a channel may have been invited into it anew.
    const newest = new Map(shown.map(({ channelId, id }) => [channelId, id]));
    return shown.filter(({ channelId, id }) => newest.get(channelId) === id);
  }

  #isShown({ id, by, status, channel, channelId }: InvitationRecord): boolean {
    if (by !== 'link' || this.isIn(channelId) || !this.isOffered(id)) return false;
    if (status === 'open') return true;
    return !this.isIn(channel) && this.#snapshot$.value.channels.get(channelId)?.open === true;
  }
}

/** True when two lists have the same items. */
export function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => Object.is(item, b[index]));
}
