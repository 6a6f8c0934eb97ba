import { describe, expect, it } from 'vitest';
import { jobRouterNames, jobRouterOffer } from 'onescreen/routing/rules';
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
    expect(conversation.entries.filter((entry) => entry.type === 'task').at(-1)).toMatchObject({
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

describe('onEvents of a server', () => {
  it('is told what routing did, in order and once, as Job Router would have named it', async () => {
    const told: string[] = [];
    const numbers: number[] = [];
    const offered: unknown[] = [];
    const center = contactCenter({
      onEvents(events, routing) {
        for (const event of events) {
          numbers.push(event.seq);
          told.push(...jobRouterNames(event));
          if (event.type === 'offer-issued') offered.push(jobRouterOffer(event, routing));
        }
      },
    });
    const ann = await center.desk('ann');
    await center.start();
    await ann.do('offer/accept', { offerId: ann.offer.id });
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(told.map((name) => name.replace('Microsoft.Communication.', ''))).toEqual([
      'RouterWorkerRegistered',
      'RouterJobReceived',
      'RouterJobQueued',
      'RouterWorkerOfferIssued',
      'RouterWorkerOfferAccepted',
    ]);
    expect(offered).toMatchObject([{ workerId: 'ann', queueId: 'support', offerId: ann.offer.id }]);
  });

  it('hands its errors back to the vendor, and nothing else stops', async () => {
    const errors: unknown[] = [];
    const center = contactCenter({
      onEvents() {
        throw new Error('no');
      },
      onError: (error, { hook }) => errors.push([hook, error]),
    });
    const ann = await center.desk('ann');
    await center.start();
    await ann.do('offer/accept', { offerId: ann.offer.id });
    expect(errors).toContainEqual(['onEvents', new Error('no')]);
  });
});
