import type { Emulation } from '../emulation';
import type { Operation, UserCall } from '../http/operation';
import { nextLink, readPageSize, readSkip } from '../http/paging';
import { jsonResponse, notFound } from '../http/service-error';
import { requireObject } from '../http/validation';
import { readIdentifier } from '../identity/identifiers';
import type { RateLimiter } from '../rate-limiter';
import { chatOperation } from './chat-operation';
import { addMembers, removeMember } from './membership';
import { participantModel } from './models';
import { admit, readParticipants, requireRoom } from './read-participants';
import { anyChatScope, participantScope, requireOwnThread, threadForMember } from './thread-access';

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
  requireOwnThread(thread);
  const asked = readParticipants(emulation, requireObject(call.body, 'body').participants);
  const { valid, invalid } = admit(emulation, asked);
  const { participants } = thread.record;
  const isNew = ({ id }: { readonly id: string }) => participants.every((present) => present.id !== id);
  requireRoom(emulation, participants.length + valid.filter(isNew).length);
  limiter.take('changeParticipants', call.user.user, thread.record.id);
  addMembers(emulation, thread, valid, call.user.user);
  return jsonResponse(201, invalid.length > 0 ? { invalidParticipants: invalid } : {});
}

function remove(emulation: Emulation, limiter: RateLimiter, call: UserCall): Response {
  const { thread } = threadForMember(emulation, call);
  requireOwnThread(thread);
  const id = readIdentifier(call.body, 'participantCommunicationIdentifier');
  const leaver = thread.record.participants.find((participant) => participant.id === id);
  if (leaver === undefined) throw notFound('The participant does not exist.');
  limiter.take('changeParticipants', call.user.user, thread.record.id);
  removeMember(emulation, thread, leaver, call.user.user);
  return new Response(null, { status: 204 });
}
