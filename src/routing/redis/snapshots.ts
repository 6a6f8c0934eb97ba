import { unavailable, type Connection } from './connection';
import type { RoutingKeys } from './keys';
import type { SavedReplica } from './replica';
import { isList } from './reply';
import { pieceScript, snapshotScript } from './scripts';

/** A list is cut into pieces of so many members: no text grows beyond what Redis and V8 can hold, and others get their turn. */
const pieceLength = 500;

/** So many seconds the pieces of a snapshot that was never finished are kept. */
const unfinishedFor = 3_600;

interface SnapshotParts {
  readonly connection: Connection;
  readonly keys: RoutingKeys;
  readonly timeoutMs: number;
}

/**
 * Stores a snapshot, unless the lease is not ours any more, or, with an empty one, the log has gone on; then shortens the
 * log. Rejects when Redis cannot be used.
 */
export async function storeSnapshot(parts: SnapshotParts, saved: SavedReplica, lease: string): Promise<void> {
  const { connection, keys, timeoutMs } = parts;
  const key = keys.pieces(saved.batch);
  if (Number(await connection.call('GET', [keys.snapshot], timeoutMs)) >= saved.batch) return;
  // Where Redis has lost the end of the log, somebody may have begun one of the same batch before.
  await connection.call('UNLINK', [key], timeoutMs);
  const names = [keys.lease, keys.head, key];
  let count = 0;
  for (const [name, text] of pieces(saved)) {
    const args = [lease, saved.batch, name, text, unfinishedFor];
    if ((await connection.run(pieceScript, names, args, timeoutMs)) !== 'ok') return;
    count += 1;
  }
  const args = [lease, saved.batch, count, keys.pieces(0).slice(0, -1)];
  await connection.run(snapshotScript, [...names, keys.snapshot, keys.log], args, timeoutMs);
}

/** A snapshot as it was found: one of ours, or of a format that is not known here. */
type Found = { readonly batch: number } & ({ readonly saved: SavedReplica } | { readonly format: unknown });

/** The last snapshot; undefined when there is none. Rejects when Redis cannot be used. */
export async function loadSnapshot({ connection, keys, timeoutMs }: SnapshotParts): Promise<Found | undefined> {
  // While it is read a newer one may take its place.
  for (let tries = 0; tries < 10; tries += 1) {
    const batch = await connection.call('GET', [keys.snapshot], timeoutMs);
    if (typeof batch !== 'string') return undefined;
    const key = keys.pieces(Number(batch));
    const names = await connection.call('HKEYS', [key], timeoutMs);
    if (!isTexts(names)) continue;
    const found = new Map<string, unknown>();
    for (const name of names) {
      const text = await connection.call('HGET', [key, name], timeoutMs);
      if (typeof text === 'string') found.set(name, JSON.parse(text));
    }
    const format = found.get('own/version/');
    if (format !== undefined && format !== 1) return { batch: Number(batch), format };
    const saved = joined(found);
    if (isSaved(saved)) return { batch: Number(batch), saved };
  }
  throw unavailable('there is no whole snapshot');
}

/** The fields of a snapshot and, below `routing`, of the engine's state; lists cut into pieces. `count` says how many there are. */
function* pieces({ routing, ...own }: SavedReplica): Generator<readonly [name: string, text: string]> {
  let count = 0;
  for (const [path, fields] of Object.entries<object>({ own, routing })) {
    const entries: readonly (readonly [name: string, value: unknown])[] = Object.entries(fields);
    for (const [name, value] of entries) {
      const list = isList(value) ? value : undefined;
      const step = list === undefined ? 1 : pieceLength;
      for (let from = 0; from < Math.max(1, list?.length ?? 1); from += step) {
        const piece: unknown = list === undefined ? value : list.slice(from, from + step);
        if (piece === undefined) continue;
        count += 1;
        yield [`${path}/${name}/${list === undefined ? '' : from}`, JSON.stringify(piece)];
      }
    }
  }
  yield ['count', String(count)];
}

function joined(found: ReadonlyMap<string, unknown>): unknown {
  if (found.get('count') !== found.size - 1) return undefined;
  const whole: Record<string, Record<string, unknown>> = {};
  const lists = new Map<string, (readonly [from: number, piece: readonly unknown[]])[]>();
  for (const [path, piece] of found) {
    const [part = '', name = '', from = ''] = path.split('/');
    if (part === 'count') continue;
    const fields = (whole[part] ??= {});
    if (from === '' || !isList(piece)) fields[name] = piece;
    else {
      const key = `${part}/${name}`;
      const parts = lists.get(key) ?? [];
      parts.push([Number(from), piece]);
      lists.set(key, parts);
    }
  }
  for (const [path, parts] of lists) {
    const [part = '', name = ''] = path.split('/');
    (whole[part] ??= {})[name] = parts.sort(([a], [b]) => a - b).flatMap(([, piece]) => piece);
  }
  return { ...whole['own'], routing: whole['routing'] };
}

/** Whether it is what this version of ours saves; what is in it is checked by nobody else than whoever wrote it. */
function isSaved(value: unknown): value is SavedReplica {
  return (
    typeof value === 'object' &&
    value !== null &&
    'version' in value &&
    value.version === 1 &&
    'reigns' in value &&
    'routing' in value
  );
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string');
}
