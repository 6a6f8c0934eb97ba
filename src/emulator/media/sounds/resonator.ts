import { sampleRate } from '../frame';

/**
 * A filter of two poles that rings at `frequency` Hz with a bandwidth of `bandwidth` Hz, with an impulse response that
 * peaks at about 1 (Klatt, Software for a cascade/parallel formant synthesizer, 1980, without its gain at 0 Hz).
 */
export function resonator(frequency: number, bandwidth: number): (input: number) => number {
  const radius = Math.exp((-Math.PI * bandwidth) / sampleRate);
  const turn = 2 * radius * Math.cos((2 * Math.PI * frequency) / sampleRate);
  const gain = Math.sin((2 * Math.PI * frequency) / sampleRate);
  let last = 0;
  let beforeLast = 0;
  return (input) => {
    const output = gain * input + turn * last - radius * radius * beforeLast;
    beforeLast = last;
    last = output;
    return output;
  };
}
