import type { Labels, Selector } from 'onescreen';
import type { SortedList } from './sorted-list';
import type { Refusal } from './strategy';
import type { TaskResult } from './events';
import type { OfferSnapshot, RoutingTaskStatus, TaskFacts } from './task';
import type { Timer } from './timers';
import type { Worker, WorkerChannel } from './worker';

/** A selector of a task, with the time at which it stops to count. */
export interface TimedSelector {
  readonly selector: Selector;
  readonly expiresAt: number | undefined;
  /** It came from the task's classification. */
  readonly attached?: boolean;
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

/** An open offer and the timer that ends it. */
export interface OfferRecord extends Omit<OfferSnapshot, 'cost'> {
  cost: number;
  readonly timer: Timer;
}

/** A refusal holds for the worker's availability at that time: once it becomes available anew, it may be asked again. */
export interface RefusalRecord extends Refusal {
  readonly epoch: number;
}

/** What the engine keeps of a task. Its place in line depends on the first four fields after `id`. */
export interface TaskRecord {
  readonly id: string;
  expedited: boolean;
  priority: number;
  virtualStartAt: number;
  readonly order: number;

  queueId: string;
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
  /** The list in which it waits, if it does. */
  line: SortedList<TaskRecord> | undefined;
  readonly offers: Map<string, OfferRecord>;
  readonly refusals: Map<string, RefusalRecord>;
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

/** What a worker has in hand of one task. With `offerId`: held by an open offer, else by the task itself. */
export interface Hold {
  readonly channels: readonly HeldChannel[];
  readonly offerId?: string;
}

/** What the engine keeps of a worker. `view` is rebuilt whenever anything else here changes. */
export interface WorkerRecord {
  readonly id: string;
  labels: Labels;
  tags: Labels | undefined;
  queues: readonly string[];
  capacity: number;
  channels: readonly WorkerChannel[];
  maxConcurrentOffers: number | undefined;
  registered: boolean;
  available: boolean;
  availableSince: number;
  idleSince: number;
  /** To be worked out anew, by {@link flexibilityOf}, when its labels, queues or channels change. */
  flexibility: number;
  /** New whenever it becomes available; what it refused before is forgotten. */
  epoch: number;
  /** By task id. */
  readonly holds: Map<string, Hold>;
  view: Worker;
}

/** The worker as strategies see it. */
export function viewOf(record: Omit<WorkerRecord, 'view'>): Worker {
  let consumed = 0;
  let openOffers = 0;
  const load = new Map<string, number>();
  for (const hold of record.holds.values()) {
    if (hold.offerId !== undefined) openOffers += 1;
    for (const { channel, cost } of hold.channels) {
      consumed += cost;
      load.set(channel, (load.get(channel) ?? 0) + 1);
    }
  }
  const { id, labels, queues, capacity, channels, available, availableSince, idleSince, flexibility } = record;
  const { maxConcurrentOffers } = record;
  return {
    id,
    labels,
    queues,
    capacity,
    consumed,
    loadRatio: capacity > 0 ? consumed / capacity : 1,
    channels,
    load: Object.fromEntries(load),
    openOffers,
    ...(maxConcurrentOffers !== undefined && { maxConcurrentOffers }),
    available,
    state: available ? 'active' : record.holds.size > 0 ? 'draining' : 'inactive',
    availableSince,
    idleSince,
    flexibility,
  };
}

/** See {@link Worker.flexibility}. */
export function flexibilityOf({ labels, queues, channels }: Pick<Worker, 'labels' | 'queues' | 'channels'>): number {
  return queues.length * channels.length * Math.max(1, Object.keys(labels).length);
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
