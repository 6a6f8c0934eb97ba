import type { Emulation } from '../emulation';
import type { UserCall } from '../http/operation';
import { forbidden, notFound } from '../http/service-error';
import type { Scope } from '../identity/access-token';
import type { FormerParticipantRecord, MessageRecord, ParticipantRecord } from '../records';
import type { ThreadState } from '../store';

/** Tokens that may read and write messages; all that chat has. */
export const anyChatScope: readonly Scope[] = ['chat', 'chat.join', 'chat.join.limited'];
/** Tokens that may also add and remove participants. */
export const participantScope: readonly Scope[] = ['chat', 'chat.join'];
/** Tokens that may also create, update and delete threads. */
export const threadScope: readonly Scope[] = ['chat'];

/** Whether a thread is a meeting's chat, whose members are those who are in the meeting. */
export function isMeetingThread(id: string): boolean {
  return id.startsWith('19:meeting_');
}

/** Throws 403 for a meeting's chat: only Teams changes that. */
export function requireOwnThread({ record }: ThreadState): void {
  if (isMeetingThread(record.id)) throw forbidden();
}

/** The thread of the call for somebody in it. Throws 404 for an unknown or deleted thread, 403 for everybody else. */
export function threadForMember(
  emulation: Emulation,
  call: UserCall,
): { thread: ThreadState; self: ParticipantRecord } {
  const thread = existingThread(emulation, call);
  const self = thread.record.participants.find(({ id }) => id === call.user.user);
  if (self === undefined) throw forbidden();
  return { thread, self };
}

/** The same, open also to somebody who was removed and may read what was written before. */
export function threadForReader(
  emulation: Emulation,
  call: UserCall,
): { thread: ThreadState; self: ParticipantRecord | FormerParticipantRecord } {
  const thread = existingThread(emulation, call);
  const isSelf = ({ id }: ParticipantRecord) => id === call.user.user;
  const self = thread.record.participants.find(isSelf) ?? thread.record.former.find(isSelf);
  if (self === undefined) throw forbidden();
  return { thread, self };
}

/** Whether a message falls into the part of history that a reader may see. */
export function canSee(self: ParticipantRecord | FormerParticipantRecord, message: MessageRecord): boolean {
  const from = Math.min(self.shareHistoryTime, self.joinedAt ?? Infinity);
  return message.createdAt >= from && (!('removedAt' in self) || message.createdAt <= self.removedAt);
}

/** The next version in a thread: the time, but above every version before. */
export function nextVersion(emulation: Emulation, thread: ThreadState): number {
  return Math.max(emulation.clock.now(), thread.lastVersion + 1);
}

/** When the last message of a thread arrived, system messages included. */
export function lastMessageAt({ record, messages }: ThreadState): number {
  return messages.at(-1)?.createdAt ?? record.lastMessageAt ?? record.createdAt;
}

function existingThread(emulation: Emulation, call: UserCall): ThreadState {
  const thread = emulation.store.thread(call.params.threadId ?? '');
  if (thread === undefined || thread.record.deletedAt !== undefined) throw notFound('The chat thread does not exist.');
  return thread;
}
