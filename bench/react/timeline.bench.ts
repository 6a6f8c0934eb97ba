import { parseArgs } from 'node:util';
import { bundle, withPages, type ReactMajor } from './browser';
import type { ViewJob, ViewReport } from './pages/view';
import { isWanted, writeResults } from './results';
import { median, quantile, rounded } from './statistics';

// The view of one conversation: what one message costs, from the event until the page knows where everything is.

interface Contender {
  readonly page: 'example' | 'ideal' | 'communication-react';
  readonly title: string;
  readonly react: ReactMajor;
  readonly sizes: readonly number[];
}

const all: readonly Contender[] = [
  { page: 'example', title: "the sample app's timeline", react: 19, sizes: [100, 500, 1_000, 50_000] },
  { page: 'ideal', title: 'all messages in chunks', react: 19, sizes: [100, 500, 1_000, 50_000] },
  { page: 'communication-react', title: '<MessageThread>', react: 18, sizes: [100, 500, 1_000] },
];

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string' },
    only: { type: 'string' },
  },
});
const rounds = Number(options.rounds);
const contenders = all.filter(({ page }) => isWanted(options.only, page));
const allSizes = [...new Set(all.flatMap((contender) => contender.sizes))];
const sizes = allSizes.filter((messages) => isWanted(options.messages, messages));

const programs = new Map<string, Uint8Array>();
for (const { page, react } of contenders) programs.set(page, await bundle({ file: `pages/view-${page}.tsx` }, react));

await withPages(programs, async ({ open, version }) => {
  const figures: object[] = [];
  for (const messages of sizes) {
    const reports = new Map<Contender, ViewReport[]>(
      contenders.filter((contender) => contender.sizes.includes(messages)).map((contender) => [contender, []]),
    );
    for (let round = 0; round < rounds; round++) {
      for (const [contender, taken] of reports) {
        if (contender.page === 'communication-react' && round >= 2) continue;
        const job: ViewJob = { messages, events: 40, warmUp: contender.page === 'communication-react' ? 5 : 40 };
        const measure = (work: ViewJob) => globalThis.measureView(work);
        taken.push(await open(contender.page, (page) => page.evaluate(measure, job)));
      }
    }
    console.log(`\na conversation of ${messages} messages; one more\n`);
    console.log(`${'p50 ms'.padStart(9)}${'p95 ms'.padStart(9)}${'elements'.padStart(10)}`);
    for (const [{ page, title, react }, taken] of reports) {
      const figure = {
        ...{ messages, page, react },
        p50ms: rounded(median(taken.map(({ times }) => median(times)))),
        range: [Math.min, Math.max].map((pick) => rounded(pick(...taken.map(({ times }) => median(times))))),
        p95ms: rounded(median(taken.map(({ times }) => quantile(times, 0.95)))),
        elements: taken[0]?.elements ?? 0,
      };
      figures.push(figure);
      console.log(
        `${`${figure.p50ms}`.padStart(9)}${`${figure.p95ms}`.padStart(9)}${`${figure.elements}`.padStart(10)}  ${title}, React ${react}`,
      );
    }
  }
  // A part of them would not have been measured in one run with the others.
  if (contenders.length === all.length && sizes.length === allSizes.length)
    await writeResults('timeline', figures, version);
});
