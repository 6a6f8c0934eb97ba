import { bestMatch, routingRules, type RoutingStrategy } from 'onescreen/routing';
import { describe, expect, it } from 'vitest';
import { offers, types } from '../desk';
import { codeOf, Office } from './office';

describe('offers', () => {
  it('issue: an offer says who, what, where, at what cost, since when and until when', () => {
    const office = new Office({ id: 'support', offerTtlMs: 20_000 });
    office.worker('ada');
    expect(office.task('t')[1]).toMatchObject({
      offerId: 'o-1',
      taskId: 't',
      cost: 1,
      issuedAt: 0,
      expiresAt: 20_000,
    });
  });

  it('issue: several workers may hold an offer for one task', () => {
    const office = new Office({ id: 'support', concurrentOffers: 2 });
    for (const id of ['a', 'b', 'c']) office.worker(id);
    expect(offers(office.task('t'))).toEqual(['t -> a', 't -> b']);
  });

  it('accept: the task leaves the queue and all other offers for it are revoked', () => {
    const office = new Office({ id: 'support', concurrentOffers: 2 });
    office.worker('a');
    office.worker('b');
    office.task('t');
    expect(office.accept('t')).toMatchObject([
      { type: 'offer-accepted', workerId: 'a' },
      { type: 'task-assigned', workerId: 'a' },
      { type: 'offer-revoked', workerId: 'b', reason: 'accepted-elsewhere' },
    ]);
    expect(office.engine.queue('support')?.length).toBe(0);
  });

  it('decline: its capacity is freed, and it is not re-offered to that worker unless it re-registers', () => {
    const office = new Office();
    office.worker('ada');
    office.task('t');
    expect(types(office.do({ type: 'decline', offerId: 'o-1' }))).toEqual(['offer-declined']);
    expect(office.engine.worker('ada')?.consumed).toBe(0);
    expect(offers(office.pass(3_600_000))).toEqual([]);
    office.do({ type: 'deregister', workerId: 'ada' });
    expect(offers(office.worker('ada'))).toEqual(['t -> ada']);
  });

  it('decline with retryAt: re-matched at that time, the decliner included', () => {
    const office = new Office();
    office.worker('ada');
    office.task('t');
    office.do({ type: 'decline', offerId: 'o-1', retryAt: 60_000 });
    expect(offers(office.pass(59_999))).toEqual([]);
    expect(offers(office.pass(1))).toEqual(['t -> ada']);
  });

  it('expire: the worker counts as unavailable and is deregistered; keeping it is a choice of the queue', () => {
    const harsh = new Office({ id: 'support', offerTtlMs: 20_000 });
    harsh.worker('ada');
    harsh.task('t');
    expect(types(harsh.pass(20_000))).toEqual(['offer-expired', 'worker-unavailable']);
    const kind = new Office({ id: 'support', offerTtlMs: 20_000, onExpire: 'keep' });
    kind.worker('ada');
    kind.task('t');
    expect(types(kind.pass(20_000))).toEqual(['offer-expired']);
  });

  it('offers to workers who do not match where the queue bypasses selectors, those that match best first', () => {
    const strategy: RoutingStrategy = { name: 'best', rank: (input) => bestMatch().rank?.(input) ?? [] };
    const office = new Office({ id: 'support', strategy, bypassSelectors: true });
    office.worker('d', { labels: { department: 'billing', segment: 'vip' } });
    office.worker('e', { labels: { department: 'billing' } });
    const selectors = [
      { key: 'department', operator: 'equal' as const, value: 'billing' },
      { key: 'segment', operator: 'notEqual' as const, value: 'vip' },
    ];
    const [, asked] = office.task('t', { selectors });
    const decision = office.engine.decision(asked?.type === 'decision-requested' ? asked.decisionId : '');
    expect([...(decision?.input.candidates ?? [])].map(({ id }) => id)).toEqual(['d', 'e']);
    expect(decision?.input.task.selectors).toEqual(selectors);
    expect(office.engine.task('t')?.selectors).toEqual(selectors);
  });

  it('does not revoke for selectors that are bypassed, and does not ask those who do not match elsewhere', () => {
    const office = new Office({ id: 'support', bypassSelectors: true }, { id: 'strict' });
    office.worker('ada', { queues: ['support', 'strict'], labels: { tier: 'gold' } });
    const selectors = [{ key: 'tier', operator: 'equal' as const, value: 'gold', expiresAfterMs: 60_000 }];
    office.task('t', { selectors });
    expect(types(office.do({ type: 'update', workerId: 'ada', change: { labels: {} } }))).toEqual(['worker-updated']);
    expect(offers(office.do({ type: 'requeue', taskId: 't', reason: 'strict', queueId: 'strict' }))).toEqual([]);
    expect(office.pass(60_000)).toMatchObject([{ type: 'selectors-expired', selectors }, { type: 'offer-issued' }]);
  });
});

describe('worker selectors', () => {
  const english = { key: 'English', operator: 'equal' as const, value: true };
  const skilled = { key: 'Skill', operator: 'greaterThan' as const, value: 10, expiresAfterMs: 60_000 };

  it('all active ones must hold; after its time one stops counting and an event names it', () => {
    const office = new Office();
    office.worker('ada', { labels: { English: true, Skill: 9 } });
    expect(offers(office.task('t', { selectors: [english, skilled] }))).toEqual([]);
    expect(office.pass(60_000)).toMatchObject([
      { type: 'selectors-expired', selectors: [skilled] },
      { type: 'offer-issued' },
    ]);
    expect(office.engine.task('t')).toMatchObject({ selectors: [english], expiredSelectors: [skilled] });
  });

  it('expired ones that the classification attached are named apart', () => {
    const attached = { ...skilled, key: 'Level', expiresAfterMs: 60_000 };
    const office = new Office(
      { id: 'support' },
      routingRules({ classification: [{ id: 'p', classify: () => ({ selectors: [attached] }) }] }),
    );
    office.task('t', { classificationPolicyId: 'p', selectors: [skilled] });
    expect(office.pass(60_000)).toMatchObject([
      { type: 'selectors-expired', selectors: [skilled, attached], attached: [attached] },
    ]);
  });

  it('expedite puts the task to the front of the queue while the selector is active', () => {
    const office = new Office();
    office.task('urgent', { priority: 100 });
    office.task('expedited', { selectors: [{ ...english, expedite: true, expiresAfterMs: 60_000 }] });
    expect(office.engine.position('expedited', 0)?.position).toBe(1);
    office.pass(60_000);
    expect(office.engine.position('expedited', 0)?.position).toBe(2);
  });

  it('preferred worker: Id, 45 s and expedite; then anybody', () => {
    const office = new Office();
    office.worker('bob');
    office.task('t', {
      selectors: [{ key: 'Id', operator: 'equal', value: 'ada', expiresAfterMs: 45_000, expedite: true }],
    });
    expect(offers(office.pass(44_999))).toEqual([]);
    expect(offers(office.pass(1))).toEqual(['t -> bob']);
  });
});

describe('a strategy that selects', () => {
  const tier = { key: 'tier', operator: 'equal' as const, value: 'gold' };
  const relaxing: RoutingStrategy = {
    name: 'relaxing',
    compare: (a, b) => (a.id < b.id ? -1 : 1),
    select: ({ selectors }) => selectors.map((each) => ({ ...each, expiresAfterMs: 30_000 })),
  };

  it('is asked as the task enters its queue, and what it selected runs on until the task leaves it', () => {
    const office = new Office({ id: 'support', strategy: relaxing }, { id: 'strict' });
    office.worker('ada', { queues: ['support', 'strict'] });
    office.task('t', { selectors: [tier] });
    office.pass(20_000);
    office.do({ type: 'requeue', taskId: 't', reason: 'away', suspend: true });
    office.do({ type: 'requeue', taskId: 't', reason: 'back' });
    expect(offers(office.pass(10_000))).toEqual(['t -> ada']);
    expect(offers(office.do({ type: 'requeue', taskId: 't', reason: 'moved', queueId: 'strict' }))).toEqual([]);
    expect(office.engine.task('t')).toMatchObject({ selectors: [tier], expiredSelectors: [] });
    office.do({ type: 'requeue', taskId: 't', reason: 'moved', queueId: 'support' });
    expect(offers(office.pass(29_999))).toEqual([]);
    expect(offers(office.pass(1))).toEqual(['t -> ada']);
  });

  it.each<[string, RoutingStrategy['select']]>([
    [
      'throws',
      () => {
        throw new Error('no comment');
      },
    ],
    ['answers with rubbish', () => JSON.parse('[{"key":"tier","operator":"like","value":1}]') as []],
    ['answers with no list', () => JSON.parse('{}') as []],
  ])('and %s leaves the task its own selectors, and the explanation says so', (_, select) => {
    const office = new Office({ id: 'support', strategy: { ...relaxing, ...(select && { select }) } });
    office.worker('ada', { labels: { tier: 'silver' } });
    office.worker('bob', { labels: { tier: 'gold' } });
    expect(office.task('t', { selectors: [tier] })[1]).toMatchObject({
      type: 'offer-issued',
      workerId: 'bob',
      explanation: { fallback: 'relaxing did not select' },
    });
  });
});

it('an acceptance that time has overtaken is refused where time has passed before, and dropped else', () => {
  const exceptions = [
    { id: 'late', when: { type: 'waitTime', afterMs: 10_000 }, actions: [{ type: 'cancel' }] },
  ] as const;
  const office = new Office({ id: 'support', exceptions });
  office.worker('ada');
  office.task('t');
  office.now = 10_000;
  expect(types(office.do({ type: 'accept', offerId: 'o-1' }))).toEqual([
    'exception-triggered',
    'offer-revoked',
    'task-cancelled',
  ]);
  expect(office.engine.worker('ada')).toMatchObject({ consumed: 0, taskIds: [] });
  expect(codeOf(() => office.do({ type: 'accept', offerId: 'o-1' }))).toBe('offer/gone');
});
