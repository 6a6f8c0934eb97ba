import type { Selector } from 'onescreen';
import { invalid } from '../check';
import { idLabel } from '../selectors';
import type { RoutingStrategy } from '../strategy';
import { basedOn, selectedBy } from './based-on';

export interface RelaxAfterOptions {
  /** Counted from when the task enters the queue. */
  readonly afterMs: number;
  /** Which selectors stop to count, by key. Left out: all but those on the worker's id. */
  readonly keys?: readonly string[];
  /** What is still wanted afterwards, such as a lower level. Left out, or undefined: nothing. */
  readonly to?: (selector: Selector) => Selector | undefined;
}

/**
 * Asks less of the workers once a task has waited: skill relaxation. A selector that expires sooner by itself stays so.
 * Several steps: one around the other. Throws `routing/invalid` for a time that makes no sense.
 */
export function relaxAfter(inner: RoutingStrategy, options: RelaxAfterOptions): RoutingStrategy {
  const { afterMs, keys, to } = options;
  if (!(afterMs > 0 && afterMs < Infinity)) throw invalid('relax selectors', 'afterMs must be above 0', 'afterMs');
  const relaxes = ({ key, expiresAfterMs = Infinity }: Selector) =>
    expiresAfterMs > afterMs && (keys?.includes(key) ?? key !== idLabel);
  return basedOn(inner, {
    name: `relaxAfter(${inner.name})`,
    select: (task) =>
      selectedBy(inner, task).flatMap((selector) => {
        if (!relaxes(selector)) return selector;
        const strict = { ...selector, expiresAfterMs: afterMs };
        const lax = to?.(selector);
        return lax === undefined ? strict : [strict, lax];
      }),
  });
}
