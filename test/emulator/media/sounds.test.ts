import { seededRandom } from 'onescreen/testing';
import { describe, expect, test } from 'vitest';
import { music } from '../../../src/emulator/media/sounds/music';
import { ringback } from '../../../src/emulator/media/sounds/ringback';
import { speech } from '../../../src/emulator/media/sounds/speech';
import { tone } from '../../../src/emulator/media/sounds/tone';
import { band, loudness, share, stretch } from './frames';

/** Stretches of 200 ms in which something is heard, of all. */
function sounding(samples: Int16Array): number {
  const stretches = Array.from({ length: samples.length / 1_600 }, (_, index) =>
    loudness(samples.subarray(index * 1_600, (index + 1) * 1_600)),
  );
  return stretches.filter((loud) => loud > 100).length / stretches.length;
}

const peak = (samples: Int16Array) => samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

describe('a tone', () => {
  test('is one frequency without end', () => {
    const samples = stretch(tone(440), 5_000);
    expect(share(samples, 440)).toBeGreaterThan(0.98);
    expect(peak(samples)).toBe(8_000);
  });

  test('ends after its duration', () => {
    const samples = stretch(tone(697, 100), 300);
    expect(loudness(samples.subarray(0, 800))).toBeGreaterThan(4_000);
    expect(peak(samples.subarray(800))).toBe(0);
  });
});

describe('ringback', () => {
  test('is 425 Hz, one second in five', () => {
    const samples = stretch(ringback(), 10_000);
    for (const start of [0, 40_000]) {
      expect(share(samples.subarray(start, start + 8_000), 425)).toBeGreaterThan(0.95);
      expect(peak(samples.subarray(start + 8_000, start + 40_000))).toBe(0);
    }
  });
});

describe('music', () => {
  const samples = stretch(music(), 9_600);

  test('never pauses and never clips', () => {
    expect(sounding(samples)).toBe(1);
    expect(peak(samples)).toBeLessThan(20_000);
    expect(loudness(samples)).toBeGreaterThan(1_500);
  });

  test('is made of the notes of its chords', () => {
    const bar = samples.subarray(0, 19_200);
    const notes = [261.63, 329.63, 392, 523.25, 659.26, 783.99];
    const inTune = notes.reduce((sum, note) => sum + band(bar, note - 4, note + 4), 0);
    expect(inTune).toBeGreaterThan(0.6);
  });

  test('begins anew without a seam after 9.6 s', () => {
    const twice = stretch(music(), 19_200);
    expect(twice.subarray(76_800)).toEqual(twice.subarray(0, 76_800));
    const steps = twice.slice(1).map((sample, index) => Math.abs(sample - (twice[index] ?? 0)));
    expect(steps[76_799]).toBeLessThan(peak(steps));
  });
});

describe('a simulated person', () => {
  const person = (seed: number, ms: number) => stretch(speech(seededRandom(seed)), ms);

  test('speaks at once, with pauses, and never clips', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const samples = person(seed, 20_000);
      expect(loudness(samples.subarray(0, 4_000))).toBeGreaterThan(300);
      expect(sounding(samples)).toBeGreaterThan(0.5);
      expect(sounding(samples)).toBeLessThan(0.95);
      expect(loudness(samples)).toBeGreaterThan(800);
      expect(peak(samples)).toBeLessThan(32_000);
    }
  });

  test('has its power where speech on the telephone has it', () => {
    const samples = person(1, 1_000);
    expect(band(samples, 200, 3_400)).toBeGreaterThan(0.8);
    expect(band(samples, 3_400, 4_000)).toBeLessThan(0.05);
  });

  test('is the same for the same seed alone', () => {
    expect(person(1, 3_000)).toEqual(person(1, 3_000));
    expect(person(1, 3_000)).not.toEqual(person(2, 3_000));
  });
});
