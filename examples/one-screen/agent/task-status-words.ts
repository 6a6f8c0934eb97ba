import type { TaskStatus } from 'onescreen';

/** What the screen says for each status of a task. */
export const taskStatusWords: Readonly<Record<TaskStatus, string>> = {
  queued: 'Waiting',
  offered: 'Offered',
  assigned: 'Active',
  wrapping: 'Wrap-up',
  completed: 'Completed',
  closed: 'Closed',
  cancelled: 'Cancelled',
};
