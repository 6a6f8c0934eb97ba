import { longestIdle, overflowTo, preferAgent, relaxAfter, roundRobin, skill } from 'onescreen/routing';
import { describe, expect, it } from 'vitest';
import { Desk, offers } from '../desk';
import { aTask } from './ranking';

describe('preferAgent', () => {
  it('asks the worker first whom the task names, though another one is idle for longer', () => {
    const desk = new Desk({ id: 'support', strategy: preferAgent(longestIdle()) });
    desk.worker('ada');
    desk.now = 60_000;
    desk.worker('bob');
    const events = desk.task('t', { labels: { preferredAgent: 'bob' } });
    expect(offers(events)).toEqual(['t -> bob']);
    expect(events.at(-1)).toMatchObject({
      explanation: { strategy: 'preferAgent(longestIdle)', winner: { workerId: 'bob', reason: 'preferred' } },
    });
  });

  it('asks somebody else at once when the worker is busy, and when the task names nobody', () => {
    const desk = new Desk({ id: 'support', strategy: preferAgent(longestIdle()) });
    desk.worker('ada', { capacity: 2 });
    desk.worker('bob');
    expect(offers(desk.task('t1', { labels: { preferredAgent: 'bob' } }))).toEqual(['t1 -> bob']);
    expect(offers(desk.task('t2', { labels: { preferredAgent: 'bob' } }))).toEqual(['t2 -> ada']);
    expect(offers(desk.task('t3'))).toEqual(['t3 -> ada']);
  });

  it('with a wait asks nobody else for so long, and puts the task ahead of others', () => {
    const desk = new Desk({ id: 'support', strategy: preferAgent(longestIdle(), { waitMs: 45_000 }) });
    desk.worker('bob');
    desk.task('first');
    desk.accept('first');
    desk.task('older', { priority: 9 });
    desk.task('sticky', { labels: { preferredAgent: 'bob' } });
    expect(offers(desk.finish('first'))).toEqual(['sticky -> bob']);
  });

  it('with a wait asks anybody once it is over', () => {
    const desk = new Desk({ id: 'support', strategy: preferAgent(longestIdle(), { waitMs: 45_000 }) });
    desk.worker('ada');
    expect(offers(desk.task('sticky', { labels: { preferredAgent: 'bob' } }))).toEqual([]);
    expect(offers(desk.pass(44_999))).toEqual([]);
    expect(offers(desk.pass(1))).toEqual(['sticky -> ada']);
  });

  it('takes a function that names several, and one that throws as if it had named nobody', () => {
    const several = preferAgent(longestIdle(), { agent: ({ labels }) => String(labels['team']).split(' ') });
    const desk = new Desk({ id: 'support', strategy: several });
    for (const id of ['ada', 'bob', 'cyd']) desk.worker(id);
    expect(offers(desk.task('t', { labels: { team: 'eve cyd bob' } }))).toEqual(['t -> cyd']);

    const broken = preferAgent(longestIdle(), {
      agent() {
        throw new Error('no directory');
      },
    });
    const other = new Desk({ id: 'support', strategy: broken });
    other.worker('ada');
    expect(offers(other.task('t'))).toEqual(['t -> ada']);
  });

  it('keeps what the strategy inside wants: its order, its turn, its selectors, its rules', () => {
    const inner = overflowTo(relaxAfter(roundRobin(), { afterMs: 5_000 }), 'sales', { afterMs: 9_000 });
    const both = preferAgent(inner, { waitMs: 1_000 });
    expect(both.rotate).toBe(true);
    expect(both.exceptions).toEqual(inner.exceptions);
    const task = aTask({ selectors: [skill('billing')], labels: { preferredAgent: 'bob' } });
    expect(both.select?.(task)).toEqual([
      { ...skill('billing'), expiresAfterMs: 5_000 },
      { key: 'Id', operator: 'equal', value: 'bob', expiresAfterMs: 1_000, expedite: true },
    ]);
  });

  it.each([0, -1, NaN, Infinity])('refuses a wait of %s', (waitMs) => {
    expect(() => preferAgent(longestIdle(), { waitMs })).toThrow('unable to prefer agent; waitMs must be above 0');
  });
});
