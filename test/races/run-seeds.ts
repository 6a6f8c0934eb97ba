import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import { bundleChild } from './bundle';
import type { SeedResult } from './play-seed';

/** Seeds for each child process: enough for starting one to cost little beside them. */
const seedsPerChild = 250;

export interface RunOptions {
  /** Prints to stderr what happens in each schedule. */
  readonly trace?: boolean;
  readonly progress?: (result: SeedResult) => void;
}

/** Plays the schedules of these seeds, as many child processes at a time as there are processors. */
export async function runSeeds(
  seeds: readonly number[],
  { trace = false, progress = () => {} }: RunOptions = {},
): Promise<readonly SeedResult[]> {
  const bundle = await bundleChild();
  const results: SeedResult[] = [];
  const batches: (readonly number[])[] = [];
  for (let start = 0; start < seeds.length; start += seedsPerChild)
    batches.push(seeds.slice(start, start + seedsPerChild));
  const work = async () => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      for await (const result of playBatch(bundle.child, trace ? 'trace' : 'seeds', batch)) {
        results.push(result);
        progress(result);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, work));
  } finally {
    await bundle.remove();
  }
  return results.sort((a, b) => a.seed - b.seed);
}

async function* playBatch(file: string, job: string, seeds: readonly number[]): AsyncGenerator<SeedResult, void> {
  // Where an error came from is wanted of one schedule; of thousands it would cost more than they do.
  const flags = job === 'trace' ? ['--enable-source-maps'] : ['--max-semi-space-size=64'];
  const child = spawn(process.execPath, [...flags, file, job, ...seeds.map(String)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (text) => (complaint = `${complaint}${text}`.slice(-4_000)));
  if (job === 'trace') child.stderr.pipe(process.stderr);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const played: number[] = [];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const result: unknown = JSON.parse(line);
      if (!isSeedResult(result)) throw new Error(`unable to read ${line}; it is no result`);
      played.push(result.seed);
      yield result;
    }
    const code = await ended;
    if (code !== 0)
      throw new Error(`the child process of seed ${seeds[played.length]} ended with ${code}: ${complaint}`);
  } finally {
    child.kill();
  }
  if (!isDeepStrictEqual(played, seeds)) throw new Error(`of ${seeds.length} schedules, only ${played.length} ran`);
}

function isSeedResult(value: unknown): value is SeedResult {
  return typeof value === 'object' && value !== null && 'seed' in value && 'failures' in value && 'counts' in value;
}
