import type { LabelValue, Labels } from '../conversation/labels';

/** Status words of a task. `wrapping`: handling has ended; `completed`: wrap-up has ended; `closed`: nothing more will happen. */
export type TaskStatus = 'queued' | 'offered' | 'assigned' | 'wrapping' | 'completed' | 'closed' | 'cancelled';

/** Who did something. `system` is the control plane itself. */
export interface Actor {
  readonly kind: 'agent' | 'customer' | 'bot' | 'system';
  /** Participant id, or agent id for somebody who does not take part. */
  readonly id?: string;
}

export type ParticipantRole = 'customer' | 'agent' | 'bot' | 'expert' | 'supervisor';

export interface ParticipantRecord {
  readonly id: string;
  readonly role: ParticipantRole;
  readonly displayName: string;
  /** The participant's names at providers, such as `{ acs: '8:acs:…' }`; for matching what providers bring. */
  readonly providerRefs: Readonly<Record<string, string>>;
}

/** What a queue asks of wrap-up. */
export interface WrapUpPolicy {
  readonly dispositions: readonly DispositionRecord[];
  /** True: wrap-up cannot be completed without a disposition. */
  readonly required: boolean;
  /** Milliseconds of wrap-up before it is overdue. Left out: no limit. */
  readonly limitMs?: number;
}

export interface DispositionRecord {
  readonly code: string;
  readonly label: string;
}

/** A task as the log states it; each entry about a task holds the whole of it. Times are epoch milliseconds. */
export interface TaskRecord {
  readonly id: string;
  readonly conversationId: string;
  readonly queueId: string;
  readonly channel: string;
  readonly priority: number;
  readonly labels: Labels;
  readonly status: TaskStatus;
  /** The agent it is offered or assigned to, or was last. */
  readonly agentId?: string;
  /** When its wait began; kept when it returns to the queue. */
  readonly queuedAt: number;
  readonly assignedAt?: number;
  readonly wrapUp: WrapUpPolicy;
  readonly wrapUpStartedAt?: number;
  readonly wrapUpEndsAt?: number;
  readonly disposition?: string;
  /** Why it has this status, such as `agent-disconnected`. */
  readonly reason?: string;
}

export interface MessageRecord {
  readonly id: string;
  /** Id given by who sent it; sending again with the same one has no further effect. */
  readonly clientId?: string;
  readonly from: string;
  readonly text: string;
  readonly html?: string;
}

interface EntryBase {
  /** Position in the conversation's log, from 1, gapless. */
  readonly seq: number;
  /** Server time, epoch milliseconds; never smaller than the entry's before. */
  readonly at: number;
  readonly by: Actor;
}

/** What can happen to an open call. */
export type ChannelChange = 'held' | 'resumed' | 'recording-started' | 'recording-stopped';

/** What the control plane's log of one conversation can say. */
export type LogEntry = EntryBase & LogFact;

export type LogFact =
  | { readonly type: 'conversation-opened'; readonly context: Labels }
  | { readonly type: 'context-changed'; readonly patch: Readonly<Record<string, LabelValue | null>> }
  | {
      readonly type: 'channel-opened';
      readonly channelId: string;
      readonly channel: string;
      /** Name of the provider that serves it. */
      readonly provider: string;
      readonly providerRefs: Readonly<Record<string, string>>;
      /** For calls: what the control plane can do on it, such as `hold`. */
      readonly actions?: readonly string[];
    }
  | { readonly type: 'channel-changed'; readonly channelId: string; readonly change: ChannelChange }
  | { readonly type: 'channel-closed'; readonly channelId: string; readonly reason: string }
  | { readonly type: 'participant-joined'; readonly participant: ParticipantRecord }
  | { readonly type: 'participant-left'; readonly participantId: string; readonly reason: string }
  | { readonly type: 'task'; readonly task: TaskRecord }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'message'; readonly channelId: string; readonly message: MessageRecord }
  | {
      readonly type: 'message-edited';
      readonly channelId: string;
      readonly messageId: string;
      readonly text: string;
      readonly html?: string;
    }
  | { readonly type: 'message-deleted'; readonly channelId: string; readonly messageId: string }
  | { readonly type: 'message-read'; readonly channelId: string; readonly messageId: string };

/** The facts that a chat hosted by the control plane is made of; its provider reads them, the fold leaves them alone. */
export type HostedChatFact = Extract<LogFact, { readonly type: `message${string}` }>;

export function isHostedChatEntry(entry: LogEntry): entry is LogEntry & HostedChatFact {
  return (
    entry.type === 'message' ||
    entry.type === 'message-edited' ||
    entry.type === 'message-deleted' ||
    entry.type === 'message-read'
  );
}
