import type { ProviderMessage } from 'onescreen';
import type { AcsMessage } from './official-client';
import { timeOf, versionOf, type Translated } from './translate';

/** What the service holds under one id. */
interface Copy {
  readonly version: number;
  readonly edited: boolean;
  readonly deleted: boolean;
  readonly isHtml: boolean;
}

/** One message as its sender meant it: usually one copy, more when a send took effect twice. */
interface Shown {
  readonly clientId: string | undefined;
  /** The id under which it was first brought. */
  readonly providerId: string;
  /** The id of the copy that counts: the lowest. */
  counts: string;
  readonly copies: Set<string>;
  latest: ProviderMessage;
}

/**
 * Knows which messages of a thread were brought, in which version: the service pushes the same one more than once,
 * reading brings them again, and a send may be stored twice. Of two copies of one (sender, client id) the lower id counts.
 */
export class MessageIndex {
  readonly #copies = new Map<string, Copy>();
  readonly #shown = new Map<string, Shown>();
  readonly #byClientId = new Map<string, Shown>();
  readonly #system = new Set<string>();
  /** By id, the sender: copies that do not count and are not deleted. */
  readonly #surplus = new Map<string, string>();
  #forgottenBefore = -Infinity;

  /** Whether `accept` would bring nothing of what the service holds: to be asked first, as translating may be costly. */
  isKnown(listed: AcsMessage): boolean {
    const edited = listed.editedOn !== undefined;
    return this.#isKnown({
      id: listed.id,
      version: versionOf(listed),
      edited,
      deleted: listed.deletedOn !== undefined,
    });
  }

  /** What is to be brought of it: nothing when it is known already, or an earlier copy counts. */
  accept({ message, isHtml }: Translated): ProviderMessage | undefined {
    const { providerId: id, version } = message;
    const edited = message.editedAt !== undefined;
    const deleted = message.deletedAt !== undefined;
    if (this.#isKnown({ id, version, edited, deleted })) return undefined;
    const known = this.#copies.get(id);
    this.#copies.set(id, { version, edited, deleted, isHtml: isHtml || (known?.isHtml ?? false) });
    const shown = this.#find(message);
    if (shown === undefined) return this.#show(message);
    const before = shown.counts;
    const counts = timeOf(id) < timeOf(before) ? id : before;
    if (id !== before) this.#surplus.set(counts === id ? before : id, message.sender);
    if (deleted) this.#surplus.delete(id);
    shown.counts = counts;
    shown.copies.add(id);
    this.#shown.set(id, shown);
    if (counts !== id) return undefined;
    shown.latest = {
      ...message,
      providerId: shown.providerId,
      version: Math.max(version, shown.latest.version + 1),
      ...(shown.clientId !== undefined && { clientId: shown.clientId }),
    };
    return shown.latest;
  }

  /** How many messages are known, copies included. */
  get size(): number {
    return this.#copies.size;
  }

  /** Forgotten ones were brought, too. */
  has(id: string): boolean {
    return this.#copies.has(id) || timeOf(id) < this.#forgottenBefore;
  }

  /** Lets go of messages whose copies are all older than this server time, and of word about older ones until `recall`. */
  forget(before: number): void {
    this.#forgottenBefore = before;
    for (const [id, shown] of this.#shown) {
      if ([...shown.copies].some((copy) => timeOf(copy) >= before)) continue;
      this.#shown.delete(id);
      this.#copies.delete(id);
      this.#surplus.delete(id);
      if (shown.clientId !== undefined) this.#byClientId.delete(keyOf(shown.latest.sender, shown.clientId));
    }
  }

  recall(): void {
    this.#forgottenBefore = -Infinity;
  }

  /** True the first time that this system message is seen. */
  acceptSystem(id: string): boolean {
    if (this.#system.has(id)) return false;
    this.#system.add(id);
    return true;
  }

  /** What `sender` stored under this client id, as far as is known. */
  sent(sender: string, clientId: string): ProviderMessage | undefined {
    return this.#byClientId.get(keyOf(sender, clientId))?.latest;
  }

  /** The ids under which the service holds the message brought as `providerId`, and whether as HTML. */
  copiesOf(providerId: string): readonly { readonly id: string; readonly isHtml: boolean }[] {
    const ids = this.#shown.get(providerId)?.copies ?? new Set([providerId]);
    return [...ids].map((id) => ({ id, isHtml: this.#copies.get(id)?.isHtml ?? false }));
  }

  /** Ids under which the service holds a message of this sender once more. Deleting them undoes what went out twice. */
  surplusOf(sender: string): readonly string[] {
    return [...this.#surplus].flatMap(([id, by]) => (by === sender ? [id] : []));
  }

  /** This copy is deleted, or can not be. */
  forgetSurplus(id: string): void {
    this.#surplus.delete(id);
  }

  #isKnown({ id, version, edited, deleted }: Omit<Copy, 'isHtml'> & { readonly id: string }): boolean {
    if (timeOf(id) < this.#forgottenBefore) return true;
    const known = this.#copies.get(id);
    if (known === undefined) return false;
    const grew = (edited && !known.edited) || (deleted && !known.deleted);
    return version < known.version || (version === known.version && !grew);
  }

  #find(message: ProviderMessage): Shown | undefined {
    const byId = this.#shown.get(message.providerId);
    if (byId !== undefined || message.clientId === undefined) return byId;
    return this.#byClientId.get(keyOf(message.sender, message.clientId));
  }

  #show(message: ProviderMessage): ProviderMessage {
    const id = message.providerId;
    const shown = { clientId: message.clientId, providerId: id, counts: id, copies: new Set([id]), latest: message };
    this.#shown.set(id, shown);
    if (message.clientId !== undefined) this.#byClientId.set(keyOf(message.sender, message.clientId), shown);
    return message;
  }
}

function keyOf(sender: string, clientId: string): string {
  return `${sender}\n${clientId}`;
}
