import { parseArgs } from 'node:util';
import { failures, report } from './report';
import { runSeeds } from './run-seeds';
import { drawSchedule } from './schedule';

// npm run chaos -- --seeds 1000 [--from 1]   plays many schedules
// npm run chaos -- --seed 34                 plays one again, and prints what happens in it
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
  },
});

const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
if (values.seed !== undefined) {
  const { actions, ...rest } = drawSchedule(first);
  console.log(JSON.stringify(rest));
  for (const action of actions) console.log(JSON.stringify(action));
}
const started = process.hrtime.bigint();
let done = 0;
const results = await runSeeds(
  Array.from({ length: count }, (_, index) => first + index),
  {
    progress() {
      done += 1;
      if (done % 100 === 0) console.log(`${done} of ${count}`);
    },
  },
);
if (values.seed !== undefined) console.log(JSON.stringify(results[0], null, 2));
console.log(report(results));
console.log(`took ${Number((process.hrtime.bigint() - started) / 1_000_000_000n)} s`);
if (failures(results).length > 0) process.exitCode = 1;
