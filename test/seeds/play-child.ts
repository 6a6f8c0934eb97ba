import { writeSync } from 'node:fs';
import type { Uncaught } from './real-world';
import type { SeedResult } from './seed-result';

/** Plays one schedule. */
export type PlaySeed = (seed: number, uncaught: Uncaught, trace: (line: string) => void) => Promise<SeedResult>;

/** The whole of a child process: `seeds 1 2 3` or `trace 1`. One JSON line for each; `trace` prints what happens as well. */
export async function playChild(playSeed: PlaySeed, uncaughtErrors: Uncaught): Promise<void> {
  const [job, ...seeds] = process.argv.slice(2);
  for (const seed of seeds) {
    const result = await playSeed(Number(seed), uncaughtErrors, (line) => {
      if (job === 'trace') writeSync(2, `${line}\n`);
    });
    await new Promise((resolve) => process.stdout.write(`${JSON.stringify(result)}\n`, resolve));
  }
  process.exit(0);
}
