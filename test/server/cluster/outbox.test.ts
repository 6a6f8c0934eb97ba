import { systemClock } from 'onescreen';
import { expect, it } from 'vitest';
import { Outbox } from '../../../src/server/redis/outbox';
import type { ToLeader } from '../../../src/server/redis/messages';
import { startRedis } from './redis-server';

it('says in order what Redis had no room for, and leaves a number out where there is more than it keeps', async () => {
  const redis = await startRedis();
  const client = redis.client();
  const outbox = new Outbox<ToLeader>({ redis: client, key: 'to-leader', series: 's', clock: systemClock });
  await client.config('SET', 'maxmemory', '1');
  const refused = outbox.send({ type: 'alive' });
  await expect.poll(() => client.info('errorstats')).toContain('errorstat_OOM');
  const waiting = Array.from({ length: 100_001 }, () => outbox.send({ type: 'alive' }));
  await client.config('SET', 'maxmemory', '0');
  await Promise.all([refused, ...waiting]);
  const entries = await client.xrange('to-leader', '-', '+');
  const numbers = entries.map(([, [, , , first, , text = '']]) => [
    Number(first),
    (JSON.parse(text) as unknown[]).length,
  ]);
  expect(numbers).toEqual([
    [1, 1],
    [3, 100_000],
  ]);
  await redis.close();
});
