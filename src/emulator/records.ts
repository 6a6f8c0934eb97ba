import type { Metadata } from './http/validation';

/** What the emulator keeps. Records are immutable: a change puts a new one in place of the old. */
export type EmulatorRecord =
  | { readonly kind: 'resource'; readonly resource: ResourceRecord }
  | { readonly kind: 'identity'; readonly identity: IdentityRecord }
  | { readonly kind: 'assignment'; readonly assignment: AssignmentRecord }
  | { readonly kind: 'thread'; readonly thread: ThreadRecord }
  | { readonly kind: 'message'; readonly threadId: string; readonly message: MessageRecord }
  | { readonly kind: 'receipt'; readonly threadId: string; readonly receipt: ReceiptRecord };

export interface ResourceRecord {
  readonly id: string;
  /** Base64. */
  readonly accessKey: string;
}

export interface IdentityRecord {
  /** Raw id, such as `8:acs:<resource>_<user>`. */
  readonly id: string;
  /** Grows with each revocation; tokens of an older generation are void. */
  readonly generation: number;
  readonly deleted: boolean;
}

export interface ParticipantRecord {
  readonly id: string;
  readonly displayName?: string;
  /** Epoch milliseconds from which history is visible; 0 shows all. */
  readonly shareHistoryTime: number;
  /** Epoch milliseconds; what was written since is visible whatever `shareHistoryTime` says. Absent on who only asks to join. */
  readonly joinedAt?: number;
  readonly metadata?: Metadata;
}

/** Who of a Teams tenant may use the resource. Ids are in lower case. */
export interface AssignmentRecord {
  readonly objectId: string;
  readonly tenantId: string;
  readonly principalType: 'user' | 'teamsResourceAccount';
  /** Through which applications; users only. */
  readonly clientIds?: readonly string[];
  /** Taken back. */
  readonly deleted?: true;
}

/** Someone who was removed and may still read what was written before `removedAt`, epoch milliseconds. */
export interface FormerParticipantRecord extends ParticipantRecord {
  readonly removedAt: number;
}

export type RetentionPolicy =
  { readonly kind: 'none' } | { readonly kind: 'threadCreationDate'; readonly deleteThreadAfterDays: number };

export interface InvalidParticipant {
  readonly target: string;
  readonly code: string;
  readonly message: string;
}

export interface ThreadRecord {
  readonly id: string;
  /** Position in the order of creation, from 1. */
  readonly ordinal: number;
  readonly topic: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly deletedAt?: number;
  /** Of a deleted thread, whose messages are gone: when the last one arrived. */
  readonly lastMessageAt?: number;
  readonly metadata?: Metadata;
  readonly retention?: RetentionPolicy;
  readonly participants: readonly ParticipantRecord[];
  readonly former: readonly FormerParticipantRecord[];
  /** The `repeatability-request-id` it was created with, and what that request could not add. */
  readonly requestId?: string;
  readonly invalidParticipants: readonly InvalidParticipant[];
}

export type MessageContent =
  | { readonly type: 'text' | 'html'; readonly text: string }
  | { readonly type: 'topicUpdated'; readonly topic: string; readonly initiator: string }
  | {
      readonly type: 'participantAdded' | 'participantRemoved';
      readonly participants: readonly ParticipantRecord[];
      readonly initiator: string;
    };

export interface MessageRecord {
  /** Epoch milliseconds as a string, unique and growing within the thread. */
  readonly id: string;
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Epoch milliseconds; grows with each change anywhere in the thread. */
  readonly version: number;
  readonly createdAt: number;
  readonly content: MessageContent;
  /** Absent on system messages. */
  readonly sender?: string;
  readonly senderDisplayName?: string;
  readonly metadata?: Metadata;
  readonly editedAt?: number;
  readonly deletedAt?: number;
}

export interface ReceiptRecord {
  readonly user: string;
  readonly messageId: string;
  readonly readAt: number;
}
