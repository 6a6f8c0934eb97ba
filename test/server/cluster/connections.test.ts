import { systemClock } from 'onescreen';
import { expect, it } from 'vitest';
import { Connections } from '../../../src/server/redis/connections';
import { startRedis } from './redis-server';

it('one that is to read, and is being made when another Redis may be there, is made once more', async () => {
  const redis = await startRedis();
  const say = () => {};
  const logger = { debug: say, info: say, warn: say, error: say };
  const connections = new Connections({ client: redis.client(), clock: systemClock, logger });
  const { writing } = connections;
  await writing.ping();
  const reading = connections.reading();
  let made = 0;
  reading.on('ready', () => (made += 1));
  // As when it has been connected anew.
  writing.emit('ready');
  await expect.poll(() => made).toBe(2);
  await reading.ping();
  reading.disconnect();
  writing.disconnect();
  await redis.close();
});
