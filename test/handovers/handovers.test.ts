import { expect, test } from 'vitest';
import { runSeeds } from '../seeds/run-seeds';
import { failuresOf, totals } from '../seeds/seed-result';
import { report } from './report';

const child = new URL('child.ts', import.meta.url);

/** `npm run handovers -- --seed N` plays one of them again. */
const seeds = Array.from({ length: 10_000 }, (_, index) => index + 1);

/** What the schedules must have brought about, or they would show nothing. */
const wanted = [
  'callback done',
  'conference with agent merged',
  'conference with phone merged',
  'consult with agent cancelled (cancelled)',
  'consult with agent completed',
  'consult with agent consulting',
  'consult with agent failed (declined)',
  'consult with agent merged',
  'consult with agent swapped',
  'consult with phone completed',
  'consult with phone failed (declined)',
  'host add: fails instead',
  'host hold: fails after',
  'host hold: fails instead',
  'host leave: fails instead',
  'host resume: fails instead',
  'host transfer: fails instead',
  'park ok',
  'take parked ok',
  'transfer to queue ok',
  'transfer with agent completed',
  'transfer with phone completed',
];

test(
  '10,000 interleavings of consults, transfers and conferences leave nobody alone',
  { timeout: 3_600_000 },
  async () => {
    const results = await runSeeds(child, seeds);
    console.info(report(results));
    expect(failuresOf(results).map(({ seed, failures }) => ({ seed, failures }))).toEqual([]);
    const sums = totals(results);
    expect(wanted.filter((what) => (sums.get(what) ?? 0) < 10)).toEqual([]);
  },
);
