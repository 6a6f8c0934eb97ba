import { beforeEach, describe, expect, test } from 'vitest';
import { PlayoutBuffer } from '../../../src/emulator/media/playout-buffer';
import { flat, valueOf } from './frames';

let buffer: PlayoutBuffer;
beforeEach(() => {
  buffer = new PlayoutBuffer();
});

const take = () => {
  const frame = buffer.take();
  return frame && valueOf(frame);
};

describe('what a page sends', () => {
  test('is played in order, 40 ms after it began to come', () => {
    buffer.push(flat(1));
    expect(take()).toBe(undefined);
    for (const value of [2, 3]) buffer.push(flat(value));
    expect([take(), take(), take(), take()]).toEqual([1, 2, 3, undefined]);
    buffer.push(flat(4));
    expect(take()).toBe(undefined);
    buffer.push(flat(5));
    expect([take(), take()]).toEqual([4, 5]);
  });

  test('may come in pieces of any length', () => {
    const samples = Int16Array.from([...flat(1), ...flat(2), ...flat(3)]);
    for (let at = 0; at < samples.length; at += 80) buffer.push(samples.subarray(at, at + 80));
    expect([take(), take(), take()]).toEqual([1, 2, 3]);
  });

  test('is never held back by more than 200 ms', () => {
    for (let value = 1; value <= 11; value++) buffer.push(flat(value));
    expect(take()).toBe(10);
  });

  test('gets rid of a delay that stays', () => {
    for (let value = 1; value <= 8; value++) buffer.push(flat(value));
    let played: number | undefined;
    for (let value = 9; value <= 600; value++) {
      buffer.push(flat(value));
      played = take();
    }
    expect(played).toBe(598);
  });
});
