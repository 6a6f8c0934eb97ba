import type { LabelValue, Labels } from '../conversation/labels';
import type { Kept } from './kept';
import type { MeetingChange } from './meeting-report';

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
  /** Of agents and bots: the id by which tasks name them. Customers' pages are not told. */
  readonly agentId?: string;
}

/** What a queue asks of wrap-up. */
export interface WrapUpPolicy {
  readonly dispositions: readonly DispositionRecord[];
  /** True: wrap-up cannot be completed without a disposition. */
  readonly required: boolean;
  /** Milliseconds of wrap-up before it is overdue. Left out: no limit. */
  readonly limitMs?: number;
  /**
   * What happens at the limit. `overdue` (default): desks show it, and nothing else; `complete`: wrap-up is completed
   * with the agent's draft as it is then, with the reason `wrap-up-limit`.
   */
  readonly atLimit?: 'overdue' | 'complete';
  /** Code of the disposition that is taken at the limit when the draft has none. Asked for where a disposition is required. */
  readonly limitDisposition?: string;
  /** How often wrap-up can be extended, each time by `limitMs`. Left out: as often as the agent asks. */
  readonly maxExtensions?: number;
}

/** What an agent has written down of a wrap-up that is not completed. */
export interface WrapUpDraftRecord {
  /** Empty in a change: the one that was chosen is taken back. */
  readonly disposition?: string;
  readonly notes?: string;
  readonly labels?: Labels;
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
  /** Kinds of all channels that it goes over now, each holding some of its agent's capacity. Left out: `channel` alone. */
  readonly channels?: readonly string[];
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
  /** How often its wrap-up was extended. Left out: never. */
  readonly wrapUpExtensions?: number;
  readonly disposition?: string;
  /** Why it has this status, such as `agent-disconnected`. */
  readonly reason?: string;
  /** Why it was made, when it did not come from the queue. */
  readonly purpose?: 'consult' | 'transfer' | 'conference' | 'callback';
  /** Who gave or asked: the agent's display name, and what they wrote for the next one. */
  readonly from?: { readonly agentId: string; readonly displayName: string; readonly note?: string };
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
  /** Position in the conversation's log, from 1, gapless; pages are not sent every entry. */
  readonly seq: number;
  /** Server time, epoch milliseconds; never smaller than the entry's before. */
  readonly at: number;
  readonly by: Actor;
  /** What only a server needs that takes the conversation up; no page is sent it. Stores keep it as it is. */
  readonly kept?: Kept;
}

/** What can happen to an open call. */
export type ChannelChange =
  'held' | 'resumed' | 'recording-started' | 'recording-paused' | 'recording-resumed' | 'recording-stopped';

/** Whom a task can be given to, or who can be asked about it. `teamsUser` and `voicemail` are object ids of Teams users. */
export type Target =
  | { readonly agent: string }
  | { readonly queue: string }
  | { readonly phone: string }
  | { readonly teamsUser: string }
  | { readonly voicemail: string };

/**
 * How far an agent's bringing in of somebody else has come. `ringing`: they are being asked, the customer hears music;
 * `consulting`: the agent talks to them, the customer hears music; `swapped`: the agent talks to the customer, they hear
 * music; `merged`: all talk. The last three are ends: `completed` (the customer is theirs), `cancelled`, `failed` (the
 * customer is the agent's again).
 */
export type ConsultStatus = 'ringing' | 'consulting' | 'swapped' | 'merged' | 'completed' | 'cancelled' | 'failed';

/** An agent brings somebody else in; each entry about it holds the whole of it. */
export interface ConsultRecord {
  readonly id: string;
  /** The task of the agent who asks. */
  readonly taskId: string;
  /** `transfer` completes by itself as soon as they are there; `conference` merges by itself. */
  readonly purpose: 'consult' | 'transfer' | 'conference';
  readonly kind: 'agent' | 'phone' | 'teamsUser' | 'voicemail';
  /** Who is asked, for people; a phone number where there is no name. */
  readonly displayName: string;
  readonly agentId?: string;
  /** Their participant, once they are in. */
  readonly participantId?: string;
  readonly status: ConsultStatus;
  /** Why it ended, such as `no-answer`, `declined`, `busy`, `unavailable`, `left`, `customer-left`. */
  readonly reason?: string;
}

/** A promise to call the customer back. */
export interface CallbackRecord {
  readonly id: string;
  readonly conversationId: string;
  readonly queueId: string;
  /** E.164 number; for agents only, never logged. */
  readonly phone: string;
  readonly customer: string;
  /** When it is due, epoch milliseconds. */
  readonly dueAt: number;
  /** Since when the customer waits; the age of the task that it becomes. */
  readonly requestedAt: number;
  /** `scheduled`: not due yet; `queued`: due, agents are asked; `calling`: an agent has it, or the customer is in the call. The last two are ends. */
  readonly status: 'scheduled' | 'queued' | 'calling' | 'done' | 'cancelled';
  readonly note?: string;
}

/** The customer is asked into another channel, in the one that they are in. Each entry about it holds the whole of it. */
export interface InvitationRecord {
  readonly id: string;
  /** Kind of the channel. */
  readonly channel: string;
  readonly channelId: string;
  /** Left out for customers. */
  readonly taskId?: string;
  /** The last four are ends. */
  readonly status: 'open' | 'accepted' | 'declined' | 'expired' | 'withdrawn';
  /** Who invites, by display name. */
  readonly from: string;
  /** `link`: the customer joins from the page that they are on; `call`: the control plane calls their phone. */
  readonly by: 'link' | 'call';
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

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
  | {
      readonly type: 'channel-changed';
      readonly channelId: string;
      readonly change: ChannelChange | MeetingChange;
      /** Whom it happened to, in a meeting. */
      readonly participantId?: string;
    }
  | { readonly type: 'channel-closed'; readonly channelId: string; readonly reason: string }
  | {
      readonly type: 'participant-joined';
      readonly participant: ParticipantRecord;
      /** True for somebody who is here already, and has more names or others from now on. */
      readonly again?: boolean;
    }
  | { readonly type: 'participant-left'; readonly participantId: string; readonly reason: string }
  | {
      readonly type: 'task';
      readonly task: TaskRecord;
      /** True when only the channels that it goes over, or its priority, are others from now on. */
      readonly again?: boolean;
    }
  | { readonly type: 'consult'; readonly consult: ConsultRecord }
  | { readonly type: 'callback'; readonly callback: CallbackRecord }
  | { readonly type: 'invitation'; readonly invitation: InvitationRecord }
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
  | { readonly type: 'message-read'; readonly channelId: string; readonly messageId: string }
  /** Nothing more will happen in the conversation; for stores, no page is sent it. */
  | { readonly type: 'conversation-ended' }
  /** Nothing but what the entry keeps for servers; no page is sent it. */
  | { readonly type: 'kept' };

/** A fact with what is kept beside it. */
export type KeptFact = LogFact & { readonly kept?: Kept };

/** The facts that a chat hosted by the control plane is made of; its provider reads them, the fold leaves them alone. */
export type HostedChatFact = Extract<LogFact, { readonly type: `message${string}` }>;

export function isHostedChatEntry(entry: LogEntry): entry is LogEntry & HostedChatFact {
  return entry.type.startsWith('message');
}
