import type { LabelValue, Selector } from 'onescreen';
import type { Worker } from './worker';

/** Asks for a worker whose label `name` is a number of at least `min` (default 1). */
export function skill(name: string, min = 1): Selector {
  return { key: name, operator: 'greaterThanOrEqual', value: min };
}

/** The label of every worker that it need not be given: its own id, as in Job Router. */
export const idLabel = 'Id';

/**
 * Whether a worker satisfies one selector. Values of different types are never equal; magnitudes are of numbers
 * only; a label that the worker lacks satisfies `notEqual` and nothing else, and so do names such as `constructor`
 * that every object has.
 */
export function satisfies(worker: Pick<Worker, 'id' | 'labels'>, { key, operator, value }: Selector): boolean {
  return compareLabel(key === idLabel ? worker.id : worker.labels[key], operator, value);
}

export function compareLabel(label: unknown, operator: Selector['operator'], wanted: LabelValue): boolean {
  if (operator === 'equal') return label === wanted;
  if (operator === 'notEqual') return label !== wanted;
  if (typeof label !== 'number' || typeof wanted !== 'number') return false;
  switch (operator) {
    case 'lessThan':
      return label < wanted;
    case 'lessThanOrEqual':
      return label <= wanted;
    case 'greaterThan':
      return label > wanted;
    case 'greaterThanOrEqual':
      return label >= wanted;
  }
}

export function satisfiesAll(worker: Pick<Worker, 'id' | 'labels'>, selectors: readonly Selector[]): boolean {
  for (const selector of selectors) if (!satisfies(worker, selector)) return false;
  return true;
}
