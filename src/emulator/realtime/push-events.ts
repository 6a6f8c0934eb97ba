import type { JsonObject } from '../http/validation';
import { milliseconds, wholeSeconds } from '../http/wire-dates';
import type { MessageRecord, ParticipantRecord, ReceiptRecord, RetentionPolicy, ThreadRecord } from '../records';

/** An event for one or more recipients; `recipientMri` is added for each. */
export interface PushEvent {
  readonly id: number;
  readonly body: JsonObject;
}

/** Ids of the ten events. */
export const eventIds = {
  messageReceived: 200,
  typing: 245,
  readReceipt: 246,
  messageEdited: 247,
  messageDeleted: 248,
  threadCreated: 257,
  threadUpdated: 258,
  threadDeleted: 259,
  participantsAdded: 260,
  participantsRemoved: 261,
} as const;

const messageTypes: Readonly<Record<string, string>> = { text: 'Text', html: 'RichText/Html' };

export function messageReceived(thread: ThreadRecord, message: MessageRecord, transactionId: string): PushEvent {
  return {
    id: eventIds.messageReceived,
    body: { ...messageBase(thread, message, transactionId), ...messageText(message) },
  };
}

export function messageEdited(thread: ThreadRecord, message: MessageRecord, transactionId: string): PushEvent {
  const edittime = milliseconds(message.editedAt ?? message.version);
  return {
    id: eventIds.messageEdited,
    body: { ...messageBase(thread, message, transactionId), ...messageText(message), edittime },
  };
}

export function messageDeleted(thread: ThreadRecord, message: MessageRecord, transactionId: string): PushEvent {
  const deletetime = milliseconds(message.deletedAt ?? message.version);
  return { id: eventIds.messageDeleted, body: { ...messageBase(thread, message, transactionId), deletetime } };
}

export function typing(thread: ThreadRecord, sender: string, senderDisplayName: string, now: number): PushEvent {
  return {
    id: eventIds.typing,
    body: {
      senderId: sender,
      groupId: thread.id,
      senderDisplayName,
      version: String(now),
      originalArrivalTime: milliseconds(now),
    },
  };
}

export function readReceipt(thread: ThreadRecord, receipt: ReceiptRecord): PushEvent {
  const { user, messageId, readAt } = receipt;
  const horizon = {
    user,
    consumptionhorizon: `${messageId};${readAt};0`,
    messageVisibilityTime: thread.createdAt,
    version: String(readAt),
  };
  return {
    id: eventIds.readReceipt,
    body: { senderId: user, groupId: thread.id, messageId, clientMessageId: '', messageBody: JSON.stringify(horizon) },
  };
}

export function threadCreated(thread: ThreadRecord): PushEvent {
  return threadEvent(eventIds.threadCreated, thread, thread.createdAt, {
    createTime: milliseconds(thread.createdAt),
    createdBy: nested(member(thread, thread.createdBy)),
    members: nested(thread.participants.map(memberOf)),
    properties: nested(properties(thread)),
  });
}

export function threadUpdated(thread: ThreadRecord, by: string, at: number): PushEvent {
  return threadEvent(eventIds.threadUpdated, thread, at, {
    editTime: milliseconds(at),
    editedBy: nested(member(thread, by)),
    properties: nested(properties(thread)),
  });
}

/** `by` is `undefined` when the retention policy deleted it. */
export function threadDeleted(thread: ThreadRecord, by: string | undefined, at: number): PushEvent {
  return threadEvent(eventIds.threadDeleted, thread, at, {
    deleteTime: milliseconds(at),
    deletedBy: by === undefined ? null : nested(member(thread, by)),
    reason: by === undefined ? 'deletedByPolicy' : 'deletedByUser',
  });
}

export function participantsAdded(
  thread: ThreadRecord,
  added: readonly ParticipantRecord[],
  by: string,
  at: number,
): PushEvent {
  return threadEvent(eventIds.participantsAdded, thread, at, {
    time: milliseconds(at),
    addedBy: nested(member(thread, by)),
    participantsAdded: nested(added.map(memberOf)),
  });
}

export function participantsRemoved(
  thread: ThreadRecord,
  removed: readonly ParticipantRecord[],
  by: string,
  at: number,
): PushEvent {
  return threadEvent(eventIds.participantsRemoved, thread, at, {
    time: milliseconds(at),
    removedBy: nested(member(thread, by)),
    participantsRemoved: nested(removed.map(memberOf)),
  });
}

function threadEvent(id: number, thread: ThreadRecord, version: number, body: JsonObject): PushEvent {
  return { id, body: { threadId: thread.id, version: String(version), ...body } };
}

function messageBase(thread: ThreadRecord, message: MessageRecord, transactionId: string): JsonObject {
  return {
    senderId: message.sender ?? '',
    groupId: thread.id,
    messageId: message.id,
    clientMessageId: '',
    senderDisplayName: message.senderDisplayName ?? '',
    priority: '',
    transactionId,
    collapseId: '',
    messageType: messageTypes[message.content.type] ?? '',
    version: String(message.version),
    originalArrivalTime: milliseconds(message.createdAt),
  };
}

function messageText(message: MessageRecord): JsonObject {
  const messageBody = 'text' in message.content ? message.content.text : '';
  return { messageBody, acsChatMessageMetadata: JSON.stringify(message.metadata ?? {}), attachments: '[]' };
}

function member(thread: ThreadRecord, id: string): JsonObject {
  const known = [...thread.participants, ...thread.former].find((participant) => participant.id === id);
  return memberOf(known ?? { id, shareHistoryTime: 0 });
}

function memberOf({ id, displayName, shareHistoryTime, metadata }: ParticipantRecord): JsonObject {
  return {
    participantId: id,
    displayName: displayName ?? '',
    shareHistoryTime: wholeSeconds(shareHistoryTime),
    memberMetaData: JSON.stringify(metadata ?? {}),
  };
}

function properties(thread: ThreadRecord): JsonObject {
  return {
    topic: thread.topic,
    acsChatThreadMetadata: JSON.stringify(thread.metadata ?? {}),
    ...(thread.retention !== undefined && { retentionPolicy: JSON.stringify(retention(thread.retention)) }),
  };
}

function retention(policy: RetentionPolicy): JsonObject {
  if (policy.kind === 'none') return { retentionPolicyType: 'None' };
  return { retentionPolicyType: 'DeleteAfterCreationTime', executeAfter: `${policy.deleteThreadAfterDays}.00:00:00` };
}

/**
 * Clients read these strings with `JSON.parse(unescape(s))`, which only the old `escape` encoding of
 * UTF-16 units (ECMA-262, B.2.1.1) survives with every character intact.
 */
function nested(value: unknown): string {
  return JSON.stringify(value).replace(/[^\w@*+\-./]/g, (unit) => {
    const code = unit.charCodeAt(0);
    const hex = code.toString(16).toUpperCase();
    return code < 256 ? `%${hex.padStart(2, '0')}` : `%u${hex.padStart(4, '0')}`;
  });
}
