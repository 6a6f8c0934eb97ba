import { seededRandom } from 'onescreen/testing';
import type { Sound } from '../../calls/media-unit';
import type { Frame } from '../frame';
import { music } from './music';
import { ringback } from './ringback';
import { speech } from './speech';
import { tone } from './tone';

/** Gives the next 20 ms at each call. */
export type SoundSource = () => Frame;

/** What makes this sound, from its beginning. */
export function soundSource(sound: Sound): SoundSource {
  switch (sound.kind) {
    case 'music':
      return music();
    case 'ringback':
      return ringback();
    case 'tone':
      return tone(sound.frequency, sound.durationMs);
    case 'speech':
      return speech(seededRandom(sound.seed));
  }
}

/** True when both sound the same from the beginning. */
export function sameSound(one: Sound, other: Sound): boolean {
  if (one.kind === 'tone') {
    return other.kind === 'tone' && one.frequency === other.frequency && one.durationMs === other.durationMs;
  }
  if (one.kind === 'speech') return other.kind === 'speech' && one.seed === other.seed;
  return one.kind === other.kind;
}
