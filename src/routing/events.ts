import type { RoutingExplanation, Selector } from 'onescreen';
import type { ExceptionTrigger } from './exceptions';
import type { TaskFacts } from './task';

/** Why an offer was taken back: one of ours, or the words of the command that did it. */
export type RevokeReason =
  | 'accepted-elsewhere'
  | 'task-assigned'
  | 'task-cancelled'
  | 'task-requeued'
  | 'worker-changed'
  | 'worker-deregistered'
  | 'worker-unavailable'
  | (string & {});

/** One of ours, or the words of the command that did it. */
export type UnavailableReason = 'offer-expired' | 'set-unavailable' | 'worker-deregistered' | (string & {});

/** How a task ended, in the words of the command. */
export interface TaskResult {
  readonly disposition?: string;
  readonly note?: string;
}

interface OfferRef {
  readonly offerId: string;
  readonly taskId: string;
  readonly workerId: string;
}

type RoutingEventBody =
  | { readonly type: 'worker-registered'; readonly workerId: string }
  | { readonly type: 'worker-updated'; readonly workerId: string }
  | { readonly type: 'worker-available'; readonly workerId: string }
  | { readonly type: 'worker-unavailable'; readonly workerId: string; readonly reason: UnavailableReason }
  | { readonly type: 'worker-deregistered'; readonly workerId: string; readonly reason: string }
  /** A task came that is not queued at once. */
  | { readonly type: 'task-received'; readonly taskId: string; readonly channel: string }
  | { readonly type: 'task-scheduled'; readonly taskId: string; readonly scheduleAt: number }
  /** Its time has passed already, or lies beyond the longest life of a task. A command must step in. */
  | {
      readonly type: 'task-scheduling-failed';
      readonly taskId: string;
      readonly scheduleAt: number;
      readonly reason: string;
    }
  /** Its time has come; nobody is asked before a command activates it. */
  | { readonly type: 'task-waiting-for-activation'; readonly taskId: string; readonly scheduleAt: number }
  /** A question to a classification policy. */
  | {
      readonly type: 'classification-requested';
      readonly classificationId: string;
      readonly taskId: string;
      readonly policyId: string;
      /** Epoch milliseconds from which the answer is no longer awaited. */
      readonly expiresAt: number;
    }
  | {
      readonly type: 'task-classified';
      readonly taskId: string;
      readonly policyId: string;
      readonly queueId: string;
      readonly priority: number;
      /** Those that the classification attached. */
      readonly selectors: readonly Selector[];
    }
  /** Without `fallbackQueueId` the task waits for a command. */
  | {
      readonly type: 'classification-failed';
      readonly taskId: string;
      readonly policyId: string;
      readonly reason: string;
      readonly fallbackQueueId?: string;
    }
  | {
      readonly type: 'task-queued';
      readonly taskId: string;
      readonly queueId: string;
      readonly channel: string;
      readonly priority: number;
      readonly virtualStartAt: number;
      readonly suspended: boolean;
      /** Epoch milliseconds at which it came, when it was not queued at once. */
      readonly receivedAt?: number;
    }
  | { readonly type: 'task-prioritized'; readonly taskId: string; readonly priority: number }
  /** A rule of the task's queue fired; its actions follow. */
  | {
      readonly type: 'exception-triggered';
      readonly taskId: string;
      readonly queueId: string;
      readonly ruleId: string;
      readonly trigger: ExceptionTrigger['type'];
    }
  | { readonly type: 'queue-opened'; readonly queueId: string }
  | { readonly type: 'queue-closed'; readonly queueId: string }
  | ({
      readonly type: 'offer-issued';
      readonly queueId: string;
      readonly channel: string;
      readonly priority: number;
      readonly cost: number;
      readonly issuedAt: number;
      readonly expiresAt: number;
      readonly explanation: RoutingExplanation;
    } & OfferRef &
      TaskFacts)
  | ({ readonly type: 'offer-accepted' } & OfferRef)
  | ({ readonly type: 'offer-declined'; readonly reason?: string; readonly retryAt?: number } & OfferRef)
  | ({ readonly type: 'offer-expired' } & OfferRef)
  | ({ readonly type: 'offer-revoked'; readonly reason: RevokeReason } & OfferRef)
  | {
      readonly type: 'task-assigned';
      readonly taskId: string;
      readonly workerId: string;
      /** Left out for a task that was assigned without an offer. */
      readonly offerId?: string;
      readonly queueId: string;
    }
  /** The task takes that many more units of its worker. */
  | {
      readonly type: 'channel-held';
      readonly taskId: string;
      readonly workerId: string;
      readonly channel: string;
      readonly cost: number;
    }
  /** With `workerId` when somebody has the task. */
  | { readonly type: 'channel-released'; readonly taskId: string; readonly channel: string; readonly workerId?: string }
  | {
      readonly type: 'task-requeued';
      readonly taskId: string;
      readonly queueId: string;
      readonly reason: string;
      readonly suspended: boolean;
      /** Who had it, when it was assigned. */
      readonly fromWorkerId?: string;
    }
  | { readonly type: 'task-wrapping'; readonly taskId: string; readonly workerId: string }
  | { readonly type: 'task-completed'; readonly taskId: string; readonly workerId: string; readonly closeAt?: number }
  | ({ readonly type: 'task-closed'; readonly taskId: string; readonly workerId: string } & TaskResult)
  | ({
      readonly type: 'task-cancelled';
      readonly taskId: string;
      readonly reason: string;
      readonly workerId?: string;
      readonly disposition: string;
    } & TaskResult)
  | {
      readonly type: 'selectors-expired';
      readonly taskId: string;
      readonly selectors: readonly Selector[];
      /** Those of them that the task's classification attached. */
      readonly attached?: readonly Selector[];
    }
  | {
      readonly type: 'decision-requested';
      readonly decisionId: string;
      readonly taskId: string;
      readonly queueId: string;
      readonly strategy: string;
      /** Epoch milliseconds from which the answer is no longer awaited. */
      readonly expiresAt: number;
    };

/** What the engine did. `seq` counts up by one from 1; `at` is the time of the command, in epoch milliseconds. */
export type RoutingEvent = RoutingEventBody & { readonly seq: number; readonly at: number };
