import { gzipSync } from 'node:zlib';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright';
import { bundle, withPages, type Program } from './browser';
import { writeResults } from './results';
import { median, rounded } from './statistics';

// What a page pays for loading: processor time of its main thread over that of an empty page, everything imported and kept.

// What it loads only when it is needed is left where it is.
const own = (entry: string): Program => ({ text: keep(entry), folder: 'root', external: ['@azure/*'] });
const peer = (entry: string): Program => ({ text: keep(entry), folder: 'bench' });

const imports: readonly { readonly name: string; readonly program: Program }[] = [
  { name: 'onescreen', program: own('onescreen') },
  { name: 'onescreen/control-plane', program: own('onescreen/control-plane') },
  { name: 'onescreen/chat', program: own('onescreen/chat') },
  { name: 'onescreen/voice', program: own('onescreen/voice') },
  { name: 'onescreen/acs/chat', program: own('onescreen/acs/chat') },
  { name: 'onescreen/acs/calling', program: own('onescreen/acs/calling') },
  { name: 'onescreen/react', program: own('onescreen/react') },
  { name: 'onescreen/customer', program: own('onescreen/customer') },
  { name: 'rxjs', program: own('rxjs') },
  { name: 'react, react-dom', program: { text: both('react', 'react-dom/client'), folder: 'root' } },
  { name: '@azure/communication-common', program: peer('@azure/communication-common') },
  { name: '@azure/communication-chat', program: peer('@azure/communication-chat') },
  { name: 'communication-react: stateful chat client', program: peer('communication-react/chat-client') },
  { name: 'communication-react: chat hooks', program: peer('communication-react/chat') },
  // Loaded as it comes; nobody looks into it.
  { name: '@azure/communication-calling', program: peer('@azure/communication-calling') },
];

function keep(entry: string): string {
  return `import * as all from '${entry}'; globalThis.kept = all;`;
}

function both(one: string, other: string): string {
  return `import * as one from '${one}'; import * as other from '${other}'; globalThis.kept = [one, other];`;
}

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });
const rounds = Number(options.rounds);

const empty = await bundle({ text: 'globalThis.kept = 1;', folder: 'root' }, 18);
const programs = new Map([
  ['blank', new Uint8Array()],
  ['empty', empty],
]);
const names = new Map(imports.map((each, index) => [each, `import-${index}`]));
for (const [{ program }, name] of names) programs.set(name, await bundle(program, 18));

await withPages(programs, async ({ open, version }) => {
  const spent = new Map(imports.map(({ name }): [string, number[]] => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [{ name }, path] of names) {
      // One after the other, so that what else the machine does weighs on both.
      const nothing = await processorTime(open, 'empty');
      spent.get(name)?.push((await processorTime(open, path)) - nothing);
    }
  }
  console.log(`\n${'cpu ms'.padStart(9)}${'gzip kB'.padStart(10)}`);
  const figures = imports.map(({ name }, index) => {
    const times = spent.get(name) ?? [];
    const figure = {
      name,
      cpuMs: rounded(median(times)),
      range: [rounded(Math.min(...times)), rounded(Math.max(...times))],
      gzipKb: rounded(gzipSync(programs.get(`import-${index}`) ?? '', { level: 9 }).length / 1_000),
    };
    console.log(`${`${figure.cpuMs}`.padStart(9)}${`${figure.gzipKb}`.padStart(10)}  ${name}`);
    return figure;
  });
  await writeResults('imports', figures, version);
});

type Open = <Result>(name: string, use: (page: Page) => Promise<Result>) => Promise<Result>;

/** Of the page's main thread, from nothing until the program has run, in milliseconds. */
function processorTime(open: Open, name: string): Promise<number> {
  // From an empty page of the same server: the browser would begin another process else, and lose count.
  return open('blank', async (page) => {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(new URL(name, page.url()).href, { waitUntil: 'load' });
    await page.waitForFunction(() => 'kept' in globalThis);
    const { metrics } = await session.send('Performance.getMetrics');
    const seconds = metrics.find((metric) => metric.name === 'TaskDuration')?.value ?? NaN;
    return seconds * 1_000;
  });
}
