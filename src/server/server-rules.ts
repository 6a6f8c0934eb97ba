import { routingRules, type RoutingRules } from 'onescreen/routing';

/** Agents stay registered as long as they are signed in, however little there is to do. */
export function serverRules(): RoutingRules {
  return routingRules({ workerIdleMs: Infinity });
}
