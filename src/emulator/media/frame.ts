/** Samples a second, as in the telephone network (ITU-T G.711). */
export const sampleRate = 8_000;

/** Length of a frame in milliseconds. */
export const frameMs = 20;

/** Samples in a frame. */
export const frameSamples = (sampleRate * frameMs) / 1_000;

/** 20 ms of sound: 160 samples of 16 bits. Not changed once it has been handed on. */
export type Frame = Int16Array;

/** The frame in which nothing is heard. */
export const silence: Frame = new Int16Array(frameSamples);

/** Brings a sample into 16 bits: what is too loud is cut off, not wrapped around. */
export function saturate(sample: number): number {
  return sample > 32_767 ? 32_767 : sample < -32_768 ? -32_768 : sample;
}
