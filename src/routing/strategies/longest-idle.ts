import type { RoutingStrategy } from '../strategy';
import type { Worker } from '../worker';

/** Lowest load ratio first, then the longest idle. */
export function compareLongestIdle(a: Worker, b: Worker): number {
  return a.loadRatio - b.loadRatio || a.idleSince - b.idleSince;
}

/** Such as `25 % busy, idle for 42 s`. */
export function describeIdle(worker: Worker, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - worker.idleSince) / 1_000));
  return `${Math.round(worker.loadRatio * 100)} % busy, idle for ${seconds} s`;
}

/**
 * The worker with the lowest load ratio; among equals, the one whose last activity is longest ago.
 * This is what ACS Job Router's mode of the same name does.
 */
export function longestIdle(): RoutingStrategy {
  return { name: 'longestIdle', compare: compareLongestIdle, describe: describeIdle };
}
