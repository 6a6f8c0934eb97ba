import type { Clock } from 'onescreen';
import type { Endpoints } from './realtime/endpoints';
import type { Registrar, Registration } from './realtime/registrar';
import type { IdentityRecord, MessageRecord, ReceiptRecord, ThreadRecord } from './records';
import type { Store } from './store';

/** All that the emulator holds, for comparisons in tests. */
export interface EmulatorSnapshot {
  /** Epoch milliseconds by the emulator's clock. */
  readonly now: number;
  readonly identities: readonly IdentityRecord[];
  readonly threads: readonly (ThreadRecord & {
    readonly messages: readonly MessageRecord[];
    readonly receipts: readonly ReceiptRecord[];
  })[];
  readonly sockets: readonly { readonly endpoint: string; readonly user: string; readonly frozen: boolean }[];
  readonly registrations: readonly Registration[];
}

export function createSnapshot(
  store: Store,
  endpoints: Endpoints,
  registrar: Registrar,
  clock: Clock,
): EmulatorSnapshot {
  return {
    now: clock.now(),
    identities: [...store.identities()],
    threads: [...store.threads()].map(({ record, messages, receipts }) => ({
      ...record,
      messages: [...messages],
      receipts: [...receipts.values()],
    })),
    sockets: [...endpoints.all()].flatMap(({ id, user, connection }) =>
      connection === undefined ? [] : [{ endpoint: id, user, frozen: connection.frozen }],
    ),
    registrations: [...registrar.all()],
  };
}
