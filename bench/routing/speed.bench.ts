import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { contenderNames, type ContenderName } from './contenders/contenders';
import { isReport, type Job, type Report } from './job';
import type { PolicyName } from './policies';
import { conditions, mergeSizes, readResults, updateResults } from './results';
import { sizeNames, sizes, type SizeName } from './workload';
import { goals, median, printFit, printRows, type Row } from './table';

// What a decision costs, beside what one would write by hand and beside the floor, and whether all decide alike.

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: sizeNames.join() },
    rounds: { type: 'string', default: '5' },
    contenders: { type: 'string', default: contenderNames.join() },
    policies: { type: 'string', default: 'activity,default' },
    seed: { type: 'string', default: '1' },
  },
  // What the folder's other benchmarks understand.
  strict: false,
});
const wantedSizes = chosen(options.sizes, sizeNames);
const wanted = chosen(options.contenders, contenderNames);
const wantedPolicies = chosen(options.policies, ['activity', 'default'] as const);
const rounds = Number(options.rounds);
const seed = Number(options.seed);

/** Decisions of slow contenders that are timed: all that are measured of the others, or so many of a warmed-up world. */
const sample = 2_000;

const isSlow = (name: ContenderName) => name === 'naive' || name === 'jsonLogic';
const isLarge = (size: SizeName) => sizes[size].workers >= sizes.L.workers;

/** Slow contenders at large sizes are measured less often: a round takes them a minute. */
function roundsOf(name: ContenderName, size: SizeName): number {
  return isSlow(name) && isLarge(size) ? Math.min(rounds, size === 'XL' ? 2 : 3) : rounds;
}

// Here the benchmarks' own packages are found.
const cache = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url));
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'routing-'));
const program = join(folder, 'measure.mjs');
let differing = 0;
try {
  await compile();
  const measured: Row[] = [];
  for (const size of wantedSizes) for (const policy of wantedPolicies) measured.push(...measureSize(size, policy));
  printFit(measured);
  goals(measured);
  if (measured.some(({ us }) => us.length > 0))
    updateResults({
      sizes: mergeSizes(readResults().sizes, measured),
      sizesMeasured: { ...conditions(), rounds, seed },
    });
} finally {
  rmSync(folder, { recursive: true });
}
if (differing > 0) process.exitCode = 1;

function measureSize(size: SizeName, policy: PolicyName): readonly Row[] {
  const names = wanted.filter((name) => policy === 'activity' || name === 'ours' || name === 'naive');
  // Whoever writes the run down that the others are compared with: the fastest of those who decide by this policy.
  const scribe: ContenderName = policy === 'activity' ? 'floor' : 'ours';
  const script = join(folder, `${size}-${policy}`);
  const common = { size, seed, policy, script };
  const { workers, tasks } = sizes[size];
  console.log(`\n${size}: ${workers} workers, ${tasks} tasks; policy: ${policy}`);
  const expected = run({ ...common, kind: 'record', contender: scribe });
  console.log(`  ${expected.decisions} offers, ${expected.waiting} tasks that nobody is left for`);

  const equal = new Map<ContenderName, string>();
  const differs = (name: ContenderName, how: string) => {
    if (!equal.has(name) || equal.get(name) !== how) console.log(`  ${name}: TRACE DIFFERS: ${how}`);
    if (!equal.get(name)?.startsWith('differs')) differing += 1;
    equal.set(name, `differs: ${how}`);
  };
  for (const name of names) {
    if (name === scribe) equal.set(name, 'written down');
    else if (name === 'bookkeeping') equal.set(name, 'told');
    // The slow ones by themselves where that takes a minute or less; else on the sample that is timed.
    else if (isSlow(name) && (size === 'XL' || (size === 'L' && (name !== 'naive' || policy !== 'activity')))) {
      equal.set(name, `equal on ${sample} decisions`);
    } else {
      const { trace, waiting } = run({ ...common, kind: 'trace', contender: name });
      if (trace === expected.trace && waiting === expected.waiting) equal.set(name, 'equal in full');
      else differs(name, `${trace}, not ${expected.trace}`);
    }
  }

  const cpu = new Map<ContenderName, number[]>();
  const overhead: number[] = [];
  const latest = new Map<ContenderName, Report>();
  const most = (name: ContenderName) => (isSlow(name) && isLarge(size) ? sample : tasks * 10);
  const perDecision = ({ cpuUs = 0, decisions = 1 }: Report) => cpuUs / decisions;
  for (let round = 0; round < rounds; round++) {
    overhead.push(perDecision(run({ ...common, kind: 'cpu', contender: 'driver', most: tasks * 10 })));
    for (const name of names) {
      if (round >= roundsOf(name, size) || equal.get(name)?.startsWith('differs')) continue;
      const report = run({ ...common, kind: 'cpu', contender: name, most: most(name) });
      if (report.differs !== undefined) differs(name, report.differs);
      else cpu.set(name, [...(cpu.get(name) ?? []), perDecision(report)]);
    }
  }
  for (const name of names) {
    if (equal.get(name)?.startsWith('differs')) continue;
    const report = run({ ...common, kind: 'latency', contender: name, most: most(name) });
    if (report.differs !== undefined) differs(name, report.differs);
    else latest.set(name, report);
  }

  const own = median(overhead);
  const rows = names.map((name): Row => {
    const figures = (cpu.get(name) ?? []).map((each) => Math.max(0, each - own)).sort((a, b) => a - b);
    const { p99Us = NaN, heapBytes = NaN } = latest.get(name) ?? {};
    return { size, policy, name, us: figures, p99Us, heapPerWorker: heapBytes / workers, trace: equal.get(name) ?? '' };
  });
  printRows(rows, own);
  return rows;
}

// As it is published: what runs TypeScript as it is names every function anew, wherever one is made, and that takes longer
// than all the rest.
async function compile(): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL('measure.ts', import.meta.url))],
    tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
  });
}

function run(job: Job): Report {
  const args = ['--expose-gc', '--max-old-space-size=8192', program, JSON.stringify(job)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`unable to measure ${JSON.stringify(job)}; ${stderr}`);
  const report: unknown = JSON.parse(stdout);
  if (!isReport(report)) throw new Error(`unable to measure ${JSON.stringify(job)}; it reported ${stdout}`);
  return report;
}

function chosen<Name extends string>(list: string | boolean | undefined, from: readonly Name[]): readonly Name[] {
  const names = String(list).split(',');
  const unknown = names.find((name) => !from.some((each) => each === name));
  if (unknown !== undefined) throw new Error(`there is no "${unknown}"; known: ${from.join(', ')}`);
  return from.filter((each) => names.includes(each));
}
