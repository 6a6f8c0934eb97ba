import { describe, expect, it } from 'vitest';
import { PictureSlot } from '../../../src/emulator/media/picture-slot';
import { key, packet } from './vp8';

const numbers = (slot: PictureSlot, packets: readonly ReturnType<typeof packet>[], now = 0) =>
  packets.map((one) => slot.next(one, now)?.sequenceNumber);

describe('what goes out in a slot', () => {
  it('begins with a key frame, with numbers of its own', () => {
    const slot = new PictureSlot(65_534, 1_000);
    expect(slot.waits).toBe(true);
    expect(numbers(slot, [packet(7), key(8), packet(9), packet(10)])).toEqual([undefined, 65_534, 65_535, 0]);
    expect(slot.waits).toBe(false);
  });

  it('has the gaps and the order of what comes in, so that the browser knows what is missing', () => {
    const slot = new PictureSlot(100, 0);
    expect(numbers(slot, [key(65_534), packet(1), packet(65_535), packet(2)])).toEqual([100, 103, 101, 104]);
  });

  it('goes on without a gap when another source is shown, from its key frame on', () => {
    const slot = new PictureSlot(100, 5_000);
    expect(numbers(slot, [key(1), packet(2)])).toEqual([100, 101]);
    slot.restart();
    const other = { stream: 2 };
    expect(numbers(slot, [packet(900, other), key(901, other), packet(902, other)])).toEqual([undefined, 102, 103]);
  });

  it('waits for a key frame when a source comes over another stream unannounced', () => {
    const slot = new PictureSlot(100, 5_000);
    expect(numbers(slot, [key(1), packet(5, { stream: 2 }), key(6, { stream: 2 })])).toEqual([100, undefined, 101]);
  });

  it('leaves out what was sent before its key frame and comes after it', () => {
    const slot = new PictureSlot(100, 0);
    expect(numbers(slot, [key(50), packet(49), packet(51)])).toEqual([100, undefined, 101]);
  });

  it('counts on for a source that has sent more packets than there are numbers', () => {
    const slot = new PictureSlot(0, 0);
    numbers(slot, [key(0)]);
    const far = Array.from({ length: 80_000 }, (_, index) => packet(index + 1));
    expect(numbers(slot, far)).toEqual(far.map((_, index) => (index + 1) % 65_536));
  });

  it('keeps to the time of the source, and to ours between two of them', () => {
    const slot = new PictureSlot(0, 4_294_967_000);
    const at = (one: ReturnType<typeof packet>, now: number) => slot.next(one, now)?.timestamp;
    expect(at(key(1, { timestamp: 90_000 }), 0)).toBe(4_294_967_000);
    expect(at(packet(2, { timestamp: 91_800 }), 20)).toBe((4_294_967_000 + 1_800) % 2 ** 32);
    slot.restart();
    expect(at(key(7, { stream: 2, timestamp: 17 }), 1_020)).toBe((4_294_967_000 + 1_800 + 90_000) % 2 ** 32);
    slot.restart();
    // Two frames never have one time, however fast one follows the other.
    expect(at(key(8, { stream: 3, timestamp: 5 }), 1_020)).toBe((4_294_967_000 + 1_800 + 93_000) % 2 ** 32);
  });
});
