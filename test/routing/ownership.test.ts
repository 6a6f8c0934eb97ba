import { skill, type RankInput, type RoutingStrategy } from 'onescreen/routing';
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
