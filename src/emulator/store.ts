import type {
  AssignmentRecord,
  EmulatorRecord,
  IdentityRecord,
  MessageRecord,
  ReceiptRecord,
  ResourceRecord,
  ThreadRecord,
} from './records';

/** One thread with everything in it. `messages` is ordered by sequence. */
export interface ThreadState {
  readonly record: ThreadRecord;
  readonly messages: readonly MessageRecord[];
  readonly receipts: ReadonlyMap<string, ReceiptRecord>;
  /** Highest message id or version so far, epoch milliseconds. */
  readonly lastVersion: number;
  message(id: string): MessageRecord | undefined;
}

class StoredThread implements ThreadState {
  record: ThreadRecord;
  readonly messages: MessageRecord[] = [];
  readonly receipts = new Map<string, ReceiptRecord>();
  lastVersion = 0;
  readonly #positions = new Map<string, number>();

  constructor(record: ThreadRecord) {
    this.record = record;
  }

  message(id: string): MessageRecord | undefined {
    const position = this.#positions.get(id);
    return position === undefined ? undefined : this.messages[position];
  }

  clear(): void {
    this.messages.length = 0;
    this.receipts.clear();
    this.#positions.clear();
  }

  put(message: MessageRecord): void {
    const position = this.#positions.get(message.id) ?? this.messages.length;
    this.#positions.set(message.id, position);
    this.messages[position] = message;
    this.lastVersion = Math.max(this.lastVersion, message.version);
  }
}

/** Of deleted threads, and of deleted identities, this many are remembered (chosen). */
const maxDeleted = 1_000;

/** All data of the emulator, in memory. Every change is a record, which `onPut` may write down. */
export class Store {
  #resource: ResourceRecord | undefined;
  readonly #identities = new Map<string, IdentityRecord>();
  readonly #assignments = new Map<string, AssignmentRecord>();
  readonly #threads = new Map<string, StoredThread>();
  readonly #threadsOfUser = new Map<string, Set<StoredThread>>();
  readonly #threadsByRequest = new Map<string, StoredThread>();
  readonly #deletedThreads = new Set<string>();
  readonly #deletedIdentities = new Set<string>();
  #lastOrdinal = 0;
  readonly #onPut: (records: readonly EmulatorRecord[]) => void;
  #together: EmulatorRecord[] | undefined;

  constructor(onPut: (records: readonly EmulatorRecord[]) => void = () => {}) {
    this.#onPut = onPut;
  }

  get resource(): ResourceRecord | undefined {
    return this.#resource;
  }

  /** The highest ordinal of a thread so far. */
  get lastOrdinal(): number {
    return this.#lastOrdinal;
  }

  identity(id: string): IdentityRecord | undefined {
    return this.#identities.get(id);
  }

  /** Who of which tenant has been given access; ids in lower case. */
  assignment(tenantId: string, objectId: string): AssignmentRecord | undefined {
    return this.#assignments.get(`${tenantId} ${objectId}`);
  }

  thread(id: string): ThreadState | undefined {
    return this.#threads.get(id);
  }

  threads(): Iterable<ThreadState> {
    return this.#threads.values();
  }

  identities(): Iterable<IdentityRecord> {
    return this.#identities.values();
  }

  /** Every thread that the user is or was in, in the order of joining. */
  threadsOf(user: string): Iterable<ThreadState> {
    return this.#threadsOfUser.get(user) ?? [];
  }

  threadByRequest(user: string, requestId: string): ThreadState | undefined {
    return this.#threadsByRequest.get(`${user} ${requestId}`);
  }

  /** Changes the data and hands the record to `onPut`. */
  put(record: EmulatorRecord): void {
    this.restore(record);
    if (this.#together === undefined) this.#onPut([record]);
    else this.#together.push(record);
  }

  /** Hands everything that `run` puts to `onPut` at once, so that no part of it is ever kept without the rest. */
  together<T>(run: () => T): T {
    const records: EmulatorRecord[] = [];
    this.#together = records;
    try {
      return run();
    } finally {
      this.#together = undefined;
      this.#onPut(records);
    }
  }

  /** Changes the data as `put` does, without telling `onPut`: for replay. */
  restore(record: EmulatorRecord): void {
    switch (record.kind) {
      case 'resource':
        this.#resource = record.resource;
        return;
      case 'identity':
        return this.#putIdentity(record.identity);
      case 'assignment': {
        const { tenantId, objectId, deleted } = record.assignment;
        const key = `${tenantId} ${objectId}`;
        if (deleted === true) this.#assignments.delete(key);
        else this.#assignments.set(key, record.assignment);
        return;
      }
      case 'thread':
        return this.#putThread(record.thread);
      case 'message':
        return this.#threads.get(record.threadId)?.put(record.message);
      case 'receipt':
        this.#threads.get(record.threadId)?.receipts.set(record.receipt.user, record.receipt);
    }
  }

  /** The fewest records that restore this data. */
  *records(): Iterable<EmulatorRecord> {
    if (this.#resource !== undefined) yield { kind: 'resource', resource: this.#resource };
    for (const identity of this.#identities.values()) yield { kind: 'identity', identity };
    for (const assignment of this.#assignments.values()) yield { kind: 'assignment', assignment };
    for (const { record, messages, receipts } of this.#threads.values()) {
      yield { kind: 'thread', thread: record };
      for (const message of messages) yield { kind: 'message', threadId: record.id, message };
      for (const receipt of receipts.values()) yield { kind: 'receipt', threadId: record.id, receipt };
    }
  }

  #putIdentity(identity: IdentityRecord): void {
    this.#identities.set(identity.id, identity);
    if (!identity.deleted) {
      this.#deletedIdentities.delete(identity.id);
      return;
    }
    for (const id of oldestBeyond(this.#deletedIdentities.add(identity.id))) this.#identities.delete(id);
  }

  #putThread(record: ThreadRecord): void {
    this.#lastOrdinal = Math.max(this.#lastOrdinal, record.ordinal);
    const thread = this.#threads.get(record.id) ?? new StoredThread(record);
    thread.record = record;
    // What a deleted thread held cannot be recovered.
    if (record.deletedAt !== undefined) thread.clear();
    this.#threads.set(record.id, thread);
    if (record.requestId !== undefined) this.#threadsByRequest.set(`${record.createdBy} ${record.requestId}`, thread);
    for (const { id } of [...record.participants, ...record.former]) {
      const threads = this.#threadsOfUser.get(id) ?? new Set();
      this.#threadsOfUser.set(id, threads.add(thread));
    }
    if (record.deletedAt === undefined) return;
    for (const id of oldestBeyond(this.#deletedThreads.add(record.id))) this.#forget(id);
  }

  #forget(id: string): void {
    const thread = this.#threads.get(id);
    if (thread === undefined) return;
    const { requestId, createdBy, participants, former } = thread.record;
    this.#threads.delete(id);
    if (requestId !== undefined) this.#threadsByRequest.delete(`${createdBy} ${requestId}`);
    for (const member of [...participants, ...former]) {
      const threads = this.#threadsOfUser.get(member.id);
      threads?.delete(thread);
      if (threads?.size === 0) this.#threadsOfUser.delete(member.id);
    }
  }
}

/** Takes the oldest out of a set of deleted ones until it is small enough, and gives them. */
function oldestBeyond(deleted: Set<string>): readonly string[] {
  const oldest = [...deleted].slice(0, Math.max(0, deleted.size - maxDeleted));
  for (const id of oldest) deleted.delete(id);
  return oldest;
}
