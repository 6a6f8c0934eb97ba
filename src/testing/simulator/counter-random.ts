/** A number above 0 and below 1 for each `index` and `draw`, whatever was asked for before. `index` counts contacts, for example. */
export type ChanceStream = (index: number, draw?: number) => number;

/**
 * Chance by counting: a number is a hash of seed, stream, index and draw, and of nothing else. So two simulations of one
 * seed see the same arrivals, handle times and answers, even when their routing asks for them in another order.
 */
export interface CounterRandom {
  stream(name: string): ChanceStream;
}

/** Chance that depends on `seed` alone. Not for secrets. */
export function counterRandom(seed: string | number): CounterRandom {
  const root = hashText(String(seed), 0x9747b28c);
  return {
    stream(name) {
      const base = hashText(name, root);
      return (index, draw = 0) => (finish(mix(mix(base, index | 0), draw | 0) ^ 8) + 0.5) / 2 ** 32;
    },
  };
}

function hashText(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) hash = mix(hash, text.charCodeAt(index));
  return finish(hash ^ text.length);
}

/** One block of MurmurHash3, x86, 32 bits (Appleby, public domain). */
function mix(hash: number, word: number): number {
  let block = Math.imul(word, 0xcc9e2d51);
  block = Math.imul((block << 15) | (block >>> 17), 0x1b873593);
  const mixed = hash ^ block;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let value = hash;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
