import type { RoutingStrategy } from '../strategy';
import type { Worker } from '../worker';
import { compareLongestIdle, describeIdle } from './longest-idle';

/**
 * The worker who could do the least else right now; among equals, as {@link longestIdle}. So those who can do much stay
 * free for what only they can do, and chats go to workers who have one already rather than to those who could still
 * take a call. Uses are counted as in {@link Worker.flexibility}, over the channels that the worker has room for.
 */
export function leastFlexible(): RoutingStrategy {
  return {
    name: 'leastFlexible',
    compare: (a, b) => usesLeft(a) - usesLeft(b) || compareLongestIdle(a, b),
    describe: (worker, now) => `${otherUses(usesLeft(worker) - 1)}, ${describeIdle(worker, now)}`,
  };
}

function usesLeft({ flexibility, channels, load, consumed, capacity }: Worker): number {
  let open = 0;
  for (const { channel, cost, max } of channels) {
    if (consumed + cost <= capacity && (max === undefined || (load[channel] ?? 0) < max)) open += 1;
  }
  return (flexibility * open) / Math.max(1, channels.length);
}

function otherUses(count: number): string {
  const uses = Math.max(0, Math.round(count));
  return uses === 0 ? 'no other use' : uses === 1 ? '1 other use' : `${uses} other uses`;
}
