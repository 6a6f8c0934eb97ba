import { describe, expect, it } from 'vitest';
import { restoreRouting, saveRouting, type WorkerSpec } from 'onescreen/routing';
import { Desk, offers } from './desk';

/** How many tasks of each channel a worker gets, when they are enqueued in this order. */
function taken(
  worker: Pick<WorkerSpec, 'capacity' | 'channels' | 'maxConcurrentOffers'>,
  ...channels: string[]
): Record<string, number> {
  const desk = new Desk();
  desk.worker('ada', worker);
  const counts: Record<string, number> = {};
  for (const [index, channel] of channels.entries()) {
    const got = offers(desk.task(`t${index}`, { channel })).length;
    if (got > 0) desk.accept(`t${index}`);
    counts[channel] = (counts[channel] ?? 0) + got;
  }
  return counts;
}

const many = (channel: string) => new Array<string>(8).fill(channel);

describe('example A: capacity 100, voice 100, chat 20', () => {
  const worker = {
    capacity: 100,
    channels: [
      { channel: 'voice', cost: 100 },
      { channel: 'chat', cost: 20 },
    ],
  };
  it('takes one call or up to five chats', () => {
    expect(taken(worker, 'voice', 'voice')).toEqual({ voice: 1 });
    expect(taken(worker, ...many('chat'))).toEqual({ chat: 5 });
  });
  it('takes no call beside an open chat, and no chat beside a call', () => {
    expect(taken(worker, 'chat', 'voice')).toEqual({ chat: 1, voice: 0 });
    expect(taken(worker, 'voice', 'chat')).toEqual({ voice: 1, chat: 0 });
  });
});

describe('example B: capacity 100, voice 60, chat 10 at most 2, email 10 at most 2', () => {
  const worker = {
    capacity: 100,
    channels: [
      { channel: 'voice', cost: 60 },
      { channel: 'chat', cost: 10, max: 2 },
      { channel: 'email', cost: 10, max: 2 },
    ],
  };
  it('takes one call and two chats and two emails, in any order', () => {
    expect(taken(worker, 'voice', ...many('chat'), ...many('email'), 'voice')).toEqual({ voice: 1, chat: 2, email: 2 });
    expect(taken(worker, ...many('email'), ...many('chat'), 'voice')).toEqual({ voice: 1, chat: 2, email: 2 });
  });
});

describe('example C: capacity 2, voice 2, chat 1', () => {
  const worker = {
    capacity: 2,
    channels: [
      { channel: 'voice', cost: 2 },
      { channel: 'chat', cost: 1 },
    ],
  };
  it('takes one call or two chats', () => {
    expect(taken(worker, 'voice', 'chat', 'voice')).toEqual({ voice: 1, chat: 0 });
    expect(taken(worker, 'chat', 'voice', 'chat', 'chat')).toEqual({ chat: 2, voice: 0 });
  });
});

it('adds up fractions of capacity without losing the last task to rounding', () => {
  expect(taken({ capacity: 0.3, channels: [{ channel: 'chat', cost: 0.1 }] }, ...many('chat'))).toEqual({ chat: 3 });
});

it('gives a worker of capacity 0 nothing', () => {
  expect(taken({ capacity: 0, channels: [{ channel: 'chat', cost: 1 }] }, 'chat')).toEqual({ chat: 0 });
});

it('holds capacity with an open offer and gives it back when the offer is declined', () => {
  const desk = new Desk();
  desk.worker('ada', {
    capacity: 2,
    channels: [
      { channel: 'chat', cost: 1 },
      { channel: 'voice', cost: 2 },
    ],
  });
  desk.task('chat');
  expect(desk.engine.worker('ada')).toMatchObject({
    consumed: 1,
    loadRatio: 0.5,
    openOffers: 1,
    load: { chat: 1 },
    offerIds: ['o-1'],
  });
  expect(offers(desk.task('call', { channel: 'voice' }))).toEqual([]);
  expect(offers(desk.do({ type: 'decline', offerId: 'o-1' }))).toEqual(['call -> ada']);
});

it('offers no more at a time than maxConcurrentOffers, and more once one is accepted', () => {
  const desk = new Desk();
  desk.worker('ada', { capacity: 5, maxConcurrentOffers: 2 });
  desk.task('t1');
  desk.task('t2');
  expect(offers(desk.task('t3'))).toEqual([]);
  expect(offers(desk.accept('t1'))).toEqual(['t3 -> ada']);
});

it('asks nobody for a task that costs more than is left, though another of its channel would still fit', () => {
  const desk = new Desk();
  desk.worker('ada', { capacity: 3, channels: [{ channel: 'chat', cost: 1 }] });
  expect(offers(desk.task('usual'))).toEqual(['usual -> ada']);
  expect(offers(desk.task('large', { cost: 3 }))).toEqual([]);
  expect(offers(desk.task('next'))).toEqual(['next -> ada']);
  // Nor once it was saved and restored, when nothing is said of costs any more.
  const restored = restoreRouting({ queues: [{ id: 'support' }] }, saveRouting(desk.engine));
  expect(offers(restored.apply({ type: 'requeue', taskId: 'large', reason: 'again' }, 0))).toEqual([]);
});

it("counts a task's own cost in place of the worker's", () => {
  const desk = new Desk();
  desk.worker('ada', { capacity: 10, channels: [{ channel: 'chat', cost: 6 }] });
  expect(offers(desk.task('t1'))).toEqual(['t1 -> ada']);
  expect(offers(desk.task('t2'))).toEqual([]);
  expect(offers(desk.task('small', { cost: 3 }))).toEqual(['small -> ada']);
  expect(offers(desk.task('large', { cost: 2 }))).toEqual([]);
  expect(desk.engine.worker('ada')?.consumed).toBe(9);
});

it('revokes the newest offers when capacity is reduced, and keeps what is assigned', () => {
  const desk = new Desk();
  desk.worker('ada', { capacity: 3 });
  for (const id of ['t1', 't2', 't3']) desk.task(id);
  desk.accept('t1');
  const events = desk.do({ type: 'update', workerId: 'ada', change: { capacity: 2 } });
  expect(events).toMatchObject([
    { type: 'worker-updated' },
    { type: 'offer-revoked', taskId: 't3', reason: 'worker-changed' },
  ]);
  expect(desk.engine.worker('ada')).toMatchObject({ consumed: 2, taskIds: ['t1'] });
});

it('revokes offers of a channel, a queue or a skill that the worker no longer has', () => {
  const desk = new Desk({ id: 'support' }, { id: 'sales' });
  desk.worker('ada', { capacity: 3, queues: ['support', 'sales'], labels: { level: 3 } });
  desk.task('t1', { queueId: 'sales' });
  desk.task('t2', { selectors: [{ key: 'level', operator: 'greaterThan', value: 2 }] });
  desk.task('t3');
  const change = { labels: { level: 1 }, queues: ['support'] };
  const revoked = desk
    .do({ type: 'update', workerId: 'ada', change })
    .flatMap((event) => (event.type === 'offer-revoked' ? event.taskId : []));
  expect(revoked).toEqual(['t1', 't2']);
  const none = desk.do({ type: 'update', workerId: 'ada', change: { channels: [{ channel: 'voice', cost: 1 }] } });
  expect(none).toMatchObject([{ type: 'worker-updated' }, { type: 'offer-revoked', taskId: 't3' }]);
});

it('leaves an offer alone that has no part in what exceeds the new limits', () => {
  const desk = new Desk();
  const channels = [
    { channel: 'chat', cost: 1 },
    { channel: 'voice', cost: 1 },
  ];
  desk.worker('ada', { capacity: 9, channels });
  for (const id of ['v1', 'v2']) desk.task(id, { channel: 'voice' });
  for (const id of ['v1', 'v2']) desk.accept(id);
  desk.task('chat');
  const change = { channels: channels.map((each) => ({ ...each, max: 1 })) };
  expect(desk.do({ type: 'update', workerId: 'ada', change })).toMatchObject([{ type: 'worker-updated' }]);
  expect(desk.engine.worker('ada')?.offerIds).toHaveLength(1);
});

it('has nothing left of costs that are fractions once they are free again', () => {
  const desk = new Desk();
  desk.worker('ada', { capacity: 1, channels: [{ channel: 'chat', cost: 0.1 }] });
  for (const id of ['t1', 't2', 't3']) {
    desk.task(id);
    desk.accept(id);
  }
  const consumed = ['t1', 't2', 't3'].map((taskId) => {
    desk.do({ type: 'cancel', taskId, reason: 'gone' });
    return desk.engine.worker('ada')?.consumed;
  });
  expect(consumed).toEqual([0.2, 0.1, 0]);
});
