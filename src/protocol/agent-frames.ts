import type { LabelValue, Labels } from '../conversation/labels';
import type { RoutingExplanation } from '../conversation/routing-explanation';
import type { Command, ConversationPush, ConversationRecord, HostedChatCommands, Nothing } from './frames';
import type { CallbackRecord, LogEntry, Target, TaskRecord, WrapUpDraftRecord } from './log-entry';
import type { MeetingReport } from './meeting-report';

/** Whether an agent wants work; one of three separate axes beside load and presence. */
export type Availability =
  | { readonly kind: 'available' }
  /** `reason` is one of the control plane's reason codes, or the control plane's own word such as `offer-expired`. */
  | { readonly kind: 'unavailable'; readonly reason?: string };

export interface ReasonCode {
  readonly code: string;
  readonly label: string;
}

/** How much of an agent's capacity is in use, in the units of the routing engine. */
export interface Load {
  readonly tasks: number;
  readonly used: number;
  readonly capacity: number;
}

export interface AgentRecord {
  readonly id: string;
  readonly displayName: string;
  readonly availability: Availability;
  /** What the availability becomes when the current tasks have ended. */
  readonly next?: Availability;
  readonly load: Load;
  /**
   * Kinds of channels that the control plane can add to a conversation; true: the agent has capacity left for one.
   * Absent: none.
   */
  readonly channels?: Readonly<Record<string, boolean>>;
  /** Since when the availability holds, epoch milliseconds. */
  readonly since: number;
  readonly reasons: readonly ReasonCode[];
  /** The agent's own names at providers, such as `{ acs: '8:acs:…' }`. */
  readonly providerRefs: Readonly<Record<string, string>>;
  /** What the agent's desk last said of its phone; absent as long as none has. Not ready: no calls are offered. */
  readonly phone?: PhoneReport;
}

/** Whether calls can reach an agent's desk. */
export interface PhoneReport {
  readonly ready: boolean;
  /**
   * What keeps calls from the desk, such as `microphone-denied`; the control plane adds `desk-gone`. With `not-leading` a
   * page takes back what it has said: another tab of its browser speaks for the phone from now on.
   */
  readonly reasons: readonly string[];
}

/** A call that is about to ring at the agent's desk, to be answered there. */
export interface ExpectedCallRecord {
  readonly correlationId: string;
  readonly conversationId: string;
  readonly channelId: string;
  readonly callIds: readonly string[];
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Whom a call can go to or come from. `teamsApp` is the object id of a Teams resource account, such as a call queue's. */
export type CallTarget =
  | { readonly phone: string }
  | { readonly agent: string }
  | { readonly teamsUser: string }
  | { readonly teamsApp: string };

/** Which call a command is about. */
export interface CallReference {
  readonly conversationId: string;
  readonly channelId: string;
}

/** A customer who was parked: on hold with music, for whoever takes the call. */
export interface ParkedRecord {
  readonly taskId: string;
  readonly conversationId: string;
  readonly queueId: string;
  readonly customer: string;
  /** Who parked, by display name. */
  readonly by: string;
  readonly note?: string;
  /** Epoch milliseconds. */
  readonly parkedAt: number;
  /** When it goes back to its queue by itself. */
  readonly returnsAt: number;
}

/** Somebody or something a task can be given to. Names are untrusted text. */
export type DirectoryRecord = { readonly displayName: string; readonly detail?: string } & (
  | {
      readonly kind: 'agent';
      readonly target: { readonly agent: string };
      readonly availability: Availability;
      readonly busy: boolean;
    }
  | {
      readonly kind: 'queue';
      readonly target: { readonly queue: string };
      readonly waiting: number;
      readonly available: number;
    }
  | { readonly kind: 'contact'; readonly target: Target }
);

export type OfferOutcome = 'accepted' | 'accepted-elsewhere' | 'declined' | 'expired' | 'revoked';

export interface OfferRecord {
  readonly id: string;
  readonly task: TaskRecord;
  readonly preview: ConversationPreviewRecord;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly why?: ExplanationRecord;
}

/** What an agent may see of a conversation before accepting it. */
export interface ConversationPreviewRecord {
  readonly id: string;
  readonly customer: string;
  readonly context: Labels;
}

/** A RoutingExplanation whose date travels as epoch milliseconds. */
export type ExplanationRecord = Omit<RoutingExplanation, 'decidedAt'> & { readonly decidedAt: number };

/** A conversation of the same customer that has ended. */
export interface PreviousConversation {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly openedAt: number;
  readonly entries: readonly LogEntry[];
}

/** What the server sends to a desk unasked. */
export type AgentPush =
  /** The whole truth: after signing in, and after a gap that cannot be filled. */
  | {
      readonly type: 'snapshot';
      readonly agent: AgentRecord;
      readonly offers: readonly OfferRecord[];
      readonly conversations: readonly ConversationRecord[];
      /** Calls that ring for this agent now; absent: none. */
      readonly expected?: readonly ExpectedCallRecord[];
      /** Absent: none. */
      readonly parked?: readonly ParkedRecord[];
      readonly callbacks?: readonly CallbackRecord[];
      /** By task id: what the agent has written down of wrap-ups. Absent: nothing. */
      readonly drafts?: Readonly<Record<string, WrapUpDraftRecord>>;
      /** What the control plane's clock says, epoch milliseconds; all times of these pushes are by it. */
      readonly at?: number;
    }
  | { readonly type: 'agent'; readonly agent: AgentRecord }
  | { readonly type: 'offer'; readonly offer: OfferRecord }
  | { readonly type: 'offer-ended'; readonly offerId: string; readonly outcome: OfferOutcome; readonly reason?: string }
  | { readonly type: 'conversation'; readonly conversation: ConversationRecord }
  | { readonly type: 'conversation-left'; readonly conversationId: string; readonly reason: string }
  | { readonly type: 'call-expected'; readonly call: ExpectedCallRecord }
  | { readonly type: 'call-forgotten'; readonly correlationId: string }
  /** All that is parked in the agent's queues. */
  | { readonly type: 'parked'; readonly parked: readonly ParkedRecord[] }
  /** All callbacks of the agent's queues that have not ended. */
  | { readonly type: 'callbacks'; readonly callbacks: readonly CallbackRecord[] }
  /** The whole draft of a wrap-up, after another page of the agent has changed it. */
  | { readonly type: 'wrap-up-draft'; readonly taskId: string; readonly draft: WrapUpDraftRecord }
  | ConversationPush
  | { readonly type: 'signed-out'; readonly reason: string };

/** What a desk may ask of the server. Every command is idempotent by its id. */
export interface AgentCommands extends HostedChatCommands {
  readonly 'availability/set': Command<
    { readonly availability: Availability; readonly whenBusy: 'now' | 'after-current' },
    { readonly status: 'updated' | 'queued'; readonly agent: AgentRecord }
  >;
  readonly 'availability/clear-next': Command<Nothing, { readonly agent: AgentRecord }>;
  readonly 'offer/accept': Command<
    { readonly offerId: string },
    { readonly taskId: string; readonly conversation: ConversationRecord }
  >;
  readonly 'offer/decline': Command<
    { readonly offerId: string; readonly reason?: string; readonly retryAt?: number },
    Nothing
  >;
  readonly 'task/end': Command<{ readonly taskId: string }, Nothing>;
  /** Of an agent who has given the task back already, and has not had it since: without effect. */
  readonly 'task/requeue': Command<
    { readonly taskId: string; readonly queueId?: string; readonly priority?: number; readonly suspend?: boolean },
    Nothing
  >;
  /** Changes what is given of the draft, which all pages of the agent share until the task leaves the agent's hands. */
  readonly 'wrap-up/save': Command<{ readonly taskId: string } & WrapUpDraftRecord, Nothing>;
  /** Refused with `command/not-allowed`, reason `no-extension-left`, when the queue allows no more. */
  readonly 'wrap-up/extend': Command<{ readonly taskId: string }, { readonly endsAt?: number }>;
  /** With the draft for what is left out. Without effect once the agent has completed it. */
  readonly 'wrap-up/complete': Command<
    { readonly taskId: string; readonly closeAt?: number } & WrapUpDraftRecord,
    Nothing
  >;
  readonly 'context/set': Command<
    { readonly conversationId: string; readonly patch: Readonly<Record<string, LabelValue | null>> },
    Nothing
  >;
  /**
   * Sent by the desk that owns the media, within 2 s of every change, and once with the reason `not-leading` when it
   * does not any more. Counts as long as that desk's link is up.
   */
  readonly 'phone/report': Command<PhoneReport, Nothing>;
  /**
   * Starts a conversation by calling somebody; its task is assigned to the agent at once. With `dial` the desk makes the
   * call itself; without, the control plane rings the desk.
   */
  readonly 'call/dial': Command<
    { readonly to: CallTarget; readonly queueId?: string; readonly context?: Labels },
    {
      readonly taskId: string;
      readonly conversation: ConversationRecord;
      readonly dial?: { readonly channelId: string; readonly correlationId: string; readonly onBehalfOf?: string };
    }
  >;
  /**
   * Gives the task away; the next one's task carries its age. Answered at once: with a queue it is done, otherwise the
   * log's `consult` entries with this id tell what becomes of it; when it fails, the customer is the agent's again.
   */
  readonly 'task/transfer': Command<
    { readonly taskId: string; readonly to: Target; readonly note?: string; readonly labels?: Labels },
    { readonly consultId?: string }
  >;
  /** Brings somebody in, the customer hearing music meanwhile; with `merge` all are in one conversation at once. */
  readonly 'consult/start': Command<
    {
      readonly taskId: string;
      readonly to: Exclude<Target, { readonly queue: string } | { readonly voicemail: string }>;
      readonly note?: string;
      readonly merge?: boolean;
    },
    { readonly consultId: string }
  >;
  /** `complete`: the agent leaves, the customer is theirs; `cancel`: they leave. */
  readonly 'consult/act': Command<
    {
      readonly conversationId: string;
      readonly consultId: string;
      readonly action: 'swap' | 'merge' | 'complete' | 'cancel';
    },
    Nothing
  >;
  /**
   * Adds a channel to the task's conversation, capacity and all, or nothing: refused with `agent/no-capacity`,
   * `channel/unavailable`, `command/not-allowed`. The customer is invited where they are; `none`: not yet. With `close`
   * the channel opened last before it is closed once the customer is in the new one.
   */
  readonly 'task/escalate': Command<
    {
      readonly taskId: string;
      readonly to: string;
      readonly close?: boolean;
      readonly invite?: 'link' | 'call' | 'none';
    },
    { readonly channelId: string }
  >;
  /** Invites the customer into a channel that is open already; again while an invitation is open: no effect. */
  readonly 'channel/invite': Command<
    CallReference & { readonly invite?: 'link' | 'call' },
    { readonly invitationId: string }
  >;
  readonly 'invitation/withdraw': Command<{ readonly conversationId: string; readonly invitationId: string }, Nothing>;
  /** Ends one channel for the customer; the last one that is open ends the task's handling. */
  readonly 'channel/end': Command<CallReference, Nothing>;
  readonly 'meeting/report': Command<CallReference & { readonly report: MeetingReport }, Nothing>;
  /**
   * Earlier conversations of the same customer, as `context.customerId` tells them, the newest first; those that began
   * before `before` (epoch ms).
   */
  readonly 'conversation/previous': Command<
    { readonly conversationId: string; readonly before?: number; readonly pageSize: number },
    { readonly conversations: readonly PreviousConversation[]; readonly more: boolean }
  >;
  /** Leaves the customer on hold with music, for whoever takes the call; the agent is free at once. */
  readonly 'task/park': Command<{ readonly taskId: string; readonly note?: string }, Nothing>;
  readonly 'parked/take': Command<{ readonly taskId: string }, AgentCommands['offer/accept']['result']>;
  /** Ends the call, if there is one, with the promise to call back; `at` (epoch ms) left out: as soon as it is its turn. */
  readonly 'callback/schedule': Command<
    {
      readonly conversationId: string;
      /** E.164. Left out: the number that the customer called from. */
      readonly phone?: string;
      readonly at?: number;
      readonly queueId?: string;
      readonly note?: string;
    },
    { readonly callbackId: string }
  >;
  /** Calls the customer now: the task is the agent's at once. */
  readonly 'callback/take': Command<{ readonly callbackId: string }, AgentCommands['offer/accept']['result']>;
  readonly 'callback/cancel': Command<{ readonly callbackId: string }, Nothing>;
  /** Agents, queues and the vendor's contacts whose name or detail holds `text`; left out: the first of them. */
  readonly 'directory/search': Command<
    { readonly text?: string; readonly limit?: number },
    { readonly entries: readonly DirectoryRecord[] }
  >;
  readonly 'call/record': Command<CallReference & { readonly step: 'start' | 'pause' | 'resume' | 'stop' }, Nothing>;
  /** Mutes somebody else, who can unmute. */
  readonly 'call/mute': Command<CallReference & { readonly participantId: string }, Nothing>;
  /** Puts the customer on hold, with music. */
  readonly 'call/hold': Command<CallReference, Nothing>;
  readonly 'call/resume': Command<CallReference, Nothing>;
  readonly 'call/tones': Command<CallReference & { readonly tones: string }, Nothing>;
  readonly 'call/add': Command<CallReference & { readonly to: CallTarget }, Nothing>;
  readonly 'call/remove': Command<CallReference & { readonly participantId: string }, Nothing>;
  /** Rings the agent again, who has the task but is not in its call any more: after a reload, or when the media was lost. */
  readonly 'call/rejoin': Command<CallReference, Nothing>;
  readonly 'note/add': Command<{ readonly conversationId: string; readonly text: string }, Nothing>;
  readonly 'session/sign-out': Command<{ readonly reason?: string; readonly drain?: boolean }, Nothing>;
}
