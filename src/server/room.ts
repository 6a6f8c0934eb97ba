import type { WorkerSnapshot } from 'onescreen/routing';

/** Sums of costs such as 0.1 differ from their limit in the last digits. */
const tolerance = 1e-9;

/** Whether one more task of this channel fits what the worker has in hand. */
export function hasRoom({ capacity, consumed, channels, load }: WorkerSnapshot, channel: string): boolean {
  const served = channels.find((one) => one.channel === channel);
  if (served === undefined) return false;
  const { cost, max = Infinity } = served;
  return consumed + cost <= capacity + tolerance && (load[channel] ?? 0) < max;
}
