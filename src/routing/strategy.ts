import type { Selector } from 'onescreen';
import type { ExceptionRule } from './exceptions';
import type { RoutableTask } from './task';
import type { Worker } from './worker';

/** One worker in a strategy's answer. */
export interface Ranked {
  readonly workerId: string;
  /** Shown in the explanation; does not change the order. Anything but a finite number is left out. */
  readonly score?: number;
  /** Shown in the explanation, in the strategy's own words. */
  readonly reason?: string;
}

/** Who did not take a task that was offered, and how that ended. */
export interface Refusal {
  readonly workerId: string;
  readonly outcome: 'declined' | 'expired' | 'revoked' | 'excluded';
  /** Epoch milliseconds from which the worker may be asked again. Left out: not before it becomes available anew. */
  readonly retryAt?: number;
}

/** What happened before this decision. */
export interface RoutingHistory {
  /** Who got the queue's last offer. */
  readonly lastOffered?: string;
  readonly refusals: readonly Refusal[];
  /** Who had the task before it was requeued, oldest first. */
  readonly previousWorkers: readonly string[];
}

export interface RankInput<Options = unknown> {
  readonly task: RoutableTask;
  /** Workers who match the selectors and have capacity, the longest idle first. */
  readonly candidates: Iterable<Worker>;
  readonly now: Date;
  readonly history: RoutingHistory;
  /** The queue's `strategyOptions`. */
  readonly options: Options;
  /** Aborted when the answer is no longer wanted. */
  readonly signal: AbortSignal;
}

/**
 * Decides who is offered a task. Has `compare` or `rank`; one with neither is refused, and of one with
 * both `compare` is used.
 */
export interface RoutingStrategy<Options = unknown> {
  readonly name: string;
  /**
   * A total order over workers that depends on nothing but the two of them (first = better; equals
   * go by id). Workers are kept in this order, so that a decision never scans them all. Where it
   * throws or answers NaN for two workers, the longest idle goes first.
   */
  compare?(a: Worker, b: Worker): number;
  /** With `compare`: begin behind the worker who got the queue's last offer, and go round. */
  readonly rotate?: boolean;
  /** With `compare`: why this worker, in a few words. */
  describe?(worker: Worker, now: Date): string;
  /**
   * The workers to ask, best first; an empty list asks nobody for now. Same input, same order. When it
   * throws, is late, or names nobody who can take the task, the longest idle worker is asked instead.
   * Run by `createRouter`, never by the engine itself.
   */
  rank?(input: RankInput<Options>): readonly Ranked[] | Promise<readonly Ranked[]>;
  /** Ids of workers to ask before those whom the order or the ranking names, best first, as far as they can take the task. Pure. */
  prefer?(task: RoutableTask): readonly string[];
  /** The selectors that a task has in this queue, made of its own when it enters; those with `expiresAfterMs` relax. Pure. */
  select?(task: RoutableTask): readonly Selector[];
  /** Rules that the strategy brings with it, beside the queue's own. */
  readonly exceptions?: readonly ExceptionRule[];
}
