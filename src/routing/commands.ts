import type { Labels, Selector } from 'onescreen';
import type { Classification } from './classification';
import type { Ranked } from './strategy';
import type { TaskSpec } from './task';
import type { WorkerSpec } from './worker';

/** What may be changed of a registered worker. */
export type WorkerChange = Partial<Omit<WorkerSpec, 'id' | 'available'>>;

/** Everything that can happen to the engine, besides time. Plain data, so that it can be logged and replayed. */
export type RoutingCommand =
  | { readonly type: 'register'; readonly worker: WorkerSpec }
  /** Open offers that the change makes impossible are revoked, the newest first, for `reason` (default `worker-changed`). */
  | { readonly type: 'update'; readonly workerId: string; readonly change: WorkerChange; readonly reason?: string }
  /** `false` revokes the worker's open offers unless `keepOffers`; its assignments stay (it drains). */
  | {
      readonly type: 'setAvailable';
      readonly workerId: string;
      readonly available: boolean;
      readonly keepOffers?: boolean;
      readonly reason?: string;
    }
  /** Revokes the worker's open offers. What is assigned to it stays so until it is completed, requeued or cancelled. */
  | { readonly type: 'deregister'; readonly workerId: string; readonly reason?: string }
  /**
   * With `assignTo` the task is that worker's at once, whether available or not, as far as its capacity goes: work that
   * a worker begins itself, such as an outbound call.
   */
  | { readonly type: 'enqueue'; readonly task: TaskSpec; readonly assignTo?: string }
  /**
   * Gives a queued, suspended or offered task to a worker at once, whether available or not, as far as its capacity
   * goes; open offers are revoked.
   */
  | { readonly type: 'assign'; readonly taskId: string; readonly workerId: string }
  | { readonly type: 'accept'; readonly offerId: string }
  /** The worker is not asked again for this task before `retryAt` (epoch ms), or else before it becomes available anew. */
  | { readonly type: 'decline'; readonly offerId: string; readonly retryAt?: number; readonly reason?: string }
  | { readonly type: 'revoke'; readonly offerId: string; readonly reason: string }
  /** Revokes all of a worker's open offers. */
  | { readonly type: 'revoke'; readonly workerId: string; readonly reason: string }
  /**
   * Puts a task whose handling has not ended (back) into a queue with its id and its age, and activates one that was
   * scheduled. Open offers are revoked, the assigned worker's capacity is freed. Expiring selectors run on, unless new
   * ones are given. `suspend` parks it, `scheduleAt` until that time; requeueing without them wakes it up. Nobody alone
   * is asked any more. It keeps its channels; `channel` takes the place of the first. New labels without a queue have
   * a task classified anew that has a classification policy; so has a new policy.
   */
  | {
      readonly type: 'requeue';
      readonly taskId: string;
      readonly reason: string;
      readonly queueId?: string;
      readonly channel?: string;
      readonly priority?: number;
      readonly labels?: Labels;
      readonly selectors?: readonly Selector[];
      readonly classificationPolicyId?: string;
      readonly suspend?: boolean;
      readonly scheduleAt?: number;
      /** Workers who are not to be asked, such as the one who gives it away. */
      readonly exclude?: readonly string[];
      /** When they may be asked again (epoch ms). Left out: once they become available anew. */
      readonly excludeUntil?: number;
      /** Nobody is asked before this time (epoch ms); the task keeps its place in the queue. */
      readonly notBefore?: number;
    }
  /** Changes the place of a task that nobody has; its offers stay. */
  | { readonly type: 'prioritize'; readonly taskId: string; readonly priority: number }
  /**
   * Takes an assigned task from its worker, back into its queue, or parked. Only so often for one task as its queue's
   * `maxUnassignments` says; `task/unassign-limit` from then on. `requeue` has no such limit.
   */
  | { readonly type: 'unassign'; readonly taskId: string; readonly suspend?: boolean }
  /**
   * Gives an assigned task one more channel, for which its worker must have room: as many units as `cost`, or as the
   * worker's own for the channel. Whoever gets the task later needs room for all its channels.
   */
  | { readonly type: 'hold'; readonly taskId: string; readonly channel: string; readonly cost?: number }
  /** Takes a channel, but not the last, from a task that nobody has or that is assigned, and frees what it holds for it. */
  | { readonly type: 'release'; readonly taskId: string; readonly channel: string }
  /** Handling has ended, wrap-up begins. */
  | { readonly type: 'complete'; readonly taskId: string }
  /** Wrap-up has ended. With `closeAt` (epoch ms) the task closes, and frees what it holds, at that time. */
  | {
      readonly type: 'close';
      readonly taskId: string;
      readonly closeAt?: number;
      readonly disposition?: string;
      readonly note?: string;
    }
  /** Ends a task, whatever its state. `disposition` is `Cancelled` by default, as in Job Router. */
  | {
      readonly type: 'cancel';
      readonly taskId: string;
      readonly reason: string;
      readonly disposition?: string;
      readonly note?: string;
    }
  /** The answer to a `decision-requested`. Dropped without an error when it is no longer awaited. */
  | { readonly type: 'decide'; readonly decisionId: string; readonly ranked: readonly Ranked[] }
  | { readonly type: 'decisionFailed'; readonly decisionId: string; readonly reason: string }
  /** The answer to a `classification-requested`. Dropped without an error when it is no longer awaited. */
  | {
      readonly type: 'classify';
      readonly taskId: string;
      readonly classificationId: string;
      readonly classification: Classification;
    }
  | {
      readonly type: 'classificationFailed';
      readonly taskId: string;
      readonly classificationId: string;
      readonly reason: string;
    }
  /** Lets time pass. */
  | { readonly type: 'tick' };
