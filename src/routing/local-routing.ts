import { toContactCenterError } from 'onescreen';
import type { RoutingEvent } from './events';
import { createRouter, type RouterOptions } from './router';
import type { RoutingNode } from './routing-node';

/** Routing on the only node there is: an engine in this process, on a clock. */
export function localRouting({ onEvents, ...options }: RouterOptions): RoutingNode {
  let seq = 0;
  const router = createRouter({
    ...options,
    onEvents(events) {
      seq = events.at(-1)?.seq ?? seq;
      onEvents?.(events);
    },
  });
  return {
    view: options.engine,
    get seq() {
      return seq;
    },
    async apply(command): Promise<readonly RoutingEvent[]> {
      try {
        return router.apply(command);
      } catch (error) {
        throw toContactCenterError(error, 'routing/invalid', 'unable to apply routing command; it makes no sense');
      }
    },
    async close() {
      router.close();
    },
  };
}
