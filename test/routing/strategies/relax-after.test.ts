import { longestIdle, relaxAfter, skill } from 'onescreen/routing';
import { describe, expect, it } from 'vitest';
import { Desk, offers, types } from '../desk';
import { aTask } from './ranking';

describe('relaxAfter', () => {
  it('asks for less once the task has waited, and says so', () => {
    const desk = new Desk({ id: 'support', strategy: relaxAfter(longestIdle(), { afterMs: 60_000 }) });
    desk.worker('ada');
    expect(offers(desk.task('t', { selectors: [skill('billing')] }))).toEqual([]);
    expect(desk.pass(59_999)).toEqual([]);
    const events = desk.pass(1);
    expect(types(events)).toEqual(['selectors-expired', 'offer-issued']);
    expect(offers(events)).toEqual(['t -> ada']);
  });

  it('asks for a lower level afterwards when told to', () => {
    const strategy = relaxAfter(longestIdle(), {
      afterMs: 60_000,
      to: (selector) => (typeof selector.value === 'number' ? { ...selector, value: selector.value - 2 } : undefined),
    });
    const desk = new Desk({ id: 'support', strategy });
    desk.worker('novice', { labels: { billing: 1 } });
    desk.worker('able', { labels: { billing: 3 } });
    expect(offers(desk.task('t', { selectors: [skill('billing', 5)] }))).toEqual([]);
    expect(offers(desk.pass(60_000))).toEqual(['t -> able']);
  });

  it('touches the selectors of the given keys alone, and none that expires sooner by itself or is on the id', () => {
    const soon = { ...skill('billing'), expiresAfterMs: 10 };
    const id = { key: 'Id', operator: 'equal', value: 'ada' } as const;
    const task = aTask({ selectors: [soon, skill('sales'), id] });
    expect(relaxAfter(longestIdle(), { afterMs: 50 }).select?.(task)).toEqual([
      soon,
      { ...skill('sales'), expiresAfterMs: 50 },
      id,
    ]);
    expect(relaxAfter(longestIdle(), { afterMs: 50, keys: ['other'] }).select?.(task)).toEqual(task.selectors);
  });

  it('goes in steps, one around the other', () => {
    const languageLast = relaxAfter(longestIdle(), { afterMs: 90_000, keys: ['french'] });
    const desk = new Desk({
      id: 'support',
      strategy: relaxAfter(languageLast, { afterMs: 30_000, keys: ['billing'] }),
    });
    desk.worker('ada', { labels: { french: 1 } });
    desk.worker('bob');
    const selectors = [skill('billing'), skill('french')];
    desk.task('t1', { selectors });
    expect(offers(desk.pass(30_000))).toEqual(['t1 -> ada']);
    desk.accept('t1');
    desk.task('t2', { selectors });
    expect(offers(desk.pass(89_999))).toEqual([]);
    expect(offers(desk.pass(1))).toEqual(['t2 -> bob']);
  });

  it.each([0, NaN, Infinity])('refuses a time of %s', (afterMs) => {
    expect(() => relaxAfter(longestIdle(), { afterMs })).toThrow('unable to relax selectors; afterMs must be above 0');
  });
});
