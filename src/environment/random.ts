/** The only source of chance: ids, tokens and jitter. `testing` has one with a seed. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A new id, unique and unguessable: 122 random bits in the form of a UUID version 4. */
  id(): string;
}

/** The machine's randomness; ids come from Web Crypto, which has `randomUUID` in secure contexts alone. */
export const systemRandom: Random = {
  next: () => Math.random(),
  id: () => crypto.randomUUID?.() ?? uuid(),
};

/** A UUID version 4 (RFC 9562, section 5.4): random bits in place of each 0, 1 and 8, of which an 8 keeps its first two. */
function uuid(): string {
  return '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (digit) => {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    return (+digit ^ (byte & (15 >> (+digit / 4)))).toString(16);
  });
}
