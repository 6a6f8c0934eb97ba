/** One message, in nobody's own shape. */
export interface Message {
  /** Its time of 13 digits, as ACS Chat has it; or as a UUID. */
  readonly id: string;
  readonly at: number;
  /** Grows with each edit. */
  readonly version: number;
  readonly text: string;
}

export type Ids = 'time' | 'uuid';

const start = Date.UTC(2026, 0, 5, 8);

/** Sixteen words of eight letters: a message is about as long as one of a customer. */
const words = Array.from({ length: 16 }, (_, index) => String.fromCharCode(97 + index).repeat(8));

/** Messages of one conversation: a second apart, the same each time. */
export function message(index: number, ids: Ids, version = 0): Message {
  const at = start + index * 1_000;
  const text = `${index}.${version} ${words.slice(index % 8, (index % 8) + 8).join(' ')}`;
  return { id: ids === 'time' ? `${at}` : uuid(index), at, version: at + version, text };
}

/** As it comes from the network: strings that nobody else has. */
export function received<T>(value: T): T {
  const copy: T = JSON.parse(JSON.stringify(value));
  return copy;
}

function uuid(index: number): string {
  const hex = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  const tail = index.toString(16).padStart(12, '0');
  return `${hex.toString(16).padStart(8, '0')}-0000-4000-8000-${tail}`;
}
