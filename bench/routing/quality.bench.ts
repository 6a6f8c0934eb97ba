import { longestIdle, type RoutingStrategy } from 'onescreen/routing';
import { estimate, exponential, simulate, type Estimate, type SimulationReport } from 'onescreen/testing';
import { policies } from './policies';
import { isRecord, readResults, updateResults } from './results';
import { createWorld, offerTtlMs, startAt, taskSpec, workerSpec, type World } from './workload';

// How soon customers are answered, and how evenly, by the default policy and by the one that ACS Job Router documents.

const loads = [0.7, 0.8, 0.9];
const size = { workers: 1_000, tasks: 30_000 };
const queueId = 'all';
/** The first contacts are not counted: the world begins with nobody busy. */
const warmUpShare = 0.6;

/** What the default policy must reach: speed of answer relative to Job Router's. */
const bounds: Readonly<Record<number, { readonly bound: number; readonly stretch: number }>> = {
  0.7: { bound: 0.65, stretch: 0.6 },
  0.8: { bound: 0.57, stretch: 0.53 },
  0.9: { bound: 0.68, stretch: 0.63 },
};

const compared = { jobRouter: longestIdle(), default: policies.default } as const satisfies Record<
  string,
  RoutingStrategy
>;

type Compared = keyof typeof compared;

const seeds = Array.from({ length: seedCount() }, (_, index) => index + 1);

void main();

async function main(): Promise<void> {
  console.log(`${size.workers} workers, ${size.tasks} tasks, seeds 1 to ${seeds.length}, 95 % confidence`);
  console.log(
    'load  policy                       answered after s      ratio                 service level by channel',
  );
  for (const load of loads) {
    const reports: Record<Compared, SimulationReport[]> = { jobRouter: [], default: [] };
    for (const seed of seeds) {
      const world = createWorld(size, seed, load);
      for (const name of ['jobRouter', 'default'] as const) reports[name].push(await run(world, compared[name]));
    }
    keep(load, tell(load, reports));
  }
}

// Load by load, so that a run that is cut off leaves what it has.
function keep(load: number, result: unknown): void {
  const before = readResults()['quality'];
  updateResults({ quality: { ...(isRecord(before) ? before : {}), [String(load)]: result } });
}

function run(world: World, strategy: RoutingStrategy): Promise<SimulationReport> {
  const traffic = Array.from({ length: world.tasks }, (_, task) => ({
    ...taskSpec(world, task, queueId),
    queueId,
    at: startAt + (world.arrivesAt[task] ?? 0),
    handleMs: world.handleMs[task] ?? 0,
  }));
  const first = world.arrivesAt[0] ?? 0;
  return simulate({
    traffic,
    workers: Array.from({ length: world.workers }, (_, worker) => workerSpec(world, worker, queueId)),
    queues: [{ id: queueId, strategy, offerTtlMs, onExpire: 'keep' }],
    seed: world.seed,
    acceptance: { delay: exponential(3_000), declined: 0.05, ignored: 0.03 },
    warmUpMs: (world.arrivesAt[Math.floor(world.tasks * warmUpShare)] ?? 0) - first,
  });
}

/** Prints one load's rows; what it returns goes into the results. */
function tell(load: number, reports: Readonly<Record<Compared, readonly SimulationReport[]>>): unknown {
  const speed = (name: Compared) => reports[name].map((report) => report.all.speedOfAnswerMs.mean / 1_000);
  const level = (name: Compared, channel: string) =>
    estimate(reports[name].map((report) => 100 * (report.channels[channel]?.serviceLevel ?? 0)));
  const channels = Object.keys(reports.default[0]?.channels ?? {});
  // Both had the same customers: their ratio is taken seed by seed.
  const ratio = estimate(speed('default').map((each, index) => each / (speed('jobRouter')[index] ?? NaN)));
  const asa = { jobRouter: estimate(speed('jobRouter')), default: estimate(speed('default')) };
  for (const name of ['jobRouter', 'default'] as const) {
    const levels = channels.map((channel) => `${channel} ${level(name, channel).mean.toFixed(1)} %`).join(', ');
    const title = `${name} (${compared[name].name})`.padEnd(27);
    const relative = name === 'default' ? range(ratio, 3) : '1';
    console.log(`${load}   ${title}  ${range(asa[name], 1).padEnd(20)}  ${relative.padEnd(20)}  ${levels}`);
  }
  const worse = channels.map((channel) => ({
    channel,
    points: estimate(
      reports.default.map(
        (report, index) =>
          100 *
          ((report.channels[channel]?.serviceLevel ?? 0) -
            (reports.jobRouter[index]?.channels[channel]?.serviceLevel ?? 0)),
      ),
    ),
  }));
  console.log(
    `      points of service level more: ${worse.map((each) => `${each.channel} ${range(each.points, 1)}`).join(', ')}`,
  );
  const { bound, stretch } = bounds[load] ?? { bound: Infinity, stretch: Infinity };
  const fair = worse.every(({ points }) => points.mean >= -5);
  if (ratio.mean > bound || !fair) process.exitCode = 1;
  const verdict =
    ratio.mean <= stretch ? 'within the stretch' : ratio.mean <= bound ? 'within the bound' : 'OVER THE BOUND';
  console.log(`      ${verdict} (bound ${bound}, stretch ${stretch})${fair ? '' : ', A CHANNEL IS SERVED WORSE'}`);
  const entry = (name: Compared) => ({
    strategy: compared[name].name,
    asa: asa[name].mean,
    asaInterval: [asa[name].low, asa[name].high],
    serviceLevel: Object.fromEntries(channels.map((channel) => [channel, level(name, channel).mean / 100])),
  });
  return {
    default: entry('default'),
    jobRouter: entry('jobRouter'),
    ratio: ratio.mean,
    ratioInterval: [ratio.low, ratio.high],
    seeds: seeds.length,
  };
}

function range({ mean, low, high }: Estimate, digits: number): string {
  return `${mean.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;
}

function seedCount(): number {
  const flag = process.argv.indexOf('--seeds');
  return flag < 0 ? 10 : Math.max(2, Number(process.argv[flag + 1]) || 10);
}
