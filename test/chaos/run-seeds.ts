import { playBatches } from '../seeds/play-batches';
import { bundleChild, type Bundle } from './bundle';
import type { SeedResult } from './play-seeds';
import { runChild } from './run-child';

/** Seeds for each child process, at most: enough for its start to cost little beside them. */
const seedsPerChild = 100;

export interface RunOptions {
  /** Leaves the faults out. */
  readonly calm?: boolean;
  readonly progress?: (result: SeedResult) => void;
}

/** Plays the schedules of these seeds, as many child processes at a time as there are processors. */
export async function runSeeds(
  seeds: readonly number[],
  { calm = false, progress }: RunOptions = {},
): Promise<readonly SeedResult[]> {
  const bundle = await bundleChild();
  try {
    return await playBatches(seeds, {
      ...{ perBatch: seedsPerChild, progress },
      play: (batch) => playBatch(bundle, calm ? 'calm' : 'seeds', batch),
    });
  } finally {
    await bundle.remove();
  }
}

async function* playBatch(
  bundle: Bundle,
  job: 'seeds' | 'calm',
  seeds: readonly number[],
): AsyncGenerator<SeedResult, void> {
  for await (const result of runChild(bundle, [job, ...seeds.map(String)])) {
    if (!isSeedResult(result)) throw new Error(`unable to read ${JSON.stringify(result)}; it is no result`);
    yield result;
  }
}

function isSeedResult(value: unknown): value is SeedResult {
  return typeof value === 'object' && value !== null && 'seed' in value && 'acsChat' in value && 'bare' in value;
}
