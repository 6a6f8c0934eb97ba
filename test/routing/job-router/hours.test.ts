import { longestIdle, overflowTo, type OpeningHours, type QueuePolicy } from 'onescreen/routing';
import { weeklyHours } from 'onescreen/routing/rules';
import { describe, expect, it } from 'vitest';
import { offers, types } from '../desk';
import { Office } from './office';

const hour = 3_600_000;

/** Open from 8 to 17 hours after 0, on one day. */
const shift: OpeningHours = {
  isOpen: (at) => at >= 8 * hour && at < 17 * hour,
  nextChange: (at) => [8 * hour, 17 * hour].find((change) => change > at),
};

function opened(at: number, more: Partial<QueuePolicy> = {}, ...others: QueuePolicy[]): Office {
  const office = new Office({ id: 'support', hours: shift, ...more }, ...others);
  office.now = at;
  office.do({ type: 'tick' });
  return office;
}

describe('opening hours', () => {
  it.each([
    ['the one that closes first', ['day', 'night']],
    ['the one that opens first', ['night', 'day']],
  ])('two queues that take over from each other keep serving at the change, %s', (_, order) => {
    const days = (...openings: readonly (readonly [string, string])[]) => ({ monday: openings, tuesday: openings });
    const spans = { day: days(['08:00', '18:00']), night: days(['00:00', '08:00'], ['18:00', '24:00']) };
    const queue = (id: string): QueuePolicy => ({
      id,
      strategy: overflowTo(longestIdle(), id === 'day' ? 'night' : 'day', { whenClosed: true }),
      hours: weeklyHours({ timeZone: 'UTC', days: id === 'day' ? spans.day : spans.night }),
    });
    const [first = '', second = ''] = order;
    const office = new Office(queue(first), queue(second));
    const monday = Date.UTC(2026, 0, 5);
    office.now = monday + 17 * hour;
    office.do({ type: 'tick' });
    office.worker('owl', { queues: ['night'], capacity: 9 });
    office.worker('lark', { queues: ['day'], capacity: 9, available: false });
    office.task('evening', { queueId: 'day' });
    expect(offers(office.pass(hour))).toEqual(['evening -> owl']);
    office.do({ type: 'deregister', workerId: 'owl' });
    office.do({ type: 'setAvailable', workerId: 'lark', available: true });
    office.task('morning', { queueId: 'night' });
    expect(offers(office.pass(14 * hour))).toContain('morning -> lark');
  });

  it('waits count from when the queue opens, and nobody guesses where the hours do not say', () => {
    const office = opened(7 * hour);
    office.worker('ada');
    office.task('t');
    expect(office.engine.position('t', 7 * hour)).toEqual({
      position: 1,
      queueLength: 1,
      estimatedWaitMs: hour + 300_000,
    });
    const shut = new Office({ id: 'support', hours: { isOpen: () => false, nextChange: () => undefined } });
    shut.do({ type: 'tick' });
    shut.task('t');
    expect(shut.engine.position('t', 0)).toEqual({ position: 1, queueLength: 1 });
  });

  it('while closed nobody is offered anything, and tasks keep their place', () => {
    const office = opened(7 * hour);
    expect(types(office.log)).toEqual(['queue-closed']);
    office.worker('ada', { capacity: 9 });
    office.task('second');
    office.task('first', { priority: 1 });
    office.do({ type: 'setAvailable', workerId: 'ada', available: false });
    office.do({ type: 'setAvailable', workerId: 'ada', available: true });
    expect(offers(office.log)).toEqual([]);
    expect(office.engine.position('second', 0)?.position).toBe(2);
    expect(office.engine.queue('support')).toMatchObject({ open: false, length: 2 });
    expect(types(office.pass(hour - 1))).toEqual([]);
    const events = office.pass(1);
    expect(types(events)).toEqual(['queue-opened', 'offer-issued', 'offer-issued']);
    expect(offers(events)).toEqual(['first -> ada', 'second -> ada']);
    expect(office.engine.queue('support')?.open).toBe(true);
  });

  it('an explanation says when it opens', () => {
    const office = opened(7 * hour);
    office.worker('ada');
    office.task('t');
    expect(office.engine.explain('t', office.now)).toMatchObject({ waitsFor: 'time', opensAt: 8 * hour });
    office.pass(hour);
    expect(office.engine.explain('t', office.now)).toMatchObject({ waitsFor: 'answer' });
    office.pass(9 * hour);
    expect(office.engine.explain('t', office.now)).toMatchObject({ waitsFor: 'time' });
    expect(office.engine.explain('t', office.now).opensAt).toBeUndefined();
  });

  it('at closing offers that are out stay so, and a declined one is not made again', () => {
    const office = opened(17 * hour - 1_000);
    office.worker('ada');
    office.worker('bob');
    office.task('t');
    office.task('u');
    expect(types(office.pass(1_000))).toEqual(['queue-closed']);
    expect(types(office.accept('t'))).toContain('task-assigned');
    expect(types(office.do({ type: 'decline', offerId: office.offerOf('u') }))).toEqual(['offer-declined']);
    office.finish('t');
    expect(office.engine.task('u')?.status).toBe('queued');
  });

  it('a strategy that was asked as it closed is not followed', () => {
    const office = opened(17 * hour - 500, { strategy: { name: 'slow', rank: () => [] }, strategyTimeoutMs: 1_000 });
    office.worker('ada');
    const asked = office.task('t').at(-1);
    const decisionId = asked?.type === 'decision-requested' ? asked.decisionId : '';
    office.pass(500);
    expect(office.do({ type: 'decide', decisionId, ranked: [{ workerId: 'ada' }] })).toEqual([]);
    expect(types(office.pass(10_000))).toEqual([]);
    expect(office.engine.task('t')).toMatchObject({ status: 'queued', deciding: false });
  });

  it('other queues of the same workers are served', () => {
    const office = opened(7 * hour, {}, { id: 'always' });
    office.worker('ada', { queues: ['support', 'always'] });
    office.task('closed', { priority: 9 });
    expect(offers(office.task('open', { queueId: 'always' }))).toEqual(['open -> ada']);
  });

  it('a rule sends on those who come while it is closed, and those who wait as it closes', () => {
    const overflow = overflowTo(longestIdle(), 'night', { whenClosed: true });
    const office = opened(16 * hour, { strategy: overflow }, { id: 'night' });
    office.task('waiting');
    office.task('parked', { suspend: true });
    expect(office.pass(hour)).toMatchObject([
      { type: 'queue-closed', queueId: 'support' },
      { type: 'exception-triggered', taskId: 'waiting', trigger: 'closed' },
      { type: 'task-requeued', taskId: 'waiting', queueId: 'night' },
    ]);
    office.task('late');
    expect(office.engine.task('late')?.queueId).toBe('night');
    office.do({ type: 'requeue', taskId: 'parked', reason: 'back' });
    expect(office.engine.task('parked')?.queueId).toBe('night');
  });

  it('hours that throw count as open', () => {
    const moody = () => {
      throw new Error('no comment');
    };
    const office = opened(0, { hours: { isOpen: moody, nextChange: moody } });
    office.worker('ada');
    expect(offers(office.task('t'))).toEqual(['t -> ada']);
    expect(office.engine.wakeAt).toBe(30_000);
  });

  it('hours whose next change has passed are asked again a minute later, not at once', () => {
    const office = opened(0, { hours: { isOpen: () => false, nextChange: () => -5 } });
    expect(office.engine.wakeAt).toBe(60_000);
    expect(types(office.pass(600_000))).toEqual([]);
  });

  it('go by the week’s wall clock with weeklyHours', () => {
    const hours = weeklyHours({ timeZone: 'Europe/Berlin', days: { monday: [['08:00', '17:00']] } });
    const office = new Office({ id: 'support', hours });
    // A Sunday evening in Berlin, an hour ahead of UTC.
    office.now = Date.UTC(2026, 0, 4, 20);
    office.worker('ada');
    office.task('t');
    expect(office.engine.explain('t', office.now).opensAt).toBe(Date.UTC(2026, 0, 5, 7));
    expect(offers(office.pass(11 * hour))).toEqual(['t -> ada']);
  });
});
