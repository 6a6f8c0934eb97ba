import type { PendingClassification } from './classification';
import type { RoutingCommand } from './commands';
import type { TaskRecord } from './records';
import type { RoutingState } from './state';
import type { TaskSpec } from './task';

type Requeue = Omit<Extract<RoutingCommand, { type: 'requeue' }>, 'type'>;

/** What an engine can do beyond plain routing: see `routingRules`, which is left out of bundles that do without. */
export interface Vocabulary {
  /** Refuses what a command says in words that only this knows. */
  check(state: RoutingState, command: RoutingCommand): void;
  /** What a command of this does; undefined for one that is not. `find` throws where there is no such task. */
  prepare(
    state: RoutingState,
    command: RoutingCommand,
    find: (id: string, action: string) => TaskRecord,
  ): (() => void) | undefined;
  /** Whether time has ended what a command is about, which `prepare` accepted before. */
  isOvertaken(prepare: () => unknown): boolean;
  /** Something came that must not stay for ever. */
  arrived(state: RoutingState): void;
  /** Takes in a task that is not to be queued at once; false for any other. */
  receive(state: RoutingState, task: TaskRecord, spec: TaskSpec): boolean;
  /** Puts a task that was withdrawn elsewhere than into a queue; false when it goes into one. */
  divert(state: RoutingState, task: TaskRecord, command: Requeue, from: string | undefined): boolean;
  /** A task comes into a queue for the first time, after it was received. */
  release(state: RoutingState, task: TaskRecord): void;
  /** A task has taken its place in its queue. `entering`: it was elsewhere before. */
  entered(state: RoutingState, task: TaskRecord, entering: boolean): void;
  classification(state: RoutingState, taskId: string): PendingClassification | undefined;
  /** Epoch milliseconds at which a closed queue opens. */
  opensAt(state: RoutingState, queueId: string, now: number): number | undefined;
}
