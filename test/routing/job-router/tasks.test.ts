import { describe, expect, it } from 'vitest';
import { offers, types } from '../desk';
import { codeOf, Office } from './office';

const day = 86_400_000;

describe('matching modes', () => {
  it('queueAndMatch is the default', () => {
    const office = new Office();
    office.worker('ada');
    expect(offers(office.task('t'))).toEqual(['t -> ada']);
  });

  it('suspend: queued, not matched', () => {
    const office = new Office();
    office.worker('ada');
    expect(types(office.task('t', { suspend: true }))).toEqual(['task-queued']);
    expect(offers(office.pass(60_000))).toEqual([]);
    expect(offers(office.do({ type: 'requeue', taskId: 't', reason: 'ready' }))).toEqual(['t -> ada']);
  });

  it('scheduleAndSuspend: scheduled, then waiting for activation with an event; nothing is matched automatically', () => {
    const office = new Office();
    office.worker('ada');
    expect(office.task('t', { scheduleAt: 60_000 })).toMatchObject([
      { type: 'task-received', taskId: 't', channel: 'chat' },
      { type: 'task-scheduled', taskId: 't', scheduleAt: 60_000 },
    ]);
    expect(office.engine.task('t')).toMatchObject({ status: 'scheduled', scheduleAt: 60_000 });
    expect(office.engine.explain('t', 0).waitsFor).toBe('time');
    expect(office.engine.position('t', 0)).toBeUndefined();
    expect(types(office.pass(59_999))).toEqual([]);
    expect(office.pass(1)).toMatchObject([{ type: 'task-waiting-for-activation', taskId: 't', scheduleAt: 60_000 }]);
    expect(office.engine.task('t')?.status).toBe('waiting-for-activation');
    expect(office.engine.explain('t', office.now).waitsFor).toBe('command');
    expect(types(office.pass(600_000))).toEqual([]);
  });

  it('the app acts and switches to queueAndMatch, usually with priority 100', () => {
    const office = new Office();
    office.task('ordinary', { priority: 5 });
    office.task('callback', { scheduleAt: 60_000 });
    office.pass(90_000);
    expect(office.do({ type: 'requeue', taskId: 'callback', reason: 'customer-called', priority: 100 })).toMatchObject([
      { type: 'task-queued', taskId: 'callback', priority: 100, receivedAt: 0, virtualStartAt: 60_000 },
    ]);
    expect(offers(office.worker('ada'))).toEqual(['callback -> ada']);
    expect(office.engine.task('callback')?.requeues).toBe(0);
  });

  it('activated ahead of its time its age counts from then', () => {
    const office = new Office();
    office.task('t', { scheduleAt: 60_000 });
    office.pass(10_000);
    expect(office.do({ type: 'requeue', taskId: 't', reason: 'now' })).toMatchObject([{ virtualStartAt: 10_000 }]);
    expect(types(office.pass(100_000))).toEqual([]);
  });

  it('selectors that expire begin to when it is queued', () => {
    const office = new Office();
    office.worker('ada');
    const selectors = [{ key: 'tier', operator: 'equal' as const, value: 'gold', expiresAfterMs: 30_000 }];
    office.task('t', { scheduleAt: 60_000, selectors });
    office.pass(60_000);
    office.do({ type: 'requeue', taskId: 't', reason: 'now' });
    expect(offers(office.pass(29_999))).toEqual([]);
    expect(offers(office.pass(1))).toEqual(['t -> ada']);
  });

  it('a task that is queued or assigned can be scheduled as well', () => {
    const office = new Office();
    office.worker('ada');
    office.task('t');
    office.accept('t');
    const events = office.do({ type: 'requeue', taskId: 't', reason: 'call-back', scheduleAt: 60_000 });
    expect(events).toMatchObject([
      { type: 'task-requeued', fromWorkerId: 'ada', suspended: true },
      { type: 'task-scheduled', scheduleAt: 60_000 },
    ]);
    expect(office.engine.worker('ada')?.consumed).toBe(0);
    expect(types(office.pass(60_000))).toEqual(['task-waiting-for-activation']);
    expect(offers(office.do({ type: 'requeue', taskId: 't', reason: 'now' }))).toEqual(['t -> ada']);
  });

  it('a time that has passed, or lies beyond the life of the task, fails with an event, and a command steps in', () => {
    const office = new Office();
    office.worker('ada');
    office.now = 1_000;
    for (const scheduleAt of [0, 1_000, 1_000 + 90 * day]) {
      const id = `at ${scheduleAt}`;
      expect(office.task(id, { scheduleAt })).toMatchObject([
        { type: 'task-received' },
        { type: 'task-scheduling-failed', taskId: id, scheduleAt },
      ]);
      expect(office.engine.task(id)?.status).toBe('schedule-failed');
      expect(office.engine.explain(id, office.now).waitsFor).toBe('command');
      expect(offers(office.do({ type: 'requeue', taskId: id, reason: 'now' }))).toEqual([`${id} -> ada`]);
      office.do({ type: 'cancel', taskId: id, reason: 'next' });
    }
  });

  it('a scheduled task can be cancelled, and given to somebody at once', () => {
    const office = new Office();
    office.worker('ada');
    office.task('1', { scheduleAt: 60_000 });
    expect(types(office.do({ type: 'cancel', taskId: '1', reason: 'no-need' }))).toEqual(['task-cancelled']);
    office.task('2', { scheduleAt: 60_000 });
    expect(types(office.do({ type: 'assign', taskId: '2', workerId: 'ada' }))).toEqual(['task-assigned']);
    expect(types(office.pass(60_000))).toEqual([]);
    expect(office.do({ type: 'requeue', taskId: '2', reason: 'back' })[0]).toMatchObject({ type: 'task-queued' });
  });
});

describe('changes of a waiting task', () => {
  it.each([
    ['labels', { labels: { product: 'router' } }],
    ['its queue', { queueId: 'sales' }],
    ['its channel', { channel: 'voice' }],
    ['its selectors', { selectors: [{ key: 'tier', operator: 'equal' as const, value: 'gold' }] }],
  ])('of %s revoke its open offers and re-queue it', (_, change) => {
    const office = new Office({ id: 'support' }, { id: 'sales' });
    office.worker('ada');
    office.task('t');
    const events = office.do({ type: 'requeue', taskId: 't', reason: 'changed', ...change });
    expect(events.slice(0, 2)).toMatchObject([
      { type: 'offer-revoked', workerId: 'ada', reason: 'task-requeued' },
      { type: 'task-requeued', taskId: 't' },
    ]);
  });

  it('of its priority alone keep its offers', () => {
    const office = new Office();
    office.worker('ada');
    office.task('offered');
    office.task('waiting', { priority: 1 });
    expect(office.do({ type: 'prioritize', taskId: 'waiting', priority: -100 })).toMatchObject([
      { type: 'task-prioritized', taskId: 'waiting', priority: -100 },
    ]);
    expect(types(office.do({ type: 'prioritize', taskId: 'offered', priority: 100 }))).toEqual(['task-prioritized']);
    expect(types(office.do({ type: 'prioritize', taskId: 'offered', priority: 100 }))).toEqual([]);
    office.task('between');
    expect(office.engine.position('waiting', 0)?.position).toBe(3);
    office.accept('offered');
    expect(codeOf(() => office.do({ type: 'prioritize', taskId: 'offered', priority: 1 }))).toBe('task/wrong-state');
    office.finish('offered');
    expect(office.engine.task('between')?.status).toBe('offered');
  });
});

describe('unassign', () => {
  const unassign = (office: Office, suspend?: boolean) =>
    office.do({ type: 'unassign', taskId: 't', ...(suspend !== undefined && { suspend }) });

  it('puts a task back to the queue, or parks it', () => {
    const office = new Office();
    office.worker('ada');
    office.task('t');
    office.accept('t');
    expect(unassign(office)).toMatchObject([
      { type: 'task-requeued', reason: 'unassigned', fromWorkerId: 'ada', suspended: false },
      { type: 'offer-issued', workerId: 'ada' },
    ]);
    office.accept('t');
    expect(types(unassign(office, true))).toEqual(['task-requeued']);
    expect(office.engine.task('t')).toMatchObject({ status: 'queued', suspended: true, unassignments: 2 });
    expect(office.engine.worker('ada')?.consumed).toBe(0);
  });

  it('works at most 3 times per task; a transfer is not limited', () => {
    const office = new Office();
    office.worker('ada');
    office.task('t');
    for (let count = 1; count <= 3; count += 1) {
      office.accept('t');
      unassign(office);
      expect(office.engine.task('t')?.unassignments).toBe(count);
    }
    office.accept('t');
    expect(codeOf(() => unassign(office))).toBe('task/unassign-limit');
    expect(office.engine.task('t')).toMatchObject({ status: 'assigned', workerId: 'ada' });
    for (let count = 0; count < 5; count += 1) {
      office.do({ type: 'requeue', taskId: 't', reason: 'transfer' });
      office.accept('t');
    }
    expect(office.engine.task('t')).toMatchObject({ unassignments: 3, requeues: 8 });
  });

  it('works as often as the queue says, and for assigned tasks only', () => {
    const office = new Office({ id: 'support', maxUnassignments: 0 });
    office.worker('ada');
    office.task('t');
    expect(codeOf(() => unassign(office))).toBe('task/wrong-state');
    office.accept('t');
    expect(codeOf(() => unassign(office))).toBe('task/unassign-limit');
  });
});

describe('the end of a task', () => {
  it('cancel has a note and the disposition "Cancelled" by default', () => {
    const office = new Office();
    office.task('1');
    office.task('2');
    expect(office.do({ type: 'cancel', taskId: '1', reason: 'customer-left' })).toEqual([
      expect.objectContaining({ type: 'task-cancelled', reason: 'customer-left', disposition: 'Cancelled' }),
    ]);
    const how = { disposition: 'Spam', note: 'third time today' };
    expect(office.do({ type: 'cancel', taskId: '2', reason: 'spam', ...how })).toMatchObject([how]);
  });

  it('complete begins wrap-up, and capacity is still held', () => {
    const office = new Office();
    office.worker('ada');
    office.task('t');
    office.accept('t');
    expect(types(office.do({ type: 'complete', taskId: 't' }))).toEqual(['task-wrapping']);
    expect(office.engine.worker('ada')?.consumed).toBe(1);
  });

  it('close without closeAt releases capacity at once, with the disposition in the event', () => {
    const office = new Office();
    office.worker('ada');
    office.task('t');
    office.accept('t');
    office.do({ type: 'complete', taskId: 't' });
    const events = office.do({ type: 'close', taskId: 't', disposition: 'Resolved', note: 'replaced' });
    expect(types(events)).toEqual(['task-completed', 'task-closed']);
    expect(events[1]).toMatchObject({ disposition: 'Resolved', note: 'replaced' });
    expect(office.engine.worker('ada')?.consumed).toBe(0);
  });

  it('close with closeAt: capacity and the closed event come at that time, with what was said before', () => {
    const office = new Office();
    office.worker('ada');
    office.task('t');
    office.accept('t');
    office.do({ type: 'complete', taskId: 't' });
    office.do({ type: 'close', taskId: 't', closeAt: 30_000, disposition: 'Resolved' });
    office.pass(29_999);
    expect(office.engine.worker('ada')?.consumed).toBe(1);
    expect(office.pass(1)).toMatchObject([{ type: 'task-closed', disposition: 'Resolved' }]);
    expect(office.engine.worker('ada')?.consumed).toBe(0);
  });

  it('release at complete is a choice of the queue', () => {
    const office = new Office({ id: 'support', releaseCapacityAt: 'wrapping' });
    office.worker('ada');
    office.task('t');
    office.accept('t');
    office.do({ type: 'complete', taskId: 't' });
    expect(office.engine.worker('ada')?.consumed).toBe(0);
  });

  it('a task lives at most 90 days, wherever it is', () => {
    const office = new Office();
    office.worker('ada');
    office.task('assigned');
    office.accept('assigned');
    office.pass(1_000);
    office.task('queued');
    office.pass(90 * day - 1_001);
    expect(office.engine.tasks()).toHaveLength(2);
    expect(office.pass(1)).toMatchObject([
      { type: 'task-cancelled', taskId: 'assigned', reason: 'too-old', workerId: 'ada' },
      { type: 'offer-issued', taskId: 'queued' },
    ]);
    office.pass(1_000);
    expect(office.engine.tasks()).toEqual([]);
  });
});

describe('position and priority', () => {
  it('priorities go from -100 to 100, the highest first', () => {
    const office = new Office();
    for (const priority of [-100, 0, 100]) office.task(`${priority}`, { priority });
    office.worker('ada', { capacity: 3 });
    expect(offers(office.log)).toEqual(['100 -> ada', '0 -> ada', '-100 -> ada']);
  });

  it('says position, queue length and an estimated wait', () => {
    const office = new Office();
    office.worker('ada');
    office.task('1');
    office.task('2');
    expect(office.engine.position('2', 0)).toEqual({ position: 2, queueLength: 2, estimatedWaitMs: 600_000 });
    office.pass(120_000);
    expect(office.engine.queue('support')).toMatchObject({ length: 2, oldestStartAt: 0, open: true });
  });

  it('tags and the channel reference are carried along and shown with the offer', () => {
    const office = new Office();
    office.worker('ada');
    const facts = { tags: { campaign: 'autumn' }, channelReference: 'thread-7' };
    expect(office.task('t', facts)[1]).toMatchObject({ type: 'offer-issued', ...facts });
    expect(office.engine.task('t')).toMatchObject(facts);
  });
});
