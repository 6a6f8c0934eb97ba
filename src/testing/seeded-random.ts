import type { Random } from 'onescreen';

/** Chance that repeats itself: the same seed gives the same numbers and ids, on every machine. Not for secrets. */
export interface SeededRandom extends Random {
  /** A stream of its own for `name`. It depends on seed and name alone, not on how much was drawn before. */
  fork(name: string): SeededRandom;
  /** A whole number from `least` up to and including `most`. */
  integer(least: number, most: number): number;
  /** One of `options`, which must not be empty. */
  pick<T>(options: readonly T[]): T;
}

/** A seeded random: the sfc32 generator (Doty-Humphrey, PractRand), seeded by hashing `seed`. */
export function seededRandom(seed: string | number): SeededRandom {
  const name = String(seed);
  const word = sfc32(hashWords(name));
  const next = () => word() / 2 ** 32;
  const integer = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    id: () => uuidOf(word(), word(), word(), word()),
    fork: (stream) => seededRandom(`${name}/${stream}`),
    integer,
    pick<T>(options: readonly T[]): T {
      for (const option of options.slice(integer(0, options.length - 1))) return option;
      throw new Error('unable to pick; there are no options');
    },
  };
}

/** 32 random bits a call. */
function sfc32(state: readonly [number, number, number]): () => number {
  let [a, b, c] = state;
  let counter = 1;
  const word = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // The first outputs still show the seed; the author's own seeding throws twelve away.
  for (let round = 0; round < 12; round++) word();
  return word;
}

/** Three 32-bit words from a text: FNV-1a with three offsets, each finished by MurmurHash3's final mix. */
function hashWords(text: string): readonly [number, number, number] {
  const hash = (offset: number) => {
    let value = offset;
    for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
    value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
    value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
    return (value ^ (value >>> 16)) | 0;
  };
  return [hash(0x811c9dc5), hash(0x2f0b4c47), hash(0x5bd1e995)];
}

/** A UUID version 4 (RFC 9562, section 5.4) from four 32-bit words. */
function uuidOf(a: number, b: number, c: number, d: number): string {
  const hex = [a, (b & 0xffff0fff) | 0x4000, (c & 0x3fffffff) | 0x80000000, d]
    .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
    .join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
