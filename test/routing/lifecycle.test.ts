import { expect, it } from 'vitest';
import { createRoutingEngine } from 'onescreen/routing';

it('offers a waiting task to a worker who becomes available', () => {
  const engine = createRoutingEngine({ queues: [{ id: 'support' }] });
  engine.apply({ type: 'enqueue', task: { id: 't1', queueId: 'support', channel: 'chat' } }, 0);
  engine.apply({ type: 'register', worker: { id: 'ada', queues: ['support'], capacity: 100, channels: [{ channel: 'chat', cost: 50 }] } }, 1_000);
  const events = engine.apply({ type: 'setAvailable', workerId: 'ada', available: true }, 42_000);
  expect(events).toMatchObject([
    { type: 'worker-available', workerId: 'ada', at: 42_000 },
    {
      type: 'offer-issued',
      offerId: 'o-1',
      taskId: 't1',
      workerId: 'ada',
      expiresAt: 72_000,
      explanation: { strategy: 'longestIdle', waitedMs: 42_000, winner: { workerId: 'ada', reason: '0 % busy, idle for 0 s' } },
    },
  ]);
});
