import type { Labels, Selector } from 'onescreen';

/** A task as it is enqueued. */
export interface TaskSpec {
  readonly id: string;
  readonly queueId: string;
  readonly channel: string;
  /** Other channels that it has as well; whoever takes it needs room for every one. */
  readonly more?: readonly string[];
  /** Higher goes first. Default 0. */
  readonly priority?: number;
  readonly labels?: Labels;
  readonly selectors?: readonly Selector[];
  /** Epoch milliseconds from which its age counts, when it waited elsewhere before, such as ahead of a transfer. Default now; never later than now. */
  readonly virtualStartAt?: number;
  /** Units of capacity it takes. Left out: the worker's own cost for the channel. */
  readonly cost?: number;
  /** Holds its place in the queue without being matched until it is requeued. Default false. */
  readonly suspend?: boolean;
  /** Ids of the workers who alone may be asked, without the strategy, until it is requeued. Left out: everybody. */
  readonly only?: readonly string[];
}

export type RoutingTaskStatus = 'queued' | 'offered' | 'assigned' | 'wrapping' | 'completed' | 'closed' | 'cancelled';

/** A waiting task, as strategies see it. */
export interface RoutableTask {
  readonly id: string;
  readonly queueId: string;
  /** The one it has had the longest. */
  readonly channel: string;
  /** All channels it has, {@link RoutableTask.channel} first; whoever takes it needs room for every one. */
  readonly channels: readonly string[];
  readonly priority: number;
  readonly labels: Labels;
  /** Those that count now. */
  readonly selectors: readonly Selector[];
  /** Epoch milliseconds. */
  readonly enqueuedAt: number;
  /** Epoch milliseconds from which its age counts. */
  readonly virtualStartAt: number;
}

/** A task with its state. `closed` and `cancelled` tasks are forgotten, so those words appear in events only. */
export interface TaskSnapshot extends RoutableTask {
  readonly status: RoutingTaskStatus;
  readonly suspended: boolean;
  /** True while the answer of the queue's strategy is awaited. */
  readonly deciding: boolean;
  readonly expiredSelectors: readonly Selector[];
  /** Who alone may be asked; left out: everybody. */
  readonly only?: readonly string[];
  readonly offers: readonly OfferSnapshot[];
  /** Who has it, once it is assigned. */
  readonly workerId?: string;
  /** How often it was put back into a queue. */
  readonly requeues: number;
  /** Epoch milliseconds at which it closes by itself, when that was asked for. */
  readonly closeAt?: number;
}

/** An open offer. */
export interface OfferSnapshot {
  readonly id: string;
  readonly taskId: string;
  readonly workerId: string;
  /** Units of the worker's capacity it holds. */
  readonly cost: number;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  /** Epoch milliseconds from which it can no longer be accepted. */
  readonly expiresAt: number;
}

/** Where a task stands in its queue. */
export interface QueuePosition {
  /** 1 for the next. */
  readonly position: number;
  readonly queueLength: number;
  readonly estimatedWaitMs: number;
}
