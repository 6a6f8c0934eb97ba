/** The only source of chance: ids, tokens and jitter. `testing` has one with a seed. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A new id, unique and unguessable: 122 random bits in the form of a UUID version 4. */
  id(): string;
}

/** The machine's randomness; ids come from Web Crypto. */
export const systemRandom: Random = {
  next: () => Math.random(),
  id: () =>
    typeof crypto.randomUUID === 'function' ? crypto.randomUUID() : uuid(crypto.getRandomValues(new Uint8Array(16))),
};

/** Formats 16 bytes as a UUID version 4 (RFC 9562, section 5.4). Also serves pages without a secure context. */
export function uuid(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte, index) => {
    const value = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte;
    return value.toString(16).padStart(2, '0');
  }).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
