import { ContactCenterError, toContactCenterError } from 'onescreen';
import type { RoutingEvent } from './events';
import { createRouter, type RouterOptions } from './router';
import type { RoutingNode } from './routing-node';

/** Routing on the only node there is: an engine in this process, on a clock. Throws `routing/invalid` without an engine. */
export function localRouting(given: RouterOptions): RoutingNode {
  const { onEvents, ...options } = { ...given };
  if (options.engine === undefined)
    throw new ContactCenterError('routing/invalid', 'unable to open routing; engine is missing', { field: 'engine' });
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
