import { createHash } from 'node:crypto';
import type { Emulation } from '../emulation';
import { linkOriginOf, type Operation, type UserCall } from '../http/operation';
import { nextLink, readCursor, readPageSize, readStartTime, writeCursor } from '../http/paging';
import { badRequest, jsonResponse } from '../http/service-error';
import { optionalMetadata, patchMetadata, requireObject, requireText } from '../http/validation';
import { wholeSeconds } from '../http/wire-dates';
import type { RateLimiter } from '../rate-limiter';
import { threadCreated, threadUpdated } from '../realtime/push-events';
import type { ParticipantRecord, ThreadRecord } from '../records';
import type { ThreadState } from '../store';
import { appendMessage } from './append-message';
import { chatOperation } from './chat-operation';
import { threadModel } from './models';
import { admit, readParticipants, requireRoom } from './read-participants';
import { deleteThread, readRetention, type Retention } from './retention';
import {
  anyChatScope,
  lastMessageAt,
  nextVersion,
  requireOwnThread,
  threadForMember,
  threadForReader,
  threadScope,
} from './thread-access';

/** Creating, listing, reading, updating and deleting threads. */
export function threadOperations(
  emulation: Emulation,
  limiter: RateLimiter,
  retention: Retention,
): readonly Operation[] {
  const path = '/chat/threads/:threadId';
  return [
    chatOperation('Chat_CreateChatThread', 'POST', '/chat/threads', threadScope, (call) =>
      create(emulation, limiter, retention, call),
    ),
    chatOperation('Chat_ListChatThreads', 'GET', '/chat/threads', anyChatScope, (call) =>
      list(emulation, limiter, call),
    ),
    chatOperation('ChatThread_GetChatThreadProperties', 'GET', path, anyChatScope, (call) =>
      get(emulation, limiter, call),
    ),
    chatOperation('ChatThread_UpdateChatThreadProperties', 'PATCH', path, threadScope, (call) =>
      update(emulation, limiter, retention, call),
    ),
    chatOperation('Chat_DeleteChatThread', 'DELETE', path, threadScope, (call) => {
      const { thread } = threadForMember(emulation, call);
      requireOwnThread(thread);
      limiter.take('deleteThread', call.user.user, thread.record.id);
      deleteThread(emulation, thread, call.user.user);
      return new Response(null, { status: 204 });
    }),
  ];
}

function create(emulation: Emulation, limiter: RateLimiter, retention: Retention, call: UserCall): Response {
  const requestId = readRequestId(call);
  const repeated = requestId === undefined ? undefined : emulation.store.threadByRequest(call.user.user, requestId);
  if (repeated !== undefined) return created(call, repeated.record);

  const body = requireObject(call.body, 'body');
  const topic = requireText(body.topic, 'topic');
  const asked =
    body.participants === undefined || body.participants === null ? [] : readParticipants(emulation, body.participants);
  const metadata = optionalMetadata(body.metadata, 'metadata', emulation.limits.size('metadataBytes'));
  const policy = readRetention(body.retentionPolicy);
  const { valid, invalid } = admit(emulation, asked);
  const createdAt = emulation.clock.now();
  const participants = withCreator(valid, call.user.user).map((member) => ({ ...member, joinedAt: createdAt }));
  requireRoom(emulation, participants.length);
  limiter.take('createThread', call.user.user, '');

  const record: ThreadRecord = {
    id: newThreadId(emulation),
    ordinal: emulation.store.lastOrdinal + 1,
    topic,
    createdAt,
    createdBy: call.user.user,
    ...(metadata !== undefined && { metadata }),
    ...(policy !== undefined && { retention: policy }),
    participants,
    former: [],
    ...(requestId !== undefined && { requestId }),
    invalidParticipants: invalid,
  };
  emulation.store.together(() => {
    emulation.store.put({ kind: 'thread', thread: record });
    const thread = emulation.store.thread(record.id);
    if (thread === undefined) return;
    appendMessage(emulation, thread, {
      content: { type: 'participantAdded', participants, initiator: call.user.user },
    });
    appendMessage(emulation, thread, { content: { type: 'topicUpdated', topic, initiator: call.user.user } });
  });
  retention.arm(record);
  emulation.delivery.push(
    participants.map(({ id }) => id),
    threadCreated(record),
  );
  return created(call, record);
}

function created(call: UserCall, record: ThreadRecord): Response {
  const { invalidParticipants } = record;
  const location = `${linkOriginOf(call)}/chat/threads/${encodeURIComponent(record.id)}`;
  return jsonResponse(
    201,
    { chatThread: threadModel(record), ...(invalidParticipants.length > 0 && { invalidParticipants }) },
    { location },
  );
}

function list(emulation: Emulation, limiter: RateLimiter, call: UserCall): Response {
  const size = readPageSize(call, emulation.limits);
  const startTime = readStartTime(call);
  const before = readCursor(call);
  limiter.take('listThreads', call.user.user, '');
  const isIn = ({ record }: ThreadState) => record.participants.some(({ id }) => id === call.user.user);
  const threads = [...emulation.store.threadsOf(call.user.user)]
    .filter((thread) => thread.record.ordinal < before && isIn(thread) && lastMessageAt(thread) >= startTime)
    .sort((a, b) => b.record.ordinal - a.record.ordinal);
  const page = threads.slice(0, size);
  const syncState = writeCursor(page.at(-1)?.record.ordinal ?? 0);
  return jsonResponse(200, {
    value: page.map((thread) => ({
      id: thread.record.id,
      topic: thread.record.topic,
      ...(thread.record.deletedAt !== undefined && { deletedOn: wholeSeconds(thread.record.deletedAt) }),
      lastMessageReceivedOn: wholeSeconds(lastMessageAt(thread)),
    })),
    ...(threads.length > size && { nextLink: nextLink(call, { syncState, startTime, maxPageSize: size }) }),
  });
}

function get(emulation: Emulation, limiter: RateLimiter, call: UserCall): Response {
  const { thread } = threadForReader(emulation, call);
  limiter.take('getThread', call.user.user, thread.record.id);
  return jsonResponse(200, threadModel(thread.record));
}

function update(emulation: Emulation, limiter: RateLimiter, retention: Retention, call: UserCall): Response {
  const { thread } = threadForMember(emulation, call);
  requireOwnThread(thread);
  const body = requireObject(call.body, 'body');
  const topic = body.topic === undefined ? undefined : requireText(body.topic, 'topic');
  const metadata = patchMetadata(
    thread.record.metadata,
    body.metadata,
    'metadata',
    emulation.limits.size('metadataBytes'),
  );
  const policy = readRetention(body.retentionPolicy) ?? thread.record.retention;
  limiter.take('updateThread', call.user.user, thread.record.id);

  const { metadata: _previous, ...rest } = thread.record;
  const record: ThreadRecord = {
    ...rest,
    topic: topic ?? rest.topic,
    ...(metadata !== undefined && { metadata }),
    ...(policy !== undefined && { retention: policy }),
  };
  const version = nextVersion(emulation, thread);
  emulation.store.together(() => {
    emulation.store.put({ kind: 'thread', thread: record });
    if (topic !== undefined)
      appendMessage(emulation, thread, { content: { type: 'topicUpdated', topic, initiator: call.user.user } });
  });
  retention.arm(record);
  emulation.delivery.push(
    record.participants.map(({ id }) => id),
    threadUpdated(record, call.user.user, version),
  );
  return new Response(null, { status: 204 });
}

function readRequestId(call: UserCall): string | undefined {
  const requestId = call.request.headers.get('repeatability-request-id') ?? undefined;
  if (requestId !== undefined && (requestId === '' || requestId.length > 256)) {
    throw badRequest('The repeatability-request-id header is not valid.', 'repeatability-request-id');
  }
  return requestId;
}

/** The creator is a member, asked for or not, and the first. */
function withCreator(participants: readonly ParticipantRecord[], creator: string): readonly ParticipantRecord[] {
  const own = participants.find(({ id }) => id === creator) ?? { id: creator, shareHistoryTime: 0 };
  return [own, ...participants.filter(({ id }) => id !== creator)];
}

/** `19:<43 characters of base64url>1@thread.v2` */
function newThreadId(emulation: Emulation): string {
  const chance = createHash('sha256').update(emulation.random.id()).digest('base64url');
  return `19:${chance}1@thread.v2`;
}
