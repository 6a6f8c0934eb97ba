import { distances, givingUp, waitingForEver } from '../test/testing/simulator/theory';

// The simulator against Erlang C and Erlang A with as many seeds as are asked for: standard errors of each figure.

const flag = process.argv.indexOf('--seeds');
const count = flag < 0 ? 20 : Math.max(5, Number(process.argv[flag + 1]) || 20);

void main();

async function main(): Promise<void> {
  console.log(`standard errors from theory, seeds 1 to ${count}`);
  for (const each of [...waitingForEver, ...givingUp]) {
    const seeds = Array.from({ length: count }, (_, index) => index + 1);
    const found = Object.entries(await distances(each, seeds, 4_000));
    const words = found.map(([what, errors]) => `${what} ${errors.toFixed(2)}`).join(', ');
    console.log(`${each.agents} agents, ${each.load} erlangs: ${words}`);
    if (found.some(([, errors]) => Math.abs(errors) > 3)) process.exitCode = 1;
  }
}
