import type { ChannelDemand, HeldChannel } from './records';
import type { Worker, WorkerChannel } from './worker';

/** Sums of costs such as 0.1 differ from their limit in the last digits; so much is forgiven. */
const tolerance = 1e-9;

/** What keeps a worker from one more task, apart from its labels. */
export type CapacityLimit = 'channel' | 'channel-maximum' | 'capacity' | 'offer-limit';

export function channelOf(worker: Worker, channel: string): WorkerChannel | undefined {
  return worker.channels.find((each) => each.channel === channel);
}

/** The first limit that one more task, or one more channel of a task, would break. */
export function limitFor(worker: Worker, demands: readonly ChannelDemand[]): CapacityLimit | undefined {
  let { consumed } = worker;
  for (const { channel, cost } of demands) {
    const served = channelOf(worker, channel);
    if (served === undefined) return 'channel';
    if (served.max !== undefined && loadOf(worker, channel) >= served.max) return 'channel-maximum';
    consumed += cost ?? served.cost;
  }
  if (exceeds(consumed, worker.capacity)) return 'capacity';
  if (worker.maxConcurrentOffers !== undefined && worker.openOffers >= worker.maxConcurrentOffers) return 'offer-limit';
  return undefined;
}

/** What these channels take of the worker. */
export function heldBy(worker: Worker, demands: readonly ChannelDemand[]): readonly HeldChannel[] {
  return demands.map(({ channel, cost }) => ({ channel, cost: cost ?? channelOf(worker, channel)?.cost ?? 0 }));
}

/** True when, with an open offer of these channels, the worker holds more than it may: only a change of its own limits can bring that about. */
export function overloaded(worker: Worker, demands: readonly ChannelDemand[]): boolean {
  if (exceeds(worker.consumed, worker.capacity)) return true;
  if (worker.maxConcurrentOffers !== undefined && worker.openOffers > worker.maxConcurrentOffers) return true;
  return demands.some(({ channel }) => loadOf(worker, channel) > (channelOf(worker, channel)?.max ?? Infinity));
}

/** How many tasks of these channels the worker can have in hand when it has nothing else; without any limit, 1. */
export function slotsOf(worker: Worker, demands: readonly ChannelDemand[]): number {
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

function loadOf(worker: Worker, channel: string): number {
  return Object.hasOwn(worker.load, channel) ? (worker.load[channel] ?? 0) : 0;
}

function exceeds(used: number, available: number): boolean {
  return used > available + tolerance;
}
