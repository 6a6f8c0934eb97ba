import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { withBundle } from './bundle';
import {
  callContenderNames,
  contenderNames,
  type CallReport,
  type ContenderName,
  type HeapReport,
  type Job,
  type TimeReport,
} from './job';
import { writeResults } from './results';
import {
  printCalls,
  printCases,
  printHeap,
  printSummary,
  type CallRow,
  type Case,
  type HeapRow,
  type Row,
} from './table';
import type { Ids } from './workload';

// What an event costs when ten watch, beside what one would use instead and beside the floor.

const sizes = [
  { conversations: 1, messages: 100 },
  { conversations: 1, messages: 1_000 },
  { conversations: 1, messages: 10_000 },
  { conversations: 1, messages: 50_000 },
  { conversations: 100, messages: 100 },
  { conversations: 1_000, messages: 100 },
] as const;

const rosters = [10, 350, 1_000] as const;

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    contenders: { type: 'string', default: contenderNames.join() },
    sizes: { type: 'string', default: sizes.map(nameOf).join() },
    only: { type: 'string', default: 'messages,heap,calls' },
  },
});
const rounds = Number(options.rounds);
const wanted = chosen(options.contenders, contenderNames);
const wantedSizes = chosen(options.sizes, sizes.map(nameOf));
const parts = chosen(options.only, ['messages', 'heap', 'calls'] as const);

await withBundle('measure.ts', async (program) => {
  const cases: Case[] = [];
  if (parts.includes('messages')) {
    for (const size of sizes.filter((each) => wantedSizes.includes(nameOf(each)))) {
      cases.push(...timed(program, size, 'time'));
      // Of another shape, once: engines treat keys that look like numbers apart.
      if (size.messages === 10_000) cases.push(...timed(program, size, 'uuid'));
    }
    printSummary(cases);
  }
  const heap = parts.includes('heap') ? weighed(program) : [];
  const calls = parts.includes('calls') ? called(program) : [];
  writeResults({ cases, heap, calls, rounds });
});

function timed(program: string, size: (typeof sizes)[number], ids: Ids): readonly Case[] {
  const reports = new Map<ContenderName, TimeReport[]>(wanted.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const [contender, all] of reports) {
      const report = run<TimeReport>(program, { measure: 'time', ids, contender, ...size });
      all.push(report);
    }
  const cases = (['new', 'edit'] as const).map((kind): Case => ({
    ...{ ...size, kind, ids },
    rows: [...reports].map(([name, all]): Row => ({
      name,
      us: all.map((report) => report[kind].us).sort((a, b) => a - b),
      calls: all[0]?.[kind].calls ?? NaN,
    })),
  }));
  printCases(cases);
  return cases;
}

function weighed(program: string): readonly HeapRow[] {
  const rows = wanted.map((name): HeapRow => ({
    name,
    ...run<HeapReport>(program, { measure: 'heap', contender: name, conversations: 1, messages: 50_000 }),
  }));
  printHeap(rows);
  return rows;
}

function called(program: string): readonly CallRow[] {
  const all = callContenderNames.flatMap((name) => rosters.map((participants) => ({ name, participants })));
  const figures = new Map(all.map((each) => [each, new Array<CallReport>()]));
  for (let round = 0; round < rounds; round++)
    for (const [{ name, participants }, reports] of figures)
      reports.push(run<CallReport>(program, { measure: 'call', contender: name, participants }));
  const rows = [...figures].map(([{ name, participants }, reports]): CallRow => ({
    ...{ name, participants, us: reports.map(({ us }) => us).sort((a, b) => a - b) },
    calls: reports[0]?.calls ?? NaN,
  }));
  printCalls(rows);
  return rows;
}

// What the program prints is what its job asks for.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
function run<Report>(program: string, job: Job): Report {
  const args = ['--expose-gc', '--max-old-space-size=8192', program, JSON.stringify(job)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`unable to measure ${JSON.stringify(job)}; ${stderr}`);
  const report: Report = JSON.parse(stdout);
  return report;
}

function nameOf({ conversations, messages }: { readonly conversations: number; readonly messages: number }): string {
  return `${conversations}x${messages}`;
}

function chosen<Name extends string>(list: string, from: readonly Name[]): readonly Name[] {
  const names = list.split(',');
  const unknown = names.find((name) => !from.some((each) => each === name));
  if (unknown !== undefined) throw new Error(`there is no "${unknown}"; known: ${from.join(', ')}`);
  return from.filter((each) => names.includes(each));
}
