import { overflowTo, longestIdle, routingRules, type ExceptionRule } from 'onescreen/routing';
import { always, classificationPolicy, when } from 'onescreen/routing/rules';
import { describe, expect, it } from 'vitest';
import { offers, types } from '../desk';
import { Office } from './office';

const after = (seconds: number, ...actions: ExceptionRule['actions']): ExceptionRule => ({
  id: `after ${seconds} s`,
  when: { type: 'waitTime', afterMs: seconds * 1_000 },
  actions,
});

const longer = (threshold: number, ...actions: ExceptionRule['actions']): ExceptionRule => ({
  id: `longer than ${threshold}`,
  when: { type: 'queueLength', threshold },
  actions,
});

describe('queue length', () => {
  it('fires while enqueuing, when more than the threshold are ahead: length > 100 -> cancel', () => {
    const cancel = { type: 'cancel', disposition: 'Too many', note: 'try later' } as const;
    const office = new Office({ id: 'support', exceptions: [longer(100, cancel)] });
    for (let at = 0; at <= 100; at += 1) expect(types(office.task(`${at}`))).toEqual(['task-queued']);
    expect(office.task('last')).toMatchObject([
      { type: 'task-queued' },
      {
        type: 'exception-triggered',
        taskId: 'last',
        queueId: 'support',
        ruleId: 'longer than 100',
        trigger: 'queueLength',
      },
      { type: 'task-cancelled', reason: 'longer than 100', disposition: 'Too many', note: 'try later' },
    ]);
    expect(office.engine.queue('support')?.length).toBe(101);
  });

  it('counts those who go first, not those behind, and does not fire later', () => {
    const office = new Office({ id: 'support', exceptions: [longer(0, { type: 'cancel' })] });
    office.task('first');
    expect(types(office.task('urgent', { priority: 5 }))).toEqual(['task-queued']);
    expect(office.engine.position('first', 0)?.position).toBe(2);
    expect(types(office.pass(60_000))).toEqual([]);
  });
});

describe('wait time', () => {
  it('fires when the task has waited that long: after 60 s priority 10, and its offers stay', () => {
    const office = new Office({
      id: 'support',
      offerTtlMs: 120_000,
      exceptions: [after(60, { type: 'move', priority: 10 })],
    });
    office.worker('ada');
    office.task('t');
    office.pass(59_999);
    expect(office.pass(1)).toMatchObject([
      { type: 'exception-triggered', ruleId: 'after 60 s', trigger: 'waitTime' },
      { type: 'task-prioritized', priority: 10 },
    ]);
    expect(office.engine.task('t')).toMatchObject({ priority: 10, status: 'offered' });
  });

  it('after 300 s moves to another queue, with its age, after the rule for 60 s', () => {
    const exceptions = [after(60, { type: 'move', priority: 10 }), after(300, { type: 'move', queueId: 'queue2' })];
    const office = new Office({ id: 'support', exceptions }, { id: 'queue2' });
    office.worker('ada', { queues: ['queue2'] });
    office.task('t');
    const events = office.pass(300_000);
    expect(events).toMatchObject([
      { type: 'exception-triggered', at: 60_000 },
      { type: 'task-prioritized' },
      { type: 'exception-triggered', at: 300_000 },
      { type: 'task-requeued', queueId: 'queue2', reason: 'after 300 s' },
      { type: 'offer-issued', workerId: 'ada', priority: 10, explanation: { waitedMs: 300_000 } },
    ]);
  });

  it('follows all actions of a rule in order, and nothing behind a cancel', () => {
    const selectors = [{ key: 'tier', operator: 'equal' as const, value: 'gold' }];
    const rule = after(10, { type: 'move', selectors }, { type: 'cancel' }, { type: 'move', queueId: 'support' });
    const office = new Office({ id: 'support', exceptions: [rule] });
    office.task('t');
    expect(types(office.pass(10_000))).toEqual(['exception-triggered', 'task-requeued', 'task-cancelled']);
  });

  it('each rule fires once for a stay; a second stay is another', () => {
    const office = new Office({ id: 'support', exceptions: [after(10, { type: 'move', priority: 3 })] });
    office.worker('ada', { labels: { tier: 'gold' } });
    office.task('t', { suspend: true });
    expect(types(office.pass(20_000))).toEqual([]);
    const woken = office.do({ type: 'requeue', taskId: 't', reason: 'x' });
    expect(types(woken)).toContain('exception-triggered');
    office.do({ type: 'prioritize', taskId: 't', priority: 0 });
    expect(types(office.do({ type: 'requeue', taskId: 't', reason: 'x' }))).not.toContain('exception-triggered');
    office.accept('t');
    expect(types(office.do({ type: 'requeue', taskId: 't', reason: 'x' }))).toContain('exception-triggered');
  });

  it('leaves a task alone that somebody has', () => {
    const office = new Office({ id: 'support', exceptions: [after(10, { type: 'cancel' })] });
    office.worker('ada');
    office.task('t');
    office.accept('t');
    expect(types(office.pass(60_000))).toEqual([]);
  });

  it('counts from the virtual start, so that it does not begin anew after a move', () => {
    const office = new Office(
      { id: 'support', exceptions: [after(60, { type: 'move', queueId: 'second' })] },
      { id: 'second', exceptions: [after(90, { type: 'cancel' })] },
    );
    office.task('t');
    office.pass(60_000);
    expect(office.engine.task('t')?.queueId).toBe('second');
    expect(types(office.pass(29_999))).toEqual([]);
    expect(types(office.pass(1))).toEqual(['exception-triggered', 'task-cancelled']);
    expect(types(office.task('old', { virtualStartAt: office.now - 200_000 }))).toContain('task-cancelled');
  });
});

describe('reclassify', () => {
  const policy = classificationPolicy({ id: 'p', queues: [when({ waited: true }, 'second'), always('support')] });
  const rules = () => routingRules({ classification: [policy] });

  it('adds labels and classifies by the task’s policy, or by another', () => {
    const rule = after(10, { type: 'reclassify', labels: { waited: true } });
    const office = new Office({ id: 'support', exceptions: [rule] }, { id: 'second' }, rules());
    office.task('t', { classificationPolicyId: 'p', labels: { product: 'router' } });
    expect(types(office.pass(10_000))).toEqual([
      'exception-triggered',
      'classification-requested',
      'task-classified',
      'task-requeued',
    ]);
    expect(office.engine.task('t')).toMatchObject({ queueId: 'second', labels: { product: 'router', waited: true } });
    const named = new Office(
      { id: 'support', exceptions: [after(10, { type: 'reclassify', policyId: 'p', labels: { waited: true } })] },
      { id: 'second' },
      rules(),
    );
    named.task('t');
    named.pass(10_000);
    expect(named.engine.task('t')?.queueId).toBe('second');
  });

  it('does nothing for a task without a policy', () => {
    const office = new Office({ id: 'support', exceptions: [after(10, { type: 'reclassify' })] });
    office.task('t');
    expect(types(office.pass(10_000))).toEqual(['exception-triggered']);
    expect(office.engine.task('t')?.status).toBe('queued');
  });
});

describe('rules that send a task round', () => {
  it('end after ten moves; a command gives it ten more', () => {
    const to = (queueId: string) => [after(0, { type: 'move', queueId })] as const;
    const office = new Office({ id: 'support', exceptions: to('second') }, { id: 'second', exceptions: to('support') });
    const moves = (events: readonly { readonly type: string }[]) =>
      events.filter(({ type }) => type === 'task-requeued').length;
    expect(moves(office.task('t'))).toBe(10);
    expect(types(office.pass(60_000))).toEqual([]);
    expect(moves(office.do({ type: 'requeue', taskId: 't', reason: 'x', queueId: 'second' }))).toBe(11);
    office.worker('ada', { queues: ['support', 'second'] });
    expect(office.engine.task('t')?.status).toBe('offered');
  });
});

it('follows the rules of a strategy behind those of the queue', () => {
  const office = new Office(
    {
      id: 'support',
      strategy: overflowTo(longestIdle(), 'second', { afterMs: 20_000 }),
      exceptions: [after(20, { type: 'move', priority: 1 })],
    },
    { id: 'second' },
  );
  office.worker('ada', { queues: ['second'] });
  office.task('t');
  const events = office.pass(20_000);
  expect(types(events)).toEqual([
    'exception-triggered',
    'task-prioritized',
    'exception-triggered',
    'task-requeued',
    'offer-issued',
  ]);
  expect(offers(events)).toEqual(['t -> ada']);
});
