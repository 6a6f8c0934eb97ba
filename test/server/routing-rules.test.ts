import { describe, expect, it } from 'vitest';
import { contactCenter } from './contact-center';

describe('exception rules of a queue', () => {
  it('raise the priority of a task that waits: its offer, its log and what a restart would find say so', async () => {
    const center = contactCenter({
      queues: [
        {
          id: 'support',
          exceptions: [
            { id: 'late', when: { type: 'waitTime', afterMs: 60_000 }, actions: [{ type: 'move', priority: 10 }] },
          ],
        },
      ],
    });
    const { conversationId } = await center.start();
    await center.clock.advance(61_000);
    const ann = await center.desk('ann');
    expect(ann.offer.task.priority).toBe(10);
    expect(ann.offer.why?.constraints.priority).toBe(10);
    const { conversation } = await ann.do('offer/accept', { offerId: ann.offer.id });
    expect(conversation.entries.flatMap((entry) => (entry.type === 'task' ? entry.task.priority : []))).toEqual([
      0, 10, 10, 10,
    ]);
    expect(ann.statuses(conversationId)).toEqual(['queued', 'queued', 'offered', 'assigned']);
  });

  it('raise the priority of one that somebody is asked for, who keeps the offer', async () => {
    const center = contactCenter({
      queues: [
        {
          id: 'support',
          offerTtlMs: 120_000,
          exceptions: [
            { id: 'late', when: { type: 'waitTime', afterMs: 60_000 }, actions: [{ type: 'move', priority: 10 }] },
          ],
        },
      ],
    });
    const ann = await center.desk('ann');
    await center.start();
    await center.clock.advance(61_000);
    expect(ann.of('offer-ended')).toEqual([]);
    const { conversation } = await ann.do('offer/accept', { offerId: ann.offer.id });
    expect(conversation.entries.findLast((entry) => entry.type === 'task')).toMatchObject({
      task: { priority: 10, status: 'assigned' },
    });
  });

  it('move a task to another queue, whose agents are asked', async () => {
    const center = contactCenter({
      queues: [
        {
          id: 'sales',
          exceptions: [
            {
              id: 'late',
              when: { type: 'waitTime', afterMs: 60_000 },
              actions: [{ type: 'move', queueId: 'support' }],
            },
          ],
        },
        { id: 'support', wrapUp: { dispositions: [{ code: 'solved', label: 'Solved' }] } },
      ],
    });
    const ann = await center.desk('ann');
    await center.start();
    await center.settle();
    expect(ann.of('offer')).toEqual([]);
    await center.clock.advance(60_000);
    expect(ann.offer.task).toMatchObject({ queueId: 'support', wrapUp: { dispositions: [{ code: 'solved' }] } });
  });

  it('cancel a task, and its customer is told', async () => {
    const center = contactCenter({
      queues: [
        {
          id: 'support',
          exceptions: [{ id: 'too-late', when: { type: 'waitTime', afterMs: 60_000 }, actions: [{ type: 'cancel' }] }],
        },
      ],
    });
    const page = await center.customer(await center.start());
    await center.clock.advance(60_000);
    expect(center.server.waiting()).toEqual([]);
    expect(page.status).toMatchObject({ phase: 'ended' });
  });
});
