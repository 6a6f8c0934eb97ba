import { parseArgs } from 'node:util';
import { report, runFailover } from './failover';

// npm run failover -- --kills 50 [--seed 1] [--nodes 3]
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    nodes: { type: 'string', default: '3' },
  },
});
let done = 0;
const result = await runFailover({
  kills: Number(values.kills),
  seed: Number(values.seed),
  nodes: Number(values.nodes),
  onKill(handOverMs) {
    done += 1;
    if (done % 10 === 0) console.log(`${done} of ${values.kills}, the last after ${(handOverMs / 1000).toFixed(2)} s`);
  },
});
console.log(report(result));
const { lost, doubled, faults, handOversMs } = result;
if (lost.length + doubled.length + faults.length > 0 || Math.max(...handOversMs) >= 5_000) process.exitCode = 1;
