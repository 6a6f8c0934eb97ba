import { expect, it } from 'vitest';
import { Desk } from './desk';

it('says of every worker of the queue what speaks against it, as of now', () => {
  const desk = new Desk({ id: 'support', onExpire: 'keep' }, { id: 'sales' });
  const gold = { key: 'tier', operator: 'equal' as const, value: 'gold' };
  const labels = { tier: 'gold' };
  desk.worker('busy', { labels });
  desk.task('elsewhere', { selectors: [gold] });
  desk.accept('elsewhere');
  desk.worker('away', { labels, available: false });
  desk.worker('phones', { labels, channels: [{ channel: 'voice', cost: 1 }] });
  desk.worker('silver', { labels: { tier: 'silver' } });
  desk.worker('stranger', { labels, queues: ['sales'] });
  desk.worker('decliner', { labels });
  desk.task('t', { selectors: [gold, { key: 'English', operator: 'equal', value: true, expiresAfterMs: 5_000 }] });
  desk.pass(5_000);
  desk.do({ type: 'decline', offerId: desk.offerOf('t'), retryAt: 90_000 });

  const explanation = desk.engine.explain('t', 8_000);
  expect(explanation).toMatchObject({
    status: 'queued',
    waitsFor: 'worker',
    waitedMs: 8_000,
    strategy: 'leastFlexible',
    position: { position: 1 },
    selectors: [gold],
    expiredSelectors: [{ key: 'English' }],
    candidates: 0,
  });
  expect(Object.fromEntries(explanation.workers.map((each) => [each.workerId, each.rejectedBy]))).toEqual({
    busy: [{ by: 'capacity' }],
    away: [{ by: 'unavailable' }],
    phones: [{ by: 'channel' }],
    silver: [{ by: 'selector', selector: gold }],
    decliner: [{ by: 'refused', outcome: 'declined', retryAt: 90_000 }],
  });
});

it('says when the next selector stops to count', () => {
  const desk = new Desk();
  desk.now = 1_000;
  desk.task('t', {
    selectors: [
      { key: 'a', operator: 'equal', value: 1, expiresAfterMs: 60_000 },
      { key: 'b', operator: 'equal', value: 1, expiresAfterMs: 20_000 },
    ],
  });
  expect(desk.engine.explain('t', 1_000).nextSelectorExpiresAt).toBe(21_000);
  desk.pass(20_000);
  expect(desk.engine.explain('t', desk.now).nextSelectorExpiresAt).toBe(61_000);
});

it('says what has to happen next', () => {
  const desk = new Desk();
  desk.task('t');
  const next = () => desk.engine.explain('t', desk.now).waitsFor;
  expect(next()).toBe('worker');
  desk.worker('ada');
  expect(next()).toBe('answer');
  expect(desk.engine.explain('t', 0).workers).toEqual([{ workerId: 'ada', rejectedBy: [{ by: 'already-offered' }] }]);
  desk.accept('t');
  expect(next()).toBe('command');
  desk.do({ type: 'requeue', taskId: 't', suspend: true, reason: 'customer-away' });
  expect(next()).toBe('command');
});

it('names every limit that keeps a worker from one more task', () => {
  const desk = new Desk();
  desk.worker('maximum', { capacity: 9, channels: [{ channel: 'chat', cost: 1, max: 1 }] });
  desk.worker('offered', { capacity: 9, maxConcurrentOffers: 1 });
  desk.task('t1');
  desk.task('t2');
  desk.task('t3');
  expect(desk.engine.explain('t3', 0).workers).toEqual([
    { workerId: 'maximum', rejectedBy: [{ by: 'channel-maximum' }] },
    { workerId: 'offered', rejectedBy: [{ by: 'offer-limit' }] },
  ]);
});
