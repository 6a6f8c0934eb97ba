import { invalid } from '../check';
import type { ExceptionRule, ExceptionTrigger } from '../exceptions';
import type { RoutingStrategy } from '../strategy';
import { basedOn } from './based-on';

export interface OverflowOptions {
  /** Once a task is this old and nobody has it, in milliseconds. */
  readonly afterMs?: number;
  /** When more than so many tasks are ahead of it as it comes. */
  readonly longerThan?: number;
  /** While the queue is closed. Default false. */
  readonly whenClosed?: boolean;
}

/**
 * Sends tasks that wait too long, or find the queue too long or closed, to another queue; their age goes on. Throws
 * `routing/invalid` when no such case is named.
 */
export function overflowTo(inner: RoutingStrategy, queueId: string, options: OverflowOptions): RoutingStrategy {
  const { afterMs, longerThan, whenClosed } = options;
  const triggers: ExceptionTrigger[] = [];
  if (longerThan !== undefined) triggers.push({ type: 'queueLength', threshold: longerThan });
  if (afterMs !== undefined) triggers.push({ type: 'waitTime', afterMs });
  if (whenClosed === true) triggers.push({ type: 'closed' });
  if (triggers.length === 0)
    throw invalid('overflow', 'name at least one of afterMs, longerThan and whenClosed', 'options');
  const rules: readonly ExceptionRule[] = triggers.map((when) => ({
    id: `overflow-to-${queueId}-${when.type}`,
    when,
    actions: [{ type: 'move', queueId }],
  }));
  return basedOn(inner, {
    name: `overflowTo(${inner.name})`,
    exceptions: [...(inner.exceptions ?? []), ...rules],
  });
}
