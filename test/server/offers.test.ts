import { describe, expect, it } from 'vitest';
import { hostedChat } from 'onescreen/server';
import { agent, contactCenter, inHand } from './contact-center';

const concurrent = { queues: [{ id: 'support', concurrentOffers: 2 }] };

describe('offers', () => {
  it('go to one of two agents who accept in the same instant; the other is told that it went elsewhere', async () => {
    const center = contactCenter(concurrent);
    const ann = await center.desk('ann');
    const ben = await center.desk('ben');
    const { conversationId } = await center.start();

    const [first, second] = await Promise.all([
      ann.answer('offer/accept', { offerId: ann.offer.id }),
      ben.answer('offer/accept', { offerId: ben.offer.id }),
    ]);
    expect(first).toMatchObject({ ok: true });
    expect(second).toMatchObject({ ok: false, error: { code: 'offer/gone' } });
    expect(ann.of('offer-ended')).toMatchObject([{ outcome: 'accepted' }]);
    expect(ben.of('offer-ended')).toMatchObject([{ offerId: ben.offer.id, outcome: 'accepted-elsewhere' }]);
    expect(ann.statuses(conversationId)).toEqual(['queued', 'offered', 'offered', 'assigned']);
    expect(ben.of('conversation')).toEqual([]);
  });

  it('go to the next agent when declined, and the one who declined is told nothing more of it', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { conversationId } = await center.start();
    await ann.do('offer/decline', { offerId: ann.offer.id, reason: 'not mine' });
    expect(ann.of('offer-ended')).toMatchObject([{ outcome: 'declined', reason: 'not mine' }]);
    expect(await ann.refusal('offer/accept', { offerId: ann.offer.id })).toMatchObject({ code: 'offer/gone' });

    const ben = await center.desk('ben');
    const { conversation } = await ben.do('offer/accept', { offerId: ben.offer.id });
    expect(conversation.id).toBe(conversationId);
    expect(ann.of('offer')).toHaveLength(1);
    expect(ann.record.availability).toEqual({ kind: 'available' });
  });

  it('are explained as long as nobody has the task, by priority and age, and no more of them than asked for', async () => {
    const center = contactCenter({
      queues: [{ id: 'support' }, { id: 'sales' }],
      route: ({ context }) => ({ queueId: String(context['queue']), priority: Number(context['priority']) }),
    });
    const ann = await center.desk('ann');
    for (const [queue, priority] of [
      ['support', 0],
      ['support', 1],
      ['support', 9],
      ['sales', 5],
    ] as const) {
      await center.start('Cleo', { context: { queue, priority } });
    }
    await ann.do('offer/accept', { offerId: ann.offer.id });
    const waiting = center.server.waiting({ queueId: 'support' });
    expect(waiting.map(({ queueId, waitsFor, position }) => [queueId, waitsFor, position?.position])).toEqual([
      ['support', 'worker', 1],
      ['support', 'worker', 2],
    ]);
    expect(waiting[0]?.workers).toEqual([{ workerId: 'ann', rejectedBy: [{ by: 'capacity' }] }]);
    expect(center.server.waiting({ limit: 1 })).toHaveLength(1);
    expect(center.server.waiting().map(({ queueId }) => queueId)).toEqual(['support', 'sales', 'support']);
  });

  it('that expire make the agent unavailable and go to the next', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    await center.start();
    await center.clock.advance(29_999);
    expect(ann.of('offer-ended')).toEqual([]);
    await center.clock.advance(1);
    expect(ann.of('offer-ended')).toMatchObject([{ outcome: 'expired' }]);
    expect(ann.record).toMatchObject({ availability: { kind: 'unavailable', reason: 'offer-expired' } });
    const ben = await center.desk('ben');
    expect(ben.offer.task.status).toBe('offered');
  });

  it('that expire leave the agent available where the queue says so', async () => {
    const center = contactCenter({ queues: [{ id: 'support', onExpire: 'keep' }] });
    const ann = await center.desk('ann');
    await center.start();
    await center.clock.advance(30_000);
    expect(ann.of('offer-ended')).toMatchObject([{ outcome: 'expired' }]);
    expect(ann.record.availability).toEqual({ kind: 'available' });
  });

  it('are taken back when the agent becomes unavailable now', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    await center.start();
    await ann.do('availability/set', { availability: { kind: 'unavailable', reason: 'lunch' }, whenBusy: 'now' });
    expect(ann.of('offer-ended')).toMatchObject([{ outcome: 'revoked', reason: 'agent-unavailable' }]);
  });

  it('can be accepted by the agent they were made to and nobody else', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const ben = await center.desk('ben', false);
    await center.start();
    expect(await ben.refusal('offer/accept', { offerId: ann.offer.id })).toMatchObject({ code: 'offer/gone' });
    expect(await ben.refusal('offer/decline', { offerId: ann.offer.id })).toMatchObject({ code: 'offer/gone' });
    expect(ann.of('offer-ended')).toEqual([]);
  });

  it('give both pages of one agent the same answer', async () => {
    const center = contactCenter();
    const one = await center.desk('ann');
    const two = await center.desk('ann', false);
    await center.start();
    const { id: offerId } = one.offer;
    expect(two.offer.id).toBe(offerId);
    const [a, b] = await Promise.all([one.do('offer/accept', { offerId }), two.do('offer/accept', { offerId })]);
    expect(a).toEqual(b);
    expect(two.of('conversation')).toHaveLength(1);
  });

  it('are refused with an error that may pass when the chat cannot be joined, and the task is queued again', async () => {
    let broken = true;
    const host = {
      ...hostedChat(),
      join: async () => {
        if (broken) throw new Error('no');
        return {};
      },
    };
    const center = contactCenter({ chats: [host] });
    const ann = await center.desk('ann');
    const { conversationId } = await center.start();
    const { id: offerId } = ann.offer;
    expect(await ann.refusal('offer/accept', { offerId })).toMatchObject({
      code: 'channel/unavailable',
      retryable: true,
    });
    expect(ann.of('offer-ended')).toMatchObject([{ offerId, outcome: 'revoked', reason: 'channel-unavailable' }]);
    expect(ann.record.load.tasks).toBe(0);

    broken = false;
    await center.clock.advance(1_000);
    await ann.do('offer/accept', { offerId: ann.offer.id });
    expect(ann.statuses(conversationId)).toEqual(['queued', 'offered', 'queued', 'offered', 'assigned']);
    expect(
      ann.entries(conversationId).flatMap((entry) => (entry.type === 'task' ? (entry.task.reason ?? []) : [])),
    ).toEqual(['channel-unavailable']);
  });

  it('end for the customer who leaves while the chat is being joined', async () => {
    let joined: (refs: Record<string, string>) => void = () => {};
    const host = { ...hostedChat(), join: () => new Promise<Record<string, string>>((resolve) => (joined = resolve)) };
    const center = contactCenter({ chats: [host] });
    const ann = await center.desk('ann');
    const started = await center.start();
    const page = await center.customer(started);
    const accepting = ann.do('offer/accept', { offerId: ann.offer.id });
    await center.settle();
    const leaving = page.do('chat/end', {});
    await center.settle();
    joined({});
    await Promise.all([accepting, leaving]);
    expect(page.status).toEqual({ phase: 'ended', reason: 'customer-left' });
    expect(ann.statuses(started.conversationId).slice(-2)).toEqual(['assigned', 'wrapping']);
  });
});

describe('tasks', () => {
  it('go back to a queue with their id and age, and not to the agent who gave them away', async () => {
    const both = { queues: ['support', 'sales'] };
    const center = contactCenter({}, [agent('ann', both), agent('ben', both)]);
    const ann = await center.desk('ann');
    const { taskId, conversationId, page } = await inHand(center, ann);
    const { queuedAt } = ann.offer.task;
    await center.clock.advance(10_000);
    await ann.do('task/requeue', { taskId, queueId: 'sales', priority: 3 });
    expect(ann.of('conversation-left')).toMatchObject([{ conversationId, reason: 'agent-requeued' }]);
    expect(ann.of('offer')).toHaveLength(1);
    expect(page.status).toMatchObject({ phase: 'queued', position: 1 });

    const ben = await center.desk('ben');
    expect(ben.offer.task).toMatchObject({
      id: taskId,
      queueId: 'sales',
      priority: 3,
      queuedAt,
      wrapUp: { required: false },
    });
  });

  it('refuse to go to a queue that does not exist', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { taskId } = await inHand(center, ann);
    expect(await ann.refusal('task/requeue', { taskId, queueId: 'nowhere' })).toMatchObject({
      code: 'command/invalid',
      field: 'queueId',
    });
  });

  it('are wrapped up when the customer ends the chat', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { conversationId, page, taskId } = await inHand(center, ann);
    await page.do('chat/end', {});
    expect(page.status).toEqual({ phase: 'ended', reason: 'customer-left' });
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
    expect(await ann.refusal('task/end', { taskId })).toMatchObject({ code: 'task/wrong-state' });
  });
});

describe('wrap-up', () => {
  it('asks for a disposition that the queue knows', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { taskId } = await inHand(center, ann);
    expect(await ann.refusal('wrap-up/complete', { taskId, disposition: 'solved' })).toMatchObject({
      code: 'task/wrong-state',
    });
    await ann.do('task/end', { taskId });
    for (const disposition of [undefined, 'unheard-of']) {
      expect(await ann.refusal('wrap-up/complete', { taskId, disposition })).toMatchObject({
        code: 'command/invalid',
        field: 'disposition',
      });
    }
    await ann.do('wrap-up/complete', { taskId, disposition: 'solved' });
  });

  it('keeps notes and labels, and closes when it was asked to', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { taskId, conversationId } = await inHand(center, ann);
    await ann.do('task/end', { taskId });
    const closeAt = center.clock.now() + 5_000;
    await ann.do('wrap-up/complete', {
      taskId,
      disposition: 'solved',
      notes: 'called back',
      labels: { vip: true },
      closeAt,
    });
    expect(ann.statuses(conversationId).at(-1)).toBe('completed');
    expect(ann.of('conversation-left')).toEqual([]);
    await center.clock.advance(5_000);
    expect(ann.statuses(conversationId).at(-1)).toBe('closed');
    expect(ann.of('conversation-left')).toHaveLength(1);
    const entries = ann.entries(conversationId);
    expect(entries.find(({ type }) => type === 'note')).toMatchObject({ text: 'called back' });
    const last = entries.flatMap((entry) => (entry.type === 'task' ? [entry.task] : [])).at(-1);
    expect(last).toMatchObject({ disposition: 'solved', labels: { vip: true } });
  });

  it('can be extended by its limit', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { taskId, conversationId } = await inHand(center, ann);
    await ann.do('task/end', { taskId });
    const now = center.clock.now();
    await center.clock.advance(10_000);
    expect(await ann.do('wrap-up/extend', { taskId })).toEqual({ endsAt: now + 120_000 });
    expect(ann.entries(conversationId).at(-1)).toMatchObject({ task: { wrapUpEndsAt: now + 120_000 } });
  });
});
