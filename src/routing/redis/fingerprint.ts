import type { RoutingOptions } from 'onescreen/routing';
import { hash } from './hash';

/** To be raised with whatever makes the engine decide otherwise than before. */
const engineRevision = 1;

/** What of a strategy the engine calls itself, or asks for. */
const deciders = ['compare', 'rank', 'prefer', 'select'] as const;

/**
 * Short for all that nodes decide by, as far as it is data: what was put into the log under one fingerprint is never
 * decided anew under another. Names for people and what only the leader's `rank` gets are left out.
 */
export function fingerprintOf({ queues, rules, offerPrefix }: RoutingOptions, revision: string | undefined): string {
  const policies = queues.map(({ strategy, name: _name, strategyOptions: _options, hours, ...policy }) => [
    Object.entries(policy).sort(([a], [b]) => (a < b ? -1 : 1)),
    strategy && [strategy.name, strategy.rotate, strategy.exceptions],
    strategy && deciders.filter((name) => strategy[name] !== undefined),
    hours !== undefined,
  ]);
  return hash(JSON.stringify([engineRevision, revision, offerPrefix, rules !== undefined, policies])).toString(36);
}
