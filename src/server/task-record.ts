import type { RoutingExplanation } from 'onescreen';
import type { ExplanationRecord, OfferRecord } from '../protocol/agent-frames';
import type { TaskRecord } from '../protocol/log-entry';
import type { Conversation } from './conversation';

/** An agent's acceptance of a task. */
export interface Acceptance {
  /** Left out when the task was the agent's from the start: the agent has called somebody. */
  readonly offerId?: string;
  readonly agentId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Aborted when there is no point any more in ringing the agent for it; its reason says why. */
  readonly ring: AbortController;
}

/** A task that has not ended, with the conversation it is about. */
export interface LiveTask {
  record: TaskRecord;
  readonly conversation: Conversation;
  /** Who has it. */
  acceptance: Acceptance | undefined;
  /** Set while its agent is rung again; aborted when the agent ends the call instead. */
  rejoin?: AbortController | undefined;
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
