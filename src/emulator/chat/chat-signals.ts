import type { Emulation } from '../emulation';
import type { Operation, UserCall } from '../http/operation';
import { nextLink, readPageSize, readSkip } from '../http/paging';
import { forbidden, jsonResponse, notFound } from '../http/service-error';
import { optionalString, requireObject, requireText } from '../http/validation';
import type { RateLimiter } from '../rate-limiter';
import { readReceipt, typing } from '../realtime/push-events';
import type { ThreadState } from '../store';
import { chatOperation } from './chat-operation';
import { receiptModel } from './models';
import { anyChatScope, canSee, requireOwnThread, threadForMember } from './thread-access';

/** Typing notifications and read receipts: both work in small threads only. */
export function signalOperations(emulation: Emulation, limiter: RateLimiter): readonly Operation[] {
  const path = '/chat/threads/:threadId';
  return [
    chatOperation('ChatThread_SendTypingNotification', 'POST', `${path}/typing`, anyChatScope, (call) =>
      sendTyping(emulation, limiter, call),
    ),
    chatOperation('ChatThread_SendChatReadReceipt', 'POST', `${path}/readReceipts`, anyChatScope, (call) =>
      sendReceipt(emulation, limiter, call),
    ),
    chatOperation('ChatThread_ListChatReadReceipts', 'GET', `${path}/readReceipts`, anyChatScope, (call) =>
      listReceipts(emulation, limiter, call),
    ),
  ];
}

function sendTyping(emulation: Emulation, limiter: RateLimiter, call: UserCall): Response {
  const { thread } = threadForMember(emulation, call);
  const body = call.body === undefined ? {} : requireObject(call.body, 'body');
  const displayName = optionalString(body.senderDisplayName, 'senderDisplayName') ?? '';
  requireSmallThread(emulation, thread);
  limiter.take('typing', call.user.user, thread.record.id);
  emulation.delivery.push(memberIds(thread), typing(thread.record, call.user.user, displayName, emulation.clock.now()));
  return new Response(null, { status: 200 });
}

function sendReceipt(emulation: Emulation, limiter: RateLimiter, call: UserCall): Response {
  const { thread, self } = threadForMember(emulation, call);
  // Meetings have none (azure-docs, …/interop/guest/meeting-capabilities.md); how the service says so is not documented.
  requireOwnThread(thread);
  const messageId = requireText(requireObject(call.body, 'body').chatMessageId, 'chatMessageId');
  const message = thread.message(messageId);
  if (message === undefined || !canSee(self, message)) throw notFound('The message does not exist.');
  requireSmallThread(emulation, thread);
  limiter.take('sendReadReceipt', call.user.user, thread.record.id);

  // What was read stays read: a receipt for an older message changes nothing.
  const previous = thread.message(thread.receipts.get(call.user.user)?.messageId ?? '');
  if (previous !== undefined && previous.sequence >= message.sequence) return new Response(null, { status: 200 });
  const receipt = { user: call.user.user, messageId, readAt: emulation.clock.now() };
  emulation.store.put({ kind: 'receipt', threadId: thread.record.id, receipt });
  emulation.delivery.push(
    memberIds(thread).filter((id) => id !== call.user.user),
    readReceipt(thread.record, receipt),
  );
  return new Response(null, { status: 200 });
}

function listReceipts(emulation: Emulation, limiter: RateLimiter, call: UserCall): Response {
  const { thread } = threadForMember(emulation, call);
  const size = readPageSize(call, emulation.limits);
  const skip = readSkip(call);
  limiter.take('getThread', call.user.user, thread.record.id);
  const receipts = [...thread.receipts.values()];
  const more = skip + size < receipts.length;
  return jsonResponse(200, {
    value: receipts.slice(skip, skip + size).map(receiptModel),
    ...(more && { nextLink: nextLink(call, { skip: skip + size, maxPageSize: size }) }),
  });
}

function requireSmallThread(emulation: Emulation, thread: ThreadState): void {
  const limit = emulation.limits.size('participantsForReceipts');
  if (thread.record.participants.length > limit)
    throw forbidden(`Not available in chat threads of more than ${limit} participants.`);
}

const memberIds = (thread: ThreadState) => thread.record.participants.map(({ id }) => id);
