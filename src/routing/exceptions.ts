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
  /** `reason` is the rule's id by default. */
  | { readonly type: 'cancel'; readonly reason?: string; readonly disposition?: string; readonly note?: string }
  /** Classifies the task anew, with the labels added to its own; left out: by the policy that it has. */
  | { readonly type: 'reclassify'; readonly policyId?: string; readonly labels?: Labels }
  /**
   * Job Router's manual reclassification: puts the task where, and as, it says. Its age goes on: the waiting time of
   * the next queue's rules does not begin anew (the platform leaves it open). Open offers are revoked, unless only the
   * priority changes.
   */
  | {
      readonly type: 'move';
      readonly queueId?: string;
      readonly priority?: number;
      readonly selectors?: readonly Selector[];
    };

/**
 * What happens to a task that has waited too long, or came to a queue that is too long or closed. Parked and scheduled
 * tasks are left alone until they wake up. Rules move or reclassify one task ten times (chosen); then it stays where it
 * is until a command moves it, so that rules which send it round come to an end.
 */
export interface ExceptionRule {
  readonly id: string;
  readonly when: ExceptionTrigger;
  /** Followed in order; what comes behind a `cancel` is left out. */
  readonly actions: readonly ExceptionAction[];
}
