import type { Selector } from 'onescreen';
import { checkDemand, checkList } from './check';
import { counts, relaxInLine, timed } from './enter-queue';
import { amend, type TaskRecord } from './task-record';
import { routableTask } from './snapshots';
import type { RoutingState } from './state';
import type { RoutingStrategy } from './strategy';

/** Undoes what a queue's strategy selected; those of the task's own that have ended since are not told again. */
export function takeOwnSelectors(state: RoutingState, task: TaskRecord): void {
  if (task.extra?.own === undefined) return;
  task.selectors = task.extra.own;
  task.expired = task.selectors.flatMap((each) => (counts(each, state.now) ? [] : each.selector));
  amend(task, { own: undefined });
}

/** The selectors that a task has while it is in no queue. */
export function showOwnSelectors(state: RoutingState, task: TaskRecord): void {
  takeOwnSelectors(state, task);
  task.home = undefined;
  task.active = task.selectors.flatMap((each) => (counts(each, state.now) ? each.selector : []));
  if (task.extra?.bypassed !== undefined) amend(task, { bypassed: undefined });
}

/** Has the queue's strategy put others in the place of a task's own selectors. */
export function selectHere(state: RoutingState, task: TaskRecord, strategy: RoutingStrategy): void {
  let selectors: readonly Selector[] = [];
  try {
    selectors = strategy.select?.(routableTask(task)) ?? [];
    checkList(selectors, 'select');
    checkDemand({ selectors }, 'select');
  } catch {
    return amend(task, { fault: `${strategy.name} did not select` });
  }
  amend(task, { own: task.selectors, fault: undefined });
  task.selectors = timed(selectors, state.now);
  task.expired = [];
  state.timers.cancel(task.selectorTimer);
  task.selectorTimer = undefined;
  relaxInLine(state, task);
}
