import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  bestMatch,
  leastFlexible,
  leastLoaded,
  longestIdle,
  roundRobin,
  type RoutingStrategy,
} from 'onescreen/routing';
import { exponential, readTraffic, reportHtml, reportTable, simulate, type SimulationReport } from 'onescreen/testing';
import type { Command } from './command';
import { generalists, readTeam } from './simulate/read-team';
import { UsageError } from './usage-error';

const strategies: ReadonlyMap<string, () => RoutingStrategy> = new Map<string, () => RoutingStrategy>([
  ['leastFlexible', leastFlexible],
  ['longestIdle', longestIdle],
  ['leastLoaded', leastLoaded],
  ['roundRobin', roundRobin],
  ['bestMatch', () => bestMatch()],
]);

/** `onescreen simulate`. */
export const simulateCommand: Command = {
  usage: `Usage: onescreen simulate TRAFFIC [options]

Plays traffic of the past through the routing engine in virtual time, once with each strategy, prints a table and writes
a page with a plot. TRAFFIC is CSV with a header, or JSON: arrival, channel, queue, handle_seconds, and if known
wrap_up_seconds, abandon_seconds, priority, labels (language=fr;billing=3), id.

  --agents N              so many agents who can do everything, one contact at a time
  --team FILE             or the team, in JSON: { "workers": [{ "id", "count", "queues", "capacity", "channels":
                          [{ "channel", "cost", "max" }], "labels", "shifts": [{ "from", "to", "breaks" }] }],
                          "queues": [{ "id", "offerTtlSeconds", "concurrentOffers", "onExpire", "releaseCapacityAt" }] }
  --strategy A,B          ${[...strategies.keys()].join(', ')}  (default: leastFlexible,longestIdle)
  --service-level S       seconds for all channels, or such as voice=20,chat=60  (default: 20)
  --patience SECONDS      mean patience of those who did not give up  (default: endless)
  --accept SECONDS        mean time until an offer is accepted  (default: 0)
  --seed S                decides what is drawn  (default: 1)
  --out FILE              the page  (default: report.html)
  --json FILE             the reports as data
`,
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        agents: { type: 'string' },
        team: { type: 'string' },
        strategy: { type: 'string', default: 'leastFlexible,longestIdle' },
        'service-level': { type: 'string', default: '20' },
        patience: { type: 'string' },
        accept: { type: 'string' },
        seed: { type: 'string', default: '1' },
        out: { type: 'string', default: 'report.html' },
        json: { type: 'string' },
      },
    });
    const [file, ...others] = positionals;
    if (file === undefined || others.length > 0) throw new UsageError('simulate takes one file of traffic');
    if ((values.agents === undefined) === (values.team === undefined))
      throw new UsageError('simulate takes either --agents or --team');
    const chosen = values.strategy.split(',').map((name) => {
      const make = strategies.get(name.trim());
      if (make === undefined) throw new UsageError(`there is no strategy ${name}`);
      return make();
    });
    const patience =
      values.patience === undefined ? undefined : exponential(1_000 * numberOf('patience', values.patience));
    const { seed } = values;
    const traffic = readTraffic(readFileSync(file, 'utf8'), { seed, ...(patience && { patience }) });
    const { workers, queues } =
      values.team === undefined
        ? generalists(numberOf('agents', values.agents ?? ''), traffic)
        : readTeam(readFileSync(values.team, 'utf8'), traffic);
    const reports: SimulationReport[] = [];
    for (const strategy of chosen) {
      const report = await simulate({
        traffic,
        workers,
        queues: queues.map((queue) => ({ ...queue, strategy })),
        seed,
        name: strategy.name,
        serviceLevelMs: serviceLevels(values['service-level']),
        ...(values.accept !== undefined && {
          acceptance: { delay: exponential(1_000 * numberOf('accept', values.accept)) },
        }),
      });
      reports.push(report);
    }
    writeFileSync(values.out, reportHtml(reports, `Simulation of ${file}`));
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(reports, undefined, 2)}\n`);
    process.stdout.write(`${reportTable(reports)}\nThe plot is in ${values.out}.\n`);
  },
};

function serviceLevels(text: string): number | Readonly<Record<string, number>> {
  if (!text.includes('=')) return 1_000 * numberOf('service-level', text);
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [channel = '', seconds = ''] = pair.split('=');
      return [channel.trim(), 1_000 * numberOf('service-level', seconds)];
    }),
  );
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new UsageError(`--${option} must be a number of at least 0`);
  return value;
}
