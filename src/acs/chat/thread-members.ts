import { isContactCenterError } from 'onescreen';
import { maxParticipantsForReceipts } from './capabilities';
import type { AcsParticipant, AcsReceipt, AcsThreadClient } from './official-client';
import { Pager } from './pager';
import type { Requests } from './requests';
import { rawIdOf } from './translate';

const pageSize = 200;

/** How many take part in the thread, and whether `self` does. `undefined` count: the service does not let us see. */
export interface Membership {
  readonly participants: number | undefined;
  readonly permitted: boolean;
}

/** @throws ContactCenterError */
export async function readMembership(
  requests: Requests,
  closing: AbortSignal,
  thread: AcsThreadClient,
  self: string,
): Promise<Membership> {
  const pager = new Pager<AcsParticipant>(requests, 'read participants', async () =>
    thread.listParticipants({ abortSignal: closing, maxPageSize: pageSize }),
  );
  try {
    const ids = (await readAll(pager)).map(({ id }) => rawIdOf(id));
    return { participants: ids.length, permitted: ids.includes(self) };
  } catch (error) {
    if (isContactCenterError(error, 'channel/not-permitted')) return { participants: undefined, permitted: false };
    throw error;
  }
}

/** Who has read how far; nobody in threads too large for receipts. @throws ContactCenterError */
export async function readReceipts(
  requests: Requests,
  closing: AbortSignal,
  thread: AcsThreadClient,
  participants: number | undefined,
): Promise<readonly AcsReceipt[]> {
  if (participants === undefined || participants > maxParticipantsForReceipts) return [];
  return readAll(
    new Pager<AcsReceipt>(requests, 'read receipts', async () => thread.listReadReceipts({ abortSignal: closing })),
  );
}

async function readAll<T>(pager: Pager<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for (let page = await pager.next(); page !== undefined; page = await pager.next()) all.push(...page);
  return all;
}
