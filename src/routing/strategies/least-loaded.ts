import type { RoutingStrategy } from '../strategy';
import { compareLongestIdle } from './longest-idle';

/** The worker with the fewest units of capacity in use, whatever its size; among equals, as {@link longestIdle}. */
export function leastLoaded(): RoutingStrategy {
  return {
    name: 'leastLoaded',
    compare: (a, b) => a.consumed - b.consumed || compareLongestIdle(a, b),
    describe: (worker) => `${worker.consumed} of ${worker.capacity} units in use`,
  };
}
