import { endDecision } from './matching';
import { meetRules } from './meet-rules';
import type { OpeningHours } from './opening-hours';
import type { RoutingState } from './state';
import type { TaskQueue } from './task-queue';

/** Hours that throw, or whose next change has passed, are asked again after so many milliseconds (chosen). */
const askAgainMs = 60_000;

/** Opens and closes queues as their hours say. */
export function keepHours(state: RoutingState): void {
  let next = Infinity;
  const shut: TaskQueue[] = [];
  for (const [id, queue] of state.queues) {
    const { hours } = queue.policy;
    if (hours === undefined) continue;
    next = Math.min(next, nextChange(hours, state.now) ?? Infinity);
    const closed = isClosed(hours, state.now);
    if (queue.closed === closed) continue;
    queue.closed = closed;
    state.emit({ seq: state.nextEvent(), at: state.now, type: closed ? 'queue-closed' : 'queue-opened', queueId: id });
    // Those who wait kept their place; it is for workers to find them.
    for (const worker of closed ? [] : queue.members) state.openUp(worker);
    if (closed) shut.push(queue);
  }
  // Only now: rules may send tasks to a queue that opens at the same moment.
  for (const queue of shut) {
    for (const decision of state.decisions.values()) if (decision.task.queue === queue) endDecision(state, decision);
    const follows = queue.policy.exceptions.some(({ when }) => when.type === 'closed');
    for (const task of [...state.tasks.values()]) {
      if (task.queue !== queue) continue;
      state.enterLine(task);
      if (follows) meetRules(state, task, false);
    }
  }
  if (state.vocabulary !== undefined)
    state.vocabulary.hoursTimer = next < Infinity ? state.timers.set(next, () => keepHours(state)) : undefined;
}

/** Epoch milliseconds; undefined for hours that never change again. */
export function nextChange(hours: OpeningHours, now: number): number | undefined {
  try {
    const at = hours.nextChange(now);
    return at === undefined || at > now ? at : now + askAgainMs;
  } catch {
    return now + askAgainMs;
  }
}

function isClosed(hours: OpeningHours, now: number): boolean {
  try {
    return !hours.isOpen(now);
  } catch {
    return false;
  }
}
