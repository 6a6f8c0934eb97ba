import { frameSamples, saturate, silence, type Frame } from './frame';

/** The sum of `frames`; what becomes too loud is cut off. Silence when there are none. */
export function mix(frames: readonly Frame[]): Frame {
  const heard = frames.filter((frame) => frame !== silence);
  const [only] = heard;
  if (only === undefined) return silence;
  if (heard.length === 1) return only;
  const sum = new Int32Array(frameSamples);
  for (const frame of heard) {
    for (let index = 0; index < frameSamples; index++) sum[index] = (sum[index] ?? 0) + (frame[index] ?? 0);
  }
  return Int16Array.from(sum, saturate);
}
