import type { ErrorShape } from '../errors';
import type {
  Actor,
  CallbackRecord,
  ChannelChange,
  ConsultRecord,
  InvitationRecord,
  TaskStatus,
} from '../protocol/log-entry';
import type { MeetingChange } from '../protocol/meeting-report';

/**
 * How far a message has come. `queued`: waits for a rate limit or the link; `sent`: stored by the provider;
 * `read`: the other side has seen it; `failed`: not stored, `retry` sends it again.
 */
export type MessageState = 'sending' | 'queued' | 'sent' | 'delivered' | 'read' | 'failed';

export interface ItemBase {
  /** Opaque, stable from the first appearance on. */
  readonly id: string;
  /** Server time; for a message not stored yet the desk's. */
  readonly at: Date;
  /** Where the item comes from: `log`, or a channel's id. */
  readonly source: string;
  /** The source's own order among items of the same millisecond. */
  readonly seq: number;
}

/** A message of a messaging channel. */
export interface MessageItem extends ItemBase {
  readonly kind: 'message';
  readonly channelId: string;
  /** The source's own, which grows with every change there; 0 while nothing is stored. */
  readonly version: number;
  /** The participant who wrote it; absent while nobody of that name has joined. */
  readonly from?: string;
  /** `out`: written by the one who looks at it. */
  readonly direction: 'in' | 'out';
  /** Name that the provider shows for the sender. Untrusted text. */
  readonly fromName?: string;
  /** Plain text; empty once deleted. Untrusted. */
  readonly text: string;
  /** Sanitised HTML, only where a DOM could sanitise it. */
  readonly html?: string;
  readonly state: MessageState;
  readonly editedAt?: Date;
  readonly deletedAt?: Date;
  /** Why the state is `failed`. */
  readonly error?: ErrorShape;
}

/** A channel was opened or closed, a call put on hold, resumed, recorded, or something happened in a meeting. */
export interface ChannelItem extends ItemBase {
  readonly kind: 'channel';
  readonly channelId: string;
  /** The kind of channel; stated when it opens. */
  readonly channel?: string;
  readonly change: 'opened' | 'closed' | ChannelChange | MeetingChange;
  /** Whom it happened to, in a meeting. */
  readonly participantId?: string;
  readonly reason?: string;
}

/** The customer was asked into another channel, and what came of it. */
export interface InvitationItem extends ItemBase {
  readonly kind: 'invitation';
  readonly invitationId: string;
  readonly channelId: string;
  /** Kind of the channel. */
  readonly channel: string;
  readonly status: InvitationRecord['status'];
  readonly by: Actor;
}

/** A task changed its status. */
export interface TaskItem extends ItemBase {
  readonly kind: 'task';
  readonly taskId: string;
  readonly status: TaskStatus;
  readonly by: Actor;
  /** Whom it is offered or assigned to: the `agentId` of a participant, once they have joined; whoever has not is in `client.directory`. */
  readonly agentId?: string;
  readonly reason?: string;
  readonly disposition?: string;
}

/** Somebody joined or left. */
export interface ParticipantItem extends ItemBase {
  readonly kind: 'participant';
  readonly participantId: string;
  /** Stated when they join. Untrusted text. */
  readonly displayName?: string;
  readonly change: 'joined' | 'left';
  readonly reason?: string;
}

/** An agent's note; never shown to the customer. */
export interface NoteItem extends ItemBase {
  readonly kind: 'note';
  readonly by: Actor;
  readonly text: string;
}

/** How far an agent's bringing in of somebody else has come. */
export interface ConsultItem extends ItemBase {
  readonly kind: 'consult';
  readonly consultId: string;
  /** The task of the agent who asks. */
  readonly taskId: string;
  readonly purpose: ConsultRecord['purpose'];
  readonly target: ConsultRecord['kind'];
  /** Who is asked. Untrusted text. */
  readonly displayName: string;
  readonly status: ConsultRecord['status'];
  readonly by: Actor;
  readonly reason?: string;
}

/** A promise to call the customer back, and what became of it. */
export interface CallbackItem extends ItemBase {
  readonly kind: 'callback';
  readonly callbackId: string;
  readonly dueAt: Date;
  readonly status: CallbackRecord['status'];
  readonly by: Actor;
  readonly note?: string;
}

export type TimelineItem =
  MessageItem | ChannelItem | TaskItem | ParticipantItem | NoteItem | ConsultItem | CallbackItem | InvitationItem;

/**
 * One order over all sources, whatever arrived first: server time in milliseconds, then source, then the
 * source's own order, then id. What the provider has not stored yet comes last, in order of sending.
 */
export function compareItems(a: TimelineItem, b: TimelineItem): number {
  return (
    Number(isPending(a)) - Number(isPending(b)) ||
    a.at.getTime() - b.at.getTime() ||
    compareText(a.source, b.source) ||
    a.seq - b.seq ||
    compareText(a.id, b.id)
  );
}

/** True for a message that only this desk knows of. */
export function isPending(item: TimelineItem): boolean {
  return item.kind === 'message' && (item.state === 'sending' || item.state === 'queued' || item.state === 'failed');
}

function compareText(a: string, b: string): number {
  // An edited message has the very id of the one before: nothing to compare then.
  return a === b ? 0 : a < b ? -1 : 1;
}
