import { expect, it } from 'vitest';
import { report, runFailover } from './failover';

it('serves every customer once, though leaders are killed under load', { timeout: 90_000 }, async () => {
  const result = await runFailover({ kills: 3, seed: 20 });
  console.log(report(result));
  expect(result).toMatchObject({ lost: [], doubled: [], faults: [] });
  expect(result.handOversMs).toHaveLength(3);
  expect(Math.max(...result.handOversMs)).toBeLessThan(5_000);
  expect(result.served).toBe(result.enqueued);
  expect(result.served).toBeGreaterThan(300);
});
