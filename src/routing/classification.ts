import type { Labels, Selector } from 'onescreen';
import type { RoutingCommand } from './commands';

/** What is known of a task when it is classified. */
export interface ClassifiableTask {
  readonly id: string;
  readonly channel: string;
  readonly labels: Labels;
  readonly priority: number;
  /** The queue it is in, when it is classified anew. */
  readonly queueId?: string;
}

/** Where a task belongs. What is left out stays as it is. */
export interface Classification {
  readonly queueId?: string;
  readonly priority?: number;
  /** Beside those that the task was given. */
  readonly selectors?: readonly Selector[];
}

/** Decides a task's queue, priority and worker selectors from its labels. */
export interface ClassificationPolicy {
  readonly id: string;
  /** For tasks that the policy gives no queue, and where it fails. Left out: such a task waits for a command. */
  readonly fallbackQueueId?: string;
  /**
   * `chance` is a number from 0 up to 1 that is the same for the same task each time, for shares. Called by
   * `createRouter`, never by the engine itself: the answer becomes a command, so that a replay need not ask again.
   */
  classify(task: ClassifiableTask, chance: number): Classification | Promise<Classification>;
}

/** A question to a classification policy. */
export interface PendingClassification {
  readonly id: string;
  readonly taskId: string;
  readonly policy: ClassificationPolicy;
  /** Asks the policy; what it answers is the command to apply. `failed` hears of what it threw or rejected with. */
  ask(failed?: (error: unknown) => void): RoutingCommand | Promise<RoutingCommand>;
}
