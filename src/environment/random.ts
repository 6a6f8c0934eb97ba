/** The only source of chance: ids, tokens and jitter. `testing` has one with a seed. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A new id, unique and unguessable: 122 random bits in the form of a UUID version 4. */
  id(): string;
}

/** The machine's randomness. Web Crypto makes a UUID in secure contexts alone; elsewhere an id has 128 random bits, and another form. */
export const systemRandom: Random = {
  next: () => Math.random(),
  id: () => crypto.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(4)).join('-'),
};
