import type { RoutingCommand } from './commands';
import type { RoutingEngine } from './engine';
import type { RoutingEvent } from './events';

/** What can be asked of a routing engine without changing anything. */
export type RoutingView = Pick<
  RoutingEngine,
  'explain' | 'position' | 'task' | 'worker' | 'offer' | 'queue' | 'tasks' | 'workers'
>;

/**
 * Routing as an application uses it, on one node or on one of many. `localRouting` runs it in this process,
 * `onescreen/routing/redis` on many.
 */
export interface RoutingNode {
  /**
   * Has a command done, once, and resolves with what followed from it at once; answers of strategies may follow later.
   * Rejects as {@link RoutingEngine.apply} throws, with `session/closed` after `close`, and, when retrying may help
   * (`retryable`), with `command/timed-out` and `command/rate-limited`; whether a command that timed out was done is
   * not known then.
   */
  apply(command: RoutingCommand): Promise<readonly RoutingEvent[]>;
  /** How things stand, as far as this node has heard. What its own resolved commands did is in it. */
  readonly view: RoutingView;
  /** Number of the last event that {@link view} includes; 0 before the first. */
  readonly seq: number;
  /** Ends this node's part; what it has not been answered rejects with `session/closed`. Idempotent. */
  close(): Promise<void>;
}
