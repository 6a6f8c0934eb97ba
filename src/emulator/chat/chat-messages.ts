import type { Emulation } from '../emulation';
import { linkOriginOf, type Operation, type UserCall } from '../http/operation';
import { nextLink, readCursor, readPageSize, readStartTime, writeCursor } from '../http/paging';
import { badRequest, forbidden, jsonResponse, notFound, tooLarge } from '../http/service-error';
import {
  metadataBytes,
  optionalMetadata,
  optionalString,
  patchMetadata,
  requireObject,
  requireText,
  type Metadata,
} from '../http/validation';
import type { RateLimiter } from '../rate-limiter';
import { messageDeleted, messageEdited, messageReceived } from '../realtime/push-events';
import type { MessageRecord } from '../records';
import { appendMessage } from './append-message';
import { chatOperation } from './chat-operation';
import { messageModel } from './models';
import { anyChatScope, canSee, nextVersion, threadForMember, threadForReader } from './thread-access';

/** Sending, reading, editing and deleting messages. */
export function messageOperations(emulation: Emulation, limiter: RateLimiter): readonly Operation[] {
  const path = '/chat/threads/:threadId/messages';
  return [
    chatOperation('ChatThread_SendChatMessage', 'POST', path, anyChatScope, (call) => send(emulation, limiter, call)),
    chatOperation('ChatThread_ListChatMessages', 'GET', path, anyChatScope, (call) => list(emulation, limiter, call)),
    chatOperation('ChatThread_GetChatMessage', 'GET', `${path}/:messageId`, anyChatScope, (call) =>
      get(emulation, limiter, call),
    ),
    chatOperation('ChatThread_UpdateChatMessage', 'PATCH', `${path}/:messageId`, anyChatScope, (call) =>
      update(emulation, limiter, call),
    ),
    chatOperation('ChatThread_DeleteChatMessage', 'DELETE', `${path}/:messageId`, anyChatScope, (call) =>
      remove(emulation, limiter, call),
    ),
  ];
}

function send(emulation: Emulation, limiter: RateLimiter, call: UserCall): Response {
  const { thread } = threadForMember(emulation, call);
  const body = requireObject(call.body, 'body');
  const text = requireText(body.content, 'content');
  const type = optionalString(body.type, 'type') ?? 'text';
  if (type !== 'text' && type !== 'html') throw badRequest('type must be text or html.', 'type');
  const senderDisplayName = optionalString(body.senderDisplayName, 'senderDisplayName');
  const metadata = optionalMetadata(body.metadata, 'metadata');
  requireMessageSize(emulation, text, metadata);
  limiter.take('changeMessage', call.user.user, thread.record.id);

  const message = appendMessage(emulation, thread, {
    content: { type, text },
    sender: call.user.user,
    ...(senderDisplayName !== undefined && { senderDisplayName }),
    ...(metadata !== undefined && { metadata }),
  });
  emulation.delivery.push(
    memberIds(thread.record.participants),
    messageReceived(thread.record, message, emulation.random.id()),
  );
  const location = `${linkOriginOf(call)}/chat/threads/${encodeURIComponent(thread.record.id)}/messages/${message.id}`;
  return jsonResponse(201, { id: message.id }, { location });
}

function list(emulation: Emulation, limiter: RateLimiter, call: UserCall): Response {
  const { thread, self } = threadForReader(emulation, call);
  const size = readPageSize(call, emulation.limits);
  const startTime = readStartTime(call);
  const before = readCursor(call);
  limiter.take('listMessages', call.user.user, thread.record.id);

  const page: MessageRecord[] = [];
  let more = false;
  // Sequences have no gaps and start at 1, so the message of sequence n is at n - 1.
  for (let at = Math.min(before - 1, thread.messages.length) - 1; at >= 0; at -= 1) {
    const message = thread.messages[at];
    if (message === undefined || message.createdAt < startTime) break;
    if (!canSee(self, message)) continue;
    more = page.length === size;
    if (more) break;
    page.push(message);
  }
  const syncState = writeCursor(page.at(-1)?.sequence ?? 0);
  return jsonResponse(200, {
    value: page.map(messageModel),
    ...(more && { nextLink: nextLink(call, { syncState, startTime, maxPageSize: size }) }),
  });
}

function get(emulation: Emulation, limiter: RateLimiter, call: UserCall): Response {
  const { thread, self } = threadForReader(emulation, call);
  limiter.take('getMessage', call.user.user, thread.record.id);
  const message = thread.message(call.params.messageId ?? '');
  if (message === undefined || !canSee(self, message)) throw notFound('The message does not exist.');
  return jsonResponse(200, messageModel(message));
}

function update(emulation: Emulation, limiter: RateLimiter, call: UserCall): Response {
  const { thread, message } = ownMessage(emulation, call);
  if (message.deletedAt !== undefined) throw badRequest('The message was deleted.');
  if (!('text' in message.content)) throw forbidden();
  const body = requireObject(call.body, 'body');
  const text = body.content === undefined ? message.content.text : requireText(body.content, 'content');
  const metadata = patchMetadata(message.metadata, body.metadata, 'metadata');
  requireMessageSize(emulation, text, metadata);
  limiter.take('changeMessage', call.user.user, thread.record.id);

  const version = nextVersion(emulation, thread);
  const { metadata: _previous, ...rest } = message;
  const edited: MessageRecord = {
    ...rest,
    content: { type: message.content.type, text },
    ...(metadata !== undefined && { metadata }),
    version,
    editedAt: version,
  };
  emulation.store.put({ kind: 'message', threadId: thread.record.id, message: edited });
  emulation.delivery.push(
    memberIds(thread.record.participants),
    messageEdited(thread.record, edited, emulation.random.id()),
  );
  return new Response(null, { status: 204 });
}

function remove(emulation: Emulation, limiter: RateLimiter, call: UserCall): Response {
  const { thread, message } = ownMessage(emulation, call);
  if (!('text' in message.content)) throw forbidden();
  limiter.take('changeMessage', call.user.user, thread.record.id);
  if (message.deletedAt !== undefined) return new Response(null, { status: 204 });

  const version = nextVersion(emulation, thread);
  const { metadata: _previous, ...rest } = message;
  const deleted: MessageRecord = {
    ...rest,
    content: { type: message.content.type, text: '' },
    version,
    deletedAt: version,
  };
  emulation.store.put({ kind: 'message', threadId: thread.record.id, message: deleted });
  emulation.delivery.push(
    memberIds(thread.record.participants),
    messageDeleted(thread.record, deleted, emulation.random.id()),
  );
  return new Response(null, { status: 204 });
}

/** A message may be changed by its sender only. */
function ownMessage(emulation: Emulation, call: UserCall) {
  const { thread, self } = threadForMember(emulation, call);
  const message = thread.message(call.params.messageId ?? '');
  if (message === undefined || !canSee(self, message)) throw notFound('The message does not exist.');
  if (message.sender !== call.user.user) throw forbidden();
  return { thread, message };
}

function requireMessageSize(emulation: Emulation, text: string, metadata: Metadata | undefined): void {
  const limit = emulation.limits.size('messageBytes');
  if (Buffer.byteLength(text) + metadataBytes(metadata) > limit)
    throw tooLarge(`A message must not exceed ${limit} bytes.`, 'content');
}

const memberIds = (participants: readonly { readonly id: string }[]) => participants.map(({ id }) => id);
