import type { QueuePolicy, WorkerSpec } from 'onescreen/routing';

export const queues: readonly QueuePolicy[] = [{ id: 'flood' }, { id: 'ping' }];

/** 2,000 workers, who have room for all tasks of a flood, and one who answers pings. */
export const workers: readonly WorkerSpec[] = [
  ...Array.from({ length: 2_000 }, (_, index) => worker(`w-${index}`, 'flood')),
  worker('p', 'ping'),
];

function worker(id: string, queue: string): WorkerSpec {
  return { id, queues: [queue], capacity: 2, channels: [{ channel: 'chat', cost: 1 }], available: true };
}
