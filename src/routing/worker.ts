import type { Labels } from 'onescreen';

/** What one unit of work on a channel takes from a worker. */
export interface WorkerChannel {
  readonly channel: string;
  /** Units of the worker's capacity that one task of this channel uses; 0 or more. */
  readonly cost: number;
  /** Most tasks of this channel at a time, open offers counted; a whole number above 0. Left out: as many as capacity allows. */
  readonly max?: number;
}

/** A worker, human or bot, as it is registered. */
export interface WorkerSpec {
  readonly id: string;
  readonly labels?: Labels;
  /** Carried along; never matched on. */
  readonly tags?: Labels;
  /** Ids of the queues it serves. */
  readonly queues: readonly string[];
  /** Units it can hold in all; 0 or more. */
  readonly capacity: number;
  readonly channels: readonly WorkerChannel[];
  /** Most open offers at a time. Left out: as many as capacity allows. */
  readonly maxConcurrentOffers?: number;
  /** Whether it takes offers from the start. Default false. */
  readonly available?: boolean;
}

/** `draining`: takes no new offers and still has work in hand; `inactive`: neither. */
export type WorkerState = 'active' | 'draining' | 'inactive';

/** A worker at one moment, as strategies see it. Never changes; a change makes a new one. */
export interface Worker {
  readonly id: string;
  readonly labels: Labels;
  readonly queues: readonly string[];
  readonly capacity: number;
  /** Units in use: open offers, assignments, and wrap-up where the queue holds capacity that long. */
  readonly consumed: number;
  /** `consumed / capacity`; 1 for a worker without any capacity. */
  readonly loadRatio: number;
  readonly channels: readonly WorkerChannel[];
  /** Tasks that use capacity now, by channel, open offers counted. */
  readonly load: Readonly<Record<string, number>>;
  readonly openOffers: number;
  readonly maxConcurrentOffers?: number | undefined;
  readonly available: boolean;
  readonly state: WorkerState;
  /** Epoch milliseconds since when `available` is what it is. */
  readonly availableSince: number;
  /** Epoch milliseconds of its last activity: becoming available, refusing an offer, or the end of work. */
  readonly idleSince: number;
  /** How many different uses it has: its queues times its channels times its labels (at least 1). The fewer, the less is lost when it is taken first. */
  readonly flexibility: number;
  /** As {@link Worker.flexibility}, but only over the channels that it has room for: what it could still do right now. */
  readonly usesLeft: number;
}

/** A worker with what it has in hand. */
export interface WorkerSnapshot extends Worker {
  /** False for one who was deregistered with work in hand. */
  readonly registered: boolean;
  readonly tags?: Labels;
  readonly offerIds: readonly string[];
  /** Tasks that use its capacity, offers not counted. */
  readonly taskIds: readonly string[];
}
