import type { WorkerSnapshot } from 'onescreen/routing';

/** Sums of costs such as 0.1 differ from their limit in the last digits. */
const tolerance = 1e-9;

/** Whether one more task that goes over all these channels fits what the worker has in hand. */
export function hasRoom({ capacity, consumed, channels, load }: WorkerSnapshot, ...wanted: readonly string[]): boolean {
  const served = wanted.map((channel) => channels.find((one) => one.channel === channel));
  const fits = served.every((one) => one !== undefined && (load[one.channel] ?? 0) < (one.max ?? Infinity));
  const cost = served.reduce((sum, one) => sum + (one?.cost ?? 0), 0);
  return fits && consumed + cost <= capacity + tolerance;
}
