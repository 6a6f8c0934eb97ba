import type { ConsultRecord, InvitationRecord, ParticipantRole, TaskRecord } from '../protocol/log-entry';
import type { Labels } from './labels';
import type { Timeline } from './timeline';

/** Somebody who takes or took part. */
export interface Participant {
  readonly id: string;
  readonly role: ParticipantRole;
  /** Untrusted text. */
  readonly displayName: string;
  /** False once they have left. */
  readonly present: boolean;
  /** Names at providers; for diagnostics only. */
  readonly providerRefs: Readonly<Record<string, string>>;
  /** Of agents and bots: the id by which tasks name them, as `TaskItem.agentId` does. Customers' pages are not told. */
  readonly agentId?: string;
}

/** A channel as the log states it. */
export interface ChannelInfo {
  readonly id: string;
  readonly type: string;
  readonly provider: string;
  readonly open: boolean;
  /** Why it has closed, such as `transferred`, once it has. */
  readonly closedBecause?: string;
  readonly providerRefs: Readonly<Record<string, string>>;
  /** For calls: what the control plane can do on it. */
  readonly actions: readonly string[];
  /** The customer is on hold, by the control plane. */
  readonly held: boolean;
  /** `paused`: begun, and not going on now. */
  readonly recording: 'off' | 'on' | 'paused';
}

/** All that is known of one conversation, at one moment. Deeply readonly; what did not change keeps its identity. */
export interface ConversationSnapshot {
  readonly id: string;
  /** The participant who looks at it. */
  readonly self: string;
  readonly context: Labels;
  readonly channels: ReadonlyMap<string, ChannelInfo>;
  readonly participants: readonly Participant[];
  readonly tasks: ReadonlyMap<string, TaskRecord>;
  /** By id: whom agents have brought in, oldest first; those that have ended included. */
  readonly consults: ReadonlyMap<string, ConsultRecord>;
  /** By id: into which channels the customer was asked, oldest first; those that have ended included. */
  readonly invitations: ReadonlyMap<string, InvitationRecord>;
  readonly timeline: Timeline;
  /** Messages from others since this participant last marked as read. */
  readonly unread: number;
}

/** All of it but messages. */
export type StatedSnapshot = Omit<ConversationSnapshot, 'timeline' | 'unread'>;
