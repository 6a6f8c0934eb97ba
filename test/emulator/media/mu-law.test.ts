import { describe, expect, test } from 'vitest';
import { decodeMuLaw, encodeMuLaw } from '../../../src/emulator/media/mu-law';

/** Samples that have a code of their own, with it: ends of segments as G.711 lists them, times four. */
const exact: readonly (readonly [sample: number, code: number])[] = [
  [0, 0xff],
  [8, 0xfe],
  [16, 0xfd],
  [120, 0xf0],
  [132, 0xef],
  [372, 0xe0],
  [396, 0xdf],
  [924, 0xcf],
  [1_980, 0xbf],
  [4_092, 0xaf],
  [8_316, 0x9f],
  [16_764, 0x8f],
  [32_124, 0x80],
  [-8, 0x7e],
  [-132, 0x6f],
  [-32_124, 0x00],
];

describe('mu-law', () => {
  test.each(exact)('codes %i as %i, and back', (sample, code) => {
    expect([...encodeMuLaw(Int16Array.of(sample))]).toEqual([code]);
    expect([...decodeMuLaw(Uint8Array.of(code))]).toEqual([sample]);
  });

  test('decodes the negative zero to 0', () => {
    expect(decodeMuLaw(Uint8Array.of(0x7f))[0]).toBe(0);
  });

  test('keeps the loudest samples loudest', () => {
    expect([...encodeMuLaw(Int16Array.of(32_767, -32_768))]).toEqual([0x80, 0x00]);
  });

  test('gives every code back, and rises with the sample', () => {
    const codes = Uint8Array.from({ length: 256 }, (_, code) => code).filter((code) => code !== 0x7f);
    expect(encodeMuLaw(decodeMuLaw(codes))).toEqual(codes);
    const samples = [...decodeMuLaw(Uint8Array.from({ length: 128 }, (_, step) => 0xff - step))];
    expect(samples).toEqual([...samples].sort((a, b) => a - b));
    expect(new Set(samples).size).toBe(128);
  });

  test('is never off by more than the half of a step: 1/32 of the sample and 4', () => {
    for (let sample = -32_124; sample <= 32_124; sample += 13) {
      const [heard = NaN] = decodeMuLaw(encodeMuLaw(Int16Array.of(sample)));
      expect(Math.abs(heard - sample)).toBeLessThanOrEqual((Math.abs(sample) + 132) / 32 + 1);
    }
  });
});
