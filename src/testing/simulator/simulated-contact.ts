import type { TaskSpec } from 'onescreen/routing';

/** One contact of a simulation: when it comes, what it asks for, and what would happen if it were served. */
export interface SimulatedContact extends Pick<
  TaskSpec,
  'id' | 'channel' | 'priority' | 'labels' | 'selectors' | 'cost'
> {
  readonly queueId: string;
  /** Epoch milliseconds at which it arrives. */
  readonly at: number;
  /** How long a worker has it in hand, wrap-up not counted. */
  readonly handleMs: number;
  /** How long the worker wraps up. Default 0. */
  readonly wrapUpMs?: number;
  /** How long it waits before it gives up. Left out: for ever. */
  readonly patienceMs?: number;
}
