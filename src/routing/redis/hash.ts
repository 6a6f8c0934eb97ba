/** FNV-1a, 32 bits, over a text's UTF-16 units, going on from another value. */
export function mix(text: string, from = 0x811c9dc5): number {
  let value = from;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value;
}

/** The same with the last step of MurmurHash3 behind it: texts that end alike must not weigh alike. */
export function hash(text: string): number {
  let value = mix(text);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
