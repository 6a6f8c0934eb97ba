import type { Selector } from 'onescreen';
import { invalid } from '../check';
import { idLabel } from '../selectors';
import type { RoutingStrategy } from '../strategy';
import type { RoutableTask } from '../task';
import { basedOn, selectedBy } from './based-on';

export interface PreferAgentOptions {
  /** The task's label that names the worker, or what names one or several, best first. Default `preferredAgent`. */
  readonly agent?: string | ((task: RoutableTask) => string | readonly string[] | undefined);
  /**
   * For so many milliseconds nobody but the first of them is asked, and the task goes ahead of all others
   * that do not expedite: Job Router's preferred worker, with 45 000. Left out: somebody else is asked at once when none of them can
   * take it.
   */
  readonly waitMs?: number;
}

/**
 * Asks the worker first whom the task names, such as the one who spoke with this customer before; then goes on as
 * `inner`. Throws `routing/invalid` for a wait that makes no sense.
 */
export function preferAgent(inner: RoutingStrategy, options: PreferAgentOptions = {}): RoutingStrategy {
  const { agent = 'preferredAgent', waitMs } = options;
  if (waitMs !== undefined && !(waitMs > 0 && waitMs < Infinity))
    throw invalid('prefer agent', 'waitMs must be above 0', 'waitMs');
  const named = (task: RoutableTask): readonly string[] => {
    const found = typeof agent === 'function' ? agent(task) : task.labels[agent];
    return found instanceof Array ? found : typeof found === 'string' ? [found] : [];
  };
  return basedOn(inner, {
    name: `preferAgent(${inner.name})`,
    prefer: (task) => [...named(task), ...(inner.prefer?.(task) ?? [])],
    ...(waitMs !== undefined && {
      select(task) {
        const [value] = named(task);
        const own = selectedBy(inner, task);
        if (value === undefined) return own;
        const only: Selector = { key: idLabel, operator: 'equal', value, expiresAfterMs: waitMs, expedite: true };
        return [...own, only];
      },
    }),
  });
}
