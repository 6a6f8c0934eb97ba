import type { Kind } from './contenders/contender';
import type { CallContenderName, ContenderName, HeapReport } from './job';
import type { Ids } from './workload';

/** CPU microseconds an event by round, the least first, and calls of subscribers for each. */
export interface Row {
  readonly name: ContenderName;
  readonly us: readonly number[];
  readonly calls: number;
}

/** One kind of event at one size. */
export interface Case {
  readonly conversations: number;
  readonly messages: number;
  readonly kind: Kind;
  readonly ids: Ids;
  readonly rows: readonly Row[];
}

export interface HeapRow extends HeapReport {
  readonly name: ContenderName;
}

export interface CallRow {
  readonly name: CallContenderName;
  readonly participants: number;
  readonly us: readonly number[];
  readonly calls: number;
}

/** Prints ratios first, then figures. */
export function printCases(cases: readonly Case[]): void {
  for (const { conversations, messages, kind, ids, rows } of cases) {
    const what = kind === 'new' ? 'a new message' : 'an edit';
    console.log(`\n${conversations} x ${messages}, ${what}${ids === 'uuid' ? ', ids like UUIDs' : ''}`);
    const ours = rows.find(({ name }) => name === 'ours');
    for (const row of rows) if (ours !== undefined && row !== ours) console.log(`  ${comparison(ours, row)}`);
    for (const { name, us, calls } of rows)
      console.log(`  ${name.padEnd(20)} ${spread(us).padEnd(30)} us CPU   ${short(calls)} calls of subscribers`);
  }
}

/** Prints how the cost grows with the history, and which goals were met. */
export function printSummary(cases: readonly Case[]): void {
  const names = [...new Set(cases.flatMap(({ rows }) => rows.map(({ name }) => name)))];
  console.log('\nCPU grows with the length of the history to the power of');
  for (const name of names) {
    const powers = (['new', 'edit'] as const).map((kind) => short(exponent(cases, name, kind)));
    console.log(`  ${name.padEnd(20)} ${powers.join(' (new), ')} (edit)`);
  }
  const goals = cases.flatMap(({ conversations, messages, kind, ids, rows }) => {
    const of = (name: ContenderName) => middle(rows.find((row) => row.name === name)?.us ?? []);
    const where = `${conversations} x ${messages} ${kind}${ids === 'uuid' ? ' uuid' : ''}`;
    const first = cases.find((one) => one.conversations === 1 && one.messages === 100 && one.kind === kind);
    const toFirst = of('ours') / middle(first?.rows.find(({ name }) => name === 'ours')?.us ?? []);
    const toPeer = of('communicationReact') / of('ours');
    const isSingle = conversations === 1 && ids === 'time';
    return [
      judged(where, 'at most 2 x the floor (bound 3)', of('ours') / of('floor'), (ratio) => ratio <= 2),
      ...(isSingle && messages === 50_000
        ? [judged(where, 'at most 1.5 x that of 100 messages', toFirst, (ratio) => ratio <= 1.5)]
        : []),
      ...(isSingle && messages === 100
        ? [judged(where, 'communication-react at least 80 x', toPeer, (ratio) => ratio >= 80)]
        : []),
      ...(isSingle && messages === 10_000
        ? [judged(where, 'communication-react at least 4,000 x', toPeer, (ratio) => ratio >= 4_000)]
        : []),
    ];
  });
  console.log(`\nGoals\n${goals.filter((line) => line !== '').join('\n')}`);
}

export function printHeap(rows: readonly HeapRow[]): void {
  console.log(
    '\nHeap for each of 50,000 messages, and beside the same objects in a plain array (goal: at most 1.15 x)',
  );
  for (const { name, held, plain } of rows)
    console.log(`  ${name.padEnd(20)} ${short(held / plain)} x   ${short(held)} B, plain ${short(plain)} B`);
}

export function printCalls(rows: readonly CallRow[]): void {
  console.log('\nSomebody of so many in a call begins or stops speaking (goal: 1,000 at most 1.3 x 10)');
  for (const name of new Set(rows.map((row) => row.name))) {
    const own = rows.filter((row) => row.name === name);
    const least = middle(own[0]?.us ?? []);
    for (const { participants, us, calls } of own)
      console.log(
        `  ${name.padEnd(20)} ${`${participants}`.padStart(5)}  ${short(middle(us) / least)} x   ${spread(us)} us CPU   ${short(calls)} calls`,
      );
  }
}

/** The power of the number of messages with which the cost of one conversation grows. */
export function exponent(cases: readonly Case[], name: ContenderName, kind: Kind): number {
  const points = cases
    .filter((one) => one.conversations === 1 && one.ids === 'time' && one.kind === kind)
    .map(({ messages, rows }) => ({
      x: Math.log(messages),
      y: Math.log(middle(rows.find((row) => row.name === name)?.us ?? [])),
    }));
  const mean = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const x = mean((point) => point.x);
  const y = mean((point) => point.y);
  const around = mean((point) => (point.x - x) ** 2);
  return mean((point) => (point.x - x) * (point.y - y)) / around;
}

/** The middle one of what is in order; of two, the larger. */
export function middle(values: readonly number[]): number {
  return values[values.length >> 1] ?? NaN;
}

function judged(where: string, what: string, ratio: number, isMet: (ratio: number) => boolean): string {
  if (!Number.isFinite(ratio)) return '';
  return `  ${where.padEnd(22)} ${what}: ${short(ratio)} x, ${isMet(ratio) ? 'met' : 'MISSED'}`;
}

function comparison(ours: Row, other: Row): string {
  const ratio = middle(ours.us) / middle(other.us);
  return `ours / ${other.name.padEnd(20)} ${ratio >= 1 ? short(ratio) : `1/${short(1 / ratio)}`} x`;
}

function spread(us: readonly number[]): string {
  return `${short(middle(us))} (${short(us[0] ?? NaN)}-${short(us.at(-1) ?? NaN)})`;
}

function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
