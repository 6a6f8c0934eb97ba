import { routingRules, skill, type RankInput, type RoutingStrategy } from 'onescreen/routing';
import { expect, it } from 'vitest';
import { Desk, offers } from './desk';

it('goes by what a worker was said to be, not by what became of those objects since', () => {
  const desk = new Desk();
  const labels = { billing: 1 };
  const channels = [{ channel: 'chat', cost: 1 }];
  desk.worker('ada', { labels, channels });
  desk.task('t', { selectors: [skill('billing', 5)] });
  labels.billing = 5;
  channels.push({ channel: 'voice', cost: 1 });
  expect(desk.engine.worker('ada')).toMatchObject({ labels: { billing: 1 }, channels: [{ channel: 'chat' }] });
  // The same objects again: a change all the same.
  expect(offers(desk.do({ type: 'update', workerId: 'ada', change: { labels } }))).toEqual(['t -> ada']);
  desk.accept('t');
  desk.finish('t');
  expect(offers(desk.task('call', { channel: 'voice' }))).toEqual([]);
  expect(offers(desk.do({ type: 'update', workerId: 'ada', change: { channels } }))).toEqual(['call -> ada']);
});

it('goes by what a task was said to be and to ask for, not by what became of those objects since', () => {
  const desk = new Desk();
  const labels = { vip: false };
  const selectors = [{ ...skill('billing', 1) }];
  const tags = { source: 'web' };
  const more = ['voice'];
  const only = ['ada'];
  desk.task('t', { labels, selectors, tags, more, only });
  const before = desk.engine.task('t');
  const change = () => {
    labels.vip = !labels.vip;
    Object.assign(selectors[0] ?? {}, { key: 'sales' });
    selectors.pop();
    tags.source = 'phone';
    more.push('mail');
    only.push('ben');
  };
  change();
  expect(desk.engine.task('t')).toEqual(before);
  const channels = [...['chat', 'voice'].map((channel) => ({ channel, cost: 0 }))];
  expect(offers(desk.worker('ben', { channels, labels: { billing: 1, sales: 1 } }))).toEqual([]);
  expect(offers(desk.worker('ada', { channels, labels: { billing: 1 } }))).toEqual(['t -> ada']);
  selectors.push({ ...skill('billing', 1) });
  desk.do({ type: 'requeue', taskId: 't', reason: 'again', labels, selectors });
  const requeued = desk.engine.task('t');
  change();
  expect(desk.engine.task('t')).toEqual(requeued);
});

it('gives out what its readers may change without changing it', () => {
  const desk = new Desk({ id: 'support' }, routingRules());
  desk.task('t', {
    labels: { vip: false },
    selectors: [skill('billing', 1), { ...skill('sales', 1), expiresAfterMs: 1 }],
    only: ['ada'],
  });
  desk.pass(1);
  desk.worker('ben');
  const spoil = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
    for (const each of Object.values(value)) spoil(each);
    if (Array.isArray(value)) value.splice(0);
    else Object.assign(value, { key: 'other', vip: true });
  };
  const vandalise = (read: () => object | undefined) => {
    const before = structuredClone(read());
    spoil(read());
    expect(read()).toEqual(before);
  };
  vandalise(() => desk.engine.task('t'));
  vandalise(() => desk.engine.explain('t', desk.now));
  vandalise(() => desk.engine.tasks()[0]);

  const issued = desk.worker('ada', { labels: { billing: 1 } }).find(({ type }) => type === 'offer-issued');
  const constraints = () => (issued?.type === 'offer-issued' ? issued.explanation.constraints : undefined);
  expect(constraints()?.selectors).toHaveLength(1);
  vandalise(constraints);
  expect(desk.engine.task('t')?.selectors).toEqual([skill('billing', 1)]);
});

it('gives strategies what they cannot change, or what is their own', () => {
  const vandal: RoutingStrategy = {
    name: 'vandal',
    rank({ task, candidates: asked }) {
      const candidates = [...asked];
      const tried: (() => unknown)[] = [
        ...candidates.flatMap((worker) => [
          () => Object.assign(worker.labels, { language: 'xx' }),
          () => Object.assign(worker, { consumed: 9 }),
          () => void Array.prototype.pop.call(worker.queues),
          () => void Array.prototype.pop.call(worker.channels),
          () => Object.assign(worker.channels[0] ?? {}, { cost: 0 }),
        ]),
        () => Object.assign(task.labels, { vip: true }),
        () => void Array.prototype.pop.call(task.selectors),
      ];
      for (const change of tried) {
        try {
          change();
        } catch {
          // What is frozen says so in strict code.
        }
      }
      return candidates.map(({ id }) => ({ workerId: id }));
    },
  };
  const desk = new Desk({ id: 'support', strategy: vandal });
  desk.worker('ada', { labels: { language: 'de' } });
  const before = desk.engine.worker('ada');
  desk.task('t', { labels: { vip: false }, selectors: [{ key: 'language', operator: 'equal', value: 'de' }] });
  const { id, input } = desk.engine.decision('d-1') ?? {};
  const asked: RankInput = { ...(input ?? failed()), signal: new AbortController().signal };
  const ranked = vandal.rank?.(asked) ?? failed();
  expect(desk.engine.worker('ada')).toEqual(before);
  expect(desk.engine.task('t')).toMatchObject({ labels: { vip: false }, selectors: [{ value: 'de' }] });
  if (ranked instanceof Promise) failed();
  else expect(offers(desk.do({ type: 'decide', decisionId: id ?? '', ranked }))).toEqual(['t -> ada']);
});

function failed(): never {
  throw new Error('nothing was asked');
}
