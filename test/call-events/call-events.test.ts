import { expect, test } from 'vitest';
import { runSeeds } from '../seeds/run-seeds';
import { failuresOf, totals } from '../seeds/seed-result';
import { official } from './official';
import { report } from './report';

const child = new URL('child.ts', import.meta.url);

/** `npm run call-events -- --seed N` plays one of them again. */
const seeds = Array.from({ length: 1_000 }, (_, index) => index + 1);

/** What the schedules must have brought about, or they would show nothing. */
const wanted = [
  'callback done',
  'consult with agent consulting',
  'consult with phone consulting',
  'events for good: lose',
  'events: delay',
  'events: double',
  'events: lose',
  'events: reorder',
  'rejoin ok',
  'take parked ok',
  'transfer with phone completed',
];

test('1,000 schedules of lost, doubled, late and reordered events strand nobody', { timeout: 3_600_000 }, async () => {
  const results = await runSeeds(child, seeds, official);
  console.info(report(results));
  expect(failuresOf(results).map(({ seed, failures }) => ({ seed, failures }))).toEqual([]);
  const sums = totals(results);
  expect(wanted.filter((what) => (sums.get(what) ?? 0) < 10)).toEqual([]);
});
