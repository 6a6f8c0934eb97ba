import { parseArgs } from 'node:util';
import type { BundleOptions } from './bundle-child';
import { runSeeds } from './run-seeds';
import { failuresOf, totals, type SeedResult } from './seed-result';

/** `--seeds 10000 [--from 1]` plays many schedules; `--seed 34` plays one again, and prints what happens in it. */
export async function playMain(
  child: URL,
  report: (results: readonly SeedResult[]) => string,
  bundling: BundleOptions = {},
): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '10000' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
    },
  });
  const first = Number(values.seed ?? values.from);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const started = process.hrtime.bigint();
  let done = 0;
  const results = await runSeeds(
    child,
    Array.from({ length: count }, (_, index) => first + index),
    {
      ...bundling,
      trace: values.seed !== undefined,
      progress() {
        done += 1;
        if (done % 500 === 0) console.log(`${done} of ${count}`);
      },
    },
  );
  for (const [what, times] of totals(results)) console.log(`${String(times).padStart(8)} ${what}`);
  console.log(report(results));
  console.log(`took ${Number((process.hrtime.bigint() - started) / 1_000_000_000n)} s`);
  if (failuresOf(results).length > 0) process.exitCode = 1;
}
