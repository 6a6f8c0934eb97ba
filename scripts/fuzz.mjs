import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

// Runs the fuzz tests longer than the tests do: `npm run fuzz -- --runs 100000 --seed 7`.

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '20000' }, seed: { type: 'string' } },
});
const seed = values.seed ?? String(Math.floor(Math.random() * 2 ** 31));
console.log(`fuzz: ${values.runs} runs, seed ${seed}`);
const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'node', 'fuzz'], {
  stdio: 'inherit',
  env: { ...process.env, FUZZ_RUNS: values.runs, FUZZ_SEED: seed },
});
process.exitCode = status ?? 1;
