import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { bundleChild, type BundleOptions } from './bundle-child';
import { playBatches } from './play-batches';
import type { SeedResult } from './seed-result';

/** Seeds for each child process, at most: a new one takes the time of fifty of them until it is as fast as it gets. */
const seedsPerChild = 1_000;

export interface RunOptions extends BundleOptions {
  /** Prints to stderr what happens in each schedule. */
  readonly trace?: boolean;
  readonly progress?: (result: SeedResult) => void;
}

/** Plays the schedules of these seeds in child processes that run the module at `child`. */
export async function runSeeds(
  child: URL,
  seeds: readonly number[],
  { trace = false, progress, ...bundling }: RunOptions = {},
): Promise<readonly SeedResult[]> {
  const bundle = await bundleChild(child, bundling);
  try {
    return await playBatches(seeds, {
      ...{ perBatch: seedsPerChild, progress },
      play: (batch) => playBatch(bundle.child, trace ? 'trace' : 'seeds', batch),
    });
  } finally {
    await bundle.remove();
  }
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
  let played = 0;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const result: unknown = JSON.parse(line);
      if (!isSeedResult(result)) throw new Error(`unable to read ${line}; it is no result`);
      played += 1;
      yield result;
    }
    const code = await ended;
    if (code !== 0) throw new Error(`the child process of seed ${seeds[played]} ended with ${code}: ${complaint}`);
  } finally {
    child.kill();
  }
}

function isSeedResult(value: unknown): value is SeedResult {
  return typeof value === 'object' && value !== null && 'seed' in value && 'failures' in value && 'counts' in value;
}
