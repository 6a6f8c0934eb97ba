import type { Emulation } from '../emulation';
import { participantsAdded, participantsRemoved, threadCreated } from '../realtime/push-events';
import type { ParticipantRecord, ThreadRecord } from '../records';
import type { ThreadState } from '../store';
import { appendMessage } from './append-message';
import { isMeetingThread, nextVersion } from './thread-access';

/** Adds those who are not in a thread yet, and tells everybody. Nothing changes for who is in already. */
export function addMembers(
  emulation: Emulation,
  thread: ThreadState,
  asked: readonly ParticipantRecord[],
  initiator: string,
): void {
  const { participants, former } = thread.record;
  const joinedAt = nextVersion(emulation, thread);
  const added = asked
    .filter(({ id }) => participants.every((present) => present.id !== id))
    .map((participant) => ({ ...participant, joinedAt }));
  if (added.length === 0) return;
  const record: ThreadRecord = {
    ...thread.record,
    participants: [...participants, ...added],
    former: former.filter(({ id }) => added.every((participant) => participant.id !== id)),
  };
  const message = emulation.store.together(() => {
    emulation.store.put({ kind: 'thread', thread: record });
    return appendMessage(emulation, thread, {
      content: { type: 'participantAdded', participants: added, initiator },
    });
  });
  emulation.delivery.push(
    added.map(({ id }) => id),
    threadCreated(record),
  );
  emulation.delivery.push(
    record.participants.map(({ id }) => id),
    participantsAdded(record, added, initiator, message.version),
  );
}

/**
 * Takes somebody out of a thread, and tells everybody, the removed one too, who may still read what was written before;
 * not so in a meeting's chat. Source: azure-docs, communication-services/concepts/interop/guest/meeting-capabilities.md.
 */
export function removeMember(
  emulation: Emulation,
  thread: ThreadState,
  leaver: ParticipantRecord,
  initiator: string,
): void {
  const before = thread.record;
  const removedAt = nextVersion(emulation, thread);
  const others = before.former.filter(({ id }) => id !== leaver.id);
  const record: ThreadRecord = {
    ...before,
    participants: before.participants.filter(({ id }) => id !== leaver.id),
    former: isMeetingThread(before.id) ? others : [...others, { ...leaver, removedAt }],
  };
  emulation.store.together(() => {
    emulation.store.put({ kind: 'thread', thread: record });
    appendMessage(emulation, thread, {
      content: { type: 'participantRemoved', participants: [leaver], initiator },
    });
  });
  emulation.delivery.push(
    before.participants.map(({ id }) => id),
    participantsRemoved(record, [leaver], initiator, removedAt),
  );
}
