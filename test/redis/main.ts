import { parseArgs } from 'node:util';
import { play } from '../routing/redis/many-nodes';
import { report, runFailover } from './failover';

// npm run failover -- --kills 50 [--seed 1] [--nodes 3]
// npm run failover -- --kills 0 --commands 100000 [--seed 1]   any commands on three nodes, against what must always hold
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    nodes: { type: 'string', default: '3' },
    commands: { type: 'string', default: '0' },
  },
});
if (Number(values.commands) > 0) console.log(await play(Number(values.commands), Number(values.seed)));
if (Number(values.kills) > 0) await killLeaders();

// Nodes that were made to vanish never end by themselves.
process.exit(process.exitCode ?? 0);

async function killLeaders(): Promise<void> {
  let done = 0;
  const result = await runFailover({
    kills: Number(values.kills),
    seed: Number(values.seed),
    nodes: Number(values.nodes),
    onKill(handOverMs) {
      done += 1;
      if (done % 10 === 0)
        console.log(`${done} of ${values.kills}, the last after ${(handOverMs / 1000).toFixed(2)} s`);
    },
  });
  console.log(report(result));
  const { lost, doubled, faults, handOversMs } = result;
  if (lost.length + doubled.length + faults.length > 0 || Math.max(...handOversMs) >= 5_000) process.exitCode = 1;
}
