import type { Labels, Selector } from 'onescreen';
import { satisfies } from '../selectors';
import type { RoutingStrategy } from '../strategy';
import type { RoutableTask } from '../task';
import type { Worker } from '../worker';
import { compareLongestIdle } from './longest-idle';

export interface BestMatchOptions {
  /** A score of the vendor's own. A worker whose score is not a number goes last. Default: {@link matchScore}. */
  readonly score?: (task: RoutableTask, worker: Worker) => number;
  /** Which score wins. Default `highest`. */
  readonly best?: 'highest' | 'lowest';
}

/**
 * The worker with the best score; among equals, the one available the longest. Left to itself the score is ACS Job
 * Router's default one. Labels: those of the task that the worker has with the same value, divided by
 * their number. Selectors: 1 for each `equal` or `notEqual` that holds, and for magnitudes
 * 1 / (1 + e^-x), where x is how far the label is on the good side, relative to the selector's value;
 * divided by their number.
 *
 * Where Job Router says nothing, the rules are ours. A task with both labels and selectors is scored by
 * its selectors. x is relative to the absolute value; a selector value of 0 gives x as it is. A selector
 * that does not hold counts as 0.
 */
export function bestMatch({ score, best = 'highest' }: BestMatchOptions = {}): RoutingStrategy {
  const sign = best === 'highest' ? -1 : 1;
  return {
    name: 'bestMatch',
    rank: ({ task, candidates }) =>
      [...candidates]
        .map((worker) => {
          const value = (score ?? matchScore)(task, worker);
          return { worker, value, order: Number.isNaN(value) ? Infinity : sign * value };
        })
        .sort(
          (a, b) =>
            compareNumbers(a.order, b.order) ||
            a.worker.availableSince - b.worker.availableSince ||
            compareLongestIdle(a.worker, b.worker),
        )
        .map(({ worker, value }) => ({
          workerId: worker.id,
          score: value,
          reason: score === undefined ? `matches ${Math.round(value * 100)} %` : `scores ${value}`,
        })),
  };
}

// Two infinities have no difference.
function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
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
