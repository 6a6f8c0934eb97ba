import type * as world from 'onescreen';
import type * as routing from 'onescreen/routing';
/** Where an engine runs, and what a strategy may ask. */
export declare const clock: world.Clock;
export declare function tellYourBackEnd(event: routing.RoutingEvent): void;
export declare function nearest(
  labels: world.Labels,
  candidates: Iterable<routing.Worker>,
  signal: AbortSignal,
): Promise<readonly routing.Ranked[]>;
