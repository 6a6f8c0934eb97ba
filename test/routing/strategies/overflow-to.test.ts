import { longestIdle, overflowTo, type OpeningHours } from 'onescreen/routing';
import { describe, expect, it } from 'vitest';
import { Desk, offers } from '../desk';

const never: OpeningHours = { isOpen: () => false, nextChange: () => undefined };

function desk(options: Parameters<typeof overflowTo>[2], hours?: OpeningHours): Desk {
  const strategy = overflowTo(longestIdle(), 'overflow', options);
  const made = new Desk({ id: 'support', strategy, ...(hours !== undefined && { hours }) }, { id: 'overflow' });
  made.worker('helper', { queues: ['overflow'], capacity: 5 });
  return made;
}

describe('overflowTo', () => {
  it('moves a task that has waited too long, with its age', () => {
    const support = desk({ afterMs: 30_000 });
    support.now = 1_000;
    expect(offers(support.task('t'))).toEqual([]);
    expect(offers(support.pass(30_000))).toEqual(['t -> helper']);
    expect(support.engine.task('t')).toMatchObject({ queueId: 'overflow', virtualStartAt: 1_000 });
  });

  it('moves a task that finds too many ahead of it', () => {
    const support = desk({ longerThan: 1 });
    expect([...offers(support.task('t1')), ...offers(support.task('t2'))]).toEqual([]);
    expect(offers(support.task('t3'))).toEqual(['t3 -> helper']);
  });

  it('moves a task that comes while the queue is closed', () => {
    expect(offers(desk({ whenClosed: true }, never).task('t'))).toEqual(['t -> helper']);
  });

  it('refuses to be told no case', () => {
    expect(() => overflowTo(longestIdle(), 'overflow', {})).toThrow('name at least one');
  });
});
