import type { Selector } from 'onescreen';
import { nextSelectorExpiry } from './explanation';
import { amend, type TaskRecord, type TimedSelector } from './task-record';
import type { RoutingState } from './state';

/** Gives a task its place in its queue. */
export function enterQueue(state: RoutingState, task: TaskRecord, fresh: boolean): void {
  state.index.admitCost(task);
  relax(state, task);
  state.enterLine(task);
  state.vocabulary?.entered(state, task, fresh);
}

/** Copies: what becomes of the given ones later changes nothing here. */
export function timed(selectors: readonly Selector[], now: number, attached = false): readonly TimedSelector[] {
  return selectors.map((selector) => {
    const { expiresAfterMs } = selector;
    const expiresAt = expiresAfterMs === undefined ? undefined : now + expiresAfterMs;
    return { selector: { ...selector }, expiresAt, attached };
  });
}

export function relaxInLine(state: RoutingState, task: TaskRecord): void {
  task.selectorTimer = undefined;
  relax(state, task);
  state.enterLine(task);
}

export function counts({ expiresAt }: TimedSelector, now: number): boolean {
  return expiresAt === undefined || expiresAt > now;
}

// Works out which selectors count now, says which have stopped to, and wakes up for the next one.
function relax(state: RoutingState, task: TaskRecord): void {
  state.leaveLine(task);
  task.home = undefined;
  let ends = false;
  for (const { expiresAt } of task.selectors) if (expiresAt !== undefined) ends = true;
  if (ends) expire(state, task);
  else if (task.expired.length > 0) task.expired = [];
  const counting = ends ? task.selectors.filter((each) => counts(each, state.now)) : task.selectors;
  const active = counting.map(({ selector }) => selector);
  task.expedited = active.some(({ expedite }) => expedite === true);
  const bypassed = task.queue?.policy.bypassSelectors === true ? active : undefined;
  if (bypassed !== task.extra?.bypassed) amend(task, { bypassed });
  task.active = bypassed === undefined ? active : [];
  const next = ends ? nextSelectorExpiry(task) : undefined;
  if (next !== undefined) task.selectorTimer = state.timers.set(next, () => relaxInLine(state, task));
}

function expire(state: RoutingState, task: TaskRecord): void {
  const ended = task.selectors.filter((each) => !counts(each, state.now));
  const fresh = ended.filter(({ selector }) => !task.expired.includes(selector));
  task.expired = ended.map(({ selector }) => selector);
  if (fresh.length === 0) return;
  const attached = fresh.flatMap((each) => (each.attached ? each.selector : []));
  state.emit({
    seq: state.nextEvent(),
    at: state.now,
    type: 'selectors-expired',
    taskId: task.id,
    selectors: fresh.map(({ selector }) => selector),
    ...(attached.length > 0 && { attached }),
  });
}
