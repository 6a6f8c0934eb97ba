import type { ShownMessage } from './side';
import type { StoredMessage } from './world';

/** What a client got wrong, against the emulator's truth. All zero: nothing. */
export interface Losses {
  /** Messages that the service holds and the client does not show. */
  readonly lost: number;
  /** Messages shown more than once, or stored more than once; a copy that was deleted again troubles nobody. */
  readonly doubled: number;
  /** Messages shown before one that is older. */
  readonly disordered: number;
  /** Messages shown in an old version: an edit or a deletion is missing. */
  readonly stale: number;
  /** Messages shown that the service does not hold. */
  readonly invented: number;
}

export const noLosses: Losses = { lost: 0, doubled: 0, disordered: 0, stale: 0, invented: 0 };

export function compare(shown: readonly ShownMessage[], truth: readonly StoredMessage[]): Losses {
  const known = new Map(truth.map((message) => [Number(message.id), message]));
  const seen = new Set(shown.map(({ id }) => id));
  const stored = shown.filter(({ id }) => known.has(id));
  const copies = new Set(copiesIn(truth));
  const isStale = ({ id, text, deleted, version }: ShownMessage) => {
    const message = known.get(id);
    if (message === undefined) return false;
    const isOld = version !== undefined && version < message.version;
    return isOld || text !== textOf(message) || deleted !== (message.deletedAt !== undefined);
  };
  return {
    lost: truth.filter((message) => !copies.has(message) && !seen.has(Number(message.id))).length,
    doubled: shown.length - seen.size + [...copies].filter(({ deletedAt }) => deletedAt === undefined).length,
    disordered: stored.filter(({ id }, index) => id < (stored[index - 1]?.id ?? 0)).length,
    stale: stored.filter(isStale).length,
    invented: shown.length - stored.length,
  };
}

/** What was stored once more. */
export function copiesIn(truth: readonly StoredMessage[]): readonly StoredMessage[] {
  const firsts = new Set<string>();
  return truth.filter(({ meant }) => firsts.size === firsts.add(meant).size);
}

export function isClean({ lost, doubled, disordered, stale, invented }: Losses): boolean {
  return lost + doubled + disordered + stale + invented === 0;
}

export function add(a: Losses, b: Losses): Losses {
  return {
    lost: a.lost + b.lost,
    doubled: a.doubled + b.doubled,
    disordered: a.disordered + b.disordered,
    stale: a.stale + b.stale,
    invented: a.invented + b.invented,
  };
}

function textOf({ content }: StoredMessage): string {
  return 'text' in content ? content.text : '';
}
