import { routingNodeContract } from 'onescreen/testing';
import { afterAll, beforeAll, it } from 'vitest';
import { openNode, until } from './nodes';
import { startRedis, type RedisServer } from './redis-server';

let server: RedisServer;
let domains = 0;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.close());

for (const count of [1, 2, 4]) {
  const contract = routingNodeContract({
    name: count === 1 ? 'redisRouting() on 1 node' : `redisRouting() on ${count} nodes`,
    async open(queues) {
      domains += 1;
      const redis = server.client();
      const opened = Array.from({ length: count }, () => openNode(redis, `contract-${domains}`, queues));
      const nodes = await Promise.all(opened);
      return {
        nodes,
        until,
        async close() {
          await Promise.all(nodes.map(({ node }) => node.close()));
        },
      };
    },
  });
  for (const { name, run } of contract) it(name, run);
}
