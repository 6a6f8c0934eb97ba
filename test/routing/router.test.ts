import { isContactCenterError } from 'onescreen';
import {
  createRouter,
  createRoutingEngine,
  longestIdle,
  type QueuePolicy,
  type RankInput,
  type Ranked,
  type Router,
  type RoutingCommand,
  type RoutingEngine,
  type RoutingEvent,
  type RoutingStrategy,
} from 'onescreen/routing';
import { virtualClock, type VirtualClock } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';
import { offers, types, unchecked } from './desk';

interface Floor {
  readonly clock: VirtualClock;
  readonly engine: RoutingEngine;
  readonly router: Router;
  readonly log: RoutingEvent[];
  readonly commands: { readonly command: RoutingCommand; readonly now: number }[];
}

function open(...queues: QueuePolicy[]): Floor {
  const clock = virtualClock(0);
  const engine = createRoutingEngine({ queues });
  const log: RoutingEvent[] = [];
  const commands: Floor['commands'] = [];
  const router = createRouter({
    engine,
    clock,
    onEvents: (events) => log.push(...events),
    onCommand: (command, now) => commands.push({ command, now }),
  });
  return { clock, engine, router, log, commands };
}

function register(floor: Floor, ...ids: string[]): void {
  for (const id of ids) {
    const worker = { id, queues: ['support'], capacity: 1, channels: [{ channel: 'chat', cost: 1 }], available: true };
    floor.router.apply({ type: 'register', worker });
  }
}

function enqueue(
  floor: Floor,
  id: string,
  more: { priority?: number; queueId?: string } = {},
): readonly RoutingEvent[] {
  return floor.router.apply({ type: 'enqueue', task: { id, queueId: 'support', channel: 'chat', ...more } });
}

function ranking(rank: (input: RankInput) => readonly Ranked[] | Promise<readonly Ranked[]>): RoutingStrategy {
  return { name: 'custom', rank };
}

const backwards = ranking(({ candidates }) => [...candidates].map((each) => ({ workerId: each.id })).reverse());

function issued(events: readonly RoutingEvent[]) {
  return events.flatMap((event) => (event.type === 'offer-issued' ? [event] : []));
}

it('wakes the engine when something is due, and not otherwise', async () => {
  const floor = open({ id: 'support', offerTtlMs: 10_000 });
  register(floor, 'ada');
  expect(floor.clock.pending).toBe(0);
  enqueue(floor, 't');
  await floor.clock.advance(9_999);
  expect(types(floor.log)).not.toContain('offer-expired');
  await floor.clock.advance(1);
  expect(types(floor.log).slice(-2)).toEqual(['offer-expired', 'worker-unavailable']);
  expect(floor.clock.pending).toBe(0);
});

it('hands out events in the order of their numbers, also those of a command given from within', () => {
  const clock = virtualClock(0);
  const seen: number[] = [];
  const router = createRouter({
    engine: createRoutingEngine({ queues: [{ id: 'support' }] }),
    clock,
    onEvents: (events) => {
      seen.push(...events.map((event) => event.seq));
      for (const event of events)
        if (event.type === 'offer-issued') router.apply({ type: 'accept', offerId: event.offerId });
    },
  });
  const channels = [{ channel: 'chat', cost: 1 }];
  router.apply({
    type: 'register',
    worker: { id: 'ada', queues: ['support'], capacity: 1, channels, available: true },
  });
  router.apply({ type: 'enqueue', task: { id: 't', queueId: 'support', channel: 'chat' } });
  expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
});

it('takes no commands and leaves no timer once it is closed', () => {
  const floor = open({ id: 'support' });
  register(floor, 'ada');
  enqueue(floor, 't');
  expect(floor.clock.pending).toBe(1);
  floor.router.close();
  floor.router.close();
  expect(floor.clock.pending).toBe(0);
  expect(() => enqueue(floor, 't2')).toThrow('the router is closed');
});

describe("a vendor's own strategy", () => {
  it('that answers at once decides within the same command', () => {
    const floor = open({ id: 'support', strategy: backwards });
    register(floor, 'a', 'b', 'c');
    expect(types(enqueue(floor, 't'))).toEqual(['task-queued', 'decision-requested', 'offer-issued']);
    expect(offers(floor.log)).toEqual(['t -> c']);
    expect(issued(floor.log)[0]?.explanation).toMatchObject({
      strategy: 'custom',
      runnersUp: [{ workerId: 'b' }, { workerId: 'a' }],
    });
  });

  it('sees the task, the candidates, the history and its options', () => {
    const inputs: RankInput[] = [];
    const strategy = ranking((input) => {
      inputs.push(input);
      return [...input.candidates].map((each) => ({ workerId: each.id }));
    });
    const floor = open({ id: 'support', strategy, strategyOptions: { region: 'emea' } });
    register(floor, 'a', 'b');
    enqueue(floor, 't', { priority: 3 });
    floor.router.apply({ type: 'decline', offerId: 'o-1' });
    expect(inputs[1]).toMatchObject({
      task: { id: 't', priority: 3, queueId: 'support', channel: 'chat' },
      now: new Date(0),
      history: { lastOffered: 'a', refusals: [{ workerId: 'a', outcome: 'declined' }], previousWorkers: [] },
      options: { region: 'emea' },
    });
    expect([...(inputs[1]?.candidates ?? [])].map((each) => each.id)).toEqual(['b']);
  });

  it('is not overtaken by a task further back while it answers at once', () => {
    const floor = open({ id: 'support', strategy: backwards }, { id: 'other' });
    enqueue(floor, 'first', { priority: 1 });
    enqueue(floor, 'second', { queueId: 'other' });
    const channels = [{ channel: 'chat', cost: 1 }];
    floor.router.apply({
      type: 'register',
      worker: { id: 'a', queues: ['support', 'other'], capacity: 1, channels, available: true },
    });
    expect(offers(floor.log)).toEqual(['first -> a']);
  });

  it('that answers later re-enters as a command, and others are served meanwhile', async () => {
    let answer: (ranked: readonly Ranked[]) => void = () => {};
    const slow = ranking(() => new Promise((resolve) => (answer = resolve)));
    const floor = open({ id: 'support', strategy: slow }, { id: 'other' });
    register(floor, 'a', 'b');
    enqueue(floor, 't');
    const channels = [{ channel: 'chat', cost: 1 }];
    floor.router.apply({
      type: 'register',
      worker: { id: 'o', queues: ['other'], capacity: 1, channels, available: true },
    });
    expect(offers(enqueue(floor, 't2', { queueId: 'other' }))).toEqual(['t2 -> o']);
    expect(floor.engine.task('t')).toMatchObject({ deciding: true, status: 'queued' });
    expect(floor.engine.explain('t', 0).waitsFor).toBe('strategy');
    answer([{ workerId: 'b', score: 7, reason: 'speaks Basque' }]);
    await floor.clock.advance(0);
    expect(issued(floor.log)[1]).toMatchObject({
      workerId: 'b',
      explanation: { winner: { workerId: 'b', score: 7, reason: 'speaks Basque' } },
    });
    expect(floor.commands.at(-1)?.command.type).toBe('decide');
  });

  it('is asked no more often than there are workers to give', () => {
    let asked = 0;
    const slow = ranking(() => {
      asked += 1;
      return new Promise(() => {});
    });
    const floor = open({ id: 'support', strategy: slow });
    for (let n = 0; n < 50; n += 1) enqueue(floor, `t${n}`);
    register(floor, 'a', 'b');
    expect(asked).toBe(2);
  });

  it('holds no one up when its workers are given away while its questions are open', () => {
    const floor = open({ id: 'support', strategy: ranking(() => new Promise(() => {})) }, { id: 'urgent' });
    const channels = [{ channel: 'chat', cost: 1 }];
    register(floor, 'b');
    floor.router.apply({
      type: 'register',
      worker: { id: 'a', queues: ['support', 'urgent'], capacity: 1, channels, available: true },
    });
    for (const id of ['t1', 't2', 't3']) enqueue(floor, id);
    const events = floor.router.apply({
      type: 'requeue',
      taskId: 't1',
      queueId: 'urgent',
      priority: 9,
      reason: 'escalated',
    });
    expect(offers(events)).toEqual(['t1 -> a']);
    expect(floor.engine.tasks().map((each) => each.deciding)).toEqual([false, true, false]);
  });

  it('gets its turn for the tasks that were held back once an answer is in', async () => {
    const later = ranking(({ candidates }) => Promise.resolve([...candidates].map((each) => ({ workerId: each.id }))));
    const floor = open({ id: 'support', strategy: later });
    for (let n = 0; n < 20; n += 1) enqueue(floor, `t${n}`);
    register(floor, 'a', 'b', 'c');
    await floor.clock.advance(0);
    expect(offers(floor.log).map((each) => each.split(' ')[0])).toEqual(['t0', 't1', 't2']);
  });
});

describe('a strategy that fails never stalls its queue: the longest idle is asked, and the explanation says why', () => {
  const boom = () => {
    throw new Error('boom');
  };
  it.each<[string, () => readonly Ranked[] | Promise<readonly Ranked[]>, string]>([
    ['throws', boom, 'custom threw an error'],
    ['rejects', () => Promise.reject(new Error('boom')), 'custom threw an error'],
    ['names strangers', () => [{ workerId: 'nobody' }], 'custom named nobody who can take the task'],
    [
      'names strangers later',
      () => Promise.resolve([{ workerId: 'nobody' }]),
      'custom named nobody who can take the task',
    ],
    ['answers with nonsense', () => unchecked('[{"worker":"ada"}]'), 'custom did not answer with a list of workers'],
    ['answers with nothing at all', () => unchecked('null'), 'custom did not answer with a list of workers'],
  ])('one that %s', async (_, rank, words) => {
    const floor = open({ id: 'support', strategy: ranking(rank) });
    register(floor, 'ada');
    enqueue(floor, 't');
    await floor.clock.advance(0);
    expect(issued(floor.log)).toMatchObject([
      { workerId: 'ada', explanation: { strategy: 'longestIdle', fallback: words } },
    ]);
  });

  it('one that never answers, after its time-out, and it is told to stop', async () => {
    let signal: AbortSignal | undefined;
    const strategy = ranking((input) => {
      signal = input.signal;
      return new Promise(() => {});
    });
    const floor = open({ id: 'support', strategy, strategyTimeoutMs: 250 });
    register(floor, 'ada');
    enqueue(floor, 't');
    await floor.clock.advance(249);
    expect(issued(floor.log)).toEqual([]);
    expect(signal?.aborted).toBe(false);
    await floor.clock.advance(1);
    expect(issued(floor.log)[0]?.explanation.fallback).toBe('custom did not answer within 250 ms');
    expect(signal?.aborted).toBe(true);
    expect(isContactCenterError(signal?.reason, 'command/aborted')).toBe(true);
  });

  it('an answer that comes too late is dropped', async () => {
    let answer: (ranked: readonly Ranked[]) => void = () => {};
    const floor = open({ id: 'support', strategy: ranking(() => new Promise((resolve) => (answer = resolve))) });
    register(floor, 'a', 'b');
    enqueue(floor, 't');
    floor.router.apply({ type: 'cancel', taskId: 't', reason: 'customer-left' });
    const before = floor.log.length;
    answer([{ workerId: 'b' }]);
    await floor.clock.advance(0);
    expect(floor.log.length).toBe(before);
    expect(floor.engine.apply({ type: 'decide', decisionId: 'd-1', ranked: [{ workerId: 'b' }] }, 0)).toEqual([]);
  });

  it('an answer whose workers are taken by now is asked for again', async () => {
    const answers: ((ranked: readonly Ranked[]) => void)[] = [];
    const floor = open({ id: 'support', strategy: ranking(() => new Promise((resolve) => answers.push(resolve))) });
    register(floor, 'a', 'b');
    enqueue(floor, 't');
    floor.router.apply({ type: 'setAvailable', workerId: 'a', available: false });
    answers[0]?.([{ workerId: 'a' }]);
    await floor.clock.advance(0);
    answers[1]?.([{ workerId: 'b' }]);
    await floor.clock.advance(0);
    expect(issued(floor.log)).toMatchObject([{ workerId: 'b', explanation: { strategy: 'custom' } }]);
  });

  it('duplicates are taken once, and scores that are no numbers are left out', () => {
    const twice = ranking(() => [
      { workerId: 'a', score: NaN },
      { workerId: 'a', score: 1 },
      { workerId: 'b', score: Infinity },
    ]);
    const floor = open({ id: 'support', strategy: twice, concurrentOffers: 2 });
    register(floor, 'a', 'b');
    enqueue(floor, 't');
    expect(offers(floor.log)).toEqual(['t -> a', 't -> b']);
    expect(issued(floor.log).map((event) => event.explanation.winner.score)).toEqual([undefined, undefined]);
  });

  it('one that chooses nobody holds the task, and is asked again after a while', async () => {
    let asked = 0;
    const strategy = ranking(({ candidates }) => {
      asked += 1;
      return asked < 3 ? [] : [...candidates].map((each) => ({ workerId: each.id }));
    });
    const floor = open({ id: 'support', strategy, strategyRetryMs: 5_000 });
    register(floor, 'ada');
    enqueue(floor, 't');
    expect(asked).toBe(1);
    await floor.clock.advance(9_999);
    expect(asked).toBe(2);
    expect(issued(floor.log)).toEqual([]);
    await floor.clock.advance(1);
    expect(offers(floor.log)).toEqual(['t -> ada']);
  });
});

it('aborts what strategies are working on when it closes, and drops their answers', async () => {
  let finish: (ranked: readonly Ranked[]) => void = () => {};
  let aborted = false;
  const strategy = ranking(({ signal }) => {
    signal.addEventListener('abort', () => (aborted = true));
    return new Promise((resolve) => (finish = resolve));
  });
  const floor = open({ id: 'support', strategy });
  register(floor, 'ada');
  enqueue(floor, 't');
  floor.router.close();
  expect(aborted).toBe(true);
  finish([{ workerId: 'ada' }]);
  await floor.clock.advance(0);
  expect(issued(floor.log)).toEqual([]);
});

it('logs commands that give the same events when they are applied again, without asking any strategy', async () => {
  let asked = 0;
  const counting = (later: boolean) =>
    ranking(({ candidates }) => {
      asked += 1;
      const ranked = [...candidates].map((each) => ({ workerId: each.id })).reverse();
      return later ? Promise.resolve(ranked) : ranked;
    });
  const queues = [
    { id: 'support', strategy: counting(true) },
    { id: 'other', strategy: counting(false) },
    { id: 'third', strategy: longestIdle() },
  ];
  const floor = open(...queues);
  register(floor, 'a', 'b');
  const channels = [{ channel: 'chat', cost: 1 }];
  const worker = { id: 'c', queues: ['other', 'third'], capacity: 2, channels, available: true };
  floor.router.apply({ type: 'register', worker });
  for (const queueId of ['support', 'other', 'third', 'support', 'support']) {
    enqueue(floor, `t${floor.commands.length}`, { queueId });
    await floor.clock.advance(7_000);
  }
  await floor.clock.advance(60_000);
  expect(asked).toBeGreaterThan(2);
  const before = asked;
  const replica = createRoutingEngine({ queues });
  const replayed = floor.commands.flatMap(({ command, now }) => replica.apply(command, now));
  expect(replayed).toEqual(floor.log);
  expect(asked).toBe(before);
});
