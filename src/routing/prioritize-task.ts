import type { TaskRecord } from './task-record';
import type { RoutingState } from './state';

/** Changes the place of a task in its queue; its offers stay. */
export function prioritizeTask(state: RoutingState, task: TaskRecord, priority: number): void {
  if (priority === task.priority) return;
  state.leaveLine(task);
  task.priority = priority;
  state.enterLine(task);
  state.emit({ seq: state.nextEvent(), at: state.now, type: 'task-prioritized', taskId: task.id, priority });
}
