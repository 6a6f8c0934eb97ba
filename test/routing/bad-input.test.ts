import {
  createRoutingEngine,
  longestIdle,
  routingRules,
  type ClassificationPolicy,
  type ExceptionRule,
  type QueuePolicy,
  type RoutingCommand,
  type RoutingStrategy,
} from 'onescreen/routing';
import { describe, expect, it } from 'vitest';
import { Desk, offers, refusal, types, unchecked } from './desk';

const chat = [{ channel: 'chat', cost: 1 }];
const ada = { id: 'ada', queues: ['support'], capacity: 1, channels: chat };
const task = { id: 't', queueId: 'support', channel: 'chat' };
const parse = (json: string) => JSON.parse(json) as never;

describe('a command that makes no sense is refused with the field named, and changes nothing', () => {
  const cases: readonly [string, string, RoutingCommand][] = [
    ['an empty worker id', 'worker.id', { type: 'register', worker: { ...ada, id: '' } }],
    ['an unknown queue of a worker', 'worker.queues', { type: 'register', worker: { ...ada, queues: ['nowhere'] } }],
    ['negative capacity', 'worker.capacity', { type: 'register', worker: { ...ada, capacity: -1 } }],
    ['capacity NaN', 'worker.capacity', { type: 'register', worker: { ...ada, capacity: NaN } }],
    [
      'a negative cost',
      'worker.channels[0].cost',
      { type: 'register', worker: { ...ada, channels: [{ channel: 'chat', cost: -1 }] } },
    ],
    [
      'a maximum of 0',
      'worker.channels[0].max',
      { type: 'register', worker: { ...ada, channels: [{ channel: 'chat', cost: 1, max: 0 }] } },
    ],
    [
      'a channel named twice',
      'worker.channels[1].channel',
      { type: 'register', worker: { ...ada, channels: [...chat, ...chat] } },
    ],
    [
      'an offer limit of 1.5',
      'worker.maxConcurrentOffers',
      { type: 'register', worker: { ...ada, maxConcurrentOffers: 1.5 } },
    ],
    ['a label that is NaN', 'worker.labels.level', { type: 'register', worker: { ...ada, labels: { level: NaN } } }],
    ['a worker registered twice', 'worker.id', { type: 'register', worker: { ...ada, id: 'bob' } }],
    [
      'an update to negative capacity',
      'change.capacity',
      { type: 'update', workerId: 'bob', change: { capacity: -5 } },
    ],
    [
      'an update to an unknown queue',
      'change.queues',
      { type: 'update', workerId: 'bob', change: { queues: ['nowhere'] } },
    ],
    ['an unknown queue of a task', 'task.queueId', { type: 'enqueue', task: { ...task, queueId: 'nowhere' } }],
    ['a task id that is in use', 'task.id', { type: 'enqueue', task: { ...task, id: 'offered' } }],
    ['priority NaN', 'task.priority', { type: 'enqueue', task: { ...task, priority: NaN } }],
    ['nobody who may be asked', 'task.only', { type: 'enqueue', task: { ...task, only: [] } }],
    ['parking by a word', 'task.suspend', { type: 'enqueue', task: { ...task, suspend: parse('"no"') } }],
    [
      'parking what waits by a word',
      'suspend',
      { type: 'requeue', taskId: 'offered', reason: 'x', suspend: parse('"no"') },
    ],
    ['a negative cost of a task', 'task.cost', { type: 'enqueue', task: { ...task, cost: -1 } }],
    [
      'an infinite virtual start',
      'task.virtualStartAt',
      { type: 'enqueue', task: { ...task, virtualStartAt: -Infinity } },
    ],
    [
      'a magnitude of text',
      'task.selectors[0].value',
      { type: 'enqueue', task: { ...task, selectors: [{ key: 'a', operator: 'lessThan', value: 'b' }] } },
    ],
    [
      'a negative time of a selector',
      'task.selectors[0].expiresAfterMs',
      {
        type: 'enqueue',
        task: { ...task, selectors: [{ key: 'a', operator: 'equal', value: 'b', expiresAfterMs: -1 }] },
      },
    ],
    [
      'requeueing to an unknown queue',
      'queueId',
      { type: 'requeue', taskId: 'offered', reason: 'x', queueId: 'nowhere' },
    ],
    [
      'requeueing with priority NaN',
      'requeue.priority',
      { type: 'requeue', taskId: 'offered', reason: 'x', priority: NaN },
    ],
    ['the channel of a task once more', 'task.more[0]', { type: 'enqueue', task: { ...task, more: ['chat'] } }],
    ['one more channel named twice', 'task.more[1]', { type: 'enqueue', task: { ...task, more: ['voice', 'voice'] } }],
    ['adding a channel without a name', 'channel', { type: 'hold', taskId: 'offered', channel: '' }],
    ['releasing a channel without a name', 'channel', { type: 'release', taskId: 'offered', channel: '' }],
    ['declining until NaN', 'retryAt', { type: 'decline', offerId: 'o-1', retryAt: NaN }],
  ];
  it.each(cases)('%s', (_, field, command) => {
    const desk = new Desk();
    desk.worker('bob');
    desk.task('offered');
    const before = JSON.stringify([desk.engine.workers(), desk.engine.tasks(), desk.engine.wakeAt]);
    expect(refusal(() => desk.do(command))).toBe(`routing/invalid ${field}`);
    expect(JSON.stringify([desk.engine.workers(), desk.engine.tasks(), desk.engine.wakeAt])).toBe(before);
    expect(desk.do({ type: 'cancel', taskId: 'offered', reason: 'end' })[0]?.seq).toBe(5);
  });

  it('an operator that does not exist, a type that does not exist, a value of the wrong type: as they come from plain JavaScript', () => {
    const desk = new Desk();
    const apply = (json: string) => () => desk.do(unchecked(json));
    expect(
      refusal(
        apply(
          '{"type":"enqueue","task":{"id":"t","queueId":"support","channel":"chat","selectors":[{"key":"a","operator":"like","value":1}]}}',
        ),
      ),
    ).toBe('routing/invalid task.selectors[0].operator');
    expect(
      refusal(apply('{"type":"enqueue","task":{"id":"t","queueId":"support","channel":"chat","priority":"high"}}')),
    ).toBe('routing/invalid task.priority');
    expect(refusal(apply('{"type":"explode"}'))).toBe('routing/invalid type');
  });
});

it('refuses what is no longer there with a code of its own', () => {
  const desk = new Desk();
  expect(refusal(() => desk.do({ type: 'accept', offerId: 'o-9' }))).toBe('offer/gone');
  expect(refusal(() => desk.do({ type: 'cancel', taskId: 't9', reason: 'x' }))).toBe('task/gone');
  expect(refusal(() => desk.do({ type: 'setAvailable', workerId: 'w9', available: true }))).toBe('worker/gone');
  expect(refusal(() => desk.engine.explain('t9', 0))).toBe('task/gone');
  expect(desk.engine.position('t9', 0)).toBeUndefined();
});

describe('queues', () => {
  const noStrategy: RoutingStrategy = { name: 'idle hands' };
  it.each([
    ['a strategy with neither compare nor rank', { id: 'q', strategy: noStrategy }, 'queues[0].strategy'],
    ['an offer that never lasts', { id: 'q', offerTtlMs: 0 }, 'queues[0].offerTtlMs'],
    ['half an offer', { id: 'q', concurrentOffers: 0.5 }, 'queues[0].concurrentOffers'],
    ['no id', { id: '' }, 'queues[0].id'],
    ['a misspelt end of offers', parse('{"id":"q","onExpire":"keeep"}'), 'queues[0].onExpire'],
    ['a misspelt release', parse('{"id":"q","releaseCapacityAt":"wraping"}'), 'queues[0].releaseCapacityAt'],
    ['no list of rules', parse('{"id":"q","exceptions":{}}'), 'queues[0].exceptions'],
  ] satisfies [string, QueuePolicy, string][])('%s is refused', (_, queue, field) => {
    expect(refusal(() => createRoutingEngine({ queues: [queue] }))).toBe(`routing/invalid ${field}`);
  });

  it('two of one id are refused', () => {
    expect(refusal(() => createRoutingEngine({ queues: [{ id: 'q' }, { id: 'q' }] }))).toBe(
      'routing/invalid queues[1].id',
    );
  });
});

describe('time', () => {
  it('that goes backwards is taken to stand still', () => {
    const desk = new Desk();
    desk.now = 10_000;
    desk.worker('ada');
    desk.now = 4_000;
    expect(desk.task('t')).toMatchObject([
      { type: 'task-queued', at: 10_000, virtualStartAt: 10_000 },
      { type: 'offer-issued', issuedAt: 10_000, expiresAt: 40_000 },
    ]);
    desk.now = 39_999;
    expect(desk.do({ type: 'tick' })).toEqual([]);
  });

  it('that is no number is refused', () => {
    const desk = new Desk();
    desk.now = NaN;
    expect(refusal(() => desk.task('t'))).toBe('routing/invalid now');
  });

  it('of a virtual start in the future counts as now', () => {
    const desk = new Desk();
    expect(desk.task('t', { virtualStartAt: 99_000 })).toMatchObject([{ virtualStartAt: 0 }]);
  });

  it('of an offer is over once, however late the engine is woken', () => {
    const desk = new Desk();
    desk.worker('ada');
    desk.task('t');
    desk.now = 3_600_000;
    expect(types(desk.do({ type: 'tick' }))).toEqual(['offer-expired', 'worker-unavailable']);
    expect(desk.do({ type: 'tick' })).toEqual([]);
    expect(desk.engine.wakeAt).toBeUndefined();
  });
});

it('matches a worker with 10,000 labels', () => {
  const desk = new Desk();
  desk.worker('ada', { labels: Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`label${n}`, n])) });
  expect(offers(desk.task('t', { selectors: [{ key: 'label9999', operator: 'equal', value: 9_999 }] }))).toEqual([
    't -> ada',
  ]);
});

it('keeps a task whose selectors contradict each other waiting, and everybody else served', () => {
  const desk = new Desk();
  desk.worker('ada');
  const selectors = [
    { key: 'a', operator: 'equal' as const, value: 1 },
    { key: 'a', operator: 'equal' as const, value: 2 },
  ];
  expect(offers(desk.task('impossible', { priority: 9, selectors }))).toEqual([]);
  expect(offers(desk.task('possible'))).toEqual(['possible -> ada']);
});

describe('a compare that misbehaves never stalls a queue', () => {
  it.each<[string, RoutingStrategy, RegExp]>([
    [
      'throws',
      {
        name: 'moody',
        compare: () => {
          throw new Error('no comment');
        },
      },
      /^moody threw an error$/,
    ],
    ['answers NaN', { name: 'vague', compare: () => NaN }, /vague did not compare/],
  ])('one that %s falls back to the longest idle, and the explanation says so', (_, strategy, words) => {
    const desk = new Desk({ id: 'support', strategy });
    desk.worker('late');
    desk.do({ type: 'setAvailable', workerId: 'late', available: false });
    desk.now = 1_000;
    desk.worker('early');
    desk.now = 2_000;
    desk.do({ type: 'setAvailable', workerId: 'late', available: true });
    const issued = desk.task('t').find((event) => event.type === 'offer-issued');
    expect(issued?.workerId).toBe('early');
    expect(issued?.explanation.fallback).toMatch(words);
  });

  it('one that contradicts itself still gives every task away, and frees every worker', () => {
    let flip = 1;
    const desk = new Desk({ id: 'support', strategy: { name: 'fickle', compare: () => (flip = -flip) } });
    const ids = Array.from({ length: 300 }, (_, n) => `${n}`);
    for (const id of ids) desk.worker(id);
    for (const id of ids) desk.task(id);
    expect(new Set(desk.log.flatMap((event) => (event.type === 'offer-issued' ? event.workerId : []))).size).toBe(300);
    for (const id of ids) desk.do({ type: 'deregister', workerId: id });
    expect(desk.engine.workers()).toEqual([]);
    expect(offers(desk.worker('last'))).toHaveLength(1);
  });

  it('one whose words fail keeps its decision', () => {
    const strategy: RoutingStrategy = {
      ...longestIdle(),
      name: 'shy',
      describe: () => {
        throw new Error('no words');
      },
    };
    const desk = new Desk({ id: 'support', strategy });
    desk.worker('ada');
    expect(offers(desk.task('t'))).toEqual(['t -> ada']);
  });
});

describe('rules that make no sense are refused with the field named, and nothing has changed', () => {
  const policy: ClassificationPolicy = { id: 'p', classify: () => ({}) };
  const withRules = () => new Desk({ id: 'support' }, routingRules({ classification: [policy] }));
  it.each<[string, string, RoutingCommand]>([
    ['a schedule at NaN', 'scheduleAt', { type: 'enqueue', task: { ...task, scheduleAt: NaN } }],
    ['a schedule in text', 'scheduleAt', { type: 'enqueue', task: { ...task, scheduleAt: parse('"noon"') } }],
    ['no queue and no policy', 'task.queueId', { type: 'enqueue', task: { id: 't', channel: 'chat' } }],
    [
      'no queue for what is assigned at once',
      'task.queueId',
      { type: 'enqueue', task: { id: 't', channel: 'chat', classificationPolicyId: 'p' }, assignTo: 'bob' },
    ],
    [
      'an unknown policy',
      'classificationPolicyId',
      { type: 'enqueue', task: { ...task, classificationPolicyId: 'nothing' } },
    ],
    ['a tag that is NaN', 'task.tags.level', { type: 'enqueue', task: { ...task, tags: { level: NaN } } }],
    ['an empty reference', 'task.channelReference', { type: 'enqueue', task: { ...task, channelReference: '' } }],
    ['a tag of a worker', 'worker.tags.a', { type: 'register', worker: { ...ada, tags: { a: parse('null') } } }],
    ['priority NaN', 'priority', { type: 'prioritize', taskId: 'offered', priority: NaN }],
    ['requeueing at NaN', 'scheduleAt', { type: 'requeue', taskId: 'offered', reason: 'x', scheduleAt: NaN }],
    [
      'requeueing by an unknown policy',
      'classificationPolicyId',
      { type: 'requeue', taskId: 'offered', reason: 'x', classificationPolicyId: 'nothing' },
    ],
  ])('%s', (_, field, command) => {
    const desk = withRules();
    desk.worker('bob');
    desk.task('offered');
    const state = () => JSON.stringify([desk.engine.workers(), desk.engine.tasks(), desk.engine.wakeAt]);
    const before = state();
    expect(refusal(() => desk.do(command))).toBe(`routing/invalid ${field}`);
    expect(state()).toBe(before);
  });

  it('what is not there, or not assigned, has a code of its own', () => {
    const desk = withRules();
    desk.task('t');
    expect(refusal(() => desk.do({ type: 'unassign', taskId: 't' }))).toBe('task/wrong-state');
    expect(refusal(() => desk.do({ type: 'unassign', taskId: 't9' }))).toBe('task/gone');
    expect(refusal(() => desk.do({ type: 'prioritize', taskId: 't9', priority: 1 }))).toBe('task/gone');
    const stale = { taskId: 't9', classificationId: 'c-9' };
    expect(desk.do({ type: 'classify', ...stale, classification: {} })).toEqual([]);
    expect(desk.do({ type: 'classificationFailed', ...stale, reason: 'x' })).toEqual([]);
  });

  it.each<[string, string, QueuePolicy, ExceptionRule[]]>([
    ['a rule without an id', '.id', { id: 'q' }, [{ id: '', when: { type: 'closed' }, actions: [] }]],
    [
      'two rules of one id',
      '.id',
      { id: 'q' },
      [
        { id: 'r', when: { type: 'closed' }, actions: [] },
        { id: 'r', when: { type: 'closed' }, actions: [] },
      ],
    ],
    ['a trigger that does not exist', '.when', { id: 'q' }, [{ id: 'r', when: parse('{"type":"mood"}'), actions: [] }]],
    ['no trigger', '.when', { id: 'q' }, [{ id: 'r', when: parse('null'), actions: [] }]],
    [
      'a wait of NaN',
      '.when.afterMs',
      { id: 'q' },
      [{ id: 'r', when: { type: 'waitTime', afterMs: NaN }, actions: [] }],
    ],
    [
      'a negative threshold',
      '.when.threshold',
      { id: 'q' },
      [{ id: 'r', when: { type: 'queueLength', threshold: -1 }, actions: [] }],
    ],
    [
      'an action that does not exist',
      '.actions[0]',
      { id: 'q' },
      [{ id: 'r', when: { type: 'closed' }, actions: [parse('{"type":"sing"}')] }],
    ],
    ['no action', '.actions[0]', { id: 'q' }, [{ id: 'r', when: { type: 'closed' }, actions: [parse('null')] }]],
    [
      'a move to nowhere',
      '.queueId',
      { id: 'q' },
      [{ id: 'r', when: { type: 'closed' }, actions: [{ type: 'move', queueId: 'nowhere' }] }],
    ],
    [
      'a move with priority NaN',
      '.actions[0].priority',
      { id: 'q' },
      [{ id: 'r', when: { type: 'closed' }, actions: [{ type: 'move', priority: NaN }] }],
    ],
    [
      'a reclassification by nothing',
      '.policyId',
      { id: 'q' },
      [{ id: 'r', when: { type: 'closed' }, actions: [{ type: 'reclassify', policyId: 'nothing' }] }],
    ],
    ['hours that do not open', '.hours', { id: 'q', hours: parse('{}') }, []],
  ])('%s', (_, field, queue, exceptions) => {
    const rules = routingRules({ classification: [policy] });
    const found = refusal(() => createRoutingEngine({ queues: [{ ...queue, exceptions }], rules }));
    expect(found.startsWith('routing/invalid queue "q"')).toBe(true);
    expect(found.endsWith(field)).toBe(true);
  });

  it.each<[string, Parameters<typeof routingRules>[0], string]>([
    ['two policies of one id', { classification: [policy, policy] }, 'classification[1].id'],
    ['a policy without an id', { classification: [{ ...policy, id: '' }] }, 'classification[0].id'],
    ['a policy that does not classify', { classification: [parse('{"id":"p"}')] }, 'classification[0].classify'],
    ['no list of policies', { classification: parse('{}') }, 'classification'],
    ['a life of no length', { taskLifeMs: 0 }, 'taskLifeMs'],
    ['a life without an end', { taskLifeMs: Infinity }, 'taskLifeMs'],
    ['idleness of no length', { workerIdleMs: 0 }, 'workerIdleMs'],
    ['a time-out of NaN', { classificationTimeoutMs: NaN }, 'classificationTimeoutMs'],
  ])('%s', (_, options, field) => {
    expect(refusal(() => routingRules(options))).toBe(`routing/invalid ${field}`);
  });

  it('a fallback queue that is not there, and unassigning half a time', () => {
    const rules = routingRules({ classification: [{ ...policy, fallbackQueueId: 'nowhere' }] });
    expect(refusal(() => createRoutingEngine({ queues: [{ id: 'q' }], rules }))).toContain('fallbackQueueId');
    expect(refusal(() => createRoutingEngine({ queues: [{ id: 'q', maxUnassignments: 0.5 }] }))).toBe(
      'routing/invalid queues[0].maxUnassignments',
    );
  });
});

describe('an engine without routingRules refuses what it does not know', () => {
  it.each<[string, QueuePolicy]>([
    ['exception rules', { id: 'q', exceptions: [{ id: 'r', when: { type: 'closed' }, actions: [] }] }],
    ['hours', { id: 'q', hours: { isOpen: () => true, nextChange: () => undefined } }],
    ['a strategy that selects', { id: 'q', strategy: { ...longestIdle(), select: ({ selectors }) => selectors } }],
  ])('%s', (_, queue) => {
    expect(refusal(() => createRoutingEngine({ queues: [queue] }))).toBe('routing/invalid rules');
  });

  it('a schedule, a classification and the commands about them', () => {
    const desk = new Desk();
    desk.task('t');
    expect(refusal(() => desk.task('u', { scheduleAt: 1_000 }))).toBe('routing/invalid rules');
    expect(refusal(() => desk.task('u', { classificationPolicyId: 'p' }))).toBe('routing/invalid rules');
    expect(refusal(() => desk.do({ type: 'requeue', taskId: 't', reason: 'x', scheduleAt: 1_000 }))).toBe(
      'routing/invalid rules',
    );
    expect(refusal(() => desk.do({ type: 'unassign', taskId: 't' }))).toBe('routing/invalid rules');
    expect(desk.engine.tasks()).toHaveLength(1);
  });
});
