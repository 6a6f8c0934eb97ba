import type { Labels, Selector } from './labels';

/** Why an offer went to whom it went, as of the moment of the decision. */
export interface RoutingExplanation {
  /** Name of the strategy that decided. */
  readonly strategy: string;
  readonly decidedAt: Date;
  /** How long the task had waited, in milliseconds, counted from its first queueing. */
  readonly waitedMs: number;
  readonly winner: RankedWorker;
  /** Who would have been next, best first; at most eight. */
  readonly runnersUp: readonly RankedWorker[];
  /** What every candidate had to satisfy. */
  readonly constraints: {
    readonly queueId: string;
    readonly channel: string;
    readonly priority: number;
    /** The selectors that counted at that moment. */
    readonly selectors: readonly Selector[];
    /** Workers who satisfied everything and had capacity, as far as the decision had to look: a strategy with an order of its own stops early. */
    readonly candidates: number;
  };
  /** Why the queue's own strategy did not decide, such as `myStrategy did not answer within 1000 ms`. */
  readonly fallback?: string;
}

export interface RankedWorker {
  readonly workerId: string;
  /** The strategy's score, when it gave one; higher is better. */
  readonly score?: number;
  /** The strategy's words, or the engine's: `idle for 42 s`. */
  readonly reason?: string;
  readonly labels?: Labels;
}
