/**
 * A number in [0, 1) that depends on nothing but its arguments: the same draw, whoever asks and in which order. Two
 * engines that decide alike so meet the same world. The mixing steps are those of MurmurHash3 (public domain).
 */
export function chance(seed: number, stream: number, index: number, attempt = 0): number {
  let hash = mix(seed, stream);
  hash = mix(hash, index);
  hash = mix(hash, attempt);
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0) / 2 ** 32;
}

/** A draw from the exponential distribution with this mean, made of a number in [0, 1). */
export function exponential(u: number, mean: number): number {
  return -Math.log(1 - u) * mean;
}

/** Draws an index, each as likely as its share of the sum of `weights`. */
export function pick(u: number, weights: readonly number[]): number {
  let rest = u * weights.reduce((sum, each) => sum + each, 0);
  for (const [index, weight] of weights.entries()) {
    rest -= weight;
    if (rest < 0) return index;
  }
  return weights.length - 1;
}

/** Zipf's weights: 1 / rank^exponent for ranks from 1. */
export function zipf(count: number, exponent: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => 1 / (index + 1) ** exponent);
}

function mix(hash: number, value: number): number {
  let word = Math.imul(value, 0xcc9e2d51);
  word = (word << 15) | (word >>> 17);
  const mixed = hash ^ Math.imul(word, 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}
