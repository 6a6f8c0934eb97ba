import { virtualClock } from 'onescreen/testing';
import type { Cancel, Clock } from 'onescreen';
import { beforeEach, describe, expect, test } from 'vitest';
import { Pacer } from '../../../src/emulator/media/pacer';

describe('the pace', () => {
  test('is a frame every 20 ms, and nothing is left after the stop', async () => {
    const clock = virtualClock();
    let frames = 0;
    const pacer = new Pacer(clock, () => frames++);
    pacer.start();
    pacer.start();
    await clock.advance(1_000);
    expect(frames).toBe(50);
    pacer.stop();
    expect(clock.pending).toBe(0);
    await clock.advance(1_000);
    expect(frames).toBe(50);
    pacer.start();
    await clock.advance(100);
    expect(frames).toBe(55);
  });

  test('ends in the middle of catching up', () => {
    const late = new LateClock();
    let frames = 0;
    const pacer = new Pacer(late, () => {
      frames++;
      pacer.stop();
    });
    pacer.start();
    late.fire(100);
    late.fire(0);
    expect(frames).toBe(1);
    expect(late.scheduled).toBe(undefined);
  });
});

describe('the pace on a machine that was held up', () => {
  let late: LateClock;
  let frames: number;
  beforeEach(() => {
    late = new LateClock();
    frames = 0;
    new Pacer(late, () => frames++).start();
  });

  test('makes up for it, after what has arrived meanwhile was read', () => {
    late.fire(110);
    expect([frames, late.scheduled]).toEqual([0, 0]);
    late.fire(0);
    expect([frames, late.scheduled]).toEqual([5, 10]);
  });

  test('leaves out what is more than 200 ms', () => {
    late.fire(60_000);
    late.fire(0);
    expect([frames, late.scheduled]).toEqual([11, 20]);
  });

  test('goes on when the clock is set back', () => {
    late.fire(20);
    late.fire(-3_600_000);
    expect([frames, late.scheduled]).toEqual([2, 20]);
  });
});

/** A clock whose one scheduled call is made when told to, however late. */
class LateClock implements Clock {
  #now = 1_000;
  #run: (() => void) | undefined;
  /** The delay that was asked for. */
  scheduled: number | undefined;

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, run: () => void): Cancel {
    this.#run = run;
    this.scheduled = Math.max(0, delayMs);
    return () => {
      this.#run = undefined;
      this.scheduled = undefined;
    };
  }

  /** Moves on by `ms` and makes the call. */
  fire(ms: number): void {
    this.#now += ms;
    const run = this.#run;
    this.#run = undefined;
    run?.();
  }
}
