import { systemClock } from 'onescreen';
import { expect, it } from 'vitest';
import { Connection } from '../../../src/routing/redis/connection';
import { startRedis } from './redis-server';

it('that is being made when another Redis may be there is made once more', async () => {
  const redis = await startRedis();
  const client = redis.client();
  let made = 0;
  let told = 0;
  const connection = new Connection({
    client: {
      duplicate: (options) => client.duplicate({ ...options }).on('ready', () => (made += 1)),
    },
    clock: systemClock,
    onReady: () => (told += 1),
    onFault: () => {},
  });
  connection.anew();
  await connection.whenReady();
  expect([made, told]).toEqual([2, 1]);
  connection.close();
  await redis.close();
});
