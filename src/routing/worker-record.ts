import type { Labels } from 'onescreen';
import type { Lane } from './lane';
import type { Pool } from './pool';
import type { HeldChannel } from './task-record';
import type { TaskQueue } from './task-queue';
import type { Worker, WorkerChannel, WorkerState } from './worker';

/** What a worker has in hand of one task. With `offerId`: held by an open offer, else by the task itself. */
export interface Hold {
  readonly channels: readonly HeldChannel[];
  offerId?: string | undefined;
}

/** What was said of a worker, and what became of it. */
export interface WorkerFacts {
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
  /** New whenever it becomes available; what it refused before is forgotten. */
  epoch: number;
  /** By task id. */
  readonly holds: Map<string, Hold>;
}

/** As what a worker entered the index. */
export interface Entry extends Pick<WorkerFacts, 'labels' | 'queues' | 'channels'> {
  readonly served: readonly TaskQueue[];
}

/** One channel of a worker, and where the index keeps it. */
export interface Slot {
  /** Whether there is room for one more, at the {@link Slot.least} that it may cost. */
  open: boolean;
  /** That of the channel where room is noted. */
  readonly room: number;
  readonly channel: string;
  readonly cost: number;
  /** The cost, or the least that tasks of its queues were said to cost where that is below. */
  least: number;
  readonly max: number;
  /** What one task takes that says nothing of its cost. */
  readonly usual: readonly HeldChannel[];
  /** Tasks of this channel that it has, open offers counted. */
  held: number;
  /** One for each of its queues, in their order. */
  readonly pools: readonly Pool[];
}

/** What the engine keeps of a worker; as it is now, it can be compared with others as they were. */
export class WorkerRecord implements WorkerFacts, Worker {
  /** Where the index keeps what is true of it. */
  number = -1;
  /** The number of the last change of its place in any order. */
  standing = 0;
  /** The last {@link view} that was made of it, as long as nothing has changed since. */
  current: Worker | undefined = undefined;
  slots: readonly Slot[] = [];
  consumed = 0;
  capacity: number;
  openOffers = 0;
  maxConcurrentOffers: number | undefined;
  available: boolean;
  readonly holds: Map<string, Hold>;
  readonly id: string;
  idleSince: number;
  labels: Labels;
  queues: readonly string[];
  channels: readonly WorkerChannel[];
  tags: Labels | undefined;
  registered: boolean;
  availableSince: number;
  epoch: number;
  flexibility: number;
  /** The number of its last change. */
  version = 0;
  /** The last {@link view} that was made of it. */
  latest: Worker | undefined = undefined;
  /** Set while it is in the index. */
  entry: Entry | undefined = undefined;
  /** Those that it can be in, by its own key for each. */
  lanes: readonly Lane[] = [];
  /** Whether a strategy is asked in one of its queues. */
  isAskedFor = false;
  /** How many channels all that it has in hand has. */
  heldChannels = 0;
  /** Whether it is up for matching. */
  isOpen = false;
  #load: Readonly<Record<string, number>> | undefined;
  #usesLeft: number | undefined;

  constructor(facts: WorkerFacts) {
    this.id = facts.id;
    this.labels = ownLabels(facts.labels);
    this.tags = facts.tags && ownLabels(facts.tags);
    this.queues = Object.freeze([...new Set(facts.queues)]);
    this.capacity = facts.capacity;
    this.channels = ownChannels(facts.channels);
    this.maxConcurrentOffers = facts.maxConcurrentOffers;
    this.registered = facts.registered;
    this.available = facts.available;
    this.availableSince = facts.availableSince;
    this.idleSince = facts.idleSince;
    this.epoch = facts.epoch;
    this.holds = facts.holds;
    this.flexibility = flexibilityOf(this);
    this.reckon();
  }

  get loadRatio(): number {
    return this.capacity > 0 ? this.consumed / this.capacity : 1;
  }

  get state(): WorkerState {
    return this.available ? 'active' : this.holds.size > 0 ? 'draining' : 'inactive';
  }

  get load(): Readonly<Record<string, number>> {
    return (this.#load ??= loadOf(this));
  }

  get usesLeft(): number {
    return (this.#usesLeft ??= usesLeftOf(this));
  }

  /** The worker as strategies see it, made when somebody looks. */
  get view(): Worker {
    return (this.current ??= this.latest = snapshotOf(this));
  }

  /** To be called after anything changed, with a number that no change had before. */
  touch(version: number): void {
    this.version = version;
    this.current = undefined;
    this.#load = undefined;
    this.#usesLeft = undefined;
  }

  /** Takes a task in hand that it did not have. */
  take(taskId: string, hold: Hold): void {
    this.holds.set(taskId, hold);
    this.#count(hold, 1);
  }

  /** False when it did not have the task. */
  free(taskId: string): boolean {
    const hold = this.holds.get(taskId);
    if (hold === undefined) return false;
    this.holds.delete(taskId);
    this.#count(hold, -1);
    // Fractions would leave something behind.
    if (!Number.isInteger(this.consumed)) this.reckon();
    return true;
  }

  /** What it was offered it has now. */
  keep(taskId: string): void {
    const hold = this.holds.get(taskId);
    if (hold?.offerId === undefined) return;
    hold.offerId = undefined;
    this.openOffers -= 1;
  }

  #count({ channels, offerId }: Hold, by: number): void {
    if (offerId !== undefined) this.openOffers += by;
    this.heldChannels += by * channels.length;
    for (const { channel, cost } of channels) {
      this.consumed += by * cost;
      const slot = slotOf(this, channel);
      if (slot !== undefined) slot.held += by;
    }
  }

  /** Counts anew what it has in hand. */
  reckon(): void {
    const { slots } = this;
    this.heldChannels = 0;
    this.consumed = 0;
    this.openOffers = 0;
    for (const slot of slots) slot.held = 0;
    for (const hold of this.holds.values()) this.#count(hold, 1);
  }
}

/** A copy that nobody changes: neither who gave them, nor a strategy that gets them. */
export function ownLabels(labels: Labels): Labels {
  return Object.freeze({ ...labels });
}

/** As {@link ownLabels}. */
export function ownChannels(channels: readonly WorkerChannel[]): readonly WorkerChannel[] {
  return Object.freeze(channels.map((channel) => Object.freeze({ ...channel })));
}

export function factsOf(record: WorkerRecord): WorkerFacts {
  const { id, labels, tags, queues, capacity, channels, maxConcurrentOffers, registered, available } = record;
  const { availableSince, idleSince, epoch, holds } = record;
  return {
    id,
    labels,
    tags,
    queues,
    capacity,
    channels,
    maxConcurrentOffers,
    registered,
    available,
    availableSince,
    idleSince,
    epoch,
    holds,
  };
}

export function slotOf({ slots }: WorkerRecord, channel: string): Slot | undefined {
  for (const slot of slots) if (slot.channel === channel) return slot;
  return undefined;
}

const noLoad: Readonly<Record<string, number>> = Object.freeze({});

function loadOf({ slots, holds, heldChannels }: WorkerRecord): Readonly<Record<string, number>> {
  if (holds.size === 0) return noLoad;
  let told = 0;
  const counts: Record<string, number> = {};
  for (const { channel, held } of slots) {
    if (held === 0 || channel === '__proto__') continue;
    counts[channel] = held;
    told += held;
  }
  if (told === heldChannels) return counts;
  // It has work of a channel that it does not serve any more, or of a name that objects cannot take.
  const load = new Map<string, number>();
  for (const { channels } of holds.values())
    for (const { channel } of channels) load.set(channel, (load.get(channel) ?? 0) + 1);
  return Object.fromEntries(load);
}

function snapshotOf(record: WorkerRecord): Worker {
  return {
    id: record.id,
    labels: record.labels,
    queues: record.queues,
    capacity: record.capacity,
    consumed: record.consumed,
    loadRatio: record.loadRatio,
    channels: record.channels,
    load: record.load,
    openOffers: record.openOffers,
    maxConcurrentOffers: record.maxConcurrentOffers,
    available: record.available,
    state: record.state,
    availableSince: record.availableSince,
    idleSince: record.idleSince,
    flexibility: record.flexibility,
    usesLeft: record.usesLeft,
  };
}

/** See {@link Worker.flexibility}. */
export function flexibilityOf({ labels, queues, channels }: Pick<Worker, 'labels' | 'queues' | 'channels'>): number {
  return queues.length * channels.length * Math.max(1, Object.keys(labels).length);
}

function usesLeftOf({ flexibility, slots, consumed, capacity }: WorkerRecord): number {
  let open = 0;
  for (const { cost, held, max } of slots) if (consumed + cost <= capacity && held < max) open += 1;
  return (flexibility * open) / Math.max(1, slots.length);
}
