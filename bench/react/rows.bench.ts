import { parseArgs } from 'node:util';
import { bundle, withPages, type ReactMajor } from './browser';
import type { RowsJob, RowsReport } from './pages/rows';
import { isWanted, writeResults } from './results';
import { median, middle, quantile, rounded } from './statistics';

// A list of conversations, each a row: what one message costs, from the event until the page has changed, and how many rows
// render for it. `ours` and `ideal` have the same client, and the way of a message through it is in both; ideal is the first
// of its rows, with one subscription, whichever hooks another one uses. `store` has no client at all: an array for each row.

interface Contender {
  readonly page: 'ideal' | 'ours' | 'store' | 'selector' | 'communication-react';
  readonly hooks: string;
  readonly react: ReactMajor;
}

const all: readonly Contender[] = [
  ...([18, 19] as const).flatMap((react): readonly Contender[] => [
    { page: 'ideal', hooks: 'timeline$', react },
    { page: 'ideal', hooks: 'state$', react },
    { page: 'ideal', hooks: 'timeline$, state$, status$, controls$', react },
    { page: 'ideal', hooks: 'timeline$, state$, status$, controls$ by hooks', react },
    { page: 'store', hooks: 'useSyncExternalStore', react },
    { page: 'ours', hooks: 'useTimeline', react },
    { page: 'ours', hooks: 'useConversation', react },
    { page: 'ours', hooks: 'useTimeline, useConversation', react },
    { page: 'ours', hooks: 'useTimeline, useConversation, useTask, useControls', react },
  ]),
  { page: 'selector', hooks: 'useSyncExternalStore', react: 18 },
  { page: 'communication-react', hooks: 'usePropsFor(MessageThread)', react: 18 },
  { page: 'communication-react', hooks: 'usePropsFor(MessageThread), (TypingIndicator), (ParticipantList)', react: 18 },
];

const allSizes = [
  { rows: 200, messages: 50 },
  { rows: 1_000, messages: 50 },
  { rows: 1, messages: 10_000 },
] as const;

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    rows: { type: 'string' },
    only: { type: 'string' },
    react: { type: 'string' },
  },
});
const rounds = Number(options.rounds);
const contenders = all.filter(({ page, react }) => isWanted(options.only, page) && isWanted(options.react, react));
const sizes = allSizes.filter(({ rows }) => isWanted(options.rows, rows));

const nameOf = ({ page, react }: Contender) => `${page}-${react}`;
const programs = new Map<string, Uint8Array>();
for (const contender of contenders)
  if (!programs.has(nameOf(contender)))
    programs.set(nameOf(contender), await bundle({ file: `pages/rows-${contender.page}.tsx` }, contender.react));

await withPages(programs, async ({ open, version }) => {
  const figures: object[] = [];
  for (const { rows, messages } of sizes) {
    const reports = new Map<Contender, RowsReport[]>(contenders.map((contender) => [contender, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [contender, taken] of reports) {
        const isSlow = contender.page === 'communication-react';
        // It takes minutes else; its rounds differ by little beside how far it is from the others.
        if (isSlow && round >= 2) continue;
        const events = isSlow ? Math.min(50, 10 + rows) : 1_000;
        // A desk is open all day: what it does has been compiled.
        const warmUp = isSlow ? 5 : 500;
        const job: RowsJob = { rows, messages, hooks: contender.hooks, events, warmUp };
        const measure = (work: RowsJob) => globalThis.measureRows(work);
        taken.push(await open(nameOf(contender), (page) => page.evaluate(measure, job)));
      }
    }
    console.log(`\n${rows} ${rows === 1 ? 'row' : 'rows'} with ${messages} messages each; one message\n`);
    console.log(`${'renders'.padStart(9)}${'p50 us'.padStart(9)}${'p95 us'.padStart(9)}${'x ideal'.padStart(9)}`);
    const medians = new Map(
      [...reports].map(([contender, taken]) => [contender, taken.map(({ times }) => middle(times) * 1_000)]),
    );
    for (const [contender, taken] of reports) {
      const ideal = contenders.find(({ page, react }) => page === 'ideal' && react === contender.react);
      const own = medians.get(contender) ?? [];
      const least = ideal && medians.get(ideal);
      const figure = {
        ...{ rows, messages, ...contender },
        renders: rounded(Math.max(...taken.flatMap((report) => report.renders))),
        p50us: rounded(median(own)),
        range: [Math.min, Math.max].map((pick) => rounded(pick(...own))),
        p95us: rounded(median(taken.map(({ times }) => quantile(times, 0.95))) * 1_000),
        // Round by round: what else the machine does then weighs on both.
        timesIdeal: rounded(median(own.map((time, round) => time / (least?.[round] ?? NaN)))),
      };
      figures.push(figure);
      const cells = [figure.renders, figure.p50us, figure.p95us, figure.timesIdeal].map((cell) =>
        `${cell}`.padStart(9),
      );
      console.log(`${cells.join('')}  ${contender.page}, ${contender.hooks}, React ${contender.react}`);
    }
  }
  // A part of them would not have been measured in one run with the others.
  if (contenders.length === all.length && sizes.length === allSizes.length)
    await writeResults('rows', figures, version);
});
