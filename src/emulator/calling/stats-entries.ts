/** What a browser reports of a connection, one entry a thing. */
export function entries(report: RTCStatsReport): readonly unknown[] {
  const all: unknown[] = [];
  report.forEach((entry: unknown) => all.push(entry));
  return all;
}

/** A text of an entry; undefined when it has none of this name. */
export function text(entry: unknown, key: string): string | undefined {
  const value = read(entry, key);
  return typeof value === 'string' ? value : undefined;
}

/** A number of an entry; undefined when it has none of this name. */
export function number(entry: unknown, key: string): number | undefined {
  const value = read(entry, key);
  return typeof value === 'number' ? value : undefined;
}

function read(entry: unknown, key: string): unknown {
  return typeof entry === 'object' && entry !== null ? Reflect.get(entry, key) : undefined;
}
