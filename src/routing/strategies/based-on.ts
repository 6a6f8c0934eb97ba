import type { RoutingStrategy } from '../strategy';

/** A strategy that is `inner` in everything but what is given here. */
export function basedOn(
  inner: RoutingStrategy,
  changes: Pick<RoutingStrategy, 'name'> & Partial<RoutingStrategy>,
): RoutingStrategy {
  // Named one by one: an object of a vendor's class keeps its methods elsewhere than on itself.
  return {
    ...(inner.compare !== undefined && { compare: (a, b) => inner.compare?.(a, b) ?? 0 }),
    ...(inner.rotate !== undefined && { rotate: inner.rotate }),
    ...(inner.describe !== undefined && { describe: (worker, now) => inner.describe?.(worker, now) ?? '' }),
    ...(inner.rank !== undefined && { rank: (input) => inner.rank?.(input) ?? [] }),
    ...exceptOrder(inner),
    ...changes,
  };
}

/** What `inner` has to say apart from who goes before whom. */
export function exceptOrder(inner: RoutingStrategy): Omit<RoutingStrategy, 'name'> {
  return {
    ...(inner.prefer !== undefined && { prefer: (task) => inner.prefer?.(task) ?? [] }),
    ...(inner.select !== undefined && { select: (task) => inner.select?.(task) ?? task.selectors }),
    ...(inner.exceptions !== undefined && { exceptions: inner.exceptions }),
  };
}

/** The selectors that `inner` wants a task to have. */
export function selectedBy(inner: RoutingStrategy, task: Parameters<NonNullable<RoutingStrategy['select']>>[0]) {
  return inner.select?.(task) ?? task.selectors;
}
