import { createHash } from 'node:crypto';
import { addMembers, removeMember } from '../chat/membership';
import { nextVersion } from '../chat/thread-access';
import type { Emulation } from '../emulation';
import { ensureIdentity } from '../identity/issue-token';
import type { ThreadState } from '../store';
import { isTeamsUser } from './meeting-settings';

/** A meeting's chat, whose members are those who are in it, and the organization's people who have been. */
export class MeetingChat {
  readonly #emulation: Emulation;
  readonly threadId: string;
  readonly #organizer: string;

  /** Makes the thread. */
  constructor(emulation: Emulation, threadId: string, organizer: string, topic: string) {
    this.#emulation = emulation;
    this.threadId = threadId;
    this.#organizer = organizer;
    const createdAt = emulation.clock.now();
    ensureIdentity(emulation, organizer);
    emulation.store.put({
      kind: 'thread',
      thread: {
        id: threadId,
        ordinal: emulation.store.lastOrdinal + 1,
        topic,
        createdAt,
        createdBy: organizer,
        participants: [{ id: organizer, shareHistoryTime: 0, joinedAt: createdAt }],
        former: [],
        invalidParticipants: [],
      },
    });
  }

  /** Somebody is in: guests see what is written from now on, the organization's people everything. */
  join(rawId: string, displayName: string | undefined): void {
    const thread = this.#thread();
    if (thread === undefined || !rawId.startsWith('8:')) return;
    ensureIdentity(this.#emulation, rawId);
    const shareHistoryTime = isTeamsUser(rawId) ? 0 : nextVersion(this.#emulation, thread);
    const member = { id: rawId, shareHistoryTime, ...(displayName !== undefined && { displayName }) };
    addMembers(this.#emulation, thread, [member], this.#organizer);
  }

  /** Somebody has left: guests are out of the chat as well. */
  leave(rawId: string): void {
    const thread = this.#thread();
    const leaver = thread?.record.participants.find(({ id }) => id === rawId);
    if (thread === undefined || leaver === undefined || isTeamsUser(rawId)) return;
    removeMember(this.#emulation, thread, leaver, this.#organizer);
  }

  #thread(): ThreadState | undefined {
    return this.#emulation.store.thread(this.threadId);
  }
}

/** `19:meeting_<43 characters of base64url>@thread.v2` */
export function newMeetingThreadId({ random }: Emulation): string {
  return `19:meeting_${createHash('sha256').update(random.id()).digest('base64url')}@thread.v2`;
}
