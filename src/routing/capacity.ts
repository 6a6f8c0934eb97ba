import type { Worker, WorkerChannel } from './worker';

/** Sums of costs such as 0.1 differ from their limit in the last digits; so much is forgiven. */
const tolerance = 1e-9;

/** What keeps a worker from one more task, apart from its labels. */
export type CapacityLimit = 'channel' | 'channel-maximum' | 'capacity' | 'offer-limit';

export function channelOf(worker: Worker, channel: string): WorkerChannel | undefined {
  return worker.channels.find((each) => each.channel === channel);
}

/** The first limit that one more task of `cost` units (default: the worker's own for the channel) would break. */
export function limitFor(worker: Worker, channel: string, cost?: number): CapacityLimit | undefined {
  const served = channelOf(worker, channel);
  if (served === undefined) return 'channel';
  if (served.max !== undefined && loadOf(worker, channel) >= served.max) return 'channel-maximum';
  if (exceeds(worker.consumed + (cost ?? served.cost), worker.capacity)) return 'capacity';
  if (worker.maxConcurrentOffers !== undefined && worker.openOffers >= worker.maxConcurrentOffers) return 'offer-limit';
  return undefined;
}

/** True when, with an open offer of this channel, the worker holds more than it may: only a change of its own limits can bring that about. */
export function overloaded(worker: Worker, channel: string): boolean {
  if (exceeds(worker.consumed, worker.capacity)) return true;
  if (worker.maxConcurrentOffers !== undefined && worker.openOffers > worker.maxConcurrentOffers) return true;
  const max = channelOf(worker, channel)?.max;
  return max !== undefined && loadOf(worker, channel) > max;
}

/** How many tasks of a channel the worker can have in hand when it has nothing else; without any limit, 1. */
export function slotsOf(worker: Worker, channel: string, cost?: number): number {
  const served = channelOf(worker, channel);
  if (served === undefined) return 0;
  const each = cost ?? served.cost;
  return Math.min(served.max ?? Infinity, each > 0 ? Math.floor(worker.capacity / each + tolerance) : 1);
}

function loadOf(worker: Worker, channel: string): number {
  return Object.hasOwn(worker.load, channel) ? (worker.load[channel] ?? 0) : 0;
}

function exceeds(used: number, available: number): boolean {
  return used > available + tolerance;
}
