import type { Labels, Selector } from 'onescreen';
import type { TaskResult } from './events';
import type { Line } from './line';
import type { Pool } from './pool';
import type { Refusal } from './strategy';
import type { Offer } from './offer';
import type { RoutingTaskStatus, TaskFacts } from './task';
import type { BusyTasks, TaskQueue } from './task-queue';
import type { Demand } from './facts';
import type { Timer } from './timers';
import type { WorkerRecord } from './worker-record';

/** A selector of a task, with the time at which it stops to count. */
export interface TimedSelector {
  readonly selector: Selector;
  readonly expiresAt: number | undefined;
  /** It came from the task's classification. */
  readonly attached: boolean;
}

/** What only some tasks have. Plain data, changed by {@link amend} alone. */
export interface TaskExtra {
  readonly facts?: TaskFacts;
  /** The classification that is awaited. */
  readonly classificationId?: string | undefined;
  /** True until it is in a queue for the first time. */
  readonly unqueued?: boolean;
  /** Its selectors, where the queue's strategy has put others in their place. */
  readonly own?: readonly TimedSelector[] | undefined;
  /** Those that count, in a queue that bypasses them. */
  readonly bypassed?: readonly Selector[] | undefined;
  /** What the strategy did wrong when it was to select for this task. */
  readonly fault?: string | undefined;
  /** Ids of the rules that have fired during its stay in this queue. */
  readonly fired?: readonly string[] | undefined;
  /** Its stay in its queue begins: rules about the queue's length apply. */
  readonly entering?: boolean;
  /** The queue's strategy is to select for it. */
  readonly changed?: boolean;
  /** How often rules have moved it since a command last did. */
  readonly moves?: number | undefined;
  /** What the command that ends it says of how it ended. */
  readonly result?: TaskResult;
}

/** What a task wants of whoever has it, for one of its channels. Without `cost`: the worker's own for the channel. */
export interface ChannelDemand {
  readonly channel: string;
  readonly cost?: number | undefined;
}

/** What a task takes of a worker for one of its channels. */
export interface HeldChannel extends ChannelDemand {
  readonly cost: number;
}

/** A refusal holds for the worker's availability at that time: once it becomes available anew, it may be asked again. */
export interface RefusalRecord extends Refusal {
  readonly epoch: number;
}

/** What a task asks for, in the pool of its queue and channel. */
export interface Home {
  /** It holds as long as no worker comes, goes or changes labels: which terms are rare decides where a task looks. */
  readonly generation: number;
  readonly pool: Pool;
  readonly demand: Demand;
  /** Where it waits; undefined for one that asks for a single worker: such lines come and go. */
  readonly line: Line | undefined;
  /** The id of that single worker. */
  readonly whom: string | undefined;
}

/** What decides where in line a task is. */
export type Place = Pick<TaskRecord, 'expedited' | 'priority' | 'virtualStartAt' | 'order'>;

/** What decides how a task stands. */
export type Standing = Place & Pick<TaskRecord, 'queue' | 'line' | 'status' | 'demands' | 'offers' | 'decisionId'>;

/** What the engine keeps of a task. */
export interface TaskRecord {
  readonly id: string;
  expedited: boolean;
  priority: number;
  virtualStartAt: number;
  readonly order: number;

  /** Empty as long as its classification has not named one. */
  queueId: string;
  /** That of {@link queueId}. */
  queue: TaskQueue | undefined;
  /** Decides in which pool a worker is looked for: the first of {@link demands}. */
  channel: string;
  /** One for each channel it has, the one it has had the longest first. */
  demands: readonly [ChannelDemand, ...ChannelDemand[]];
  labels: Labels;
  selectors: readonly TimedSelector[];
  /** The selectors that count now. */
  active: readonly Selector[];
  expired: readonly Selector[];
  readonly enqueuedAt: number;
  status: RoutingTaskStatus;
  suspended: boolean;
  /** Who alone may be asked. */
  only: readonly string[] | undefined;
  /** Where it waits, if it does. */
  line: Line | BusyTasks | undefined;
  /** Where it is among the busy ones, while {@link line} is those. */
  busyAt: number;
  /** Whether it is up for matching. */
  open: boolean;
  /** What it asks for and where it is to wait, once that was looked up. */
  home: Home | undefined;
  /** Those that are open, the oldest first. */
  offers: readonly Offer[];
  /** By worker id. */
  refusals: ReadonlyMap<string, RefusalRecord>;
  decisionId: string | undefined;
  /** How many answers of the strategy in a row could not be followed. */
  misses: number;
  workerId: string | undefined;
  previousWorkers: readonly string[];
  requeues: number;
  assignedAt: number | undefined;
  closeAt: number | undefined;
  selectorTimer: Timer | undefined;
  /** Set while nobody is asked: the strategy chose nobody, or a command said to wait. */
  holdTimer: Timer | undefined;
  heldFor: 'strategy' | 'command' | undefined;
  closeTimer: Timer | undefined;
  /** Set while the refusal of a worker is to run out. */
  retryTimer: Timer | undefined;
  /** Set until its scheduled time, while a classification is awaited, or until the next rule about its age. */
  dueTimer: Timer | undefined;
  extra: TaskExtra | undefined;
}

/** Whether the worker refused this task and is not to be asked yet. */
export function refusalOf(task: TaskRecord, worker: WorkerRecord, now: number): RefusalRecord | undefined {
  const refusal = task.refusals.get(worker.id);
  if (refusal === undefined || refusal.epoch !== worker.epoch) return undefined;
  return refusal.retryAt !== undefined && refusal.retryAt <= now ? undefined : refusal;
}

export function amend(task: TaskRecord, change: TaskExtra): void {
  task.extra = { ...task.extra, ...change };
}
