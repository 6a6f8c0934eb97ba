import { ChunkedPeople } from './chunked-people';

/**
 * `next` with every part that equals the same part of `previous` replaced by that part, so that what did not change
 * keeps its identity; things with an `id` keep it wherever they stand in a list. For plain data; `previous` itself when all is equal.
 */
export function keepIdentity<T>(previous: T, next: T): T;
export function keepIdentity(previous: unknown, next: unknown): unknown {
  if (Object.is(previous, next)) return previous;
  if (Array.isArray(previous) && Array.isArray(next)) {
    const before: readonly unknown[] = previous;
    const kept: unknown[] = next.map((value: unknown, index) => keepIdentity(counterpart(before, value, index), value));
    return kept.length === before.length && kept.every((value, index) => value === before[index]) ? before : kept;
  }
  if (!isPlain(previous) || !isPlain(next)) return next;
  const keys = Object.keys(next);
  const kept = Object.fromEntries(keys.map((key) => [key, keepIdentity(previous[key], next[key])]));
  const same = keys.length === Object.keys(previous).length;
  return same && keys.every((key) => key in previous && Object.is(kept[key], previous[key])) ? previous : kept;
}

function counterpart(previous: readonly unknown[], value: unknown, index: number): unknown {
  if (!isPlain(value) || !('id' in value)) return previous[index];
  const there = previous[index];
  if (isPlain(there) && there.id === value.id) return there;
  return previous.find((one) => isPlain(one) && one.id === value.id);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same for people who come as a list. */
export function keptPeople<P extends { readonly id: string }>(
  previous: ChunkedPeople<P>,
  next: readonly P[],
): ChunkedPeople<P> {
  const kept = next.map((person) => keepIdentity<P>(previous.get(person.id) ?? person, person));
  const same = kept.length === previous.length && kept.every((person, index) => person === previous.at(index));
  return same ? previous : ChunkedPeople.of(kept);
}
