import type { ChannelDemand, HeldChannel, TaskRecord } from './task-record';
import { slotOf, type Slot, type WorkerRecord } from './worker-record';
import type { Worker, WorkerChannel } from './worker';

/** Sums of costs such as 0.1 differ from their limit in the last digits; so much is forgiven. */
const tolerance = 1e-9;

/** What keeps a worker from one more task, apart from its labels. */
export type CapacityLimit = 'channel' | 'channel-maximum' | 'capacity' | 'offer-limit';

export function channelOf(worker: Pick<Worker, 'channels'>, channel: string): WorkerChannel | undefined {
  return worker.channels.find((each) => each.channel === channel);
}

/** The first limit that one more task, or one more channel of a task, would break. */
export function limitFor(worker: WorkerRecord, demands: readonly ChannelDemand[]): CapacityLimit | undefined {
  let { consumed } = worker;
  for (const { channel, cost } of demands) {
    const slot = slotOf(worker, channel);
    if (slot === undefined) return 'channel';
    if (slot.held >= slot.max) return 'channel-maximum';
    consumed += cost ?? slot.cost;
  }
  if (exceeds(consumed, worker.capacity)) return 'capacity';
  return hasOfferLeft(worker) ? undefined : 'offer-limit';
}

/** Whether an available worker could take one more task of this channel at this cost. */
export function hasRoom(worker: WorkerRecord, slot: Slot, cost: number): boolean {
  if (!worker.available || slot.held >= slot.max) return false;
  return !exceeds(worker.consumed + cost, worker.capacity) && hasOfferLeft(worker);
}

/** Whether an available worker who has room in the slot of the task's first channel has it for the task. */
export function hasRoomFor(worker: WorkerRecord, slot: Slot, demands: TaskRecord['demands']): boolean {
  if (demands.length > 1) return limitFor(worker, demands) === undefined;
  const { cost } = demands[0];
  return cost === undefined ? hasRoom(worker, slot, slot.cost) : hasRoom(worker, slot, cost);
}

/** What these channels take of the worker. */
export function heldBy(worker: WorkerRecord, demands: readonly ChannelDemand[]): readonly HeldChannel[] {
  const [first] = demands;
  const slot = demands.length === 1 && first !== undefined && first.cost === undefined && slotOf(worker, first.channel);
  if (slot) return slot.usual;
  return demands.map(({ channel, cost }) => ({ channel, cost: cost ?? slotOf(worker, channel)?.cost ?? 0 }));
}

/** True when, with an open offer of these channels, the worker holds more than it may: only a change of its own limits can bring that about. */
export function overloaded(worker: WorkerRecord, demands: readonly ChannelDemand[]): boolean {
  const { consumed, capacity, openOffers, maxConcurrentOffers = Infinity } = worker;
  if (exceeds(consumed, capacity) || openOffers > maxConcurrentOffers) return true;
  return demands.some(({ channel }) => {
    const slot = slotOf(worker, channel);
    return slot !== undefined && slot.held > slot.max;
  });
}

/** How many tasks of these channels the worker can have in hand when it has nothing else; without any limit, 1. */
export function slotsOf(worker: Pick<Worker, 'channels' | 'capacity'>, demands: readonly ChannelDemand[]): number {
  let slots = Infinity;
  let each = 0;
  for (const { channel, cost } of demands) {
    const served = channelOf(worker, channel);
    if (served === undefined) return 0;
    slots = Math.min(slots, served.max ?? Infinity);
    each += cost ?? served.cost;
  }
  return Math.min(slots, each > 0 ? Math.floor(worker.capacity / each + tolerance) : 1);
}

function hasOfferLeft({ openOffers, maxConcurrentOffers }: WorkerRecord): boolean {
  return maxConcurrentOffers === undefined || openOffers < maxConcurrentOffers;
}

function exceeds(used: number, available: number): boolean {
  return used > available + tolerance;
}
