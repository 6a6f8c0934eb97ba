import type { Labels, Selector } from 'onescreen';

/** A task as it is enqueued. */
export interface TaskSpec {
  readonly id: string;
  /** May be left out where there is a classification policy. */
  readonly queueId?: string;
  /** Decides its queue, its priority and more selectors before it is queued, and again when its labels change. */
  readonly classificationPolicyId?: string;
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
  /**
   * Epoch milliseconds at which it begins to wait for a command that activates it (`requeue`), such as the time of a
   * callback. Nobody is asked before. Its age counts from then, or from its activation if that comes first.
   */
  readonly scheduleAt?: number;
  /** Carried along and shown with offers; never matched on. */
  readonly tags?: Labels;
  /** What the work is about, in the words of its channel, such as the id of a chat; shown with offers. */
  readonly channelReference?: string;
  /** Ids of the workers who alone may be asked, without the strategy, until it is requeued. Left out: everybody. */
  readonly only?: readonly string[];
}

/** A task that might be enqueued, without selectors, to ask where it would stand. */
export interface NextTask {
  readonly queueId: string;
  readonly channel: string;
  /** Default 0. */
  readonly priority?: number;
}

/** `classification-failed`, `schedule-failed` and `waiting-for-activation` wait for a command such as `requeue`. */
export type RoutingTaskStatus =
  | 'classifying'
  | 'classification-failed'
  | 'scheduled'
  | 'schedule-failed'
  | 'waiting-for-activation'
  | 'queued'
  | 'offered'
  | 'assigned'
  | 'wrapping'
  | 'completed'
  | 'closed'
  | 'cancelled';

/** A waiting task, as strategies see it. */
export interface RoutableTask {
  readonly id: string;
  /** Empty as long as its classification has not named one. */
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

/** What only some tasks have; shown with them and with their offers. */
export interface TaskFacts {
  readonly tags?: Labels;
  readonly channelReference?: string;
  /** Epoch milliseconds, of a task that was scheduled. */
  readonly scheduleAt?: number;
  readonly classificationPolicyId?: string;
  /** How often it was taken from its worker by `unassign`; left out: never. */
  readonly unassignments?: number;
}

/** A task with its state. `closed` and `cancelled` tasks are forgotten, so those words appear in events only. */
export interface TaskSnapshot extends RoutableTask, TaskFacts {
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
  /**
   * 0 while somebody is asked. Left out while nobody who could take the task is available, or the queue is closed and its
   * hours do not say until when.
   */
  readonly estimatedWaitMs?: number;
}
