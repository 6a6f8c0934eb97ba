import type { Random } from 'onescreen';

const firstMs = 1_000;
const longestMs = 30_000;

/**
 * Whole milliseconds to wait before try `attempt` (1 = the first repetition): doubling from 1 s to `longest`, by itself
 * 30 s, give or take 20 %.
 */
export function backOff(attempt: number, random: Random, longest = longestMs): number {
  return Math.round(Math.min(longest, firstMs * 2 ** (attempt - 1)) * (0.8 + 0.4 * random.next()));
}
