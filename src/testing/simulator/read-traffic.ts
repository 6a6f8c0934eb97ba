import type { Labels, LabelValue, Selector } from 'onescreen';
import { counterRandom } from './counter-random';
import { readCsv } from './csv';
import { checkDistribution, drawn, empirical, type Distribution } from './distribution';
import { refuseTraffic } from './refuse';
import type { SimulatedContact } from './simulated-contact';

export interface ReadTrafficOptions {
  /** Queue of contacts that name none. Left out: the name of their channel. */
  readonly queueId?: string;
  /**
   * How long contacts are handled that say nothing of it, such as those who gave up. Left out: as long as some other
   * contact of their channel.
   */
  readonly handle?: Distribution;
  /** How long contacts are patient who did not give up. Left out: for ever. */
  readonly patience?: Distribution;
  /** Decides what is drawn. Default 1. */
  readonly seed?: string | number;
}

/** What a row says, or what is missing from it. */
interface Row extends Omit<SimulatedContact, 'handleMs'> {
  readonly handleMs: number | undefined;
  readonly place: string;
}

/** Where a value stands, and what it is. */
interface Field {
  readonly value: unknown;
  readonly place: string;
}

type Fields = (name: string) => Field;

/**
 * Reads traffic as it was: CSV with a header, or JSON, a list of objects; one row for each contact. Columns: `arrival`
 * (ISO 8601, UTC where it names no zone; or epoch milliseconds), `channel`, and if known `queue`, `handle_seconds`,
 * `wrap_up_seconds`, `abandon_seconds` (after how long it gave up), `priority`, `id`, and `labels`: what it asks of a
 * worker, an object in JSON and `language=fr;billing=3` in CSV. A number asks for at least that much, anything else for
 * the same.
 *
 * Throws `traffic/invalid`, whose `field` names row and column, for what cannot be read.
 */
export function readTraffic(text: string, options: ReadTrafficOptions = {}): readonly SimulatedContact[] {
  const plain = text.replace(/^\uFEFF/, '');
  if (plain.trim() === '') throw refuseTraffic('is empty', 'the text');
  const rows = /^\s*[[{]/.test(plain) ? jsonRows(plain) : csvRows(plain);
  const read = rows.map((fields, index) => readRow(fields, index, options.queueId)).sort((a, b) => a.at - b.at);
  const ids = new Set<string>();
  for (const { id, place } of read) {
    if (ids.has(id)) throw refuseTraffic(`is "${id}", as that of another row is`, `${place}, column "id"`);
    ids.add(id);
  }
  return complete(read, options);
}

const known = [
  ...['arrival', 'channel', 'queue', 'handle_seconds', 'wrap_up_seconds', 'abandon_seconds', 'priority'],
  ...['labels', 'id'],
];

// One that is misspelt would be left out without a word.
function checkColumns(names: Iterable<string>, row: number): void {
  for (const name of names)
    if (name !== '' && !known.includes(name))
      throw refuseTraffic(`is not known; there are ${known.join(', ')}`, `row ${row}, column "${name}"`);
}

function csvRows(text: string): readonly Fields[] {
  const { columns, rows } = readCsv(text);
  checkColumns(columns, 1);
  return rows.map(({ row, cells }) => (name) => {
    const cell = cells.get(name);
    return { value: cell === '' ? undefined : cell, place: `row ${row}, column "${name}"` };
  });
}

function jsonRows(text: string): readonly Fields[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refuseTraffic('is no JSON', 'the text');
  }
  if (!Array.isArray(parsed)) throw refuseTraffic('is no list', 'the text');
  return parsed.map((row: unknown, index): Fields => {
    if (typeof row !== 'object' || row === null) throw refuseTraffic('is no object', `row ${index + 1}`);
    const values = new Map<string, unknown>(Object.entries(row));
    checkColumns(values.keys(), index + 1);
    return (name) => ({ value: values.get(name) ?? undefined, place: `row ${index + 1}, column "${name}"` });
  });
}

function readRow(fields: Fields, index: number, queueId: string | undefined): Row {
  const channel = textIn(fields('channel'));
  if (channel === undefined) throw refuseTraffic('is empty', fields('channel').place);
  const labels = labelsIn(fields('labels'));
  const priority = numberIn(fields('priority'), -Infinity);
  const wrapUpMs = secondsIn(fields('wrap_up_seconds'));
  const patienceMs = secondsIn(fields('abandon_seconds'));
  return {
    id: textIn(fields('id')) ?? `contact-${index + 1}`,
    at: timeIn(fields('arrival')),
    channel,
    queueId: textIn(fields('queue')) ?? queueId ?? channel,
    handleMs: secondsIn(fields('handle_seconds')),
    ...(labels !== undefined && { labels, selectors: selectorsFor(labels) }),
    ...(priority !== undefined && { priority }),
    ...(wrapUpMs !== undefined && { wrapUpMs }),
    ...(patienceMs !== undefined && { patienceMs }),
    place: fields('').place.split(',')[0] ?? '',
  };
}

function complete(rows: readonly Row[], options: ReadTrafficOptions): readonly SimulatedContact[] {
  const { handle, patience } = options;
  for (const [name, given] of Object.entries({ handle, patience }))
    if (given !== undefined) checkDistribution(given, name);
  const random = counterRandom(options.seed ?? 1);
  const chance = { handle: random.stream('handle'), patience: random.stream('patience') };
  const measured = new Map<string, number[]>();
  for (const { channel, handleMs } of rows) {
    const values = measured.get(channel) ?? [];
    measured.set(channel, values);
    if (handleMs !== undefined) values.push(handleMs);
  }
  const others = new Map<string, Distribution>();
  for (const [channel, values] of measured) if (values.length > 0) others.set(channel, empirical(values));
  return rows.map(({ place, handleMs: known, ...row }, index) => {
    const usual = handle ?? others.get(row.channel);
    if (known === undefined && usual === undefined)
      throw refuseTraffic(
        `is empty, and no contact of ${row.channel} says how long it was handled`,
        `${place}, column "handle_seconds"`,
      );
    const handleMs = known ?? (usual ? drawn(usual, (draw) => chance.handle(index, draw), 'handle') : 0);
    if (row.patienceMs !== undefined || patience === undefined) return { ...row, handleMs };
    return { ...row, handleMs, patienceMs: drawn(patience, (draw) => chance.patience(index, draw), 'patience') };
  });
}

function textIn({ value, place }: Field): string | undefined {
  if (value === undefined || typeof value === 'string') return value === '' ? undefined : value;
  throw refuseTraffic('must be a text', place);
}

function numberIn({ value, place }: Field, least: number): number | undefined {
  if (value === undefined) return undefined;
  const number = typeof value === 'number' ? value : typeof value === 'string' ? Number(value) : NaN;
  if (!Number.isFinite(number)) throw refuseTraffic(`must be a number, not ${JSON.stringify(value)}`, place);
  if (number < least) throw refuseTraffic(`must be at least ${least}`, place);
  return number;
}

function secondsIn(field: Field): number | undefined {
  const seconds = numberIn(field, 0);
  return seconds === undefined ? undefined : Math.round(seconds * 1_000);
}

const zoned = /(Z|[+-]\d\d:?\d\d)$/i;

function timeIn({ value, place }: Field): number {
  if (value === undefined) throw refuseTraffic('is empty', place);
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string') {
    const text = value.trim();
    const time = /^\d+$/.test(text) ? Number(text) : isoTime(text);
    if (Number.isFinite(time)) return time;
  }
  throw refuseTraffic(`must be a time such as 2026-01-05T08:00:00Z, not ${JSON.stringify(value)}`, place);
}

// Without a zone, a time would mean another moment on every machine.
function isoTime(text: string): number {
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text)) return NaN;
  const day = text.slice(0, 10);
  const midnight = new Date(`${day}T00:00Z`);
  // Dates that no calendar has, such as February 30, are taken for later ones.
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) return NaN;
  return Date.parse(zoned.test(text) ? text.replace(' ', 'T') : `${text.replace(' ', 'T')}Z`);
}

function labelsIn({ value, place }: Field): Labels | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return Object.fromEntries(labelPairs(value, place));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuseTraffic('must be labels', place);
  return Object.fromEntries(
    Object.entries(value).map(([key, label]: [string, unknown]): [string, LabelValue] => {
      if (typeof label === 'string' || typeof label === 'boolean') return [key, label];
      if (typeof label === 'number' && Number.isFinite(label)) return [key, label];
      throw refuseTraffic(`has no text, number or boolean for "${key}"`, place);
    }),
  );
}

function labelPairs(text: string, place: string): [string, LabelValue][] {
  return text
    .split(/[;|]/)
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [key = '', ...rest] = pair.split('=');
      const value = rest.join('=').trim();
      if (key.trim() === '' || value === '')
        throw refuseTraffic(`must read such as language=fr;billing=3, not ${JSON.stringify(pair)}`, place);
      return [key.trim(), labelOf(value)];
    });
}

function labelOf(text: string): LabelValue {
  if (text === 'true' || text === 'false') return text === 'true';
  return Number.isFinite(Number(text)) ? Number(text) : text;
}

function selectorsFor(labels: Labels): readonly Selector[] {
  return Object.entries(labels).map(([key, value]) => ({
    key,
    operator: typeof value === 'number' ? 'greaterThanOrEqual' : 'equal',
    value,
  }));
}
