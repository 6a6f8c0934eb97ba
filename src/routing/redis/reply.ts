/** What Redis answers, made into something with a type. */

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Entries of one stream, each with the value of its only field. */
export function* entriesOf(answer: unknown): Generator<{ readonly id: string; readonly text: string }> {
  for (const entry of listOf(answer)) {
    const [id, fields] = listOf(entry);
    const [, text] = listOf(fields);
    if (typeof id === 'string') yield { id, text: typeof text === 'string' ? text : '' };
  }
}

/** The entries of the only stream that XREAD was asked for. */
export function streamOf(answer: unknown): unknown {
  const [first] = listOf(answer);
  const [, entries] = listOf(first);
  return entries;
}

export interface Bid {
  /** Who leads, as `token:node`; empty when nobody does. */
  readonly lease: string;
  /** Milliseconds that the lease has left. */
  readonly leftMs: number;
  /** Number of the last batch in the log. */
  readonly head: number;
  /** Who was heard of lately. */
  readonly nodes: readonly string[];
}

/** What `bidScript` answers. */
export function bidOf(answer: unknown): Bid {
  const [lease, leftMs, head, nodes] = listOf(answer);
  return {
    lease: typeof lease === 'string' ? lease : '',
    leftMs: Number(leftMs),
    head: Number(head),
    nodes: listOf(nodes).filter((node): node is string => typeof node === 'string'),
  };
}

export interface Signs {
  readonly lease: string;
  readonly head: number;
  /** Redis's time, epoch ms, as are those below. */
  readonly now: number;
  /** When each node said last that it is there. */
  readonly nodes: ReadonlyMap<string, number>;
}

/** What `signOffScript` answers. */
export function signsOf(answer: unknown): Signs {
  const [lease, head, now, scored] = listOf(answer);
  const parts = listOf(scored);
  const nodes = new Map<string, number>();
  for (let index = 0; index < parts.length; index += 2) nodes.set(String(parts[index]), Number(parts[index + 1]));
  return { lease: typeof lease === 'string' ? lease : '', head: Number(head), now: Number(now), nodes };
}

function listOf(value: unknown): readonly unknown[] {
  return isList(value) ? value : [];
}
