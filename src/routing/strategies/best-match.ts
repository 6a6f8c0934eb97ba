import type { Labels, Selector } from 'onescreen';
import { satisfies } from '../selectors';
import type { RoutingStrategy } from '../strategy';
import type { RoutableTask } from '../task';
import type { Worker } from '../worker';
import { compareLongestIdle } from './longest-idle';

/**
 * The worker with the highest score; among equals, the one available the longest. The score is ACS Job
 * Router's default one. Labels: those of the task that the worker has with the same value, divided by
 * their number. Selectors: 1 for each `equal` or `notEqual` that holds, and for magnitudes
 * 1 / (1 + e^-x), where x is how far the label is on the good side, relative to the selector's value;
 * divided by their number.
 *
 * Where Job Router says nothing, the rules are ours. A task with both labels and selectors is scored by
 * its selectors. x is relative to the absolute value; a selector value of 0 gives x as it is. A selector
 * that does not hold counts as 0.
 */
export function bestMatch(): RoutingStrategy {
  return {
    name: 'bestMatch',
    rank: ({ task, candidates }) =>
      [...candidates]
        .map((worker) => ({ worker, score: matchScore(task, worker) }))
        .sort(
          (a, b) =>
            b.score - a.score ||
            a.worker.availableSince - b.worker.availableSince ||
            compareLongestIdle(a.worker, b.worker),
        )
        .map(({ worker, score }) => ({ workerId: worker.id, score, reason: `matches ${Math.round(score * 100)} %` })),
  };
}

/** The score of {@link bestMatch}: 0 (nothing matches) to 1 (everything does). 0 for a task that asks for nothing. */
export function matchScore(
  task: Pick<RoutableTask, 'labels' | 'selectors'>,
  worker: Pick<Worker, 'id' | 'labels'>,
): number {
  return task.selectors.length > 0 ? selectorScore(task.selectors, worker) : labelScore(task.labels, worker.labels);
}

function labelScore(wanted: Labels, labels: Labels): number {
  const keys = Object.keys(wanted);
  if (keys.length === 0) return 0;
  const equal = keys.filter((key) => Object.hasOwn(labels, key) && labels[key] === wanted[key]);
  return equal.length / keys.length;
}

function selectorScore(selectors: readonly Selector[], worker: Pick<Worker, 'id' | 'labels'>): number {
  let sum = 0;
  for (const selector of selectors) if (satisfies(worker, selector)) sum += margin(selector, worker.labels);
  return sum / selectors.length;
}

function margin(selector: Selector, labels: Labels): number {
  const label = labels[selector.key];
  const { operator, value } = selector;
  if (operator === 'equal' || operator === 'notEqual' || typeof label !== 'number' || typeof value !== 'number')
    return 1;
  const upwards = operator === 'greaterThan' || operator === 'greaterThanOrEqual';
  const distance = upwards ? label - value : value - label;
  return 1 / (1 + Math.exp(-distance / (Math.abs(value) || 1)));
}
