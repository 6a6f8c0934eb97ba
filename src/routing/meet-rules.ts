import { requestClassification } from './classifying';
import type { ExceptionAction, ExceptionRule } from './exceptions';
import { cancelTask, requeueTask } from './lifecycle';
import { prioritizeTask } from './prioritize-task';
import { amend, type TaskRecord } from './task-record';
import { comeDue } from './scheduling';
import type { RoutingState } from './state';

/** So often rules move or reclassify a task before it stays where it is. */
const mostMoves = 10;

/** Follows the rules of a waiting task's queue that apply now, and wakes up for the next one about its age. */
export function meetRules(state: RoutingState, task: TaskRecord, entering: boolean): void {
  const { queue } = task;
  let next = Infinity;
  for (const rule of queue?.policy.exceptions ?? []) {
    // Parked, or a rule has sent it elsewhere.
    if (task.line === undefined || task.queue !== queue) return;
    if (task.extra?.fired?.includes(rule.id) === true) continue;
    const { when } = rule;
    if (when.type === 'waitTime') {
      const at = task.virtualStartAt + when.afterMs;
      if (at > state.now) {
        next = Math.min(next, at);
        continue;
      }
    } else if (when.type === 'closed') {
      if (queue?.closed !== true) continue;
    } else if (!entering || (queue?.ahead(task) ?? 0) <= when.threshold) continue;
    fire(state, task, rule);
  }
  if (task.line === undefined || task.queue !== queue) return;
  state.timers.cancel(task.dueTimer);
  task.dueTimer = next === Infinity ? undefined : state.timers.set(next, () => comeDue(state, task));
}

function fire(state: RoutingState, task: TaskRecord, { id: ruleId, when, actions }: ExceptionRule): void {
  const { id: taskId, queueId } = task;
  amend(task, { fired: [...(task.extra?.fired ?? []), ruleId] });
  state.emit({
    seq: state.nextEvent(),
    at: state.now,
    type: 'exception-triggered',
    taskId,
    queueId,
    ruleId,
    trigger: when.type,
  });
  for (const action of actions) if (state.tasks.has(taskId)) follow(state, task, ruleId, action);
}

function follow(state: RoutingState, task: TaskRecord, ruleId: string, action: ExceptionAction): void {
  if (action.type === 'cancel') {
    const { type: _, reason = ruleId, ...result } = action;
    return cancelTask(state, task, reason, result);
  }
  const moves = (task.extra?.moves ?? 0) + 1;
  if (moves > mostMoves) return;
  const command = { taskId: task.id, reason: ruleId };
  if (action.type === 'move') {
    const { type: _, ...where } = action;
    if (
      where.priority !== undefined &&
      (where.queueId ?? task.queueId) === task.queueId &&
      where.selectors === undefined
    )
      return prioritizeTask(state, task, where.priority);
    return requeueTask(state, task, { ...command, ...where, moves });
  }
  const policyId = action.policyId ?? task.extra?.facts?.classificationPolicyId;
  if (policyId === undefined) return;
  amend(task, { moves });
  task.labels = { ...task.labels, ...action.labels };
  requestClassification(state, task, policyId);
}
