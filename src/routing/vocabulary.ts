import type { ClassificationPolicy, PendingClassification } from './classification';
import type { RoutingCommand } from './commands';
import type { TaskExplanation } from './explanation';
import type { Standing, TaskRecord } from './task-record';
import type { RuleSettings } from './routing-rules';
import type { RoutingState } from './state';
import type { NextTask, TaskSpec } from './task';
import type { Timer } from './timers';

/** `moves`: how often rules have moved the task since a command did. */
export type Requeue = Omit<Extract<RoutingCommand, { type: 'requeue' }>, 'type'> & { readonly moves?: number };

/** What an engine can do beyond plain routing: see `routingRules`, which is left out of bundles that do without. */
export interface Vocabulary {
  readonly classification: ReadonlyMap<string, ClassificationPolicy>;
  readonly settings: RuleSettings;
  /** Set until the next queue opens or closes. */
  hoursTimer: Timer | undefined;
  /** Set until tasks and workers are next looked through for those who have been there for too long. */
  sweepTimer: Timer | undefined;
  /** Refuses what a task says in words that only this knows. */
  check(spec: Pick<TaskSpec, 'scheduleAt' | 'classificationPolicyId'>): void;
  /** Checks and does a command of this; false for one that is not. `find` throws where there is no such task. */
  follow(
    state: RoutingState,
    command: RoutingCommand,
    isCheck: boolean,
    find: (id: string, action: string) => TaskRecord,
  ): boolean;
  /** Whether time has ended what a command is about, which `check` accepted before. */
  isOvertaken(check: () => void): boolean;
  /** Something came that must not stay for ever, or the last of it has gone. */
  counted(state: RoutingState): void;
  /** Takes in a task that is not to be queued at once; false for any other. */
  receive(state: RoutingState, task: TaskRecord, spec: TaskSpec): boolean;
  /** Puts a task that was withdrawn elsewhere than into a queue; false when it goes into one. */
  divert(state: RoutingState, task: TaskRecord, command: Requeue, from: string | undefined): boolean;
  /** Tells of a task that comes into a queue for the first time after it was received; false for any other. */
  release(state: RoutingState, task: TaskRecord): boolean;
  /** A task has taken its place in its queue. `fresh`: it has only just come. */
  entered(state: RoutingState, task: TaskRecord, fresh: boolean): void;
  pendingClassification(state: RoutingState, taskId: string): PendingClassification | undefined;
  /** What a task waits for, where it is something of this. */
  waits(state: RoutingState, task: Standing, now: number): Pick<TaskExplanation, 'waitsFor' | 'opensAt'> | undefined;
  /** How a task would stand that was enqueued now; undefined where there is no such queue. */
  next(state: RoutingState, task: NextTask): Standing | undefined;
}
