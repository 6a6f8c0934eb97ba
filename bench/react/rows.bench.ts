import { parseArgs } from 'node:util';
import { bundle, withPages, type ReactMajor } from './browser';
import type { RowsJob, RowsReport } from './pages/rows';
import { writeResults } from './results';
import { median, quantile, rounded } from './statistics';

// A list of conversations, each a row: what one message costs, from the event until the page has changed, and how many rows
// render for it.

interface Contender {
  readonly page: 'ideal' | 'ours' | 'selector' | 'communication-react';
  readonly hooks: string;
  readonly react: ReactMajor;
}

const contenders: readonly Contender[] = [
  ...([18, 19] as const).flatMap((react): readonly Contender[] => [
    { page: 'ideal', hooks: 'useSyncExternalStore', react },
    { page: 'ideal', hooks: 'useContext, useSyncExternalStore', react },
    { page: 'ideal', hooks: 'useContext, useSyncExternalStore, four times', react },
    { page: 'ours', hooks: 'useTimeline', react },
    { page: 'ours', hooks: 'useConversation', react },
    { page: 'ours', hooks: 'useTimeline, useConversation', react },
    { page: 'ours', hooks: 'useTimeline, useConversation, useTask, useControls', react },
  ]),
  { page: 'selector', hooks: 'useSyncExternalStore', react: 18 },
  { page: 'communication-react', hooks: 'usePropsFor(MessageThread)', react: 18 },
  { page: 'communication-react', hooks: 'usePropsFor(MessageThread), (TypingIndicator), (ParticipantList)', react: 18 },
];

const sizes = [
  { rows: 200, messages: 50 },
  { rows: 1_000, messages: 50 },
  { rows: 1, messages: 10_000 },
] as const;

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const rounds = Number(options.rounds);

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
      for (const [contender, all] of reports) {
        const isSlow = contender.page === 'communication-react';
        // It takes minutes else; its rounds differ by little beside how far it is from the others.
        if (isSlow && round >= 2) continue;
        const events = isSlow ? Math.min(50, 10 + rows) : Math.max(200, rows);
        // A desk is open all day: what it does has been compiled.
        const warmUp = isSlow ? 5 : 500;
        const job: RowsJob = { rows, messages, hooks: contender.hooks, events, warmUp };
        const measure = (work: RowsJob) => globalThis.measureRows(work);
        all.push(await open(nameOf(contender), (page) => page.evaluate(measure, job)));
      }
    }
    console.log(`\n${rows} ${rows === 1 ? 'row' : 'rows'} with ${messages} messages each; one message\n`);
    console.log(`${'renders'.padStart(9)}${'p50 us'.padStart(9)}${'p95 us'.padStart(9)}${'x ideal'.padStart(9)}`);
    const p50Of = (all: readonly RowsReport[]) => median(all.map(({ times }) => median(times))) * 1_000;
    for (const [contender, all] of reports) {
      const ideal = contenders.find(({ page, react }) => page === 'ideal' && react === contender.react);
      const p50 = p50Of(all);
      const figure = {
        ...{ rows, messages, ...contender },
        renders: rounded(Math.max(...all.flatMap((report) => report.renders))),
        p50us: rounded(p50),
        range: [Math.min, Math.max].map((pick) => rounded(pick(...all.map(({ times }) => median(times))) * 1_000)),
        p95us: rounded(median(all.map(({ times }) => quantile(times, 0.95))) * 1_000),
        timesIdeal: rounded(p50 / p50Of((ideal && reports.get(ideal)) ?? [])),
      };
      figures.push(figure);
      const cells = [figure.renders, figure.p50us, figure.p95us, figure.timesIdeal].map((cell) =>
        `${cell}`.padStart(9),
      );
      console.log(`${cells.join('')}  ${contender.page}, ${contender.hooks}, React ${contender.react}`);
    }
  }
  await writeResults('rows', figures, version);
});
