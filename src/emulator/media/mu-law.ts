/** G.711 adds this to a magnitude of 16 bits, so that every segment begins at a power of two. */
const bias = 132;

/** The loudest magnitude that has a code. */
const clip = 32_635;

const linear = Int16Array.from({ length: 256 }, (_, code) => expand(code));

/** Encodes samples of 16 bits as mu-law (ITU-T G.711), a byte each. */
export function encodeMuLaw(samples: Int16Array): Uint8Array {
  const codes = new Uint8Array(samples.length);
  for (let index = 0; index < samples.length; index++) codes[index] = compress(samples[index] ?? 0);
  return codes;
}

/** Decodes mu-law bytes (ITU-T G.711) to samples of 16 bits. */
export function decodeMuLaw(codes: Uint8Array): Int16Array {
  const samples = new Int16Array(codes.length);
  for (let index = 0; index < codes.length; index++) samples[index] = linear[codes[index] ?? 0xff] ?? 0;
  return samples;
}

/** A code is sign, three bits of segment and four of mantissa, all inverted on the wire. */
function compress(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), clip) + bias;
  const segment = 24 - Math.clz32(magnitude);
  const mantissa = (magnitude >> (segment + 3)) & 0x0f;
  return ~(sign | (segment << 4) | mantissa) & 0xff;
}

function expand(code: number): number {
  const bits = ~code & 0xff;
  const segment = (bits >> 4) & 0x07;
  const magnitude = ((((bits & 0x0f) << 3) + bias) << segment) - bias;
  return (bits & 0x80) === 0 ? magnitude : -magnitude;
}
