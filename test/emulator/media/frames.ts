import { frameSamples, sampleRate, type Frame } from '../../../src/emulator/media/frame';

/** A frame of one value. */
export const flat = (value: number): Frame => new Int16Array(frameSamples).fill(value);

/** The value of a frame that has one throughout; NaN of any other. */
export const valueOf = (frame: Frame): number => {
  const [first = NaN] = frame;
  return frame.every((sample) => sample === first) ? first : NaN;
};

/** Frames of a source, one after the other, as one stretch of samples. */
export function stretch(source: () => Frame, ms: number): Int16Array {
  const frames = Math.ceil(ms / 20);
  const samples = new Int16Array(frames * frameSamples);
  for (let index = 0; index < frames; index++) samples.set(source(), index * frameSamples);
  return samples;
}

/** Root mean square. */
export const loudness = (samples: Int16Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

/** Power at `frequency` Hz as a share of all, by Goertzel's algorithm; about 1 for a pure tone of that frequency. */
export function share(samples: Int16Array, frequency: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * frequency) / sampleRate);
  let last = 0;
  let beforeLast = 0;
  for (const sample of samples) [last, beforeLast] = [sample + turn * last - beforeLast, last];
  const power = last * last + beforeLast * beforeLast - turn * last * beforeLast;
  return (2 * power) / (samples.length ** 2 * loudness(samples) ** 2);
}

/** Share of the power between two frequencies in Hz, in a grid of 1/window. */
export function band(samples: Int16Array, from: number, to: number): number {
  const step = sampleRate / samples.length;
  let sum = 0;
  for (let frequency = Math.ceil(from / step) * step; frequency < to; frequency += step)
    sum += share(samples, frequency);
  return sum;
}
