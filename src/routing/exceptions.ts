import type { Labels, Selector } from 'onescreen';

/** When a rule fires. Each fires once for a task's stay in a queue. */
export type ExceptionTrigger =
  /** The task enters the queue while more than `threshold` others are ahead of it. */
  | { readonly type: 'queueLength'; readonly threshold: number }
  /** The task is this old, counted from its virtual start, and nobody has it. Milliseconds. */
  | { readonly type: 'waitTime'; readonly afterMs: number }
  /** The task waits while the queue's opening hours say that it is closed. */
  | { readonly type: 'closed' };

export type ExceptionAction =
  | { readonly type: 'cancel'; readonly reason?: string; readonly disposition?: string }
  /** Classifies the task anew, with the labels added to its own; left out: by the policy that it has. */
  | { readonly type: 'reclassify'; readonly policyId?: string; readonly labels?: Labels }
  /** Job Router's manual reclassification: puts the task where, and as, it says. Its age goes on. */
  | {
      readonly type: 'move';
      readonly queueId?: string;
      readonly priority?: number;
      readonly selectors?: readonly Selector[];
    };

/** What happens to a task that has waited too long, or came to a queue that is too long or closed. */
export interface ExceptionRule {
  readonly id: string;
  readonly when: ExceptionTrigger;
  /** Followed in order; what comes behind a `cancel` is left out. */
  readonly actions: readonly ExceptionAction[];
}
