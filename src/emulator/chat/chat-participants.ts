import type { Emulation } from '../emulation';
import type { Operation, UserCall } from '../http/operation';
import { nextLink, readPageSize, readSkip } from '../http/paging';
import { jsonResponse, notFound } from '../http/service-error';
import { requireObject } from '../http/validation';
import { readIdentifier } from '../identity/identifiers';
import type { RateLimiter } from '../rate-limiter';
import { participantsAdded, participantsRemoved, threadCreated } from '../realtime/push-events';
import type { ThreadRecord } from '../records';
import { appendMessage } from './append-message';
import { chatOperation } from './chat-operation';
import { participantModel } from './models';
import { admit, readParticipants, requireRoom } from './read-participants';
import { anyChatScope, nextVersion, participantScope, threadForMember } from './thread-access';

/** Listing, adding and removing participants. */
export function participantOperations(emulation: Emulation, limiter: RateLimiter): readonly Operation[] {
  const path = '/chat/threads/:threadId/participants';
  return [
    chatOperation('ChatThread_ListChatParticipants', 'GET', path, anyChatScope, (call) =>
      list(emulation, limiter, call),
    ),
    chatOperation('ChatThread_AddChatParticipants', 'POST', `${path}/:action{\\:add}`, participantScope, (call) =>
      add(emulation, limiter, call),
    ),
    chatOperation('ChatThread_RemoveChatParticipant', 'POST', `${path}/:action{\\:remove}`, participantScope, (call) =>
      remove(emulation, limiter, call),
    ),
  ];
}

function list(emulation: Emulation, limiter: RateLimiter, call: UserCall): Response {
  const { thread } = threadForMember(emulation, call);
  const size = readPageSize(call, emulation.limits);
  const skip = readSkip(call);
  limiter.take('getThread', call.user.user, thread.record.id);
  const { participants } = thread.record;
  const more = skip + size < participants.length;
  return jsonResponse(200, {
    value: participants.slice(skip, skip + size).map(participantModel),
    ...(more && { nextLink: nextLink(call, { skip: skip + size, maxPageSize: size }) }),
  });
}

function add(emulation: Emulation, limiter: RateLimiter, call: UserCall): Response {
  const { thread } = threadForMember(emulation, call);
  const asked = readParticipants(emulation, requireObject(call.body, 'body').participants);
  const { valid, invalid } = admit(emulation, asked);
  const { participants, former } = thread.record;
  const joinedAt = nextVersion(emulation, thread);
  const added = valid
    .filter(({ id }) => participants.every((present) => present.id !== id))
    .map((participant) => ({ ...participant, joinedAt }));
  requireRoom(emulation, participants.length + added.length);
  limiter.take('changeParticipants', call.user.user, thread.record.id);

  // Nothing changes for those who are in already, not even the history they may see.
  if (added.length > 0) {
    const record: ThreadRecord = {
      ...thread.record,
      participants: [...participants, ...added],
      former: former.filter(({ id }) => added.every((participant) => participant.id !== id)),
    };
    const message = emulation.store.together(() => {
      emulation.store.put({ kind: 'thread', thread: record });
      return appendMessage(emulation, thread, {
        content: { type: 'participantAdded', participants: added, initiator: call.user.user },
      });
    });
    emulation.delivery.push(
      added.map(({ id }) => id),
      threadCreated(record),
    );
    emulation.delivery.push(
      record.participants.map(({ id }) => id),
      participantsAdded(record, added, call.user.user, message.version),
    );
  }
  return jsonResponse(201, invalid.length > 0 ? { invalidParticipants: invalid } : {});
}

function remove(emulation: Emulation, limiter: RateLimiter, call: UserCall): Response {
  const { thread } = threadForMember(emulation, call);
  const id = readIdentifier(call.body, 'participantCommunicationIdentifier');
  const leaver = thread.record.participants.find((participant) => participant.id === id);
  if (leaver === undefined) throw notFound('The participant does not exist.');
  limiter.take('changeParticipants', call.user.user, thread.record.id);

  const before = thread.record;
  const removedAt = nextVersion(emulation, thread);
  const record: ThreadRecord = {
    ...before,
    participants: before.participants.filter((participant) => participant.id !== id),
    former: [...before.former.filter((participant) => participant.id !== id), { ...leaver, removedAt }],
  };
  emulation.store.together(() => {
    emulation.store.put({ kind: 'thread', thread: record });
    appendMessage(emulation, thread, {
      content: { type: 'participantRemoved', participants: [leaver], initiator: call.user.user },
    });
  });
  // The removed one is told too.
  emulation.delivery.push(
    before.participants.map((participant) => participant.id),
    participantsRemoved(record, [leaver], call.user.user, removedAt),
  );
  return new Response(null, { status: 204 });
}
