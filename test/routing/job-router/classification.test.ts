import { createRouter, createRoutingEngine, routingRules, type ClassificationPolicy } from 'onescreen/routing';
import {
  byRule,
  byShare,
  classificationPolicy,
  passThrough,
  queueNamedBy,
  when,
  always,
} from 'onescreen/routing/rules';
import { virtualClock } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';
import { offers, types } from '../desk';
import { Office } from './office';

const queues = [{ id: 'support' }, { id: 'na' }, { id: 'anywhere' }];

function office(...classification: ClassificationPolicy[]): Office {
  return new Office(...queues, routingRules({ classification }));
}

/** The documented example: the region decides the queue, and hardware of VIPs goes first. */
const example = classificationPolicy({
  id: 'p',
  queues: [when({ Region: 'NA' }, 'na')],
  fallbackQueueId: 'anywhere',
  priority: [
    [{ Hardware_VIP: true }, 10],
    [() => true, 1],
  ],
  selectors: [always({ key: 'Certified', operator: 'equal', value: true }), passThrough('Language')],
});

const classified = { queueId: undefined, classificationPolicyId: 'p' } as const;

function enqueue(to: Office, id: string, more: object = {}) {
  const { queueId: _, ...policy } = classified;
  return to.do({ type: 'enqueue', task: { id, channel: 'chat', ...policy, ...more } });
}

describe('classification', () => {
  it('resolves queue, priority and worker selectors from the labels', () => {
    const desk = office(example);
    const events = enqueue(desk, 't', { labels: { Region: 'NA', Hardware_VIP: true, Language: 'fr' } });
    const selectors = [
      { key: 'Certified', operator: 'equal', value: true },
      { key: 'Language', operator: 'equal', value: 'fr' },
    ];
    expect(events).toMatchObject([
      { type: 'task-received', taskId: 't' },
      { type: 'classification-requested', classificationId: 'c-1', policyId: 'p', expiresAt: 5_000 },
      { type: 'task-classified', taskId: 't', policyId: 'p', queueId: 'na', priority: 10, selectors },
      { type: 'task-queued', taskId: 't', queueId: 'na', priority: 10, receivedAt: 0 },
    ]);
    expect(desk.engine.task('t')).toMatchObject({
      status: 'queued',
      selectors,
      classificationPolicyId: 'p',
      requeues: 0,
    });
  });

  it('goes to the fallback queue when no queue matches', () => {
    const desk = office(example);
    expect(enqueue(desk, 't', { labels: { Region: 'EU' } }).at(-1)).toMatchObject({ queueId: 'anywhere', priority: 1 });
  });

  it('keeps the selectors that the task came with, beside those attached', () => {
    const desk = office(example);
    enqueue(desk, 't', { selectors: [{ key: 'tier', operator: 'equal', value: 'gold' }] });
    expect(desk.engine.task('t')?.selectors.map(({ key }) => key)).toEqual(['tier', 'Certified']);
  });

  it('keeps the queue that the task came with where the policy names none', () => {
    const desk = office(classificationPolicy({ id: 'p', priority: 7 }));
    expect(enqueue(desk, 't', { queueId: 'support' }).at(-1)).toMatchObject({ queueId: 'support', priority: 7 });
  });

  it('is done again when labels change: offers are revoked, and the attached selectors are others', () => {
    const desk = office(example);
    desk.worker('ada', { queues: ['na', 'anywhere'], labels: { Certified: true, Language: 'fr' } });
    enqueue(desk, 't', { labels: { Region: 'NA', Language: 'fr' } });
    expect(desk.engine.task('t')?.status).toBe('offered');
    const events = desk.do({ type: 'requeue', taskId: 't', reason: 'labels', labels: { Region: 'EU' } });
    expect(types(events)).toEqual([
      'offer-revoked',
      'classification-requested',
      'task-classified',
      'task-requeued',
      'offer-issued',
    ]);
    expect(desk.engine.task('t')).toMatchObject({ queueId: 'anywhere', selectors: [{ key: 'Certified' }] });
  });

  it('is done again when the policy changes, and not when a command names the queue', () => {
    const desk = office(example, classificationPolicy({ id: 'other', queues: [always('support')] }));
    enqueue(desk, 't');
    const moved = desk.do({ type: 'requeue', taskId: 't', reason: 'x', queueId: 'support', labels: { Region: 'NA' } });
    expect(types(moved)).toEqual(['task-requeued']);
    desk.do({ type: 'requeue', taskId: 't', reason: 'x', classificationPolicyId: 'p' });
    expect(desk.engine.task('t')?.queueId).toBe('na');
    desk.do({ type: 'requeue', taskId: 't', reason: 'x', classificationPolicyId: 'other' });
    expect(desk.engine.task('t')).toMatchObject({ queueId: 'support', classificationPolicyId: 'other' });
  });

  it('of an assigned task takes it from its worker first', () => {
    const desk = office(example);
    desk.worker('ada', { queues: ['anywhere'], labels: { Certified: true } });
    enqueue(desk, 't');
    desk.accept('t');
    const events = desk.do({ type: 'requeue', taskId: 't', reason: 'labels', labels: { Region: 'NA' } });
    expect(events).toMatchObject([
      { type: 'task-requeued', fromWorkerId: 'ada', suspended: true },
      { type: 'classification-requested' },
      { type: 'task-classified' },
      { type: 'task-requeued', queueId: 'na', suspended: false },
    ]);
    expect(desk.engine.worker('ada')?.consumed).toBe(0);
  });

  it('comes after the scheduled time', () => {
    const desk = office(example);
    expect(types(enqueue(desk, 't', { scheduleAt: 60_000 }))).toEqual(['task-received', 'task-scheduled']);
    desk.pass(60_000);
    expect(types(desk.do({ type: 'requeue', taskId: 't', reason: 'now' }))).toEqual([
      'classification-requested',
      'task-classified',
      'task-queued',
    ]);
  });
});

describe('attachments', () => {
  const queueOf = (desk: Office, id: string, labels = {}) => {
    enqueue(desk, id, { labels });
    return desk.engine.task(id)?.queueId;
  };

  it('static and conditional: the first queue that one names', () => {
    const policy = classificationPolicy({
      id: 'p',
      queues: [when(({ labels }) => labels.Region === 'NA', 'na'), always('support', 'anywhere')],
    });
    const desk = office(policy);
    expect(queueOf(desk, '1', { Region: 'NA' })).toBe('na');
    expect(queueOf(desk, '2')).toBe('support');
  });

  it('pass-through: the same key, and the value of the task’s label', () => {
    const selector = passThrough('level', 'greaterThanOrEqual', { expiresAfterMs: 5_000 });
    const desk = office(classificationPolicy({ id: 'p', queues: [queueNamedBy('at', 'n')], selectors: [selector] }));
    expect(queueOf(desk, 't', { at: 'a', level: 3 })).toBe('na');
    expect(desk.engine.task('t')?.selectors).toEqual([
      { key: 'level', operator: 'greaterThanOrEqual', value: 3, expiresAfterMs: 5_000 },
    ]);
    enqueue(desk, 'other', { labels: { at: 'a' } });
    expect(desk.engine.task('other')?.selectors).toEqual([]);
  });

  it('rule: a function yields them', () => {
    const desk = office(
      classificationPolicy({ id: 'p', queues: [byRule(({ channel }) => [channel === 'chat' ? 'na' : ''])] }),
    );
    expect(queueOf(desk, 't')).toBe('na');
  });

  it('weighted: by fractions of 1, and the same for one task each time', () => {
    const policy = classificationPolicy({ id: 'p', queues: [byShare([0.3, 'na'], [0.7, 'support'])] });
    const desk = office(policy);
    const count = { na: 0, support: 0, none: 0 };
    const first: (string | undefined)[] = [];
    for (let at = 0; at < 2_000; at += 1) {
      const queueId = queueOf(desk, `task-${at}`);
      first.push(queueId);
      count[queueId === 'na' || queueId === 'support' ? queueId : 'none'] += 1;
    }
    expect(count.none).toBe(0);
    // Four standard errors of 0.3 in 2,000.
    expect(Math.abs(count.na / 2_000 - 0.3)).toBeLessThan(0.041);
    const again = office(policy);
    expect(first.map((_, at) => queueOf(again, `task-${at}`))).toEqual(first);
  });
});

describe('a classification that fails', () => {
  const failing = (more: object = {}): ClassificationPolicy => ({
    id: 'p',
    classify: () => {
      throw new Error('no comment');
    },
    ...more,
  });

  it('says so and leaves the task to the app, which must step in', () => {
    const desk = office(failing());
    desk.worker('ada');
    expect(enqueue(desk, 't').at(-1)).toMatchObject({
      type: 'classification-failed',
      taskId: 't',
      reason: 'threw an error',
    });
    expect(desk.engine.task('t')).toMatchObject({ status: 'classification-failed', queueId: '' });
    expect(desk.engine.explain('t', 0)).toMatchObject({ waitsFor: 'command', workers: [] });
    expect(types(desk.pass(60_000))).toEqual([]);
    expect(types(desk.do({ type: 'requeue', taskId: 't', reason: 'again' })).at(-1)).toBe('classification-failed');
    expect(desk.do({ type: 'requeue', taskId: 't', reason: 'by-hand', queueId: 'support' })).toMatchObject([
      { type: 'task-queued', queueId: 'support' },
      { type: 'offer-issued', workerId: 'ada' },
    ]);
  });

  it('can be given to a worker at once, and cancelled', () => {
    const desk = office(failing());
    desk.worker('ada');
    enqueue(desk, '1');
    enqueue(desk, '2');
    expect(types(desk.do({ type: 'assign', taskId: '1', workerId: 'ada' }))).toEqual(['task-assigned']);
    expect(types(desk.do({ type: 'cancel', taskId: '2', reason: 'x' }))).toEqual(['task-cancelled']);
    expect(types(desk.finish('1'))).toContain('task-closed');
  });

  it('goes to the fallback queue where there is one', () => {
    const desk = office(failing({ fallbackQueueId: 'anywhere' }));
    expect(enqueue(desk, 't').slice(-2)).toMatchObject([
      { type: 'classification-failed', fallbackQueueId: 'anywhere' },
      { type: 'task-queued', queueId: 'anywhere' },
    ]);
  });

  it.each([
    ['names an unknown queue', '{"queueId":"nowhere"}'],
    ['names none, though the task has none', '{"priority":1}'],
    ['gives a priority that is no number', '{"queueId":"na","priority":"high"}'],
    ['gives selectors that are none', '{"queueId":"na","selectors":[{"key":"a","operator":"like","value":1}]}'],
    ['answers null', 'null'],
  ])('is one that %s', (_, answer) => {
    const desk = office({ id: 'p', classify: () => JSON.parse(answer) as object });
    expect(enqueue(desk, 't').at(-1)).toMatchObject({ type: 'classification-failed' });
    expect(desk.engine.task('t')?.status).toBe('classification-failed');
  });

  it('is one that does not answer in time; a late answer is dropped', () => {
    const desk = office({ id: 'p', classify: () => new Promise(() => {}) });
    enqueue(desk, 't');
    expect(desk.engine.explain('t', 0).waitsFor).toBe('classification');
    expect(types(desk.pass(4_999))).toEqual([]);
    expect(desk.pass(1)).toMatchObject([{ type: 'classification-failed', reason: 'did not answer within 5000 ms' }]);
    const late = { type: 'classify', taskId: 't', classificationId: 'c-1', classification: { queueId: 'na' } } as const;
    expect(desk.do(late)).toEqual([]);
  });

  it('is not awaited any more once a command has stepped in', () => {
    const desk = office({ id: 'p', classify: () => new Promise(() => {}) });
    enqueue(desk, 't');
    expect(types(desk.do({ type: 'requeue', taskId: 't', reason: 'by-hand', queueId: 'support' }))).toEqual([
      'task-queued',
    ]);
    const late = { type: 'classify', taskId: 't', classificationId: 'c-1', classification: { queueId: 'na' } } as const;
    expect(desk.do(late)).toEqual([]);
    expect(types(desk.pass(10_000))).toEqual([]);
    expect(desk.engine.classification('t')).toBeUndefined();
  });
});

describe('a router', () => {
  const routed = (policy: ClassificationPolicy) => {
    const clock = virtualClock(0);
    const commands: string[] = [];
    const failures: unknown[] = [];
    const engine = createRoutingEngine({ queues, rules: routingRules({ classification: [policy] }) });
    const router = createRouter({
      engine,
      clock,
      onCommand: ({ type }) => commands.push(type),
      onClassificationFailed: (failure) => failures.push(failure),
    });
    const task = { id: 't', channel: 'chat', classificationPolicyId: 'p' };
    return { clock, commands, failures, engine, router, events: router.apply({ type: 'enqueue', task }) };
  };

  it('asks at once what answers at once, and logs the answer as a command', () => {
    const { router, commands, events } = routed(example);
    expect(types(events).at(-1)).toBe('task-queued');
    expect(commands).toEqual(['enqueue', 'classify']);
    router.close();
  });

  it('awaits a promise', async () => {
    const slow = classificationPolicy({
      id: 'p',
      queues: [byRule(async () => ['na'])],
      priority: () => Promise.resolve(5),
    });
    const { router, engine, clock, events, commands } = routed(slow);
    expect(types(events)).toEqual(['task-received', 'classification-requested']);
    await clock.advance(1);
    expect(engine.task('t')).toMatchObject({ status: 'queued', queueId: 'na', priority: 5 });
    expect(commands).toEqual(['enqueue', 'classify']);
    router.close();
  });

  it('tells what a policy threw, and gives up after the time-out', async () => {
    const error = new Error('no comment');
    const rejecting = routed({ id: 'p', classify: () => Promise.reject(error) });
    await rejecting.clock.advance(1);
    expect(rejecting.failures).toEqual([{ taskId: 't', policyId: 'p', error }]);
    expect(rejecting.engine.task('t')?.status).toBe('classification-failed');
    rejecting.router.close();
    const silent = routed({ id: 'p', fallbackQueueId: 'anywhere', classify: () => new Promise(() => {}) });
    await silent.clock.advance(5_000);
    expect(silent.engine.task('t')).toMatchObject({ status: 'queued', queueId: 'anywhere' });
    silent.router.close();
  });

  it('gives the same again from its log, without the policy being asked', () => {
    const log: [Parameters<typeof engine.apply>[0], number][] = [];
    let asked = 0;
    const policy: ClassificationPolicy = {
      id: 'p',
      classify: () => ({ queueId: ['na', 'support'][asked++] ?? 'anywhere' }),
    };
    const rules = routingRules({ classification: [policy] });
    const engine = createRoutingEngine({ queues, rules });
    const clock = virtualClock(0);
    const router = createRouter({ engine, clock, onCommand: (...entry) => log.push(entry) });
    for (const id of ['1', '2', '3'])
      router.apply({ type: 'enqueue', task: { id, channel: 'chat', classificationPolicyId: 'p' } });
    const twin = createRoutingEngine({ queues, rules });
    for (const entry of log) twin.apply(...entry);
    expect(twin.tasks()).toEqual(engine.tasks());
    expect(twin.tasks().map(({ queueId }) => queueId)).toEqual(['na', 'support', 'anywhere']);
    expect(asked).toBe(3);
    router.close();
  });
});

it('offers go out once a task is classified', () => {
  const desk = office(example);
  desk.worker('ada', { queues: ['na'], labels: { Certified: true } });
  expect(offers(enqueue(desk, 't', { labels: { Region: 'NA' } }))).toEqual(['t -> ada']);
});

it('leaves a task in the queue that a requeue names, where the policy or the schedule says nothing of it', () => {
  const desk = office({ id: 'silent', classify: () => ({}) });
  desk.task('classified');
  desk.do({ type: 'requeue', taskId: 'classified', reason: 'x', queueId: 'na', classificationPolicyId: 'silent' });
  desk.do({ type: 'classify', taskId: 'classified', classificationId: 'c-1', classification: {} });
  expect(desk.engine.task('classified')).toMatchObject({ queueId: 'na', status: 'queued' });
  desk.task('scheduled');
  const [requeued] = desk.do({ type: 'requeue', taskId: 'scheduled', reason: 'x', queueId: 'na', scheduleAt: 1_000 });
  expect(requeued).toMatchObject({ type: 'task-scheduled' });
  desk.pass(1_000);
  desk.do({ type: 'requeue', taskId: 'scheduled', reason: 'go' });
  expect(desk.engine.task('scheduled')).toMatchObject({ queueId: 'na', status: 'queued' });
});
