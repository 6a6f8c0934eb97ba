import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { redisRouting } from 'onescreen/routing/redis';
import { startRedis } from '../../test/routing/redis/redis-server';
import { bundleChild } from '../../test/seeds/bundle-child';
import { conditions } from '../routing/results';
import { benchBullMq } from './bullmq';
import { queues, workers } from './queues';

// npm run bench -- redis [--tasks 40000] [--pings 500] [--nodes 1,2,4] [--rounds 3]
const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '40000' },
    pings: { type: 'string', default: '500' },
    nodes: { type: 'string', default: '1,2,4' },
    rounds: { type: 'string', default: '3' },
  },
});
const tasks = Number(values.tasks);
const pings = Number(values.pings);
const sizes = values.nodes.split(',').map(Number);

interface Row {
  readonly perSecond: number[];
  readonly latenciesMs: number[];
}

const bundle = await bundleChild(new URL('node.ts', import.meta.url));
const rows = new Map<string, Row>();
const row = (name: string): Row => {
  const found = rows.get(name) ?? { perSecond: [], latenciesMs: [] };
  rows.set(name, found);
  return found;
};
const before = conditions();

for (let round = 0; round < Number(values.rounds); round += 1) {
  // One Redis for all contenders of a round, which writes to the disk before it answers.
  const server = await startRedis();
  for (const nodes of sizes) {
    const measured = await benchOurs(server.port, nodes, `round-${nodes}`);
    row(`ours, ${nodes}`).perSecond.push(measured.perSecond);
    row(`ours, ${nodes}`).latenciesMs.push(...measured.latenciesMs);
  }
  const bull = await benchBullMq(server.port, tasks, pings);
  row('BullMQ').perSecond.push(bull.jobsPerSecond);
  row('BullMQ').latenciesMs.push(...bull.latenciesMs);
  await server.close();
}
await bundle.remove();

async function benchOurs(port: number, nodes: number, domain: string) {
  const team = await Promise.all(Array.from({ length: nodes }, (_, index) => start(port, domain, `n${index}`)));
  const { Redis } = await import('ioredis');
  const redis = new Redis({ host: '127.0.0.1', port });
  const front = await redisRouting({ redis, domain, queues, mayLead: false });
  await Promise.all(workers.map((worker) => front.apply({ type: 'register', worker })));
  await front.close();
  redis.disconnect();
  await Promise.all(team.map((node) => node.ask(`flood ${Math.ceil(tasks / nodes)}`)));
  const from = performance.now();
  await Promise.all(team.map((node) => node.ask(`flood ${Math.ceil(tasks / nodes)}`)));
  const seconds = (performance.now() - from) / 1000;
  // Enqueued at one node, seen at another where there is one.
  const [first] = team;
  const sent = (await first!.ask(`ping ${pings}`)).sent;
  await new Promise((resolve) => setTimeout(resolve, 100));
  const seen = new Map((await team.at(-1)!.ask('seen')).seen);
  const latenciesMs = sent.map(([id, at]) => (seen.get(id) ?? Infinity) - at);
  await Promise.all(team.map((node) => node.end()));
  return { perSecond: (4 * tasks) / seconds, latenciesMs };
}

interface Answer {
  readonly open?: boolean;
  readonly sent: readonly (readonly [string, number])[];
  readonly seen: readonly (readonly [string, number])[];
}

async function start(port: number, domain: string, name: string) {
  const args = [bundle.child, String(port), domain, name];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => JSON.parse(String((await lines.next()).value)) as Answer;
  await answer();
  return {
    ask(question: string): Promise<Answer> {
      child.stdin.write(`${question}\n`);
      return answer();
    },
    end() {
      child.stdin.write('end\n');
      return ended;
    },
  };
}

const figures = [...rows].map(([name, { perSecond, latenciesMs }]) => ({
  name,
  perSecond: Math.round(quantile(perSecond, 0.5)),
  range: [Math.round(Math.min(...perSecond)), Math.round(Math.max(...perSecond))],
  p50Ms: rounded(quantile(latenciesMs, 0.5)),
  p99Ms: rounded(quantile(latenciesMs, 0.99)),
}));
const bull = figures.find(({ name }) => name === 'BullMQ')!;
console.log(
  'durable commands a second (BullMQ: jobs added and processed), and ms from enqueue to the offer at another node',
);
for (const { name, perSecond, range, p50Ms, p99Ms } of figures) {
  const ratio = `${(perSecond / bull.perSecond).toFixed(1)} x`.padStart(7);
  const [least, most] = range;
  console.log(
    `${name.padEnd(9)} ${ratio}  ${String(perSecond).padStart(7)}/s (${least}-${most})  p50 ${p50Ms} ms, p99 ${p99Ms} ms`,
  );
}
const file = fileURLToPath(new URL('../results/redis.json', import.meta.url));
mkdirSync(fileURLToPath(new URL('../results', import.meta.url)), { recursive: true });
const redis = { appendfsync: 'always', tasks, pings, rounds: Number(values.rounds) };
writeFileSync(file, `${JSON.stringify({ conditions: { before, after: conditions(), redis }, figures }, null, 2)}\n`);
if (!figures.every(({ p99Ms }) => Number.isFinite(p99Ms))) process.exitCode = 1;

function quantile(sample: readonly number[], part: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
