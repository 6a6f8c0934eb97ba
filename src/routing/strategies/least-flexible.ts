import type { RoutingStrategy } from '../strategy';
import { compareLongestIdle, describeIdle } from './longest-idle';

/**
 * The worker who could do the least else right now; among equals, as {@link longestIdle}. So those who can do much stay
 * free for what only they can do, and chats go to workers who have one already rather than to those who could still
 * take a call. See {@link Worker.usesLeft}.
 */
export function leastFlexible(): RoutingStrategy {
  return {
    name: 'leastFlexible',
    compare: (a, b) => a.usesLeft - b.usesLeft || compareLongestIdle(a, b),
    describe: (worker, now) => `${otherUses(worker.usesLeft - 1)}, ${describeIdle(worker, now)}`,
  };
}

function otherUses(count: number): string {
  const uses = Math.max(0, Math.round(count));
  return uses === 0 ? 'no other use' : uses === 1 ? '1 other use' : `${uses} other uses`;
}
