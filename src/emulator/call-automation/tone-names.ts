import { badRequest } from '../http/service-error';

const names = new Map<string, string>([
  ['zero', '0'],
  ['one', '1'],
  ['two', '2'],
  ['three', '3'],
  ['four', '4'],
  ['five', '5'],
  ['six', '6'],
  ['seven', '7'],
  ['eight', '8'],
  ['nine', '9'],
  ['pound', '#'],
  ['asterisk', '*'],
  ['a', 'A'],
  ['b', 'B'],
  ['c', 'C'],
  ['d', 'D'],
]);
const keys = new Map([...names].map(([name, key]) => [key, name]));

/** The key that a tone's name means. Throws 400. */
export function readTone(name: unknown, field: string): string {
  const key = typeof name === 'string' ? names.get(name) : undefined;
  if (key === undefined) throw badRequest(`${field} must be among ${[...names.keys()].join(', ')}.`, field);
  return key;
}

/** A key's name on the wire. */
export const toneName = (key: string): string => keys.get(key) ?? key;
