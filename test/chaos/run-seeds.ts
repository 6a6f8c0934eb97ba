import { availableParallelism } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { bundleChild, type Bundle } from './bundle';
import type { SeedResult } from './play-seeds';
import { runChild } from './run-child';

/** Seeds for each child process: a lost process costs little, and starting one is cheap beside them. */
const seedsPerChild = 25;

export interface RunOptions {
  /** Leaves the faults out. */
  readonly calm?: boolean;
  readonly progress?: (result: SeedResult) => void;
}

/** Plays the schedules of these seeds, as many child processes at a time as there are processors. */
export async function runSeeds(
  seeds: readonly number[],
  { calm = false, progress = () => {} }: RunOptions = {},
): Promise<readonly SeedResult[]> {
  const bundle = await bundleChild();
  const results: SeedResult[] = [];
  const batches: (readonly number[])[] = [];
  for (let start = 0; start < seeds.length; start += seedsPerChild)
    batches.push(seeds.slice(start, start + seedsPerChild));
  const work = async () => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      for await (const result of playBatch(bundle, calm ? 'calm' : 'seeds', batch)) {
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

async function* playBatch(
  bundle: Bundle,
  job: 'seeds' | 'calm',
  seeds: readonly number[],
): AsyncGenerator<SeedResult, void> {
  const played: number[] = [];
  for await (const result of runChild(bundle, [job, ...seeds.map(String)])) {
    if (!isSeedResult(result)) throw new Error(`unable to read ${JSON.stringify(result)}; it is no result`);
    played.push(result.seed);
    yield result;
  }
  if (!isDeepStrictEqual(played, seeds))
    throw new Error(`of the seeds ${seeds.join(' ')}, only ${played.join(' ')} ran`);
}

function isSeedResult(value: unknown): value is SeedResult {
  return typeof value === 'object' && value !== null && 'seed' in value && 'acsChat' in value && 'bare' in value;
}
