import { cancelTask } from './lifecycle';
import type { RoutingState } from './state';
import type { Vocabulary } from './vocabulary';
import { deregisterWorker } from './workforce';

/** Idle workers are looked for at most this often, in milliseconds (chosen): each time means a look at all of them. */
const pauseMs = 60_000;

/** To be called when a task or worker has come, and when the last task has gone: there is one timer for all of them. */
export function planSweep(state: RoutingState): void {
  const { vocabulary } = state;
  if (vocabulary === undefined) return;
  if (!isNeeded(state, vocabulary)) {
    state.timers.cancel(vocabulary.sweepTimer);
    vocabulary.sweepTimer = undefined;
  } else if (vocabulary.sweepTimer === undefined) setSweep(state, vocabulary, Infinity);
}

/** Ends tasks that have lived too long and deregisters workers who have done nothing for too long. */
export function sweep(state: RoutingState): void {
  const { now, vocabulary } = state;
  if (vocabulary === undefined) return;
  const { taskLifeMs, workerIdleMs } = vocabulary.settings;
  let next = Infinity;
  // They are in the order in which they came.
  for (const task of state.tasks.values()) {
    const end = task.enqueuedAt + taskLifeMs;
    if (end > now) {
      next = end;
      break;
    }
    cancelTask(state, task, 'too-old');
  }
  for (const worker of state.workers.values()) {
    const { registered, holds, idleSince, availableSince } = worker;
    const end = (holds.size > 0 ? now : Math.max(idleSince, availableSince)) + workerIdleMs;
    if (registered && end <= now) deregisterWorker(state, worker, 'idle');
    else next = Math.min(next, Math.max(end, now + pauseMs));
  }
  vocabulary.sweepTimer = undefined;
  if (isNeeded(state, vocabulary)) setSweep(state, vocabulary, next);
}

function isNeeded({ tasks, workers }: RoutingState, { settings }: Vocabulary): boolean {
  return tasks.size > 0 || (workers.size > 0 && settings.workerIdleMs < Infinity);
}

// Never later than whoever may come meanwhile is due.
function setSweep(state: RoutingState, vocabulary: Vocabulary, next: number): void {
  const { taskLifeMs, workerIdleMs } = vocabulary.settings;
  const at = Math.min(next, state.now + Math.min(taskLifeMs, workerIdleMs));
  vocabulary.sweepTimer = state.timers.set(at, () => sweep(state));
}
