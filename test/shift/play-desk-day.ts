import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { bundleChild } from '../seeds/bundle-child';
import type { ChildReport } from './desk-day-child';
import type { DaySize } from './desk-day';

/** Plays a day in a process of its own, whose memory can be measured. */
export async function playDeskDay(size: DaySize, seed = 'wednesday'): Promise<ChildReport> {
  const bundle = await bundleChild(new URL('desk-day-child.ts', import.meta.url));
  try {
    const args = ['--expose-gc', bundle.child, seed, JSON.stringify(size)];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const report: ChildReport = JSON.parse(stdout);
    return report;
  } finally {
    await bundle.remove();
  }
}
