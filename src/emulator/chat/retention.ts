import type { Cancel } from 'onescreen';
import type { Emulation } from '../emulation';
import { badRequest } from '../http/service-error';
import { requireObject } from '../http/validation';
import { threadDeleted } from '../realtime/push-events';
import type { RetentionPolicy, ThreadRecord } from '../records';
import type { ThreadState } from '../store';
import { lastMessageAt } from './thread-access';

/** Days that a retention policy may name. Source: azure-docs, communication-services/concepts/chat/concepts.md. */
export const retentionDays = { min: 30, max: 90 } as const;

/** Reads a retention policy; null means none. Throws 400. */
export function readRetention(value: unknown): RetentionPolicy | undefined {
  if (value === undefined) return undefined;
  if (value === null) return { kind: 'none' };
  const { kind, deleteThreadAfterDays: days } = requireObject(value, 'retentionPolicy');
  if (kind === 'none') return { kind };
  if (kind !== 'threadCreationDate')
    throw badRequest('kind must be threadCreationDate or none.', 'retentionPolicy.kind');
  if (typeof days !== 'number' || !Number.isInteger(days) || days < retentionDays.min || days > retentionDays.max) {
    throw badRequest(
      `deleteThreadAfterDays must be an integer within [${retentionDays.min},${retentionDays.max}].`,
      'retentionPolicy.deleteThreadAfterDays',
    );
  }
  return { kind, deleteThreadAfterDays: days };
}

/** Deletes threads when their policy says so. */
export class Retention {
  readonly #emulation: Emulation;
  readonly #timers = new Map<string, Cancel>();

  constructor(emulation: Emulation) {
    this.#emulation = emulation;
    for (const { record } of emulation.store.threads()) this.arm(record);
  }

  /** To be called whenever a thread's policy may have changed. */
  arm({ id, createdAt, deletedAt, retention }: ThreadRecord): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
    if (deletedAt !== undefined || retention?.kind !== 'threadCreationDate') return;
    const due = createdAt + retention.deleteThreadAfterDays * 86_400_000;
    this.#timers.set(
      id,
      this.#emulation.clock.schedule(due - this.#emulation.clock.now(), () => this.#expire(id)),
    );
  }

  #expire(id: string): void {
    this.#timers.delete(id);
    const thread = this.#emulation.store.thread(id);
    if (thread !== undefined && thread.record.deletedAt === undefined) deleteThread(this.#emulation, thread, undefined);
  }
}

/** Deletes a thread; `by` is `undefined` when its policy does it. */
export function deleteThread(emulation: Emulation, thread: ThreadState, by: string | undefined): void {
  const { record } = thread;
  const deletedAt = emulation.clock.now();
  emulation.store.put({ kind: 'thread', thread: { ...record, deletedAt, lastMessageAt: lastMessageAt(thread) } });
  emulation.delivery.push(
    record.participants.map(({ id }) => id),
    threadDeleted(record, by, deletedAt),
  );
}
