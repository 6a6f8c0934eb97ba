import type { Random } from 'onescreen';
import { frameSamples, sampleRate, saturate, silence, type Frame } from '../frame';
import { resonator } from './resonator';

/** First three formants of five vowels in Hz, a man's averages (Peterson and Barney, 1952): i, e, a, o, u. */
const vowels = [
  [270, 2_290, 3_010],
  [530, 1_840, 2_480],
  [730, 1_090, 2_440],
  [570, 840, 2_410],
  [300, 870, 2_240],
] as const;

const amplitude = 6_500;

/**
 * A simulated person: phrases of syllables with pauses between, in the telephone band. No words; two
 * seeds have different voices. It begins to speak at once.
 */
export function speech(random: Random): () => Frame {
  const between = (least: number, most: number) => least + random.next() * (most - least);
  const voice = between(95, 220);
  let left = 0;
  let syllables = Math.round(between(4, 9));
  let speak: ((index: number) => number) | undefined;
  let at = 0;

  const next = () => {
    at = 0;
    if (syllables-- > 0) {
      left = Math.round(between(0.12, 0.26) * sampleRate);
      speak = syllable(random, voice * between(0.88, 1.18), left);
    } else {
      left = Math.round(between(0.35, 1.1) * sampleRate);
      syllables = Math.round(between(4, 9));
      speak = undefined;
    }
  };

  return () => {
    if (speak === undefined && left >= frameSamples) {
      left -= frameSamples;
      return silence;
    }
    const frame = new Int16Array(frameSamples);
    for (let index = 0; index < frameSamples; index++) {
      if (left === 0) next();
      frame[index] = speak === undefined ? 0 : saturate(speak(at));
      at++;
      left--;
    }
    return frame;
  };
}

/** Breath, then a vowel: pulses of the voice, and a little noise, through the vowel's formants. */
function syllable(random: Random, pitch: number, length: number): (at: number) => number {
  const vowel = vowels[Math.floor(random.next() * vowels.length)] ?? vowels[0];
  const [first, second, third] = [resonator(vowel[0], 70), resonator(vowel[1], 110), resonator(vowel[2], 150)];
  const breath = (0.02 + 0.04 * random.next()) * sampleRate;
  let phase = 0;
  return (at) => {
    const swell = Math.sin((Math.PI * Math.min(at, length)) / length);
    phase += (pitch * (1.06 - (0.12 * at) / length)) / sampleRate;
    const pulse = phase >= 1 ? 1 : 0;
    phase -= pulse;
    const input = pulse + (random.next() - 0.5) * (at < breath ? 0.3 : 0.02);
    return amplitude * swell * (first(input) + 0.6 * second(input) + 0.35 * third(input));
  };
}
