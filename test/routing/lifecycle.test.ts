import { isContactCenterError, type ErrorCode } from 'onescreen';
import { describe, expect, it } from 'vitest';
import { Desk, offers, types } from './desk';

function codeOf(run: () => unknown): ErrorCode | undefined {
  try {
    run();
  } catch (error) {
    return isContactCenterError(error) ? error.code : 'not ours';
  }
  return undefined;
}

describe('issue', () => {
  it('makes an offer with everything a desk needs when a match is found', () => {
    const desk = new Desk({ id: 'support', offerTtlMs: 15_000 });
    desk.task('t1', { priority: 5, selectors: [{ key: 'tier', operator: 'equal', value: 'gold' }] });
    desk.now = 42_000;
    expect(desk.worker('ada', { labels: { tier: 'gold' } })).toMatchObject([
      { seq: 2, type: 'worker-registered', workerId: 'ada' },
      { seq: 3, type: 'worker-available', workerId: 'ada' },
      {
        seq: 4,
        at: 42_000,
        type: 'offer-issued',
        offerId: 'o-1',
        taskId: 't1',
        workerId: 'ada',
        queueId: 'support',
        channel: 'chat',
        priority: 5,
        cost: 1,
        issuedAt: 42_000,
        expiresAt: 57_000,
        explanation: {
          strategy: 'leastFlexible',
          decidedAt: new Date(42_000),
          waitedMs: 42_000,
          winner: {
            workerId: 'ada',
            reason: 'free for no other kinds of work, 0 % busy, idle for 0 s',
            labels: { tier: 'gold' },
          },
          runnersUp: [],
          constraints: {
            queueId: 'support',
            channel: 'chat',
            priority: 5,
            candidates: 1,
            selectors: [{ key: 'tier' }],
          },
        },
      },
    ]);
    expect(desk.engine.task('t1')).toMatchObject({ status: 'offered', offers: [{ id: 'o-1', workerId: 'ada' }] });
  });

  it('keeps at most eight runners-up', () => {
    const desk = new Desk();
    for (let n = 0; n < 20; n += 1) desk.worker(`w${String(n).padStart(2, '0')}`);
    const issued = desk.task('t').find((event) => event.type === 'offer-issued');
    expect(issued?.explanation.runnersUp.map((each) => each.workerId)).toEqual([
      'w01',
      'w02',
      'w03',
      'w04',
      'w05',
      'w06',
      'w07',
      'w08',
    ]);
  });

  it('offers one task to several workers at a time where the queue says so', () => {
    const desk = new Desk({ id: 'support', concurrentOffers: 2 });
    for (const id of ['a', 'b', 'c']) desk.worker(id);
    const events = desk.task('t');
    expect(offers(events)).toEqual(['t -> a', 't -> b']);
    const runnersUp = events.flatMap((event) =>
      event.type === 'offer-issued' ? [event.explanation.runnersUp.map((each) => each.workerId)] : [],
    );
    expect(runnersUp).toEqual([['c'], ['c']]);
  });

  it('fills up to the wanted number of offers as more workers become free', () => {
    const desk = new Desk({ id: 'support', concurrentOffers: 3 });
    desk.worker('a');
    desk.task('t');
    expect(offers(desk.worker('b'))).toEqual(['t -> b']);
    expect(desk.engine.task('t')?.offers.map((offer) => offer.workerId)).toEqual(['a', 'b']);
  });
});

describe('order', () => {
  it('takes expedited tasks first, then higher priority, then older virtual start, then first come', () => {
    const desk = new Desk();
    desk.now = 10_000;
    desk.task('third');
    desk.task('fourth');
    desk.task('second', { virtualStartAt: 5_000 });
    desk.task('first', { priority: 1 });
    desk.task('expedited', {
      priority: -1,
      selectors: [{ key: 'Id', operator: 'equal', value: 'ada', expedite: true }],
    });
    desk.worker('ada', { capacity: 5 });
    expect(offers(desk.log)).toEqual(['expedited', 'first', 'second', 'third', 'fourth'].map((id) => `${id} -> ada`));
  });

  it('takes the first task over all queues and channels of the worker', () => {
    const desk = new Desk({ id: 'support' }, { id: 'sales' });
    desk.task('chat', { priority: 1 });
    desk.task('call', { queueId: 'sales', channel: 'voice', priority: 2 });
    const channels = [
      { channel: 'chat', cost: 1 },
      { channel: 'voice', cost: 1 },
    ];
    desk.worker('ada', { queues: ['support', 'sales'], channels });
    expect(offers(desk.log)).toEqual(['call -> ada']);
  });

  it('passes over a task that fits nobody', () => {
    const desk = new Desk();
    desk.task('rare', { priority: 9, selectors: [{ key: 'tier', operator: 'equal', value: 'gold' }] });
    desk.task('common');
    expect(offers(desk.worker('ada'))).toEqual(['common -> ada']);
  });
});

describe('accept', () => {
  it('assigns the task and revokes all other offers for it', () => {
    const desk = new Desk({ id: 'support', concurrentOffers: 2 });
    desk.worker('a');
    desk.worker('b');
    desk.task('t');
    expect(desk.do({ type: 'accept', offerId: 'o-2' })).toMatchObject([
      { type: 'offer-accepted', offerId: 'o-2', taskId: 't', workerId: 'b' },
      { type: 'task-assigned', offerId: 'o-2', taskId: 't', workerId: 'b', queueId: 'support' },
      { type: 'offer-revoked', offerId: 'o-1', workerId: 'a', reason: 'accepted-elsewhere' },
    ]);
    expect(desk.engine.task('t')).toMatchObject({ status: 'assigned', workerId: 'b', offers: [] });
    expect(desk.engine.worker('a')?.consumed).toBe(0);
  });

  it('is refused as offer/gone for the one who comes second', () => {
    const desk = new Desk({ id: 'support', concurrentOffers: 2 });
    desk.worker('a');
    desk.worker('b');
    desk.task('t');
    desk.do({ type: 'accept', offerId: 'o-1' });
    expect(codeOf(() => desk.do({ type: 'accept', offerId: 'o-2' }))).toBe('offer/gone');
  });

  it('is refused from the moment of expiry on, though nobody woke the engine', () => {
    const desk = new Desk({ id: 'support', offerTtlMs: 1_000 });
    desk.worker('a');
    desk.task('t');
    desk.now = 1_000;
    expect(() => desk.do({ type: 'accept', offerId: 'o-1' })).toThrow('unable to accept offer; it has expired');
    expect(types(desk.do({ type: 'tick' }))).toEqual(['offer-expired', 'worker-unavailable']);
  });

  it('does not depend on when the engine was woken: a worker who let one offer expire lost the others too', () => {
    const desk = new Desk({ id: 'support', offerTtlMs: 1_000 });
    desk.worker('a', { capacity: 2 });
    desk.task('t1');
    desk.now = 500;
    desk.task('t2');
    desk.now = 1_200;
    expect(codeOf(() => desk.accept('t2'))).toBe('offer/gone');
    expect(desk.do({ type: 'tick' })).toMatchObject([
      { type: 'offer-expired', taskId: 't1' },
      { type: 'worker-unavailable', reason: 'offer-expired' },
      { type: 'offer-revoked', taskId: 't2', reason: 'worker-unavailable' },
    ]);
  });
});

describe('decline', () => {
  it('frees the capacity and offers the task to the next', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.worker('b');
    desk.task('t');
    const events = desk.do({ type: 'decline', offerId: 'o-1', reason: 'lunch' });
    expect(events).toMatchObject([
      { type: 'offer-declined', workerId: 'a', reason: 'lunch' },
      { type: 'offer-issued', workerId: 'b' },
    ]);
    expect(desk.engine.worker('a')?.consumed).toBe(0);
  });

  it('is not re-offered to that worker', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t1');
    desk.do({ type: 'decline', offerId: 'o-1' });
    expect(offers(desk.pass(3_600_000))).toEqual([]);
    expect(desk.engine.task('t1')?.status).toBe('queued');
    expect(offers(desk.task('t2'))).toEqual(['t2 -> a']);
  });

  it('is re-offered to that worker once it registers anew', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t');
    desk.do({ type: 'decline', offerId: 'o-1' });
    desk.do({ type: 'deregister', workerId: 'a' });
    expect(offers(desk.worker('a'))).toEqual(['t -> a']);
  });

  it('is re-offered to that worker once it becomes available anew', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t');
    desk.do({ type: 'decline', offerId: 'o-1' });
    desk.do({ type: 'setAvailable', workerId: 'a', available: false });
    expect(offers(desk.do({ type: 'setAvailable', workerId: 'a', available: true }))).toEqual(['t -> a']);
  });

  it('with retryAt is re-matched at that time, the decliner included', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t');
    desk.do({ type: 'decline', offerId: 'o-1', retryAt: 60_000 });
    expect(desk.engine.wakeAt).toBe(60_000);
    expect(offers(desk.pass(59_999))).toEqual([]);
    expect(offers(desk.pass(1))).toEqual(['t -> a']);
  });

  it('with retryAt is re-matched at that time even when the task was handled and requeued meanwhile', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t');
    desk.do({ type: 'decline', offerId: 'o-1', retryAt: 60_000 });
    desk.worker('b');
    desk.accept('t');
    desk.do({ type: 'deregister', workerId: 'b' });
    desk.do({ type: 'requeue', taskId: 't', reason: 'agent-lost' });
    expect(offers(desk.pass(59_999))).toEqual([]);
    expect(offers(desk.pass(1))).toEqual(['t -> a']);
  });
});

describe('expire', () => {
  it('makes the worker unavailable with a reason and revokes its other offers; the task goes to the next', () => {
    const desk = new Desk();
    desk.worker('a', { capacity: 2 });
    desk.task('t1');
    desk.now = 10_000;
    desk.task('t2');
    desk.worker('b');
    const events = desk.pass(20_000);
    expect(events).toMatchObject([
      { type: 'offer-expired', offerId: 'o-1', workerId: 'a', at: 30_000 },
      { type: 'worker-unavailable', workerId: 'a', reason: 'offer-expired' },
      { type: 'offer-revoked', offerId: 'o-2', reason: 'worker-unavailable' },
      { type: 'offer-issued', taskId: 't1', workerId: 'b' },
    ]);
    expect(desk.engine.worker('a')).toMatchObject({ available: false, state: 'inactive', consumed: 0 });
  });

  it('offers the task to the same worker again once it is back', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t');
    desk.pass(30_000);
    expect(offers(desk.do({ type: 'setAvailable', workerId: 'a', available: true }))).toEqual(['t -> a']);
  });

  it('keeps the worker available where the queue says so, and does not ask it again for this task', () => {
    const desk = new Desk({ id: 'support', onExpire: 'keep' });
    desk.worker('a');
    desk.task('t1');
    expect(types(desk.pass(30_000))).toEqual(['offer-expired']);
    expect(offers(desk.task('t2'))).toEqual(['t2 -> a']);
    expect(offers(desk.pass(25_000))).toEqual([]);
  });
});

describe('availability', () => {
  it('set to false revokes the open offers with the same command', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t');
    expect(desk.do({ type: 'setAvailable', workerId: 'a', available: false, reason: 'break' })).toMatchObject([
      { type: 'worker-unavailable', reason: 'break' },
      { type: 'offer-revoked', offerId: 'o-1', reason: 'worker-unavailable' },
    ]);
    expect(desk.engine.task('t')?.status).toBe('queued');
  });

  it('set to false with keepOffers leaves them open, and they can be accepted', () => {
    const desk = new Desk();
    desk.worker('a', { capacity: 2 });
    desk.task('t');
    expect(types(desk.do({ type: 'setAvailable', workerId: 'a', available: false, keepOffers: true }))).toEqual([
      'worker-unavailable',
    ]);
    expect(offers(desk.task('t2'))).toEqual([]);
    expect(types(desk.accept('t'))).toContain('task-assigned');
  });

  it('drains: no new offers, work in hand goes on, then the worker is inactive', () => {
    const desk = new Desk();
    desk.worker('a', { capacity: 2 });
    desk.task('t1');
    desk.accept('t1');
    desk.do({ type: 'setAvailable', workerId: 'a', available: false });
    expect(desk.engine.worker('a')?.state).toBe('draining');
    expect(offers(desk.task('t2'))).toEqual([]);
    desk.finish('t1');
    expect(desk.engine.worker('a')?.state).toBe('inactive');
  });

  it('set to what it is already says nothing', () => {
    const desk = new Desk();
    desk.worker('a');
    expect(desk.do({ type: 'setAvailable', workerId: 'a', available: true })).toEqual([]);
  });
});

describe('deregister', () => {
  it('revokes all offers of the worker, one event each', () => {
    const desk = new Desk();
    desk.worker('a', { capacity: 2 });
    desk.task('t1');
    desk.task('t2');
    const events = desk.do({ type: 'deregister', workerId: 'a' });
    expect(types(events)).toEqual(['worker-unavailable', 'offer-revoked', 'offer-revoked', 'worker-deregistered']);
    expect(desk.engine.worker('a')).toBeUndefined();
  });

  it('leaves assigned tasks in hand until they end, and a returning worker finds them', () => {
    const desk = new Desk();
    desk.worker('a', { capacity: 2 });
    desk.task('t1');
    desk.accept('t1');
    desk.do({ type: 'deregister', workerId: 'a' });
    expect(desk.engine.task('t1')).toMatchObject({ status: 'assigned', workerId: 'a' });
    expect(codeOf(() => desk.do({ type: 'setAvailable', workerId: 'a', available: true }))).toBe('worker/gone');
    desk.worker('a', { capacity: 2 });
    expect(desk.engine.worker('a')).toMatchObject({ taskIds: ['t1'], consumed: 1 });
    desk.do({ type: 'deregister', workerId: 'a' });
    desk.finish('t1');
    expect(desk.engine.worker('a')).toBeUndefined();
  });
});

describe('revoke', () => {
  it('says why, and does not ask the same worker again at once', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t');
    expect(desk.do({ type: 'revoke', offerId: 'o-1', reason: 'supervisor' })).toMatchObject([
      { type: 'offer-revoked', reason: 'supervisor' },
    ]);
    expect(offers(desk.worker('b'))).toEqual(['t -> b']);
  });

  it('of a worker takes back all its offers', () => {
    const desk = new Desk();
    desk.worker('a', { capacity: 2 });
    desk.task('t1');
    desk.task('t2');
    desk.do({ type: 'setAvailable', workerId: 'a', available: false, keepOffers: true });
    expect(types(desk.do({ type: 'revoke', workerId: 'a', reason: 'connection-lost' }))).toEqual([
      'offer-revoked',
      'offer-revoked',
    ]);
    expect(offers(desk.do({ type: 'setAvailable', workerId: 'a', available: true }))).toEqual(['t1 -> a', 't2 -> a']);
  });
});

describe('requeue', () => {
  it('of an assigned task keeps its id and age, and frees the worker', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('old');
    desk.accept('old');
    desk.now = 5_000;
    desk.task('young');
    desk.now = 60_000;
    const events = desk.do({ type: 'requeue', taskId: 'old', reason: 'agent-lost' });
    expect(events).toMatchObject([
      { type: 'task-requeued', taskId: 'old', fromWorkerId: 'a', reason: 'agent-lost', queueId: 'support' },
      { type: 'offer-issued', taskId: 'old', workerId: 'a', explanation: { waitedMs: 60_000 } },
    ]);
    expect(desk.engine.task('old')).toMatchObject({ enqueuedAt: 0, virtualStartAt: 0, requeues: 1 });
  });

  it('moves a task to another queue with another priority and other selectors, age kept', () => {
    const desk = new Desk({ id: 'support' }, { id: 'sales' });
    desk.worker('a');
    desk.task('t');
    desk.worker('s', { queues: ['sales'], labels: { level: 3 } });
    desk.now = 7_000;
    const selectors = [{ key: 'level', operator: 'greaterThan' as const, value: 2 }];
    const events = desk.do({
      type: 'requeue',
      taskId: 't',
      queueId: 'sales',
      priority: 4,
      selectors,
      reason: 'transfer',
    });
    expect(events).toMatchObject([
      { type: 'offer-revoked', workerId: 'a', reason: 'task-requeued' },
      { type: 'task-requeued', queueId: 'sales' },
      { type: 'offer-issued', workerId: 's', priority: 4, explanation: { waitedMs: 7_000 } },
    ]);
  });

  it('leaves out the worker who gives the task away', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t');
    desk.accept('t');
    const events = desk.do({ type: 'requeue', taskId: 't', reason: 'given-away', exclude: ['a'] });
    expect(offers(events)).toEqual([]);
    expect(offers(desk.worker('b'))).toEqual(['t -> b']);
  });

  it('leaves out a worker until a time', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t');
    desk.accept('t');
    const excludeUntil = desk.now + 5_000;
    const events = desk.do({ type: 'requeue', taskId: 't', reason: 'turned-away', exclude: ['a'], excludeUntil });
    expect(offers(events)).toEqual([]);
    expect(offers(desk.pass(4_999))).toEqual([]);
    expect(offers(desk.pass(1))).toEqual(['t -> a']);
  });

  it('with suspend parks the task, and without it wakes it up', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t', { suspend: true });
    expect(desk.engine.position('t', 0)).toBeUndefined();
    expect(offers(desk.do({ type: 'requeue', taskId: 't', reason: 'ready' }))).toEqual(['t -> a']);
    expect(offers(desk.do({ type: 'requeue', taskId: 't', suspend: true, reason: 'customer-away' }))).toEqual([]);
    expect(desk.engine.task('t')).toMatchObject({ status: 'queued', suspended: true });
  });

  it('is refused once handling has ended', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t');
    desk.accept('t');
    desk.do({ type: 'complete', taskId: 't' });
    expect(codeOf(() => desk.do({ type: 'requeue', taskId: 't', reason: 'late' }))).toBe('task/wrong-state');
  });
});

describe('complete and close', () => {
  it('hold capacity through wrap-up and free it when the task closes', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t1');
    desk.accept('t1');
    desk.task('t2');
    expect(desk.do({ type: 'complete', taskId: 't1' })).toMatchObject([{ type: 'task-wrapping', workerId: 'a' }]);
    expect(desk.engine.task('t1')?.status).toBe('wrapping');
    const events = desk.do({ type: 'close', taskId: 't1' });
    expect(types(events)).toEqual(['task-completed', 'task-closed', 'offer-issued']);
    expect(desk.engine.task('t1')).toBeUndefined();
  });

  it('free capacity when wrap-up begins, where the queue says so', () => {
    const desk = new Desk({ id: 'support', releaseCapacityAt: 'wrapping' });
    desk.worker('a');
    desk.task('t1');
    desk.accept('t1');
    desk.task('t2');
    expect(types(desk.do({ type: 'complete', taskId: 't1' }))).toEqual(['task-wrapping', 'offer-issued']);
    expect(types(desk.do({ type: 'close', taskId: 't1' }))).toEqual(['task-completed', 'task-closed']);
    expect(desk.engine.worker('a')?.consumed).toBe(1);
  });

  it('with closeAt hold capacity until that time', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t1');
    desk.accept('t1');
    desk.do({ type: 'complete', taskId: 't1' });
    desk.task('t2');
    expect(desk.do({ type: 'close', taskId: 't1', closeAt: 90_000 })).toMatchObject([
      { type: 'task-completed', closeAt: 90_000 },
    ]);
    expect(desk.engine.task('t1')).toMatchObject({ status: 'completed', closeAt: 90_000 });
    expect(types(desk.pass(89_999))).toEqual([]);
    expect(types(desk.pass(1))).toEqual(['task-closed', 'offer-issued']);
  });

  it('come in this order only', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t');
    expect(codeOf(() => desk.do({ type: 'complete', taskId: 't' }))).toBe('task/wrong-state');
    desk.accept('t');
    expect(codeOf(() => desk.do({ type: 'close', taskId: 't' }))).toBe('task/wrong-state');
    desk.finish('t');
    expect(codeOf(() => desk.do({ type: 'close', taskId: 't' }))).toBe('task/gone');
  });
});

describe('cancel', () => {
  it('ends a waiting task and revokes its offers', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t');
    expect(desk.do({ type: 'cancel', taskId: 't', reason: 'customer-left' })).toMatchObject([
      { type: 'offer-revoked', reason: 'task-cancelled' },
      { type: 'task-cancelled', reason: 'customer-left' },
    ]);
    expect(desk.engine.tasks()).toEqual([]);
  });

  it('ends an assigned task and frees its worker', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t1');
    desk.accept('t1');
    desk.task('t2');
    expect(desk.do({ type: 'cancel', taskId: 't1', reason: 'spam' })).toMatchObject([
      { type: 'task-cancelled', workerId: 'a' },
      { type: 'offer-issued', taskId: 't2' },
    ]);
  });
});

describe('selectors', () => {
  it('stop counting after their time, an event names them, and the task can match more workers', () => {
    const desk = new Desk();
    desk.worker('a', { labels: { English: true, Skill: 5 } });
    const skill = { key: 'Skill', operator: 'greaterThan' as const, value: 10, expiresAfterMs: 60_000 };
    desk.task('t', { selectors: [{ key: 'English', operator: 'equal', value: true }, skill] });
    expect(offers(desk.pass(59_999))).toEqual([]);
    expect(desk.pass(1)).toMatchObject([
      { type: 'selectors-expired', taskId: 't', selectors: [skill] },
      { type: 'offer-issued', workerId: 'a', explanation: { constraints: { selectors: [{ key: 'English' }] } } },
    ]);
  });

  it('that expedite put the task in front only as long as they count', () => {
    const desk = new Desk();
    const prefer = { key: 'Id', operator: 'equal' as const, value: 'ada', expiresAfterMs: 45_000, expedite: true };
    desk.task('important', { priority: 9 });
    desk.task('preferring', { selectors: [prefer] });
    expect(desk.engine.position('preferring', 0)?.position).toBe(1);
    desk.pass(45_000);
    expect(desk.engine.position('preferring', desk.now)?.position).toBe(2);
    expect(offers(desk.worker('bob', { capacity: 2 }))).toEqual(['important -> bob', 'preferring -> bob']);
  });

  it('hold the task for the preferred worker, then anybody gets it', () => {
    const desk = new Desk();
    desk.worker('bob');
    desk.task('t', {
      selectors: [{ key: 'Id', operator: 'equal', value: 'ada', expiresAfterMs: 45_000, expedite: true }],
    });
    expect(offers(desk.pass(44_999))).toEqual([]);
    expect(offers(desk.pass(1))).toEqual(['t -> bob']);
  });

  it.each([
    ['equal', 5, 5, true],
    ['equal', 5, '5', false],
    ['equal', true, 'true', false],
    ['notEqual', undefined, 'vip', true],
    ['notEqual', 'vip', 'vip', false],
    ['lessThan', 4, 5, true],
    ['lessThan', 5, 5, false],
    ['lessThanOrEqual', 5, 5, true],
    ['greaterThan', 5, 5, false],
    ['greaterThanOrEqual', 5, 5, true],
    ['greaterThanOrEqual', undefined, 0, false],
    ['greaterThanOrEqual', '9', 5, false],
  ] as const)('%s: a label of %s against %s is %s', (operator, label, value, matches) => {
    const desk = new Desk();
    desk.worker('a', { labels: label === undefined ? {} : { key: label } });
    expect(offers(desk.task('t', { selectors: [{ key: 'key', operator, value }] })).length).toBe(matches ? 1 : 0);
  });

  it('can leave out a worker by its id', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.worker('b');
    expect(offers(desk.task('t', { selectors: [{ key: 'Id', operator: 'notEqual', value: 'a' }] }))).toEqual([
      't -> b',
    ]);
  });

  it('do not take an inherited property for a label', () => {
    const desk = new Desk();
    desk.worker('a');
    expect(offers(desk.task('t', { selectors: [{ key: 'constructor', operator: 'notEqual', value: 'x' }] }))).toEqual([
      't -> a',
    ]);
  });
});

describe('position', () => {
  it('counts those ahead in all channels, the offered ones included', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('offered');
    desk.task('call', { channel: 'voice' });
    desk.task('t');
    expect(desk.engine.position('t', 0)).toMatchObject({ position: 3, queueLength: 3 });
    desk.accept('offered');
    expect(desk.engine.position('t', 0)).toMatchObject({ position: 2, queueLength: 2 });
    expect(desk.engine.position('offered', 0)).toBeUndefined();
    expect(desk.engine.queue('support')).toMatchObject({
      length: 2,
      oldestStartAt: 0,
      registeredWorkers: 1,
      availableWorkers: 1,
    });
  });

  it('estimates five minutes a place before anything was handled, then by what was measured, shared by the slots', () => {
    const desk = new Desk();
    desk.worker('a', { capacity: 2 });
    desk.task('t1');
    desk.task('t2');
    desk.task('waiting');
    expect(desk.engine.position('waiting', 0)?.estimatedWaitMs).toBe((3 * 300_000) / 2);
    desk.accept('t1');
    desk.accept('t2');
    desk.task('behind');
    desk.now = 60_000;
    desk.finish('t1');
    expect(desk.engine.position('behind', desk.now)).toEqual({ position: 2, queueLength: 2, estimatedWaitMs: 60_000 });
  });

  it('has no estimate while nobody is available who could take it, and none to wait while somebody is asked', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('asked');
    desk.task('waiting');
    desk.task('call', { channel: 'voice' });
    expect(desk.engine.position('asked', 0)).toEqual({ position: 1, queueLength: 3, estimatedWaitMs: 0 });
    expect(desk.engine.position('waiting', 0)?.estimatedWaitMs).toBe(600_000);
    expect(desk.engine.position('call', 0)).toEqual({ position: 3, queueLength: 3 });
    desk.accept('asked');
    desk.do({ type: 'setAvailable', workerId: 'a', available: false });
    expect(desk.engine.worker('a')?.state).toBe('draining');
    expect(desk.engine.position('waiting', 0)).toEqual({ position: 1, queueLength: 2 });
  });
});

describe('a task that is assigned at once', () => {
  it('goes to its worker without an offer, past those who wait, and takes its capacity', () => {
    const desk = new Desk();
    desk.worker('a', { available: false });
    desk.task('waiting');
    const task = { id: 'own', queueId: 'support', channel: 'chat' };
    expect(desk.do({ type: 'enqueue', task, assignTo: 'a' })).toMatchObject([
      { type: 'task-queued', taskId: 'own' },
      { type: 'task-assigned', taskId: 'own', workerId: 'a', queueId: 'support' },
    ]);
    expect(desk.engine.worker('a')).toMatchObject({ consumed: 1, taskIds: ['own'] });
    expect(desk.engine.position('waiting', desk.now)).toMatchObject({ position: 1, queueLength: 1 });
    desk.do({ type: 'setAvailable', workerId: 'a', available: true });
    expect(desk.engine.task('waiting')?.offers).toEqual([]);
    expect(types(desk.finish('own'))).toContain('task-closed');
    expect(desk.engine.task('waiting')?.offers).toHaveLength(1);
  });

  it('is refused where there is no capacity, no such channel or no such worker, and nothing is left of it', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('first');
    desk.accept('first');
    const assign = (workerId: string, channel = 'chat') =>
      codeOf(() => desk.do({ type: 'enqueue', task: { id: 'own', queueId: 'support', channel }, assignTo: workerId }));
    expect(assign('a')).toBe('worker/no-capacity');
    desk.finish('first');
    expect(assign('a', 'voice')).toBe('worker/no-capacity');
    expect(assign('nobody')).toBe('worker/gone');
    expect(desk.engine.tasks()).toEqual([]);
    desk.do({ type: 'enqueue', task: { id: 'own', queueId: 'support', channel: 'chat' }, assignTo: 'a' });
    desk.do({ type: 'requeue', taskId: 'own', reason: 'given-back' });
    expect(desk.engine.task('own')).toMatchObject({ status: 'offered' });
  });
});

it('revokes what a change of the worker makes impossible for the reason that is given', () => {
  const desk = new Desk();
  desk.worker('a');
  desk.task('t');
  const events = desk.do({ type: 'update', workerId: 'a', change: { channels: [] }, reason: 'phone-not-ready' });
  expect(events).toContainEqual(expect.objectContaining({ type: 'offer-revoked', reason: 'phone-not-ready' }));
  expect(
    offers(desk.do({ type: 'update', workerId: 'a', change: { channels: [{ channel: 'chat', cost: 1 }] } })),
  ).toEqual(['t -> a']);
});
