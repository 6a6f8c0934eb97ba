import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SizeName } from './workload';

/** What one contender took: CPU microseconds a decision, and the time within which 99 % of the decisions are made. */
export interface Figures {
  readonly usPerDecision: number;
  readonly p99us: number;
}

/** One size, by contender. `traceEqual`: whether everybody made the same offers. */
export type SizeResults = Readonly<Record<string, Figures | boolean>> & { readonly traceEqual: boolean };

/** `bench/results/routing.json`, as far as it is about speed. */
export interface RoutingResults {
  readonly sizes: Readonly<Partial<Record<SizeName, SizeResults>>>;
}

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
