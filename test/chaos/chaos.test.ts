import { expect, test } from 'vitest';
import { failures, report } from './report';
import { runSeeds } from './run-seeds';

/** `npm run chaos -- --seed N` plays one of them again. */
const seeds = Array.from({ length: 1_000 }, (_, index) => index + 1);

test('1,000 schedules of faults lose, double and disorder nothing', { timeout: 1_800_000 }, async () => {
  const results = await runSeeds(seeds);
  console.info(report(results));
  expect(failures(results).map(({ seed, acsChat }) => ({ seed, ...acsChat }))).toEqual([]);
  // The comparison means something only if the same schedules hurt a client that does not heal.
  expect(results.filter(({ bare }) => bare.lost > 0).length).toBeGreaterThan(results.length / 2);
});

test('the same seed is the same chat, to the last frame', async () => {
  const [alone] = await runSeeds([34]);
  const [, afterAnother] = await runSeeds([33, 34]);
  expect(afterAnother).toEqual(alone);
});

test('without faults the official client loses nothing either', async () => {
  const results = await runSeeds(seeds.slice(0, 10), { calm: true });
  expect(results.flatMap(({ bare }) => [bare.lost, bare.doubled, bare.disordered, bare.stale, bare.unsent])).toEqual(
    Array.from({ length: 50 }, () => 0),
  );
});
