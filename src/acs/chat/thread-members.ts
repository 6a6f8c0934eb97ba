import { isContactCenterError, type ProviderReceipt } from 'onescreen';
import { maxParticipantsForReceipts } from './capabilities';
import type { AcsParticipant, AcsReceipt, AcsThreadClient } from './official-client';
import { Pager } from './pager';
import { mayRecover, type Requests } from './requests';
import { fromReceipt, rawIdOf } from './translate';

/** Source: azure-docs, communication-services/concepts/service-limits.md. */
const pageSize = 200;

/** Who takes part in the thread, and who has read how far: read when there is reason to believe that it has changed. */
export class ThreadMembers {
  readonly #requests: Requests;
  readonly #closing: AbortSignal;
  readonly #self: string;
  readonly #readUpTo = new Map<string, number>();
  #membersStale = true;
  #receiptsStale = true;
  #participants: number | undefined;
  #isPermitted = true;

  constructor(requests: Requests, closing: AbortSignal, self: string) {
    this.#requests = requests;
    this.#closing = closing;
    this.#self = self;
  }

  /** How many take part; undefined while the service does not let us see. */
  get participants(): number | undefined {
    return this.#participants;
  }

  get isPermitted(): boolean {
    return this.#isPermitted;
  }

  /** Something may have been missed. */
  stale(what: 'members' | 'receipts'): void {
    if (what === 'members') this.#membersStale = true;
    else this.#receiptsStale = true;
  }

  /** The service refused us as a participant; whether we are, the next read tells. */
  forbidden(): void {
    this.#isPermitted = false;
    this.#membersStale = true;
  }

  changed(added: readonly AcsParticipant[], removed: readonly AcsParticipant[]): void {
    if (removed.some(({ id }) => rawIdOf(id) === this.#self)) this.#isPermitted = false;
    if (added.some(({ id }) => rawIdOf(id) === this.#self)) this.#isPermitted = true;
    this.#membersStale = true;
  }

  /** The receipt in our terms, unless as much is known already. */
  acceptReceipt(receipt: AcsReceipt): ProviderReceipt | undefined {
    const item = fromReceipt(receipt);
    if (item === undefined || item.upTo <= (this.#readUpTo.get(item.reader) ?? -Infinity)) return undefined;
    this.#readUpTo.set(item.reader, item.upTo);
    return item;
  }

  /** Reads what is stale; returns the receipts that are news. @throws ContactCenterError */
  async read(thread: () => Promise<AcsThreadClient>): Promise<readonly ProviderReceipt[]> {
    if (this.#membersStale || !this.#isPermitted) await this.#readMembers(thread);
    if (!this.#receiptsStale) return [];
    const crowded = this.#participants === undefined || this.#participants > maxParticipantsForReceipts;
    const receipts = crowded ? [] : await this.#readReceipts(thread);
    this.#receiptsStale = false;
    return receipts.flatMap((receipt) => this.acceptReceipt(receipt) ?? []);
  }

  async #readMembers(thread: () => Promise<AcsThreadClient>): Promise<void> {
    const list = async () => (await thread()).listParticipants({ abortSignal: this.#closing, maxPageSize: pageSize });
    try {
      const members = await readAll<AcsParticipant>(new Pager(this.#requests, 'read participants', list));
      this.#participants = members.length;
      this.#isPermitted = members.some(({ id }) => rawIdOf(id) === this.#self);
    } catch (error) {
      if (!isContactCenterError(error, 'channel/not-permitted')) throw error;
      this.#isPermitted = false;
    }
    this.#membersStale = false;
  }

  /** None where there are none to be had, such as in a meeting's chat: messages do without. */
  async #readReceipts(thread: () => Promise<AcsThreadClient>): Promise<readonly AcsReceipt[]> {
    const list = async () => (await thread()).listReadReceipts({ abortSignal: this.#closing });
    try {
      return await readAll<AcsReceipt>(new Pager(this.#requests, 'read receipts', list));
    } catch (error) {
      if (mayRecover(error)) throw error;
      return [];
    }
  }
}

async function readAll<T>(pager: Pager<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for (let page = await pager.next(); page !== undefined; page = await pager.next()) all.push(...page);
  return all;
}
