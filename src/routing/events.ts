import type { RoutingExplanation, Selector } from 'onescreen';

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
  | {
      readonly type: 'task-queued';
      readonly taskId: string;
      readonly queueId: string;
      readonly channel: string;
      readonly priority: number;
      readonly virtualStartAt: number;
      readonly suspended: boolean;
    }
  | ({
      readonly type: 'offer-issued';
      readonly queueId: string;
      readonly channel: string;
      readonly priority: number;
      readonly cost: number;
      readonly issuedAt: number;
      readonly expiresAt: number;
      readonly explanation: RoutingExplanation;
    } & OfferRef)
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
  | { readonly type: 'task-closed'; readonly taskId: string; readonly workerId: string }
  | { readonly type: 'task-cancelled'; readonly taskId: string; readonly reason: string; readonly workerId?: string }
  | { readonly type: 'selectors-expired'; readonly taskId: string; readonly selectors: readonly Selector[] }
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

/** An event that has not been numbered yet. */
export type UnnumberedEvent = RoutingEventBody;
