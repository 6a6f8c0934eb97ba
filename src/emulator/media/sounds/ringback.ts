import { frameMs, type Frame, silence } from '../frame';
import { tone } from './tone';

/** Within the 400 to 450 Hz that ITU-T E.180 asks for; what most of Europe uses. */
const frequency = 425;

/** One second of tone and four of silence, as ITU-T E.180 allows and most of Europe does. */
const soundingMs = 1_000;
const periodMs = 5_000;

/** What a caller hears while the other side rings. */
export function ringback(): () => Frame {
  let at = 0;
  let ring = tone(frequency, soundingMs);
  return () => {
    if (at === 0) ring = tone(frequency, soundingMs);
    const frame = at < soundingMs ? ring() : silence;
    at = (at + frameMs) % periodMs;
    return frame;
  };
}
