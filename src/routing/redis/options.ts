import { ContactCenterError, type Clock, type Random } from 'onescreen';
import type { RoutingEvent, RoutingOptions } from 'onescreen/routing';
import type { FailureListeners } from './answers';
import type { RedisClient } from './connection';
import type { SkippedEvents } from './teller';

/**
 * Queues and rules are the same on every node of the domain, strategies included: every node decides by them for itself.
 * Nodes that have others do not take part (`routing/differs`), and take over once all of the former are closed.
 */
export interface RedisRoutingOptions extends RoutingOptions, FailureListeners {
  /** A Redis 7 or Valkey client of yours; two connections are opened with its options, and it is left alone. */
  readonly redis: RedisClient;
  /** Name of what is routed together, such as a tenant or a group of queues. Not empty, without braces. */
  readonly domain: string;
  /** Name of this node, which no other node of the domain has at the same time. Default: a random id. */
  readonly node?: string;
  /**
   * A version of whatever functions decide: strategies of your own, opening hours, `routingRules()`. Change it with them:
   * what is data in `queues` is compared without it, functions cannot be.
   */
  readonly revision?: string;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Called with what happened since the node was opened, on every node in the same order, without gaps and once, but for what `onSkipped` says. */
  readonly onEvents?: (events: readonly RoutingEvent[]) => void;
  /** Called with events, by their `seq`, that are not told, or were told in vain: look at `view` instead. */
  readonly onSkipped?: (range: SkippedEvents) => void;
  /** Called when this node begins or ceases to lead. */
  readonly onLeading?: (leading: boolean) => void;
  /** Called with what went wrong, and what this node goes on in spite of. */
  readonly onFault?: (fault: ContactCenterError) => void;
  /** Whether this node may lead; at least one of the domain has to. Default true. */
  readonly mayLead?: boolean;
  /** Milliseconds that a leader who is not heard of goes on being the leader. From 100; default 2,000. */
  readonly leaseMs?: number;
  /** Milliseconds after which a command without an answer is refused. Up to 300,000; default 10,000. */
  readonly commandTimeoutMs?: number;
  /** Commands after which the leader saves a snapshot and shortens the log. Default 20,000. */
  readonly snapshotEvery?: number;
}

/** Throws `routing/invalid` for options that make no sense. */
export function checkOptions(options: RedisRoutingOptions): void {
  const { redis, domain, leaseMs = 2_000, commandTimeoutMs = 10_000, snapshotEvery = 1 } = { ...options };
  const refuse = (field: string, wanted: string) => {
    throw new ContactCenterError('routing/invalid', `unable to open routing; ${field} must be ${wanted}`, { field });
  };
  if (redis === undefined) refuse('redis', 'a client of Redis or Valkey');
  if (typeof domain !== 'string' || domain === '' || /[{}]/.test(domain)) refuse('domain', 'a name without braces');
  if (!(leaseMs >= 100)) refuse('leaseMs', 'at least 100');
  if (!(commandTimeoutMs > 0 && commandTimeoutMs <= 300_000)) refuse('commandTimeoutMs', 'above 0 and at most 300,000');
  if (!(snapshotEvery >= 1)) refuse('snapshotEvery', 'at least 1');
}
