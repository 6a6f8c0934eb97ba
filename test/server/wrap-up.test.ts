import type { LogEntry } from 'onescreen';
import { createServer, memoryStore, type QueueOptions } from 'onescreen/server';
import { describe, expect, it } from 'vitest';
import { agent, contactCenter, inHand, type Desk } from './contact-center';

const dispositions = [
  { code: 'solved', label: 'Solved' },
  { code: 'unknown', label: 'Not told' },
];

type WrapUp = NonNullable<QueueOptions['wrapUp']>;

/** An agent in wrap-up of a queue with this policy. */
async function wrappingUp(wrapUp: WrapUp) {
  const store = memoryStore();
  const center = contactCenter({ store, queues: [{ id: 'support', wrapUp: { dispositions, ...wrapUp } }] });
  const ann = await center.desk('ann');
  const held = await inHand(center, ann);
  await ann.do('task/end', { taskId: held.taskId });
  return { center, store, ann, ...held };
}

const lastTask = (entries: readonly LogEntry[]) =>
  entries.flatMap((entry) => (entry.type === 'task' ? [entry.task] : [])).at(-1);
const notes = (entries: readonly LogEntry[]) => entries.filter((entry) => entry.type === 'note');
const drafts = (desk: Desk) => desk.of('wrap-up-draft').map(({ draft }) => draft);

describe('the draft of a wrap-up', () => {
  it('reaches the agent’s other pages at once, those that come later in their snapshot, and nobody else', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const tab = await center.desk('ann', false);
    const ben = await center.desk('ben', false);
    const { taskId } = await inHand(center, ann);
    await ann.do('wrap-up/save', { taskId, notes: 'wants' });
    await ann.do('task/end', { taskId });
    await tab.do('wrap-up/save', { taskId, disposition: 'solved' });
    await ann.do('wrap-up/save', { taskId, notes: 'wants a refund' });
    expect(drafts(tab)).toEqual([{ notes: 'wants' }, { disposition: 'solved', notes: 'wants a refund' }]);
    expect(drafts(ann)).toEqual([{ disposition: 'solved', notes: 'wants' }]);
    const reloaded = await center.desk('ann', false);
    expect(reloaded.of('snapshot')[0]?.drafts).toEqual({
      [taskId]: { disposition: 'solved', notes: 'wants a refund' },
    });
    expect(JSON.stringify(ben.received)).not.toContain('refund');
  });

  it('has no disposition once that is taken back, for other pages and at the end as well', async () => {
    const { center, ann, taskId, conversationId } = await wrappingUp({});
    const tab = await center.desk('ann', false);
    await ann.do('wrap-up/save', { taskId, disposition: 'solved', notes: 'n' });
    await ann.do('wrap-up/save', { taskId, disposition: '' });
    expect(drafts(tab).at(-1)).toEqual({ notes: 'n' });
    await ann.do('wrap-up/save', { taskId, disposition: 'solved' });
    await ann.do('wrap-up/complete', { taskId, disposition: '' });
    expect(lastTask(ann.entries(conversationId))).not.toHaveProperty('disposition');
  });

  it('without a disposition is not enough where the queue asks for one', async () => {
    const { ann, taskId } = await wrappingUp({ required: true });
    await ann.do('wrap-up/save', { taskId, disposition: 'solved' });
    expect(await ann.refusal('wrap-up/complete', { taskId, disposition: '' })).toMatchObject({ field: 'disposition' });
  });

  it('counts for what is left out when wrap-up is completed, and is gone then', async () => {
    const { center, ann, taskId, conversationId } = await wrappingUp({ required: true });
    await ann.do('wrap-up/save', { taskId, disposition: 'solved', notes: 'draft', labels: { vip: true } });
    await ann.do('wrap-up/complete', { taskId, notes: 'final' });
    expect(lastTask(ann.entries(conversationId))).toMatchObject({ disposition: 'solved', labels: { vip: true } });
    expect(notes(ann.entries(conversationId))).toMatchObject([{ text: 'final' }]);
    expect((await center.desk('ann', false)).of('snapshot')[0]?.drafts).toBeUndefined();
  });

  it('goes with the task when it is given back to the queue', async () => {
    const center = contactCenter();
    const ann = await center.desk('ann');
    const { taskId } = await inHand(center, ann);
    await ann.do('wrap-up/save', { taskId, notes: 'for my eyes' });
    await ann.do('task/requeue', { taskId });
    const ben = await center.desk('ben');
    await ben.do('offer/accept', { offerId: ben.offer.id });
    expect((await center.desk('ben', false)).of('snapshot')[0]?.drafts).toBeUndefined();
    expect(await ann.refusal('wrap-up/save', { taskId, notes: 'late' })).toMatchObject({ code: 'task/gone' });
  });

  it('takes no disposition that the queue does not know, and no notes beyond 16,384 characters', async () => {
    const { ann, taskId } = await wrappingUp({});
    for (const [change, field] of [
      [{ disposition: 'unheard-of' }, 'disposition'],
      [{ notes: 'x'.repeat(16_385) }, 'notes'],
      [{ labels: { screenPopUrl: 'https://elsewhere.example' } }, 'labels.screenPopUrl'],
    ] as const)
      expect(await ann.refusal('wrap-up/save', { taskId, ...change })).toMatchObject({
        code: 'command/invalid',
        field,
      });
  });

  it('is taken down when the agent does not come back', async () => {
    const { center, store, ann, taskId, conversationId } = await wrappingUp({ required: true });
    await ann.do('wrap-up/save', { taskId, disposition: 'solved', notes: 'wants a refund' });
    ann.drop();
    await center.clock.advance(120_000);
    const log = await store.read(conversationId);
    expect(notes(log)).toMatchObject([{ text: 'wants a refund' }]);
    expect(lastTask(log)).toMatchObject({ status: 'closed', disposition: 'solved' });
  });
});

describe('a wrap-up that the agent has completed', () => {
  it.each([
    ['at once', {}, 'closed'],
    ['until later', { closeAt: Date.UTC(2100, 0, 1) }, 'completed'],
  ])('%s is answered the same when it is completed again, and stays as it is', async (_, more, status) => {
    const { ann, taskId, conversationId } = await wrappingUp({});
    await ann.do('wrap-up/complete', { taskId, disposition: 'solved', notes: 'first', ...more });
    expect(await ann.do('wrap-up/complete', { taskId, disposition: 'unknown', notes: 'again', ...more })).toEqual({});
    expect(lastTask(ann.entries(conversationId))).toMatchObject({ status, disposition: 'solved' });
    expect(notes(ann.entries(conversationId))).toMatchObject([{ text: 'first' }]);
  });

  it('is nothing to anybody else', async () => {
    const { center, ann, taskId } = await wrappingUp({});
    const ben = await center.desk('ben');
    await ann.do('wrap-up/complete', { taskId });
    expect(await ben.refusal('wrap-up/complete', { taskId })).toMatchObject({ code: 'task/gone' });
  });
});

describe('a task that the agent has given back', () => {
  it('is answered the same when it is given back again, as long as the agent has not had it since', async () => {
    const center = contactCenter({ queues: [{ id: 'support', wrapUp: { limitMs: 1_000, atLimit: 'complete' } }] });
    const ann = await center.desk('ann');
    const { taskId, conversationId } = await inHand(center, ann);
    await ann.do('task/requeue', { taskId });
    expect(await ann.do('task/requeue', { taskId })).toEqual({});
    const ben = await center.desk('ben');
    expect(await ben.refusal('task/requeue', { taskId })).toMatchObject({ code: 'task/gone' });
    await ben.do('offer/accept', { offerId: ben.offer.id });
    await ben.do('task/requeue', { taskId });
    for (const kind of ['unavailable', 'available'] as const)
      await ann.do('availability/set', { availability: { kind }, whenBusy: 'now' });
    await ann.do('offer/accept', { offerId: ann.offer.id });
    await ann.do('task/end', { taskId });
    await center.clock.advance(1_000);
    expect(lastTask(ann.entries(conversationId))).toMatchObject({ status: 'closed', reason: 'wrap-up-limit' });
    expect(await ann.refusal('task/requeue', { taskId })).toMatchObject({ code: 'task/gone' });
    expect(await ben.do('task/requeue', { taskId })).toEqual({});
  });
});

describe('the limit of a wrap-up', () => {
  it('leaves it to the agent by default: overdue, and not over', async () => {
    const { center, ann, taskId, conversationId } = await wrappingUp({ limitMs: 60_000 });
    await center.clock.advance(3_600_000);
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
    await ann.do('wrap-up/complete', { taskId });
    expect(ann.statuses(conversationId).at(-1)).toBe('closed');
  });

  it('completes it with the draft where the queue says so, and frees the agent', async () => {
    const { center, ann, taskId, conversationId } = await wrappingUp({ limitMs: 60_000, atLimit: 'complete' });
    await ann.do('wrap-up/save', { taskId, notes: 'so far' });
    await center.start('Dora');
    await center.clock.advance(59_999);
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
    expect(ann.of('offer')).toHaveLength(1);
    await center.clock.advance(1);
    expect(lastTask(ann.entries(conversationId))).toMatchObject({ status: 'closed', reason: 'wrap-up-limit' });
    expect(notes(ann.entries(conversationId))).toMatchObject([{ text: 'so far', by: { kind: 'agent' } }]);
    expect(ann.of('offer')).toHaveLength(2);
    expect(await ann.refusal('wrap-up/complete', { taskId })).toMatchObject({ code: 'task/gone' });
  });

  it.each([
    ['the agent’s own disposition', { disposition: 'solved' }, 'solved'],
    ['the queue’s where the agent has chosen none', {}, 'unknown'],
  ])('takes %s', async (_, draft, disposition) => {
    const policy = { required: true, limitMs: 60_000, atLimit: 'complete', limitDisposition: 'unknown' } as const;
    const { center, ann, taskId, conversationId } = await wrappingUp(policy);
    await ann.do('wrap-up/save', { taskId, ...draft });
    await center.clock.advance(60_000);
    expect(lastTask(ann.entries(conversationId))).toMatchObject({ status: 'closed', disposition });
  });

  it('moves with every extension, as often as the queue allows', async () => {
    const policy = { limitMs: 60_000, atLimit: 'complete', maxExtensions: 2 } as const;
    const { center, ann, taskId, conversationId } = await wrappingUp(policy);
    await center.clock.advance(50_000);
    await ann.do('wrap-up/extend', { taskId });
    await ann.do('wrap-up/extend', { taskId });
    expect(await ann.refusal('wrap-up/extend', { taskId })).toMatchObject({
      code: 'command/not-allowed',
      reason: 'no-extension-left',
    });
    expect(lastTask(ann.entries(conversationId))).toMatchObject({ wrapUpExtensions: 2 });
    await center.clock.advance(129_999);
    expect(ann.statuses(conversationId).at(-1)).toBe('wrapping');
    await center.clock.advance(1);
    expect(ann.statuses(conversationId).at(-1)).toBe('closed');
  });

  it('leaves no timer behind when wrap-up is completed before', async () => {
    const { center, ann, taskId } = await wrappingUp({ limitMs: 60_000, atLimit: 'complete' });
    await center.clock.advance(1_000);
    const before = center.clock.pending;
    await ann.do('wrap-up/complete', { taskId });
    await center.clock.advance(1_000);
    expect(center.clock.pending).toBeLessThan(before);
  });

  it.each<[string, WrapUp, string]>([
    ['a limit of nothing', { limitMs: 0 }, 'limitMs'],
    ['completion at a limit that there is not', { atLimit: 'complete' }, 'limitMs'],
    ['half an extension', { maxExtensions: 0.5 }, 'maxExtensions'],
    ['a disposition for the limit that is none of its own', { limitDisposition: 'other' }, 'limitDisposition'],
    [
      'a required disposition and none for the limit',
      { required: true, limitMs: 1, atLimit: 'complete' },
      'limitDisposition',
    ],
  ])('is refused with %s', (_, wrapUp, field) => {
    const queues = [{ id: 'support', wrapUp: { dispositions, ...wrapUp } }];
    expect(() => createServer({ authenticate: () => undefined, queues })).toThrow(
      expect.objectContaining({ code: 'command/invalid', field: `queues[0].wrapUp.${field}` }),
    );
  });
});

describe('capacity', () => {
  it.each<[NonNullable<QueueOptions['releaseCapacityAt']> | undefined, readonly number[]]>([
    [undefined, [1, 1, 2]],
    ['closed', [1, 1, 2]],
    ['wrapping', [1, 2, 2]],
  ])('of a queue that frees it at %s', async (releaseCapacityAt, offers) => {
    const more = releaseCapacityAt === undefined ? {} : { releaseCapacityAt };
    const center = contactCenter({ queues: [{ id: 'support', ...more }] }, [agent('ann', { capacity: 1 })]);
    const ann = await center.desk('ann');
    const seen: number[] = [];
    const { taskId } = await inHand(center, ann);
    await center.start('Dora');
    await center.settle();
    seen.push(ann.of('offer').length);
    await ann.do('task/end', { taskId });
    seen.push(ann.of('offer').length);
    await ann.do('wrap-up/complete', { taskId });
    seen.push(ann.of('offer').length);
    expect(seen).toEqual(offers);
  });

  it('that is free at the wrap-up’s beginning lets the next chat come while the first is wrapped up', async () => {
    const queues: readonly QueueOptions[] = [{ id: 'support', releaseCapacityAt: 'wrapping' }];
    const center = contactCenter({ queues }, [agent('ann', { capacity: 1 })]);
    const ann = await center.desk('ann');
    const first = await inHand(center, ann);
    await ann.do('task/end', { taskId: first.taskId });
    expect(ann.record.load).toMatchObject({ tasks: 1, used: 0 });
    const second = await inHand(center, ann, 'Dora');
    expect(ann.record.load).toMatchObject({ tasks: 2, used: 1 });
    // A break after the work in hand waits for both.
    const lunch = { kind: 'unavailable', reason: 'lunch' } as const;
    await ann.do('availability/set', { availability: lunch, whenBusy: 'after-current' });
    await ann.do('wrap-up/complete', { taskId: first.taskId });
    expect(ann.record).toMatchObject({ availability: { kind: 'available' }, next: lunch, load: { tasks: 1, used: 1 } });
    await ann.do('task/end', { taskId: second.taskId });
    await ann.do('wrap-up/complete', { taskId: second.taskId });
    expect(ann.record).toMatchObject({ availability: lunch, load: { tasks: 0, used: 0 } });
  });
});
