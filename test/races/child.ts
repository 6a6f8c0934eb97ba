import { writeSync } from 'node:fs';
import { playSeed } from './play-seed';
import { shutRealWorldOut, uncaughtErrors } from './real-world';

// Usage: child.mjs seeds 1 2 3 | trace 1. One JSON line for each seed; `trace` prints what happens as well.
const [job, ...seeds] = process.argv.slice(2);
shutRealWorldOut();

for (const seed of seeds) {
  const result = await playSeed(Number(seed), uncaughtErrors, (line) => {
    if (job === 'trace') writeSync(2, `${line}\n`);
  });
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(result)}\n`, resolve));
}
process.exit(0);
