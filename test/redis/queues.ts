import type { QueuePolicy, WorkerSpec } from 'onescreen/routing';

/** What every process of a failover run has. */
export const queues: readonly QueuePolicy[] = [
  { id: 'support', offerTtlMs: 1_000, onExpire: 'keep' },
  { id: 'sales', offerTtlMs: 1_000, onExpire: 'keep', concurrentOffers: 2, releaseCapacityAt: 'wrapping' },
];

export const workers: readonly WorkerSpec[] = Array.from({ length: 20 }, (_, index) => ({
  id: `w-${index}`,
  queues: index % 3 === 0 ? ['support', 'sales'] : index % 3 === 1 ? ['support'] : ['sales'],
  capacity: 2,
  channels: [{ channel: 'chat', cost: 1 }],
  available: true,
}));
