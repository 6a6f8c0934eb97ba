import { isContactCenterError } from 'onescreen';
import { longestIdle, type QueuePolicy, type RoutingCommand, type WorkerSpec } from 'onescreen/routing';
import { describe, expect, it } from 'vitest';
import { Desk, offers, types } from './desk';

const all = [
  { channel: 'chat', cost: 1, max: 3 },
  { channel: 'voice', cost: 3, max: 1 },
  { channel: 'meeting', cost: 2 },
];

/** A desk whose worker ada (6 units, all channels unless told otherwise) has the chat `t1`. */
function chatting(more: Partial<WorkerSpec> = {}, queue: Partial<QueuePolicy> = {}): Desk {
  const desk = new Desk({ id: 'support', ...queue });
  desk.worker('ada', { capacity: 6, channels: all, ...more });
  desk.task('t1');
  desk.accept('t1');
  return desk;
}

function refused(desk: Desk, command: RoutingCommand): string {
  const before = JSON.stringify([desk.engine.tasks(), desk.engine.workers(), desk.engine.wakeAt]);
  try {
    desk.do(command);
  } catch (error) {
    if (!isContactCenterError(error)) throw error;
    expect(JSON.stringify([desk.engine.tasks(), desk.engine.workers(), desk.engine.wakeAt])).toBe(before);
    return error.message;
  }
  return 'nothing was refused';
}

const hold = (channel: string, more: { taskId?: string; cost?: number } = {}): RoutingCommand => ({
  type: 'hold',
  taskId: 't1',
  channel,
  ...more,
});
const release = (channel: string): RoutingCommand => ({ type: 'release', taskId: 't1', channel });
const giveAway = (more: Partial<Extract<RoutingCommand, { type: 'requeue' }>> = {}): RoutingCommand => ({
  type: 'requeue',
  taskId: 't1',
  reason: 'transferred',
  ...more,
});

describe('a channel that is added', () => {
  it("takes the worker's own units for it, beside what the task holds", () => {
    const desk = chatting();
    expect(desk.do(hold('voice'))).toMatchObject([
      { type: 'channel-held', taskId: 't1', workerId: 'ada', channel: 'voice', cost: 3 },
    ]);
    expect(desk.engine.worker('ada')).toMatchObject({ consumed: 4, load: { chat: 1, voice: 1 }, taskIds: ['t1'] });
    expect(desk.engine.task('t1')).toMatchObject({ channel: 'chat', channels: ['chat', 'voice'], status: 'assigned' });
  });

  it('leaves the open offers of other channels alone, where the worker has more of its own than it may by now', () => {
    const desk = chatting({
      capacity: 12,
      channels: [
        { channel: 'chat', cost: 1, max: 3 },
        { channel: 'voice', cost: 3, max: 2 },
      ],
    });
    desk.task('t2');
    desk.accept('t2');
    desk.task('t3', { channel: 'voice' });
    const fewerChats = [
      { channel: 'chat', cost: 1, max: 1 },
      { channel: 'voice', cost: 3, max: 2 },
    ];
    desk.do({ type: 'update', workerId: 'ada', change: { channels: fewerChats } });
    expect(types(desk.do(hold('voice')))).toEqual(['channel-held']);
    expect(desk.engine.task('t3')?.offers).toHaveLength(1);
  });

  it('takes as many units as the command says', () => {
    const desk = chatting();
    expect(desk.do(hold('voice', { cost: 5 }))).toMatchObject([{ cost: 5 }]);
    expect(desk.engine.worker('ada')?.consumed).toBe(6);
  });

  it('leaves no room for a task that would have fitted before', () => {
    const desk = chatting({ capacity: 4 });
    desk.do(hold('voice'));
    expect(offers(desk.task('t2'))).toEqual([]);
    expect(offers(desk.do(release('voice')))).toEqual(['t2 -> ada']);
  });

  it('is given to a worker who is on a break, but not to one who has left', () => {
    const desk = chatting();
    desk.do({ type: 'setAvailable', workerId: 'ada', available: false });
    desk.do(hold('voice'));
    desk.do({ type: 'deregister', workerId: 'ada' });
    expect(refused(desk, hold('meeting'))).toBe('unable to add channel to task of worker; it is not registered');
    expect(desk.engine.worker('ada')?.consumed).toBe(4);
  });

  it.each<[string, Partial<WorkerSpec>, string, string]>([
    ['more than the capacity that is left', { capacity: 3 }, 'voice', 'it has no capacity left'],
    [
      'one more than the maximum of the channel',
      { channels: [...all.slice(0, 1), { channel: 'voice', cost: 0, max: 1 }] },
      'voice',
      'it has no capacity left',
    ],
    ['a channel that the worker does not serve', {}, 'fax', 'it does not serve the channel'],
  ])('is refused when it is %s, and nothing has changed', (_, worker, channel, why) => {
    const desk = chatting(worker);
    if (channel === 'voice') desk.do({ type: 'enqueue', task: call('own', 0), assignTo: 'ada' });
    expect(refused(desk, hold(channel))).toBe(`unable to add channel to task of worker; ${why}`);
  });

  it('counts open offers as taken', () => {
    const desk = chatting({ capacity: 4 });
    desk.task('t2', { channel: 'meeting' });
    expect(refused(desk, hold('voice'))).toContain('no capacity left');
    desk.do({ type: 'decline', offerId: desk.offerOf('t2') });
    expect(types(desk.do(hold('voice')))).toEqual(['channel-held']);
  });

  it.each([-1, NaN, Infinity])('is refused with the field named when it is to cost %s units', (cost) => {
    expect(refused(chatting(), hold('voice', { cost }))).toMatch(/^unable to apply routing command; cost must be/);
  });

  it('needs no room among the offers that the worker may have open', () => {
    const desk = chatting({ maxConcurrentOffers: 1 });
    desk.task('t2');
    expect(types(desk.do(hold('voice')))).toEqual(['channel-held']);
  });

  it.each([
    ['a channel that it has', 'chat', 'it has the channel already', (desk: Desk) => desk],
    ['a task that waits', 'voice', 'it is queued', (desk: Desk) => desk.do(giveAway({ suspend: true }))],
    ['a task that is offered', 'voice', 'it is offered', (desk: Desk) => desk.do(giveAway())],
    ['a task in wrap-up', 'voice', 'it is wrapping', (desk: Desk) => desk.do({ type: 'complete', taskId: 't1' })],
  ])('is refused for %s', (_, channel, why, before) => {
    const desk = chatting();
    before(desk);
    expect(refused(desk, hold(channel))).toBe(`unable to add channel to task; ${why}`);
  });

  it('takes back the offer that a silent strategy led to at the same moment', () => {
    const desk = new Desk({ id: 'support' }, { id: 'slow', strategy: { name: 'slow', rank: () => [] } });
    desk.worker('ada', { capacity: 4, channels: all, queues: ['support', 'slow'] });
    desk.task('t1');
    desk.accept('t1');
    desk.task('t2', { queueId: 'slow' });
    desk.now += 1_000;
    expect(types(desk.do(hold('voice')))).toEqual(['offer-issued', 'channel-held', 'offer-revoked']);
    expect(desk.engine.worker('ada')?.consumed).toBe(4);
  });
});

describe('a channel that is released', () => {
  it('frees what was held for it, the first one as well, and the task stays', () => {
    const desk = chatting();
    desk.do(hold('voice'));
    expect(desk.do(release('chat'))).toMatchObject([
      { type: 'channel-released', taskId: 't1', workerId: 'ada', channel: 'chat' },
    ]);
    expect(desk.engine.worker('ada')).toMatchObject({ consumed: 3, load: { voice: 1 }, taskIds: ['t1'] });
    expect(desk.engine.task('t1')).toMatchObject({ channel: 'voice', channels: ['voice'], status: 'assigned' });
  });

  it("frees a channel's own number of units", () => {
    const desk = chatting();
    desk.do(hold('voice', { cost: 5 }));
    desk.do(release('voice'));
    expect(desk.engine.worker('ada')?.consumed).toBe(1);
  });

  it.each([
    ['the last one', 'chat', 'it has no other channel', (desk: Desk) => desk],
    ['one that the task does not have', 'voice', 'it does not have the channel', (desk: Desk) => desk],
    [
      'one of a task in wrap-up',
      'voice',
      'it is wrapping',
      (desk: Desk) => [desk.do(hold('voice')), desk.do({ type: 'complete', taskId: 't1' })],
    ],
  ])('is refused for %s', (_, channel, why, before) => {
    const desk = chatting();
    before(desk);
    expect(refused(desk, release(channel))).toBe(`unable to take channel from task; ${why}`);
  });

  it('of a task that is offered makes the offer smaller; accepting holds what is left', () => {
    const desk = chatting();
    desk.do(hold('voice'));
    desk.do(giveAway());
    expect(desk.engine.offer(desk.offerOf('t1'))).toMatchObject({ cost: 4 });
    expect(desk.do(release('voice'))).toEqual([
      { seq: expect.any(Number), at: 0, type: 'channel-released', taskId: 't1', channel: 'voice' },
    ]);
    expect(desk.engine.offer(desk.offerOf('t1'))).toMatchObject({ cost: 1 });
    desk.accept('t1');
    expect(desk.engine.worker('ada')).toMatchObject({ consumed: 1, load: { chat: 1 } });
  });

  it('of a task that waits lets somebody take it who serves only the others', () => {
    const desk = chatting();
    desk.do(hold('voice'));
    desk.do({ type: 'deregister', workerId: 'ada' });
    desk.worker('bob');
    desk.do(giveAway());
    expect(offers(desk.do(release('voice')))).toEqual(['t1 -> bob']);
  });

  it('that was the first puts a task that waits into the line of the next one', () => {
    const desk = chatting();
    desk.do(hold('voice'));
    desk.do({ type: 'deregister', workerId: 'ada' });
    desk.worker('bob', { capacity: 3, channels: [{ channel: 'voice', cost: 3 }] });
    expect(offers(desk.do(giveAway()))).toEqual([]);
    expect(offers(desk.do(release('chat')))).toEqual(['t1 -> bob']);
  });

  it('that was the first withdraws what the strategy is asked, and asks about those who serve the next one', () => {
    const desk = new Desk({ id: 'support', strategy: { name: 'asked', rank: () => [] } });
    desk.worker('ada', { capacity: 6, channels: all });
    desk.do({ type: 'enqueue', task: { ...call('t1', 1), channel: 'chat' }, assignTo: 'ada' });
    desk.do(hold('voice'));
    desk.do(giveAway());
    expect(desk.engine.decision('d-1')?.input.task.channels).toEqual(['chat', 'voice']);
    desk.worker('bob', { capacity: 3, channels: [{ channel: 'voice', cost: 3 }] });
    expect(desk.do(release('chat'))).toMatchObject([
      { type: 'channel-released' },
      { type: 'decision-requested', decisionId: 'd-2' },
    ]);
    expect(desk.engine.decision('d-1')).toBeUndefined();
    const candidates = desk.engine.decision('d-2')?.input.candidates ?? [];
    expect([...candidates].map((each) => each.id)).toEqual(['ada', 'bob']);
  });
});

describe('a task with several channels that is given away', () => {
  it('is offered only to whoever has room for all of them, and the offer holds all', () => {
    const desk = chatting();
    desk.do(hold('voice'));
    desk.worker('bob', { capacity: 6, channels: all.slice(0, 1) });
    desk.worker('cyd', { capacity: 3, channels: all });
    desk.worker('dan', { capacity: 4, channels: all });
    expect(offers(desk.do(giveAway({ exclude: ['ada'] })))).toEqual(['t1 -> dan']);
    expect(desk.engine.worker('ada')?.consumed).toBe(0);
    expect(desk.engine.worker('dan')).toMatchObject({ consumed: 4, openOffers: 1, load: { chat: 1, voice: 1 } });
    expect(desk.engine.explain('t1', 0).workers).toMatchObject([
      { workerId: 'ada', rejectedBy: [{ by: 'refused' }] },
      { workerId: 'bob', rejectedBy: [{ by: 'channel' }] },
      { workerId: 'cyd', rejectedBy: [{ by: 'capacity' }] },
      { workerId: 'dan', rejectedBy: [{ by: 'already-offered' }] },
    ]);
    desk.accept('t1');
    expect(desk.engine.worker('dan')).toMatchObject({ consumed: 4, openOffers: 0, load: { chat: 1, voice: 1 } });
  });

  it('waits until one worker is free enough, though the first channel fits before', () => {
    const desk = chatting({}, { strategy: longestIdle() });
    desk.do(hold('voice'));
    desk.worker('bob', { capacity: 4, channels: all });
    desk.do({ type: 'enqueue', task: call('own', 3), assignTo: 'bob' });
    expect(offers(desk.do(giveAway({ exclude: ['ada'] })))).toEqual([]);
    expect(offers(desk.task('small'))).toEqual(['small -> ada']);
    expect(offers(desk.finish('own'))).toEqual(['t1 -> bob']);
  });

  it('frees everything with the offer that is declined', () => {
    const desk = chatting();
    desk.do(hold('voice'));
    desk.do(giveAway());
    desk.do({ type: 'decline', offerId: desk.offerOf('t1') });
    expect(desk.engine.worker('ada')).toMatchObject({ consumed: 0, load: {} });
  });

  it('costs each worker its own units, and the same for all where that was said', () => {
    const desk = chatting();
    desk.do(hold('voice'));
    desk.do(hold('meeting', { cost: 1 }));
    const channels = ['chat', 'voice', 'meeting'].map((channel) => ({ channel, cost: 20 }));
    desk.worker('bob', { capacity: 100, channels });
    desk.do({ type: 'setAvailable', workerId: 'ada', available: false });
    desk.do(giveAway());
    expect(desk.engine.offer(desk.offerOf('t1'))).toMatchObject({ workerId: 'bob', cost: 41 });
  });

  it('can be assigned only to a worker who has room for all of them', () => {
    const desk = chatting();
    desk.do(hold('voice'));
    desk.worker('bob', { capacity: 3, channels: all, available: false });
    desk.do(giveAway({ suspend: true }));
    const assign = { type: 'assign', taskId: 't1', workerId: 'bob' } as const;
    expect(refused(desk, assign)).toBe('unable to assign task to worker; it has no capacity left');
    desk.do({ type: 'update', workerId: 'bob', change: { capacity: 4 } });
    desk.do(assign);
    expect(desk.engine.worker('bob')?.consumed).toBe(4);
  });

  it('is found for a worker whose first channel is smaller than usual there', () => {
    const desk = chatting({ capacity: 3, channels: [...all.slice(1), { channel: 'chat', cost: 0 }] });
    desk.do(hold('meeting', { cost: 1 }));
    desk.do(release('chat'));
    desk.do({ type: 'enqueue', task: { ...call('own', 2), channel: 'chat' }, assignTo: 'ada' });
    expect(offers(desk.do(giveAway()))).toEqual(['t1 -> ada']);
  });

  it('comes by another channel in place of the first, once', () => {
    const desk = chatting();
    desk.do(hold('voice'));
    desk.do(giveAway({ channel: 'meeting' }));
    expect(desk.engine.task('t1')).toMatchObject({ channel: 'meeting', channels: ['meeting', 'voice'] });
    desk.do(giveAway({ channel: 'voice' }));
    expect(desk.engine.task('t1')).toMatchObject({ channel: 'voice', channels: ['voice'] });
  });

  it('loses the offer of a worker who no longer serves one of its channels', () => {
    const desk = chatting();
    desk.do(hold('voice'));
    desk.do(giveAway());
    const events = desk.do({ type: 'update', workerId: 'ada', change: { channels: all.slice(0, 1) } });
    expect(types(events)).toEqual(['worker-updated', 'offer-revoked']);
  });

  it('counts as one handling, and estimates how long it waits by all its channels', () => {
    const desk = chatting({ capacity: 12, channels: all.map(({ channel, cost }) => ({ channel, cost })) });
    desk.do(hold('voice'));
    desk.do(giveAway({ notBefore: 1_000 }));
    // 12 units, 4 for each such task: 3 at a time; 5 minutes are assumed.
    expect(desk.engine.position('t1', 0)?.estimatedWaitMs).toBe(100_000);
  });
});

describe('a task that comes with several channels', () => {
  it('is offered only to whoever has room for all of them', () => {
    const desk = new Desk();
    desk.worker('ada', { capacity: 3, channels: all });
    desk.worker('bob', { capacity: 4, channels: all });
    expect(offers(desk.task('t1', { more: ['voice'] }))).toEqual(['t1 -> bob']);
    expect(desk.engine.task('t1')).toMatchObject({ channel: 'chat', channels: ['chat', 'voice'] });
  });

  it('is refused when whoever is to have it at once has no room for all of them', () => {
    const desk = new Desk();
    desk.worker('ada', { capacity: 3, channels: all });
    const spec = { id: 't1', queueId: 'support', channel: 'chat' };
    const enqueue = { type: 'enqueue', task: { ...spec, more: ['voice'] }, assignTo: 'ada' } as const;
    expect(refused(desk, enqueue)).toBe('unable to assign task to worker; it has no capacity left');
    desk.do({ ...enqueue, task: { ...spec, more: ['meeting'] } });
    expect(desk.engine.worker('ada')).toMatchObject({ consumed: 3, load: { chat: 1, meeting: 1 } });
  });
});

describe('the end of a task with several channels frees all of them at once', () => {
  it.each([
    ['when it is cancelled', 'closed', [{ type: 'cancel', taskId: 't1', reason: 'gone' }]],
    [
      'when it closes',
      'closed',
      [
        { type: 'complete', taskId: 't1' },
        { type: 'close', taskId: 't1' },
      ],
    ],
    ['when wrap-up begins, in a queue that frees then', 'wrapping', [{ type: 'complete', taskId: 't1' }]],
  ] as const)('%s', (_, releaseCapacityAt, commands) => {
    const desk = chatting({}, { releaseCapacityAt });
    desk.do(hold('voice'));
    desk.do(hold('meeting'));
    expect(desk.engine.worker('ada')?.consumed).toBe(6);
    for (const command of commands) desk.do(command);
    expect(desk.engine.worker('ada')).toMatchObject({ consumed: 0, load: {}, taskIds: [] });
  });

  it('not before, in a queue that frees after wrap-up', () => {
    const desk = chatting();
    desk.do(hold('voice'));
    desk.do({ type: 'complete', taskId: 't1' });
    expect(desk.engine.worker('ada')?.consumed).toBe(4);
  });
});

function call(id: string, cost: number) {
  return { id, queueId: 'support', channel: 'voice', cost };
}
