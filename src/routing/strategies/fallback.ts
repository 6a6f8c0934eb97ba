import { isContactCenterError, systemClock, type Clock } from 'onescreen';
import { invalid } from '../check';
import type { Ranked, RoutingStrategy } from '../strategy';
import { exceptOrder } from './based-on';
import { inTime } from './in-time';
import { rankingOf } from './ranking-of';

export interface FallbackOptions {
  /**
   * How long each strategy but the last may take, in milliseconds. Default 300; the queue's `strategyTimeoutMs` bounds
   * all of them together.
   */
  readonly timeoutMs?: number;
  /** Called with what a strategy threw that was passed over; reasons never quote it. */
  readonly onFailure?: (strategy: string, error: unknown) => void;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/**
 * Asks one strategy after the other until one answers with at least one worker: one that throws, is late, or names nobody
 * is passed over, and the winner's reason says so. Selectors, preferred workers and rules are the first one's. Throws
 * `routing/invalid` for no strategies and for a time that makes no sense.
 */
export function fallback(strategies: readonly RoutingStrategy[], options: FallbackOptions = {}): RoutingStrategy {
  const { timeoutMs = 300, clock = systemClock, onFailure } = options;
  const [first] = strategies;
  if (first === undefined) throw invalid('fall back', 'there are no strategies', 'strategies');
  if (!(timeoutMs > 0 && timeoutMs < Infinity)) throw invalid('fall back', 'timeoutMs must be above 0', 'timeoutMs');
  return {
    ...exceptOrder(first),
    name: `fallback(${strategies.map(({ name }) => name).join(', ')})`,
    async rank(input) {
      const failures: string[] = [];
      for (const [index, strategy] of strategies.entries()) {
        const isLast = index === strategies.length - 1;
        try {
          const ranked = await (isLast ? rankingOf(strategy, input) : inTime(strategy, input, { timeoutMs, clock }));
          if (ranked.length > 0 || isLast) return withReasons(ranked, failures);
          failures.push(`${strategy.name} named nobody`);
        } catch (error) {
          if (isLast || input.signal.aborted) throw error;
          onFailure?.(strategy.name, error);
          const isLate = isContactCenterError(error, 'command/timed-out');
          failures.push(`${strategy.name} ${isLate ? `did not answer within ${timeoutMs} ms` : 'failed'}`);
        }
      }
      return [];
    },
  };
}

// The failures are told with the winner, where an agent or a supervisor sees them.
function withReasons(ranked: readonly Ranked[], failures: readonly string[]): readonly Ranked[] {
  const [winner, ...others] = ranked;
  if (winner === undefined || failures.length === 0) return ranked;
  return [
    { ...winner, reason: [...failures, ...(winner.reason === undefined ? [] : [winner.reason])].join('; ') },
    ...others,
  ];
}
