import { createRequire } from 'node:module';
import type { Selector } from 'onescreen';
import type { Demand } from './naive';

const operators: Readonly<Record<Selector['operator'], string>> = {
  equal: '===',
  notEqual: '!==',
  lessThan: '<',
  lessThanOrEqual: '<=',
  greaterThan: '>',
  greaterThanOrEqual: '>=',
};

type Apply = (rule: object, data: object) => unknown;

/** Selectors as rules of json-logic-js, for the naive matcher. Throws when the peer is not installed. */
export function jsonLogic(): Demand {
  const apply = load();
  return (selectors) => {
    const rule = {
      and: selectors.map(({ key, operator, value }) => ({ [operators[operator]]: [{ var: key }, value] })),
    };
    return ({ labels }) => apply(rule, labels) === true;
  };
}

// Without its types: they are there only once the benchmarks' own packages are.
function load(): Apply {
  const loaded: unknown = createRequire(import.meta.url)('json-logic-js');
  const apply: unknown = typeof loaded === 'object' && loaded !== null && 'apply' in loaded ? loaded.apply : undefined;
  if (!isApply(apply)) throw new Error('json-logic-js has no apply');
  return apply;
}

function isApply(value: unknown): value is Apply {
  return typeof value === 'function';
}
