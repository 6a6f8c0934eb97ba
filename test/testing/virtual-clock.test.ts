import { delay } from 'onescreen';
import { virtualClock } from 'onescreen/testing';
import { describe, expect, it } from 'vitest';

describe('virtualClock', () => {
  it('starts on a Monday morning and stands still by itself', async () => {
    const clock = virtualClock();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(new Date(clock.now()).toISOString()).toBe('2026-01-05T08:00:00.000Z');
    expect(virtualClock(42).now()).toBe(42);
  });

  it('runs what falls due in order of time, then of scheduling', async () => {
    const clock = virtualClock(0);
    const ran: string[] = [];
    const note = (name: string) => () => ran.push(`${name}@${clock.now()}`);
    clock.schedule(20, note('b'));
    clock.schedule(10, note('a'));
    clock.schedule(20, note('c'));
    clock.schedule(31, note('late'));
    clock.schedule(-5, note('now'));
    await clock.advance(30);
    expect(ran).toEqual(['now@0', 'a@10', 'b@20', 'c@20']);
    expect(clock.now()).toBe(30);
    expect(clock.pending).toBe(1);
  });

  it('counts whole milliseconds, a part of one as one', async () => {
    const clock = virtualClock(0);
    const ran: number[] = [];
    clock.schedule(10.25, () => ran.push(clock.now()));
    await clock.advance(20.5);
    expect(ran).toEqual([11]);
    expect(clock.now()).toBe(21);
  });

  it('keeps the order of time with many calls scheduled and taken back at random', async () => {
    const clock = virtualClock(0);
    const ran: number[] = [];
    const delays = Array.from({ length: 500 }, (_, index) => (index * 7919) % 1009);
    const cancels = delays.map((ms) => clock.schedule(ms, () => ran.push(ms)));
    for (let index = 0; index < cancels.length; index += 3) cancels[index]?.();
    await clock.advance(2_000);
    expect(ran).toEqual(delays.filter((_, index) => index % 3 !== 0).sort((a, b) => a - b));
    expect(clock.pending).toBe(0);
  });

  it('lets promise chains come to rest before the next call runs', async () => {
    const clock = virtualClock(0);
    const ran: string[] = [];
    const chain = async () => {
      await delay(clock, 10);
      for (let link = 0; link < 50; link++) await Promise.resolve();
      ran.push(`chain@${clock.now()}`);
      await delay(clock, 5);
      ran.push(`rescheduled@${clock.now()}`);
    };
    const done = chain();
    clock.schedule(11, () => ran.push(`timer@${clock.now()}`));
    await clock.advance(100);
    await done;
    expect(ran).toEqual(['chain@10', 'timer@11', 'rescheduled@15']);
  });

  it('takes a scheduled call back', async () => {
    const clock = virtualClock(0);
    const ran: string[] = [];
    const cancel = clock.schedule(10, () => ran.push('cancelled'));
    clock.schedule(10, () => ran.push('kept'));
    cancel();
    cancel();
    expect(clock.pending).toBe(1);
    await clock.advance(10);
    cancel();
    expect(ran).toEqual(['kept']);
    expect(clock.pending).toBe(0);
  });

  it('stops at the moment the condition holds', async () => {
    const clock = virtualClock(0);
    let ticks = 0;
    const tick = () => {
      ticks++;
      clock.schedule(1_000, tick);
    };
    clock.schedule(1_000, tick);
    await clock.runUntil(() => ticks === 7);
    expect(clock.now()).toBe(7_000);
  });

  it('rejects when the condition does not hold in time', async () => {
    const clock = virtualClock(0);
    await expect(clock.runUntil(() => false, 500)).rejects.toThrow(
      'unable to reach the condition; it does not hold after 500 ms',
    );
    expect(clock.now()).toBe(500);
  });

  it('queues calls of advance behind each other', async () => {
    const clock = virtualClock(0);
    const seen: number[] = [];
    clock.schedule(10, () => void clock.advance(10).then(() => seen.push(clock.now())));
    await Promise.all([clock.advance(10), clock.advance(5)]);
    await clock.advance(0);
    expect(seen).toEqual([25]);
  });

  it('rejects with what a scheduled call throws, and goes on afterwards', async () => {
    const clock = virtualClock(0);
    clock.schedule(5, () => {
      throw new Error('broken');
    });
    await expect(clock.advance(10)).rejects.toThrow('broken');
    await clock.advance(10);
    expect(clock.now()).toBe(15);
  });
});
