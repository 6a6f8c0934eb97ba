import { frameSamples, sampleRate, silence, type Frame } from '../frame';

/** About 12 dB below full scale: loud and far from clipping. */
const amplitude = 8_000;

/** Samples over which a tone swells and fades, so that it does not click. 5 ms. */
const edge = sampleRate * 0.005;

/** A sine of `frequency` Hz, without end or for `durationMs`; then silence. */
export function tone(frequency: number, durationMs = Infinity): () => Frame {
  const end = Math.round((durationMs * sampleRate) / 1_000);
  let at = 0;
  return () => {
    if (at >= end) return silence;
    const frame = Int16Array.from({ length: frameSamples }, (_, index) => sample(frequency, at + index, end));
    at += frameSamples;
    return frame;
  };
}

function sample(frequency: number, at: number, end: number): number {
  const swell = Math.max(0, Math.min(1, at / edge, (end - at) / edge));
  return amplitude * swell * Math.sin((2 * Math.PI * frequency * at) / sampleRate);
}
