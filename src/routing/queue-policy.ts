import { checkList, checkNumber, checkText, checkWord, invalid } from './check';
import type { ExceptionRule } from './exceptions';
import type { OpeningHours } from './opening-hours';
import { leastFlexible } from './strategies/least-flexible';
import type { RoutingStrategy } from './strategy';

/** How one queue is served. Times are in milliseconds. */
export interface QueuePolicy {
  readonly id: string;
  /** For people to read. Default: the id. */
  readonly name?: string;
  /** Default `leastFlexible()`. */
  readonly strategy?: RoutingStrategy;
  /** Handed to the strategy's `rank`. */
  readonly strategyOptions?: unknown;
  /** How long the answer of a strategy's `rank` is awaited before the longest idle worker is asked. Default 1 000. */
  readonly strategyTimeoutMs?: number;
  /** When a strategy that chose nobody is asked again. Default 1 000. */
  readonly strategyRetryMs?: number;
  /** How long an offer can be accepted. Default 30 000. */
  readonly offerTtlMs?: number;
  /**
   * How many workers hold an offer for one task at a time; the first to accept gets it. Offers are made as workers
   * become free, up to this number: Job Router's minimum and maximum in one. Default 1.
   */
  readonly concurrentOffers?: number;
  /**
   * What happens to a worker who lets an offer expire: it becomes unavailable, as with Job Router (default),
   * or it stays available and is not asked again for this task before it becomes available anew.
   */
  readonly onExpire?: 'make-unavailable' | 'keep';
  /** When a task's capacity is free again: after wrap-up (default) or when wrap-up begins. */
  readonly releaseCapacityAt?: 'closed' | 'wrapping';
  /** Offers go to workers who do not satisfy a task's selectors as well; strategies still see them. Default false. */
  readonly bypassSelectors?: boolean;
  /** How often one task can be taken from workers by `unassign`. Default 3, as with Job Router. */
  readonly maxUnassignments?: number;
  /** Followed in this order, and before those of the strategy. */
  readonly exceptions?: readonly ExceptionRule[];
  /**
   * Outside them nobody is offered a task of this queue; tasks keep their place, and offers that are out stay so. Hours
   * that throw count as open. Left out: always open.
   */
  readonly hours?: OpeningHours;
}

/** A policy with nothing left open. */
export type ResolvedPolicy = Required<Omit<QueuePolicy, 'hours'>> & Pick<QueuePolicy, 'hours'>;

/** Fills in the defaults. Throws `routing/invalid` for what makes no sense. */
export function resolvePolicies(queues: readonly QueuePolicy[]): Map<string, ResolvedPolicy> {
  checkList(queues, 'queues');
  const policies = new Map<string, ResolvedPolicy>();
  for (const [index, queue] of queues.entries()) {
    const policy = resolve(queue, `queues[${index}]`);
    if (policies.has(policy.id))
      throw invalid('set up queues', `there are two of id "${policy.id}"`, `queues[${index}].id`);
    policies.set(policy.id, policy);
  }
  return policies;
}

function resolve(queue: QueuePolicy, field: string): ResolvedPolicy {
  checkList(queue.exceptions ?? [], `${field}.exceptions`);
  const policy: ResolvedPolicy = {
    id: checkText(queue.id, `${field}.id`),
    name: queue.name ?? queue.id,
    strategy: queue.strategy ?? leastFlexible(),
    strategyOptions: queue.strategyOptions,
    strategyTimeoutMs: checkNumber(queue.strategyTimeoutMs ?? 1_000, `${field}.strategyTimeoutMs`, { above: 0 }),
    strategyRetryMs: checkNumber(queue.strategyRetryMs ?? 1_000, `${field}.strategyRetryMs`, { above: 0 }),
    offerTtlMs: checkNumber(queue.offerTtlMs ?? 30_000, `${field}.offerTtlMs`, { above: 0 }),
    concurrentOffers: checkNumber(queue.concurrentOffers ?? 1, `${field}.concurrentOffers`, { above: 0, whole: true }),
    onExpire: checkWord(queue.onExpire ?? 'make-unavailable', ['make-unavailable', 'keep'], `${field}.onExpire`),
    releaseCapacityAt: checkWord(
      queue.releaseCapacityAt ?? 'closed',
      ['closed', 'wrapping'],
      `${field}.releaseCapacityAt`,
    ),
    bypassSelectors: queue.bypassSelectors ?? false,
    maxUnassignments: checkNumber(queue.maxUnassignments ?? 3, `${field}.maxUnassignments`, { min: 0, whole: true }),
    exceptions: [...(queue.exceptions ?? []), ...(queue.strategy?.exceptions ?? [])],
    ...(queue.hours !== undefined && { hours: queue.hours }),
  };
  const { strategy } = policy;
  if (typeof strategy.compare !== 'function' && typeof strategy.rank !== 'function') {
    throw invalid('set up queues', `the strategy "${strategy.name}" has neither compare nor rank`, `${field}.strategy`);
  }
  return policy;
}
