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
    describe: (worker, now) => `${otherWork(worker.usesLeft - 1)}, ${describeIdle(worker, now)}`,
  };
}

function otherWork(uses: number): string {
  const kinds = Math.max(0, Math.round(uses));
  return `free for ${kinds || 'no'} other kind${kinds === 1 ? '' : 's'} of work`;
}
