import { missClassification } from './classifying';
import { meetRules } from './meet-rules';
import { amend, type TaskRecord } from './task-record';
import { showOwnSelectors } from './select-here';
import type { RoutingState } from './state';

/** Lets a task that is in no queue wait for its time. */
export function scheduleTask(state: RoutingState, task: TaskRecord, scheduleAt: number): void {
  const { id: taskId } = task;
  amend(task, { facts: { ...task.extra?.facts, scheduleAt } });
  showOwnSelectors(state, task);
  const passed = scheduleAt <= state.now;
  if (passed || scheduleAt >= task.enqueuedAt + (state.vocabulary?.settings.taskLifeMs ?? Infinity)) {
    task.status = 'schedule-failed';
    const reason = passed ? 'its time has passed' : 'it will not live that long';
    return state.emit({
      seq: state.nextEvent(),
      at: state.now,
      type: 'task-scheduling-failed',
      taskId,
      scheduleAt,
      reason,
    });
  }
  task.status = 'scheduled';
  task.dueTimer = state.timers.set(scheduleAt, () => comeDue(state, task));
  state.emit({ seq: state.nextEvent(), at: state.now, type: 'task-scheduled', taskId, scheduleAt });
}

/** What a task's `dueTimer` is for. */
export function comeDue(state: RoutingState, task: TaskRecord): void {
  task.dueTimer = undefined;
  if (task.status === 'classifying') return missClassification(state, task);
  if (task.status !== 'scheduled') return meetRules(state, task, false);
  task.status = 'waiting-for-activation';
  const { scheduleAt = state.now } = task.extra?.facts ?? {};
  state.emit({
    seq: state.nextEvent(),
    at: state.now,
    type: 'task-waiting-for-activation',
    taskId: task.id,
    scheduleAt,
  });
}
