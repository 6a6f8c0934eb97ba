import type { MessageRecord } from 'onescreen/emulator';
import type { ShownMessage } from './side';

/** What a client got wrong, against the emulator's truth. All zero: nothing. */
export interface Losses {
  /** Messages that the service holds and the client does not show. */
  readonly lost: number;
  /** Messages shown more than once, or stored more than once because they were sent so. */
  readonly doubled: number;
  /** Messages shown before one that is older. */
  readonly disordered: number;
  /** Messages shown in an old version: an edit or a deletion is missing. */
  readonly stale: number;
  /** Messages shown that the service does not hold. */
  readonly invented: number;
}

export const noLosses: Losses = { lost: 0, doubled: 0, disordered: 0, stale: 0, invented: 0 };

export function compare(shown: readonly ShownMessage[], truth: readonly MessageRecord[]): Losses {
  const known = new Map(truth.map((message) => [Number(message.id), message]));
  const seen = new Set(shown.map(({ id }) => id));
  const stored = shown.filter(({ id }) => known.has(id));
  const stale = stored.filter(({ id, text, deleted, version }) => {
    const message = known.get(id);
    if (message === undefined) return false;
    const isOld = version !== undefined && version < message.version;
    return isOld || text !== textOf(message) || deleted !== (message.deletedAt !== undefined);
  });
  return {
    lost: truth.filter(({ id }) => !seen.has(Number(id))).length,
    doubled: shown.length - seen.size + storedAgain(truth),
    disordered: stored.filter(({ id }, index) => id < (stored[index - 1]?.id ?? 0)).length,
    stale: stale.length,
    invented: shown.length - stored.length,
  };
}

export function isClean(losses: Losses): boolean {
  return Object.values(losses).every((count) => count === 0);
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

/** Every text is sent once, so a second copy was stored by mistake. A deleted copy troubles nobody. */
function storedAgain(truth: readonly MessageRecord[]): number {
  const texts = truth.flatMap((message) => {
    const first = message.metadata?.['onescreenClientId'] ?? textOf(message);
    return message.deletedAt === undefined && message.editedAt === undefined ? [first] : [];
  });
  return texts.length - new Set(texts).size;
}

function textOf({ content }: MessageRecord): string {
  return 'text' in content ? content.text : '';
}
