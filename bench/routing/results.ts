import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, type Row } from './table';
import { sizeNames } from './workload';

const file = fileURLToPath(new URL('../results/routing.json', import.meta.url));

/** What was written last; empty when nothing was. */
export function readResults(): Readonly<Record<string, unknown>> {
  if (!existsSync(file)) return {};
  const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
  return isRecord(read) ? read : {};
}

/** Puts these in place of what was written under the same names; other benchmarks' names stay. */
export function updateResults(changed: Readonly<Record<string, unknown>>): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...readResults(), ...changed }, null, 2)}\n`);
}

/**
 * Speed by size and contender, as `{ usPerDecision, p99us }`, in place of what was kept of the same; what was measured
 * by the default policy is kept as `oursByDefault` and the like. `traceEqual`: everybody made the same offers.
 */
export function mergeSizes(kept: unknown, measured: readonly Row[]): Readonly<Record<string, unknown>> {
  const merged: Record<string, unknown> = {};
  for (const size of sizeNames) {
    const before = isRecord(kept) && isRecord(kept[size]) ? kept[size] : undefined;
    const rows = measured.filter((row) => row.size === size);
    if (rows.length === 0) {
      if (before !== undefined) merged[size] = before;
      continue;
    }
    const figures: Record<string, unknown> = {};
    for (const { name, policy, us, p99Us } of rows) {
      if (us.length === 0) continue;
      const key = policy === 'activity' ? name : `${name}ByDefault`;
      figures[key] = { usPerDecision: rounded(median(us)), p99us: rounded(p99Us) };
    }
    merged[size] = { ...before, ...figures, traceEqual: rows.every(({ trace }) => !trace.startsWith('differs')) };
  }
  return merged;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** Where and when something was measured. */
export function conditions(): Readonly<Record<string, string | number>> {
  return {
    at: new Date().toISOString(),
    node: process.version,
    cpu: cpus()[0]?.model ?? '',
    cores: availableParallelism(),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
