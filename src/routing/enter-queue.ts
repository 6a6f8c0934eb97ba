import type { Selector } from 'onescreen';
import { nextSelectorExpiry } from './explanation';
import { amend, type TaskRecord, type TimedSelector } from './records';
import type { RoutingState } from './state';

/** Gives a task its place in its queue. */
export function enterQueue(state: RoutingState, task: TaskRecord, fresh: boolean): void {
  state.index.admitCost(task.queueId, task.channel, task.demands[0].cost);
  relax(state, task);
  state.enterLine(task);
  state.vocabulary?.entered(state, task, fresh);
}

export function timed(selectors: readonly Selector[], now: number, attached = false): readonly TimedSelector[] {
  return selectors.map((selector) => ({
    selector,
    expiresAt: selector.expiresAfterMs === undefined ? undefined : now + selector.expiresAfterMs,
    ...(attached && { attached }),
  }));
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
  const ended = task.selectors.filter((each) => !counts(each, state.now));
  const fresh = ended.filter(({ selector }) => !task.expired.includes(selector));
  state.leaveLine(task);
  task.active = task.selectors.flatMap((each) => (counts(each, state.now) ? each.selector : []));
  task.expired = ended.map(({ selector }) => selector);
  task.expedited = task.active.some((selector) => selector.expedite === true);
  if (fresh.length > 0) {
    const attached = fresh.flatMap((each) => (each.attached === true ? each.selector : []));
    state.emit({
      type: 'selectors-expired',
      taskId: task.id,
      selectors: fresh.map(({ selector }) => selector),
      ...(attached.length > 0 && { attached }),
    });
  }
  const bypassed = state.policies.get(task.queueId)?.bypassSelectors === true ? task.active : undefined;
  if (bypassed !== task.extra?.bypassed) amend(task, { bypassed });
  if (bypassed !== undefined) task.active = [];
  const next = nextSelectorExpiry(task);
  if (next !== undefined) task.selectorTimer = state.timers.set(next, () => relaxInLine(state, task));
}
