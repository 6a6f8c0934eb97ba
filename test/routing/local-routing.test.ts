import { createRoutingEngine, localRouting, type RoutingEvent } from 'onescreen/routing';
import { routingNodeContract, virtualClock } from 'onescreen/testing';
import { it } from 'vitest';

const contract = routingNodeContract({
  name: 'localRouting()',
  async open(queues) {
    const clock = virtualClock();
    const events: RoutingEvent[] = [];
    const onEvents = (more: readonly RoutingEvent[]) => void events.push(...more);
    const node = localRouting({ engine: createRoutingEngine({ queues }), clock, onEvents });
    return {
      nodes: [{ node, events }],
      until: (condition) => clock.runUntil(condition),
      close: () => node.close(),
    };
  },
});

for (const { name, run } of contract) it(name, run);
