import { routingRules, type RoutingRules, type RoutingRulesOptions } from 'onescreen/routing';

export type ServerRules = Pick<RoutingRulesOptions, 'classification' | 'classificationTimeoutMs'>;

/** Agents stay registered as long as they are signed in, however little there is to do. */
export function serverRules(options: ServerRules): RoutingRules {
  return routingRules({ ...options, workerIdleMs: Infinity });
}
