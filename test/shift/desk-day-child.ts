import { DeskDay, type DayReport, type DaySize } from './desk-day';

/** What the child process tells of the day. */
export interface ChildReport extends DayReport {
  /** Bytes before anything was opened and after everything was closed. */
  readonly closedHeap: { readonly before: number; readonly after: number };
  readonly unhandled: readonly string[];
  /** Such as too many listeners to one thing. */
  readonly warnings: readonly string[];
  /** What keeps the process alive, before and after. */
  readonly resources: { readonly before: readonly string[]; readonly after: readonly string[] };
}

const unhandled: string[] = [];
const warnings: string[] = [];
process.on('unhandledRejection', (reason) => void unhandled.push(String(reason)));
process.on('warning', ({ name, message }) => void warnings.push(`${name}: ${message}`));

/** Bytes in use after all garbage has gone. */
async function heap(): Promise<number> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('unable to measure; node must be started with --expose-gc');
  for (let turn = 0; turn < 4; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const [seed = '', sizeText = ''] = process.argv.slice(2);
const size: DaySize = JSON.parse(sizeText);

// What is compiled and made once is there before anything is measured.
const morning = { hours: 1, conversations: 30, calls: 5, faults: 25, reloads: 4, tabs: 3 };
await new DeskDay('warm-up', morning, heap).run();
const resources = process.getActiveResourcesInfo();
const before = await heap();
const report = await new DeskDay(seed, size, heap).run();
const after = await heap();
const told: ChildReport = {
  ...report,
  closedHeap: { before, after },
  ...{ unhandled, warnings },
  resources: { before: resources, after: process.getActiveResourcesInfo() },
};
console.log(JSON.stringify(told));
