import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { contenderNames } from './job';
import { exponent, middle, type CallRow, type Case, type HeapRow } from './table';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const peers = ['@azure/communication-react', '@reduxjs/toolkit'] as const;

/**
 * Writes `bench/results/state.json`. Figures are medians, in CPU microseconds an event; `range` has the least and the
 * most of each.
 */
export function writeResults(measured: {
  readonly cases: readonly Case[];
  readonly heap: readonly HeapRow[];
  readonly calls: readonly CallRow[];
  readonly rounds: number;
}): void {
  const { cases, heap, calls, rounds } = measured;
  const file = here('../results/state.json');
  const before: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const results = {
    ...(typeof before === 'object' ? before : {}),
    ...(cases.length > 0 && { cases: cases.map(flat), exponents: exponents(cases) }),
    ...(heap.length > 0 && { heapBytesPerMessage: heap.map(weight) }),
    ...(calls.length > 0 && { callState: calls.map(callFigures) }),
    rounds,
    ...conditions(),
  };
  mkdirSync(here('../results/'), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

function flat({ messages, conversations, kind, ids, rows }: Case) {
  return {
    ...{ messages, conversations, kind, ids },
    ...Object.fromEntries(rows.map(({ name, us }) => [name, rounded(middle(us))])),
    range: Object.fromEntries(rows.map(({ name, us }) => [name, [rounded(us[0]), rounded(us.at(-1))]])),
    subscriberCalls: Object.fromEntries(rows.map(({ name, calls }) => [name, calls])),
  };
}

function exponents(cases: readonly Case[]) {
  return contenderNames
    .filter((name) => cases.some(({ rows }) => rows.some((row) => row.name === name)))
    .map((name) => ({
      name,
      new: rounded(exponent(cases, name, 'new')),
      edit: rounded(exponent(cases, name, 'edit')),
    }));
}

function weight({ name, held, plain }: HeapRow) {
  return { name, held: Math.round(held), plainArray: Math.round(plain), ratio: rounded(held / plain) };
}

function callFigures({ name, participants, us, calls }: CallRow) {
  return { name, participants, us: rounded(middle(us)), range: [rounded(us[0]), rounded(us.at(-1))], calls };
}

function conditions() {
  return {
    at: new Date().toISOString(),
    node: process.version,
    v8: process.versions.v8,
    cpu: cpus()[0]?.model ?? '',
    cores: availableParallelism(),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    versions: Object.fromEntries([
      ['rxjs', versionOf('../../node_modules/rxjs/package.json')],
      ...peers.map((name) => [name, versionOf(`../node_modules/${name}/package.json`)]),
    ]),
  };
}

function versionOf(path: string): string {
  const read: unknown = JSON.parse(readFileSync(here(path), 'utf8'));
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : 'unknown';
}

function rounded(value: number | undefined): number {
  return Number((value ?? NaN).toPrecision(4));
}
