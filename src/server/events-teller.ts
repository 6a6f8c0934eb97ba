import { errorFields } from 'onescreen/logging';
import type { RoutingEvent, RoutingView } from 'onescreen/routing';
import type { ResolvedOptions } from './options';

/** Tells the vendor what routing did, in order: what the vendor's own function brings about comes after it has returned. */
export function eventsTeller({ onEvents, hooks, logger }: ResolvedOptions): NonNullable<ResolvedOptions['onEvents']> {
  if (onEvents === undefined) return () => {};
  const waiting: (readonly RoutingEvent[])[] = [];
  let telling = false;
  const tell = (events: readonly RoutingEvent[], routing: RoutingView) => {
    void hooks
      .call({ hook: 'onEvents' }, () => onEvents(events, routing))
      .catch((error: unknown) => logger.error('on-events-failed', errorFields(error)));
  };
  return (events, routing) => {
    waiting.push(events);
    if (telling) return;
    telling = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) tell(next, routing);
    } finally {
      telling = false;
    }
  };
}
