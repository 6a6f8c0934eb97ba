import type { Labels, Selector } from 'onescreen';

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
   * Pure. `chance` is a number from 0 up to 1 that is the same for the same task each time, for shares. A promise is
   * awaited outside the engine, by `createRouter`.
   */
  classify(task: ClassifiableTask, chance: number): Classification | Promise<Classification>;
}
