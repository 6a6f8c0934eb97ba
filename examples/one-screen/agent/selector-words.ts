import type { Selector, SelectorOperator } from 'onescreen';

const operators: Readonly<Record<SelectorOperator, string>> = {
  equal: 'is',
  notEqual: 'is not',
  lessThan: 'below',
  lessThanOrEqual: 'at most',
  greaterThan: 'above',
  greaterThanOrEqual: 'at least',
};

/** Such as `billing at least 3`. */
export function selectorWords({ key, operator, value }: Selector): string {
  return `${key} ${operators[operator]} ${String(value)}`;
}
