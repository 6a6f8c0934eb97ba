import type { Emulation } from '../emulation';
import type { MessageRecord } from '../records';
import type { ThreadState } from '../store';
import { nextVersion } from './thread-access';

/** Puts a message at the end of a thread, under the next id and sequence. */
export function appendMessage(
  emulation: Emulation,
  thread: ThreadState,
  message: Pick<MessageRecord, 'content' | 'sender' | 'senderDisplayName' | 'metadata'>,
): MessageRecord {
  const version = nextVersion(emulation, thread);
  const appended: MessageRecord = {
    ...message,
    id: String(version),
    version,
    createdAt: version,
    sequence: thread.messages.length + 1,
  };
  emulation.store.put({ kind: 'message', threadId: thread.record.id, message: appended });
  return appended;
}
