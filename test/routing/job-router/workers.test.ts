import { routingRules } from 'onescreen/routing';
import { describe, expect, it } from 'vitest';
import { offers, types } from '../desk';
import { Office } from './office';

const day = 86_400_000;
const voice = (cost: number, max?: number) => ({ channel: 'voice', cost, ...(max !== undefined && { max }) });
const chat = (cost: number, max?: number) => ({ channel: 'chat', cost, ...(max !== undefined && { max }) });
const email = (cost: number, max?: number) => ({ channel: 'email', cost, ...(max !== undefined && { max }) });

function taken(capacity: number, channels: ReturnType<typeof voice>[], wanted: readonly string[]): string {
  const office = new Office();
  office.worker('ada', { capacity, channels });
  return wanted.map((channel, at) => (offers(office.task(`${at}`, { channel })).length > 0 ? channel : '-')).join(' ');
}

describe('worker and capacity', () => {
  it('example A: one voice or up to five chats; any open chat blocks voice and the reverse', () => {
    const channels = [voice(100), chat(20)];
    expect(taken(100, channels, ['voice', 'voice', 'chat'])).toBe('voice - -');
    expect(taken(100, channels, ['chat', 'voice', 'chat', 'chat', 'chat', 'chat', 'chat'])).toBe(
      'chat - chat chat chat chat -',
    );
  });

  it('example B: one voice and two chats and two emails, so that a voice call always fits', () => {
    const channels = [voice(60), chat(10, 2), email(10, 2)];
    expect(taken(100, channels, ['chat', 'chat', 'chat', 'email', 'email', 'email', 'voice', 'voice'])).toBe(
      'chat chat - email email - voice -',
    );
  });

  it('example C: one voice or two chats', () => {
    const channels = [voice(2), chat(1)];
    expect(taken(2, channels, ['voice', 'chat'])).toBe('voice -');
    expect(taken(2, channels, ['chat', 'voice', 'chat', 'chat'])).toBe('chat - chat -');
  });

  it('labels are matched on and tags are not', () => {
    const office = new Office();
    office.worker('ada', { tags: { tier: 'gold' } });
    const selectors = [{ key: 'tier', operator: 'equal' as const, value: 'gold' }];
    expect(offers(office.task('t', { selectors, tags: { campaign: 'autumn' } }))).toEqual([]);
    expect(office.engine.worker('ada')?.tags).toEqual({ tier: 'gold' });
    expect(
      offers(office.do({ type: 'update', workerId: 'ada', change: { labels: { tier: 'gold' }, tags: {} } })),
    ).toEqual(['t -> ada']);
    expect(office.engine.worker('ada')?.tags).toEqual({});
  });

  it('every worker has an implicit label Id', () => {
    const office = new Office();
    office.worker('ada');
    office.worker('bob');
    expect(offers(office.task('t', { selectors: [{ key: 'Id', operator: 'equal', value: 'bob' }] }))).toEqual([
      't -> bob',
    ]);
  });

  it('an open offer already consumes its cost, as the assignment does later', () => {
    const office = new Office();
    office.worker('ada', { capacity: 4 });
    office.task('t');
    expect(office.engine.worker('ada')).toMatchObject({ loadRatio: 0.25, consumed: 1 });
    office.accept('t');
    expect(office.engine.worker('ada')).toMatchObject({ loadRatio: 0.25, consumed: 1 });
  });

  it('at most so many new offers at a time as the worker says', () => {
    const office = new Office();
    office.worker('ada', { capacity: 9, maxConcurrentOffers: 2 });
    for (const id of ['1', '2', '3']) office.task(id);
    expect(office.engine.worker('ada')?.offerIds).toHaveLength(2);
    expect(offers(office.accept('1'))).toEqual(['3 -> ada']);
  });

  it('a worker who is registered and idle for more than 7 days is deregistered', () => {
    const office = new Office();
    office.worker('idle');
    office.worker('away', { available: false });
    office.worker('busy', { queues: ['support'], labels: { busy: true } });
    office.task('t', { only: ['busy'] });
    office.accept('t');
    expect(types(office.pass(7 * day - 1))).toEqual([]);
    expect(office.pass(1)).toMatchObject([
      { type: 'worker-unavailable', workerId: 'idle' },
      { type: 'worker-deregistered', workerId: 'idle', reason: 'idle' },
      { type: 'worker-deregistered', workerId: 'away', reason: 'idle' },
    ]);
    expect(office.engine.workers().map(({ id }) => id)).toEqual(['busy']);
    office.finish('t');
    expect(types(office.pass(7 * day - 1))).toEqual([]);
    expect(types(office.pass(1))).toContain('worker-deregistered');
    expect(office.engine.wakeAt).toBeUndefined();
  });

  it('how long, and whether at all, is an option', () => {
    const never = new Office({ id: 'support' }, routingRules({ workerIdleMs: Infinity }));
    never.worker('ada');
    expect(types(never.pass(60 * day))).toEqual([]);
    const soon = new Office({ id: 'support' }, routingRules({ workerIdleMs: 120_000 }));
    soon.worker('ada');
    soon.pass(60_000);
    soon.task('t');
    soon.accept('t');
    soon.finish('t');
    expect(types(soon.pass(119_999))).toEqual([]);
    expect(types(soon.pass(60_001))).toContain('worker-deregistered');
  });

  it('deregistering revokes all its open offers, one event each', () => {
    const office = new Office();
    office.worker('ada', { capacity: 2 });
    office.task('1');
    office.task('2');
    const events = office.do({ type: 'setAvailable', workerId: 'ada', available: false });
    expect(types(events)).toEqual(['worker-unavailable', 'offer-revoked', 'offer-revoked']);
  });

  it('offers are revoked when total capacity is reduced or channels change', () => {
    const office = new Office();
    office.worker('ada', { capacity: 2 });
    office.task('1');
    office.task('2');
    const reduced = office.do({ type: 'update', workerId: 'ada', change: { capacity: 1 } });
    expect(reduced).toMatchObject([{ type: 'worker-updated' }, { type: 'offer-revoked', taskId: '2' }]);
    const changed = office.do({ type: 'update', workerId: 'ada', change: { channels: [voice(1)] } });
    expect(changed).toMatchObject([{ type: 'worker-updated' }, { type: 'offer-revoked', taskId: '1' }]);
  });

  it('is active, then draining with work in hand, then inactive', () => {
    const office = new Office();
    office.worker('ada');
    office.task('t');
    office.accept('t');
    expect(office.engine.worker('ada')?.state).toBe('active');
    office.do({ type: 'setAvailable', workerId: 'ada', available: false });
    expect(office.engine.worker('ada')?.state).toBe('draining');
    office.finish('t');
    expect(office.engine.worker('ada')?.state).toBe('inactive');
  });
});

describe('a bot is an ordinary worker', () => {
  it('that takes a task first and hands it on with its age, its labels and its channel, and is not asked again', () => {
    const office = new Office();
    office.worker('bot', { capacity: 100, labels: { kind: 'bot' } });
    const byBot = { key: 'kind', operator: 'equal' as const, value: 'bot' };
    office.task('t', { selectors: [byBot], labels: { product: 'router' } });
    office.accept('t');
    office.pass(90_000);
    office.worker('ada', { labels: { kind: 'human' } });
    office.task('younger', { selectors: [{ ...byBot, operator: 'notEqual' }] });
    office.do({ type: 'decline', offerId: office.offerOf('younger') });
    const events = office.do({
      type: 'requeue',
      taskId: 't',
      reason: 'hand-off',
      exclude: ['bot'],
      selectors: [],
      labels: { product: 'router', intent: 'refund' },
    });
    expect(events).toMatchObject([
      { type: 'task-requeued', fromWorkerId: 'bot', reason: 'hand-off' },
      { type: 'offer-issued', workerId: 'ada', channel: 'chat', explanation: { waitedMs: 90_000 } },
    ]);
    expect(office.engine.task('t')).toMatchObject({
      labels: { product: 'router', intent: 'refund' },
      virtualStartAt: 0,
    });
    expect(offers(office.do({ type: 'decline', offerId: office.offerOf('t') }))).toEqual([]);
  });
});
