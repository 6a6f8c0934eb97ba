import { isContactCenterError } from 'onescreen';
import { leastLoaded } from 'onescreen/routing';
import { describe, expect, it } from 'vitest';
import { Desk, offers, types } from './desk';

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return isContactCenterError(error) ? error.code : 'other';
  }
}

describe('a task for some workers alone', () => {
  it('is offered to nobody else, however long it waits, and says so of the others', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.worker('b', { available: false });
    expect(offers(desk.task('t', { only: ['b'] }))).toEqual([]);
    expect(desk.engine.task('t')).toMatchObject({ only: ['b'], status: 'queued' });
    expect(desk.engine.explain('t', 0)).toMatchObject({
      candidates: 0,
      workers: [
        { workerId: 'a', rejectedBy: [{ by: 'reserved' }] },
        { workerId: 'b', rejectedBy: [{ by: 'unavailable' }] },
      ],
    });
    expect(offers(desk.task('next'))).toEqual(['next -> a']);
    expect(offers(desk.do({ type: 'setAvailable', workerId: 'b', available: true }))).toEqual(['t -> b']);
  });

  it('is not asked of a strategy: there is nothing to choose', () => {
    const desk = new Desk({ id: 'support', strategy: { name: 'own', rank: () => [] } });
    desk.worker('a');
    desk.worker('b');
    expect(types(desk.task('t', { only: ['b'] }))).toEqual(['task-queued', 'offer-issued']);
    expect(desk.engine.task('t')?.offers).toMatchObject([{ workerId: 'b' }]);
  });

  it('goes in the order of the strategy among several', () => {
    const desk = new Desk({ id: 'support', strategy: leastLoaded() });
    desk.worker('a', { capacity: 4 });
    desk.worker('b', { capacity: 4 });
    desk.worker('c', { capacity: 4 });
    desk.task('first', { only: ['b'] });
    expect(offers(desk.task('second', { only: ['b', 'c'] }))).toEqual(['second -> c']);
  });

  it('is for everybody once it is requeued', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('t', { only: ['b'] });
    expect(offers(desk.do({ type: 'requeue', taskId: 't', reason: 'open' }))).toEqual(['t -> a']);
  });

  it('is refused when the list is none', () => {
    const desk = new Desk();
    expect(codeOf(() => desk.task('t', { only: [''] }))).toBe('routing/invalid');
    expect(codeOf(() => desk.task('t', JSON.parse('{"only":"a"}') as object))).toBe('routing/invalid');
    expect(desk.engine.tasks()).toEqual([]);
  });
});

describe('a task that is assigned', () => {
  const assign = (desk: Desk, workerId: string, taskId = 't') => desk.do({ type: 'assign', taskId, workerId });

  it('is the worker’s at once, suspended or not, available or not', () => {
    for (const suspend of [true, false]) {
      const desk = new Desk();
      desk.worker('a', { available: false });
      desk.task('t', { suspend });
      expect(assign(desk, 'a')).toMatchObject([
        { type: 'task-assigned', taskId: 't', workerId: 'a', queueId: 'support' },
      ]);
      expect(desk.engine.task('t')).toMatchObject({ status: 'assigned', suspended: false, workerId: 'a' });
      expect(desk.engine.worker('a')).toMatchObject({ consumed: 1, taskIds: ['t'] });
      expect(types(desk.finish('t'))).toContain('task-closed');
      expect(desk.engine.worker('a')?.consumed).toBe(0);
    }
  });

  it('is offered to nobody any more: not to the worker itself, and whoever was asked is free', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.worker('b');
    desk.task('t');
    desk.task('u');
    desk.task('w');
    expect(desk.engine.task('t')?.offers).toMatchObject([{ workerId: 'a' }]);
    desk.do({ type: 'decline', offerId: desk.offerOf('u') });
    desk.do({ type: 'cancel', taskId: 'w', reason: 'x' });
    const events = assign(desk, 'b');
    expect(events.slice(0, 2)).toMatchObject([
      { type: 'offer-revoked', workerId: 'a', reason: 'task-assigned' },
      { type: 'task-assigned', workerId: 'b' },
    ]);
    expect(offers(events)).toEqual(['u -> a']);
    const own = new Desk();
    own.worker('a');
    own.task('t');
    expect(types(assign(own, 'a'))).toEqual(['offer-revoked', 'task-assigned']);
    expect(own.engine.worker('a')).toMatchObject({ consumed: 1, openOffers: 0 });
  });

  it('is refused without room, for who is not there, and for what is in hand or over; nothing changes', () => {
    const desk = new Desk();
    desk.worker('a');
    desk.task('first');
    desk.accept('first');
    desk.task('t');
    expect(codeOf(() => assign(desk, 'a'))).toBe('worker/no-capacity');
    expect(codeOf(() => assign(desk, 'nobody'))).toBe('worker/gone');
    expect(codeOf(() => assign(desk, 'a', 'none'))).toBe('task/gone');
    expect(codeOf(() => assign(desk, 'a', 'first'))).toBe('task/wrong-state');
    desk.worker('phones', { channels: [{ channel: 'voice', cost: 1 }] });
    expect(codeOf(() => assign(desk, 'phones'))).toBe('worker/no-capacity');
    expect(desk.engine.task('t')?.status).toBe('queued');
  });

  it('ends the question to a strategy, whose late answer is dropped', () => {
    const desk = new Desk({ id: 'support', strategy: { name: 'own', rank: () => [] } });
    desk.worker('a');
    const [, asked] = desk.task('t');
    assign(desk, 'a');
    const decisionId = asked?.type === 'decision-requested' ? asked.decisionId : '';
    expect(desk.do({ type: 'decide', decisionId, ranked: [{ workerId: 'a' }] })).toEqual([]);
    expect(desk.engine.task('t')?.status).toBe('assigned');
  });

  it('leaves the worker with no more than it may have when a strategy’s time runs out at the same moment', () => {
    const desk = new Desk({ id: 'support', strategy: { name: 'own', rank: () => [] }, strategyTimeoutMs: 1_000 });
    desk.worker('a');
    desk.task('asked');
    desk.task('t', { suspend: true });
    desk.now = 1_000;
    const events = assign(desk, 'a');
    expect(types(events)).toContain('offer-revoked');
    expect(desk.engine.worker('a')).toMatchObject({ consumed: 1, taskIds: ['t'], offerIds: [] });
  });
});
