import { cancelTask } from './lifecycle';
import type { RoutingState } from './state';
import { deregisterWorker } from './workforce';

/** Idle workers are looked for at most this often, in milliseconds (chosen): each time means a look at all of them. */
const pauseMs = 60_000;

/** To be called when a task or worker has come: there is one timer for all of them. */
export function planSweep(state: RoutingState): void {
  if (state.sweepTimer !== undefined) return;
  const { taskLifeMs, workerIdleMs } = state.settings;
  setSweep(state, state.now + Math.min(taskLifeMs, workerIdleMs));
}

/** Ends tasks that have lived too long and deregisters workers who have done nothing for too long. */
export function sweep(state: RoutingState): void {
  const { taskLifeMs, workerIdleMs } = state.settings;
  const { now } = state;
  let next = Infinity;
  // They are in the order in which they came.
  for (const task of state.tasks.values()) {
    next = task.enqueuedAt + taskLifeMs;
    if (next > now) break;
    next = Infinity;
    cancelTask(state, task, { reason: 'too-old' });
  }
  for (const worker of state.workers.values()) {
    const { registered, holds, idleSince, availableSince } = worker;
    const end = (holds.size > 0 ? now : Math.max(idleSince, availableSince)) + workerIdleMs;
    if (registered && end <= now) deregisterWorker(state, worker, 'idle');
    else next = Math.min(next, Math.max(end, now + pauseMs));
  }
  state.sweepTimer = undefined;
  // Whoever comes later is not due before then.
  if (state.tasks.size + state.workers.size > 0)
    setSweep(state, Math.min(next, now + Math.min(taskLifeMs, workerIdleMs)));
}

function setSweep(state: RoutingState, at: number): void {
  if (at < Infinity) state.sweepTimer = state.timers.set(at, () => sweep(state));
}
