import type { Labels, Selector } from 'onescreen';
import {
  bestMatch,
  createRouter,
  createRoutingEngine,
  leastFlexible,
  leastLoaded,
  longestIdle,
  matchScore,
  roundRobin,
  skill,
  type RoutingStrategy,
} from 'onescreen/routing';
import { virtualClock } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';
import { Desk, offers } from './desk';
import { aQuestion, aTask, aWorker, ids } from './strategies/ranking';

const minute = 60_000;

/** Workers A to D of the published example: so much in hand of so much, available for so many minutes. */
function jobRouterExample(strategy?: RoutingStrategy): Desk {
  const desk = new Desk({ id: 'support', ...(strategy && { strategy }) }, { id: 'load' });
  const example = [
    { id: 'C', consumed: 3, capacity: 5, availableFor: 7 },
    { id: 'A', consumed: 3, capacity: 5, availableFor: 5 },
    { id: 'B', consumed: 3, capacity: 4, availableFor: 3 },
    { id: 'D', consumed: 0, capacity: 3, availableFor: 2 },
  ];
  for (const { id, consumed, capacity, availableFor } of example) {
    desk.now = (10 - availableFor) * minute;
    desk.worker(id, {
      queues: ['load'],
      capacity,
      channels: [
        { channel: 'chat', cost: 1 },
        { channel: 'load', cost: consumed },
      ],
    });
    if (consumed === 0) continue;
    desk.task(`load of ${id}`, { queueId: 'load', channel: 'load' });
    desk.accept(`load of ${id}`);
  }
  desk.now = 10 * minute;
  for (const { id } of example) desk.do({ type: 'update', workerId: id, change: { queues: ['support'] } });
  return desk;
}

describe('longestIdle', () => {
  it('orders the published example by load ratio, then by availability: D, C, A, B', () => {
    const desk = jobRouterExample(longestIdle());
    const [issued] = desk.task('t').filter((event) => event.type === 'offer-issued');
    expect(issued).toMatchObject({
      workerId: 'D',
      explanation: {
        strategy: 'longestIdle',
        winner: { workerId: 'D', reason: '0 % busy, idle for 120 s' },
        runnersUp: [{ workerId: 'C', reason: '60 % busy, idle for 420 s' }, { workerId: 'A' }, { workerId: 'B' }],
      },
    });
  });

  it('counts idleness from the end of the last work', () => {
    const desk = new Desk({ id: 'support', strategy: longestIdle() });
    desk.worker('ada');
    desk.now = 1_000;
    desk.worker('bob');
    desk.task('t1');
    desk.accept('t1');
    desk.now = 2_000;
    desk.finish('t1');
    expect(offers(desk.task('t2'))).toEqual(['t2 -> bob']);
  });

  it('goes by id among equals, whatever the order of registration', () => {
    const desk = new Desk({ id: 'support', strategy: longestIdle() });
    desk.worker('b');
    desk.worker('a');
    expect(offers(desk.task('t'))).toEqual(['t -> a']);
  });
});

describe('leastFlexible', () => {
  const calls = { channel: 'voice', cost: 100, max: 1 };
  const chats = { channel: 'chat', cost: 33, max: 3 };
  const both = { capacity: 100, channels: [calls, chats] };

  it('is the default: it takes whoever has the fewest other uses, and says how many', () => {
    const desk = new Desk();
    desk.worker('all-rounder', { labels: { billing: 5, french: true, english: true } });
    desk.now = 1_000;
    desk.worker('specialist', { labels: { billing: 5, english: true } });
    const [issued] = desk
      .task('t', { selectors: [skill('billing', 3)] })
      .filter((each) => each.type === 'offer-issued');
    expect(issued).toMatchObject({
      workerId: 'specialist',
      explanation: {
        strategy: 'leastFlexible',
        winner: { reason: 'free for 1 other kind of work, 0 % busy, idle for 0 s' },
        runnersUp: [{ workerId: 'all-rounder', reason: 'free for 2 other kinds of work, 0 % busy, idle for 1 s' }],
      },
    });
  });

  it('keeps whoever could still take a call free of chats, as long as others have room', () => {
    const desk = new Desk({ id: 'support', strategy: leastFlexible() });
    desk.worker('ann', both);
    desk.worker('ben', both);
    const asked = ['t1', 't2', 't3', 't4'].flatMap((id) => offers(desk.task(id)));
    expect(asked).toEqual(['t1 -> ann', 't2 -> ann', 't3 -> ann', 't4 -> ben']);
  });

  it('spreads chats where nobody has anything else to do', () => {
    const desk = new Desk({ id: 'support', strategy: leastFlexible() });
    desk.worker('ann', { capacity: 100, channels: [chats] });
    desk.worker('ben', { capacity: 100, channels: [chats] });
    const asked = ['t1', 't2', 't3', 't4'].flatMap((id) => offers(desk.task(id)));
    expect(asked).toEqual(['t1 -> ann', 't2 -> ben', 't3 -> ann', 't4 -> ben']);
  });

  it('goes by idleness among equals', () => {
    const desk = new Desk({ id: 'support', strategy: leastFlexible() });
    desk.worker('late', { ...both, available: false });
    desk.worker('early', both);
    desk.now = 1_000;
    desk.do({ type: 'setAvailable', workerId: 'late', available: true });
    expect(offers(desk.task('t'))).toEqual(['t -> early']);
  });
});

describe('leastLoaded', () => {
  it('takes the fewest units in use, not the lowest ratio', () => {
    const desk = new Desk({ id: 'support', strategy: leastLoaded() });
    const channels = [{ channel: 'chat', cost: 1 }];
    desk.worker('big', { capacity: 10, channels });
    desk.worker('small', { capacity: 2, channels });
    desk.task('t1');
    desk.task('t2');
    expect(offers(desk.task('t3'))).toEqual(['t3 -> big']);
    expect(offers(desk.task('t4'))).toEqual(['t4 -> small']);
    expect(offers(desk.task('t5'))).toEqual(['t5 -> big']);
  });
});

describe('roundRobin', () => {
  it('goes by id, begins behind the worker offered last, and goes round', () => {
    const desk = new Desk({ id: 'support', strategy: roundRobin() });
    for (const id of ['c', 'a', 'b']) desk.worker(id, { capacity: 3 });
    const order = [1, 2, 3, 4, 5].flatMap((n) => offers(desk.task(`t${n}`)));
    expect(order).toEqual(['t1 -> a', 't2 -> b', 't3 -> c', 't4 -> a', 't5 -> b']);
  });

  it('keeps its turn when the worker offered last has gone', () => {
    const desk = new Desk({ id: 'support', strategy: roundRobin() });
    for (const id of ['a', 'b', 'c']) desk.worker(id, { capacity: 3 });
    desk.task('t1');
    desk.task('t2');
    desk.do({ type: 'deregister', workerId: 'b' });
    expect(offers(desk.log.slice(-1))).toEqual(['t2 -> c']);
    expect(offers(desk.task('t3'))).toEqual(['t3 -> a']);
  });
});

describe('bestMatch', () => {
  const equal = (key: string, value: string): Selector => ({ key, operator: 'equal', value });
  const score = (task: { labels?: Labels; selectors?: readonly Selector[] }, labels: Labels) =>
    matchScore({ labels: {}, selectors: [], ...task }, { id: 'w', labels });

  it('scores labels as in the first published vector: 1, 0.5, 0.5', () => {
    const task = { labels: { language: 'english', department: 'sales' } };
    expect(score(task, { language: 'english', department: 'sales' })).toBe(1);
    expect(score(task, { language: 'english' })).toBe(0.5);
    expect(score(task, { language: 'english', department: 'support' })).toBe(0.5);
  });

  it('scores equality selectors as in the second published vector: 0.5, 1, 0.5', () => {
    const task = {
      selectors: [equal('department', 'billing'), { key: 'segment', operator: 'notEqual' as const, value: 'vip' }],
    };
    expect(score(task, { department: 'billing', segment: 'vip' })).toBe(0.5);
    expect(score(task, { department: 'billing' })).toBe(1);
    expect(score(task, { department: 'sales', segment: 'new' })).toBe(0.5);
  });

  const third: readonly Selector[] = [
    equal('language', 'french'),
    { key: 'sales', operator: 'greaterThanOrEqual', value: 10 },
    { key: 'cost', operator: 'lessThanOrEqual', value: 10 },
  ];

  it('scores magnitudes as in the third published vector', () => {
    const task = { selectors: third };
    expect(score(task, { language: 'french', sales: 10, cost: 10 })).toBeCloseTo(0.666667, 6);
    expect(score(task, { language: 'french', sales: 15, cost: 10 })).toBeCloseTo(0.707486, 6);
    expect(score(task, { language: 'french', sales: 10, cost: 9 })).toBeCloseTo(0.674993, 6);
  });

  it('offers in the order of the third published vector: H, I, G', () => {
    const router = createRouter({
      engine: createRoutingEngine({ queues: [{ id: 'support', strategy: bestMatch() }] }),
      clock: virtualClock(),
    });
    const labels = { G: { sales: 10, cost: 10 }, H: { sales: 15, cost: 10 }, I: { sales: 10, cost: 9 } };
    for (const [id, more] of Object.entries(labels)) {
      const channels = [{ channel: 'chat', cost: 1 }];
      const worker = {
        id,
        queues: ['support'],
        capacity: 1,
        channels,
        available: true,
        labels: { language: 'french', ...more },
      };
      router.apply({ type: 'register', worker });
    }
    const issued = ['t1', 't2', 't3'].flatMap((id) =>
      router.apply({ type: 'enqueue', task: { id, queueId: 'support', channel: 'chat', selectors: third } }),
    );
    expect(offers(issued)).toEqual(['t1 -> H', 't2 -> I', 't3 -> G']);
    router.close();
  });

  it('breaks ties by who is available the longest', async () => {
    const clock = virtualClock(0);
    const router = createRouter({
      engine: createRoutingEngine({ queues: [{ id: 'support', strategy: bestMatch() }] }),
      clock,
    });
    const register = (id: string, labels: Labels) =>
      router.apply({
        type: 'register',
        worker: {
          id,
          labels,
          queues: ['support'],
          capacity: 1,
          channels: [{ channel: 'chat', cost: 1 }],
          available: true,
        },
      });
    register('C', { language: 'english', department: 'support' });
    await clock.advance(1_000);
    register('B', { language: 'english' });
    register('A', { language: 'english', department: 'sales' });
    const labels = { language: 'english', department: 'sales' };
    const issued = ['t1', 't2', 't3'].flatMap((id) =>
      router.apply({ type: 'enqueue', task: { id, queueId: 'support', channel: 'chat', labels } }),
    );
    expect(offers(issued)).toEqual(['t1 -> A', 't2 -> C', 't3 -> B']);
    router.close();
  });

  it('takes a score of the vendor’s own: the published rule scores 200, 200, 1, and the longest available wins', async () => {
    const strategy = bestMatch({
      score: ({ labels: job }, { labels }) =>
        labels[String(job['console'])] === true ? 200 : labels['highPriority'] === true ? 100 : 1,
    });
    const ranked = await strategy.rank?.(
      aQuestion(
        [
          aWorker('late', { labels: { xbox: true }, availableSince: 20 }),
          aWorker('early', { labels: { xbox: true, highPriority: true }, availableSince: 10 }),
          aWorker('other', { labels: { switch: true } }),
        ],
        { task: aTask({ labels: { console: 'xbox' } }) },
      ),
    );
    expect(ranked?.map(({ workerId, score }) => [workerId, score])).toEqual([
      ['early', 200],
      ['late', 200],
      ['other', 1],
    ]);
  });

  it('goes by the lowest score when told to, with those who have none behind all others', async () => {
    const cost: Readonly<Record<string, number>> = { dear: 9, cheap: 1 };
    const strategy = bestMatch({ best: 'lowest', score: (_, { id }) => cost[id] ?? NaN });
    const candidates = ['none', 'dear', 'cheap'].map((id) => aWorker(id));
    expect(ids(await strategy.rank?.(aQuestion(candidates)))).toEqual(['cheap', 'dear', 'none']);
  });

  it('takes a selector value of 0 as a plain distance, and a task that asks for nothing as 0', () => {
    expect(score({ selectors: [skill('level', 0)] }, { level: 0 })).toBe(0.5);
    expect(score({ selectors: [skill('level', 0)] }, { level: 2 })).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
    expect(score({ selectors: [skill('balance', -10)] }, { balance: -5 })).toBeGreaterThan(0.5);
    expect(score({}, { level: 2 })).toBe(0);
  });
});
