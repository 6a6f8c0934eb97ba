import { frameSamples, sampleRate, saturate, type Frame } from '../frame';

/** Samples of a beat: 0.6 s, which is 100 beats a minute. */
const beat = sampleRate * 0.6;

/** C, A minor, F and G in the octave around 260 Hz, a bar of four beats each, in Hz (A = 440, equal temperament). */
const chords = [
  [261.63, 329.63, 392.0],
  [220.0, 261.63, 329.63],
  [174.61, 261.63, 349.23],
  [196.0, 246.94, 293.66],
];

/** Which of a chord's notes is plucked on each of a bar's eighths, and in which octave above. */
const melody = [
  [0, 2],
  [1, 2],
  [2, 2],
  [1, 4],
  [0, 4],
  [2, 2],
  [1, 2],
  [2, 1],
] as const;

const padAmplitude = 1_300;
const pluckAmplitude = 4_200;

let loop: Int16Array | undefined;

/** Music to wait by: plucked chords over a held one, 9.6 s long, again and again without a seam. */
export function music(): () => Frame {
  const samples = (loop ??= render());
  let at = 0;
  return () => {
    const frame = samples.subarray(at, at + frameSamples);
    at = (at + frameSamples) % samples.length;
    return frame;
  };
}

function render(): Int16Array {
  const sum = new Float32Array(chords.length * 4 * beat);
  chords.forEach((chord, bar) => {
    for (const note of chord) addPad(sum, bar * 4 * beat, note);
    melody.forEach(([note, octave], eighth) => {
      addPluck(sum, (bar * 4 + eighth / 2) * beat, (chord[note] ?? 0) * octave);
    });
  });
  return Int16Array.from(sum, saturate);
}

/** A bar and half a beat of a soft note, swelling and fading. */
function addPad(sum: Float32Array, start: number, frequency: number): void {
  const length = 4.5 * beat;
  add(sum, start, length, (at, phase) => {
    const swell = Math.min(1, at / (beat / 2), (length - at) / (beat / 2));
    return padAmplitude * swell * (Math.sin(phase(frequency)) + 0.25 * Math.sin(phase(2 * frequency)));
  });
}

/** A note that dies away, its overtones first. */
function addPluck(sum: Float32Array, start: number, frequency: number): void {
  add(sum, start, 2 * beat, (at, phase) => {
    const decay = Math.exp(-at / (0.28 * sampleRate));
    const swell = Math.min(1, at / (0.004 * sampleRate));
    const body = Math.sin(phase(frequency));
    return pluckAmplitude * swell * decay * (body + 0.35 * decay * Math.sin(phase(2 * frequency)));
  });
}

/** Adds a note; what reaches beyond the end goes on at the beginning. */
function add(
  sum: Float32Array,
  start: number,
  length: number,
  sample: (at: number, phase: (frequency: number) => number) => number,
): void {
  for (let at = 0; at < length; at++) {
    const index = (start + at) % sum.length;
    sum[index] = (sum[index] ?? 0) + sample(at, (frequency) => (2 * Math.PI * frequency * at) / sampleRate);
  }
}
