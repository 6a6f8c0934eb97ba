import type { JsonObject } from '../http/validation';
import { wholeSeconds } from '../http/wire-dates';
import { identifierModel } from '../identity/identifiers';
import type { MessageContent, MessageRecord, ParticipantRecord, ReceiptRecord, ThreadRecord } from '../records';

/** A message as REST answers with it. */
export function messageModel(message: MessageRecord): JsonObject {
  const { id, sequence, version, content, sender, senderDisplayName, createdAt, metadata, editedAt, deletedAt } =
    message;
  return {
    id,
    type: content.type,
    sequenceId: String(sequence),
    version: String(version),
    content: contentModel(content, deletedAt !== undefined),
    ...(sender !== undefined && { senderDisplayName: senderDisplayName ?? '' }),
    createdOn: wholeSeconds(createdAt),
    ...(sender !== undefined && { senderCommunicationIdentifier: identifierModel(sender) }),
    ...(deletedAt !== undefined && { deletedOn: wholeSeconds(deletedAt) }),
    ...(editedAt !== undefined && { editedOn: wholeSeconds(editedAt) }),
    ...(metadata !== undefined && { metadata }),
  };
}

export function participantModel({ id, displayName, shareHistoryTime, metadata }: ParticipantRecord): JsonObject {
  return {
    communicationIdentifier: identifierModel(id),
    ...(displayName !== undefined && { displayName }),
    shareHistoryTime: wholeSeconds(shareHistoryTime),
    ...(metadata !== undefined && { metadata }),
  };
}

export function threadModel({ id, topic, createdAt, createdBy, metadata, retention }: ThreadRecord): JsonObject {
  return {
    id,
    topic,
    createdOn: wholeSeconds(createdAt),
    createdByCommunicationIdentifier: identifierModel(createdBy),
    ...(metadata !== undefined && { metadata }),
    ...(retention !== undefined && { retentionPolicy: retention }),
  };
}

export function receiptModel({ user, messageId, readAt }: ReceiptRecord): JsonObject {
  return {
    senderCommunicationIdentifier: identifierModel(user),
    chatMessageId: messageId,
    readOn: wholeSeconds(readAt),
  };
}

function contentModel(content: MessageContent, deleted: boolean): JsonObject {
  if ('text' in content) return deleted ? {} : { message: content.text, attachments: [] };
  const initiatorCommunicationIdentifier = identifierModel(content.initiator);
  if (content.type === 'topicUpdated') return { topic: content.topic, initiatorCommunicationIdentifier };
  return { participants: content.participants.map(participantModel), initiatorCommunicationIdentifier };
}
