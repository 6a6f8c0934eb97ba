import { parseArgs } from 'node:util';
import { failuresOf, report, totals } from './report';
import { runSeeds } from './run-seeds';

// npm run races -- --seeds 10000 [--from 1]   plays many schedules
// npm run races -- --seed 34                  plays one again, and prints what happens in it
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
  Array.from({ length: count }, (_, index) => first + index),
  {
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
