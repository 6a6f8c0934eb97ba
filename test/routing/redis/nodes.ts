import type { ContactCenterError } from 'onescreen';
import type { QueuePolicy, RoutingEvent } from 'onescreen/routing';
import {
  redisRouting,
  type RedisClient,
  type RedisRouting,
  type RedisRoutingOptions,
  type SkippedEvents,
} from 'onescreen/routing/redis';

/** A node with all that it told. */
export interface TestNode {
  readonly node: RedisRouting;
  readonly events: RoutingEvent[];
  readonly faults: ContactCenterError[];
  readonly skipped: SkippedEvents[];
}

export async function openNode(
  redis: RedisClient,
  domain: string,
  queues: readonly QueuePolicy[],
  more: Partial<RedisRoutingOptions> = {},
): Promise<TestNode> {
  const events: RoutingEvent[] = [];
  const faults: ContactCenterError[] = [];
  const skipped: SkippedEvents[] = [];
  const node = await redisRouting({
    redis,
    domain,
    queues,
    onEvents: (batch) => void events.push(...batch),
    onFault: (fault) => void faults.push(fault),
    onSkipped: (range) => void skipped.push(range),
    ...more,
  });
  return { node, events, faults, skipped };
}

/** Waits in real time. Rejects after `limitMs`. */
export async function until(condition: () => boolean, limitMs = 20_000): Promise<void> {
  for (let waited = 0; !condition(); waited += 2) {
    if (waited > limitMs) throw new Error(`it did not come to that within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
