import { expect, test } from 'vitest';
import { runSeeds } from '../seeds/run-seeds';
import { failuresOf, totals } from '../seeds/seed-result';
import { report } from './report';

const child = new URL('child.ts', import.meta.url);

/** `npm run races -- --seed N` plays one of them again. */
const seeds = Array.from({ length: 10_000 }, (_, index) => index + 1);

/** What the schedules must have brought about, or they would show nothing. */
const wanted = [
  'accept call/no-answer',
  'accept call/unreachable',
  'accept offer/gone',
  'end: cancelled, hung up',
  'end: closed, talked',
  'end: closed, talked, hung up',
  'freeze',
  'hold ok',
  'link lost beyond recovery',
  'mute ok',
  'rejoin ok',
  'reload',
  'signalling lost',
  'tab closes',
  'tab killed',
  'take-over',
  'task queued (agent-lost-call)',
  'task queued (offer-declined)',
  'task queued (offer-expired)',
  'task queued (ring-no-answer)',
  'tokens refused',
];

test('10,000 interleavings of calls strand nobody and leave nothing behind', { timeout: 3_600_000 }, async () => {
  const results = await runSeeds(child, seeds);
  console.info(report(results));
  expect(failuresOf(results).map(({ seed, failures }) => ({ seed, failures }))).toEqual([]);
  const sums = totals(results);
  expect(wanted.filter((what) => (sums.get(what) ?? 0) < 50)).toEqual([]);
});

test('the same seed is the same schedule with the same outcome', { timeout: 60_000 }, async () => {
  const [alone] = await runSeeds(child, [34]);
  const [, afterAnother] = await runSeeds(child, [33, 34]);
  expect(afterAnother).toEqual(alone);
});
