import type { RoutingExplanation, Selector } from 'onescreen';
import type { ExplanationRecord, OfferRecord, ParkedRecord } from '../protocol/agent-frames';
import type { Kept } from '../protocol/kept';
import type { TaskRecord, WrapUpDraftRecord } from '../protocol/log-entry';
import type { Conversation } from './conversation';

/** An agent's acceptance of a task. */
export interface Acceptance {
  /** Left out when the task became the agent's without an offer. */
  readonly offerId?: string;
  /** The correlation id that the agent is rung under; left out when the agent is there already, having called somebody. */
  readonly ringId?: string;
  readonly agentId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Aborted when there is no point any more in ringing the agent for it; its reason says why. Another one for the next call. */
  ring: AbortController;
}

/** A task that has not ended, with the conversation it is about. */
export interface LiveTask {
  record: TaskRecord;
  readonly conversation: Conversation;
  /** Who has it. */
  acceptance: Acceptance | undefined;
  /** Set while its agent is rung again; aborted when the agent ends the call instead. */
  rejoin?: AbortController | undefined;
  /** Under which correlation id to ring an agent who gets it without an offer. */
  ringId?: string | undefined;
  /** Set from being parked until somebody has taken it, or it is offered again. */
  parked?: ParkedRecord | undefined;
  /** The consult for which its agent was asked in; left out for a task of the conversation's owner, present or past. */
  askedFor?: string | undefined;
  /** What it asked for when it was queued. */
  readonly selectors?: readonly Selector[] | undefined;
  /** The policy that it was classified by last, or is. */
  classification?: NonNullable<Kept['task']>['classification'];
  /** Somebody has told the engine to cancel it, and does what follows for its conversation. */
  cancelling?: boolean;
  /** It waits, and nobody is asked. */
  suspended?: boolean;
  /** What its agent has written down for its wrap-up so far. */
  draft?: WrapUpDraftRecord | undefined;
  /** When it closes by itself, epoch milliseconds. */
  closeAt?: number | undefined;
  /** How many agents in a row could not be let into the chat. */
  failedJoins: number;
  /** Ids of its open offers. */
  readonly offers: Set<string>;
}

export interface OpenOffer {
  readonly agentId: string;
  readonly task: LiveTask;
  readonly record: OfferRecord;
}

export function explanationRecord(explanation: RoutingExplanation): ExplanationRecord {
  // A desk is told who else was considered, not what is known of them.
  const ranked = ({ workerId, score, reason }: RoutingExplanation['winner']) => ({
    workerId,
    ...(score !== undefined && { score }),
    ...(reason !== undefined && { reason }),
  });
  return {
    strategy: explanation.strategy,
    decidedAt: explanation.decidedAt.getTime(),
    waitedMs: explanation.waitedMs,
    winner: ranked(explanation.winner),
    runnersUp: explanation.runnersUp.map(ranked),
    constraints: explanation.constraints,
    ...(explanation.fallback !== undefined && { fallback: explanation.fallback }),
  };
}

/** Kinds of the channels that a task goes over. */
export function channelsOf({ channel, channels = [channel] }: TaskRecord): readonly string[] {
  return channels;
}

export function withChannels({ channels: _, ...record }: TaskRecord, kinds: readonly string[]): TaskRecord {
  return kinds.length === 1 && kinds[0] === record.channel ? record : { ...record, channels: kinds };
}

/** The record without what only an assignment has. */
export function unassigned(record: TaskRecord): TaskRecord {
  const { assignedAt: _, ...rest } = record;
  return rest;
}

/** The record without the reason of an earlier status. */
export function withoutReason(record: TaskRecord): TaskRecord {
  const { reason: _, ...rest } = record;
  return rest;
}
