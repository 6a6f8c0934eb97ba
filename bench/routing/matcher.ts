import type { World } from './workload';

/** Told of every offer that a matcher makes, in order, before the call that led to it returns. */
export type Offered = (task: number, worker: number) => void;

/** Brings tasks and workers of one world together. Tasks and workers go by their numbers; times are epoch milliseconds. */
export interface Matcher {
  /** Makes ready what a caller has in hand of tasks that arrive next: from `from`, up to but not including `to`. */
  prepare?(from: number, to: number): void;
  arrive(task: number, now: number): void;
  accept(task: number, now: number): void;
  /** The worker who was offered the task is not asked for it again; the task keeps its place. */
  decline(task: number, now: number): void;
  /** Offers that nobody answered: as with {@link Matcher.decline}, for all of them before anything else is decided. */
  expire(tasks: readonly number[], now: number): void;
  /** Its worker has done the task. There is no wrap-up. */
  end(task: number, now: number): void;
  /** Throws when what it holds is not what it should be: so many tasks that wait, and no others. */
  check(waiting: number): void;
}

/** Makes a matcher whose workers are all available from {@link startAt} on. */
export type Contender = (world: World, offered: Offered) => Matcher;
