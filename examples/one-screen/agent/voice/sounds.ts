let context: AudioContext | undefined;

/** Lets this page's own sounds play. Browsers want a click before. */
export function unlockSounds(): void {
  context ??= new AudioContext();
  if (context.state === 'suspended') context.resume().catch(() => {});
}

/** Rings until it is stopped: two bursts, then a pause. */
export function startRinging(): () => void {
  return play((tone) => {
    tone(0, 0.4, [440, 480]);
    tone(0.6, 0.4, [440, 480]);
  }, 3);
}

/** Two falling tones, once. Silent as long as the browser allows no sound. */
export function soundAlarm(): void {
  if (context?.state !== 'running') return;
  const stop = play((tone) => {
    tone(0, 0.18, [880]);
    tone(0.22, 0.25, [660]);
  }, 1);
  setTimeout(stop, 600);
}

type Tone = (atSeconds: number, seconds: number, frequencies: readonly number[]) => void;

const volume = 0.12;
/** Longer than it takes to hear it end, shorter than a click of the loudspeaker. */
const fadeSeconds = 0.02;

/** Plays a pattern over and over. */
function play(draw: (tone: Tone) => void, seconds: number): () => void {
  unlockSounds();
  const audio = (context ??= new AudioContext());
  const buffer = audio.createBuffer(1, audio.sampleRate * seconds, audio.sampleRate);
  const samples = buffer.getChannelData(0);
  draw((at, length, frequencies) => {
    const first = Math.round(at * audio.sampleRate);
    const count = Math.round(length * audio.sampleRate);
    for (let index = 0; index < count; index++) {
      const time = index / audio.sampleRate;
      const edge = Math.min(1, time / fadeSeconds, (length - time) / fadeSeconds);
      const wave = frequencies.reduce((sum, frequency) => sum + Math.sin(2 * Math.PI * frequency * time), 0);
      samples[first + index] = (volume * edge * wave) / frequencies.length;
    }
  });
  const source = audio.createBufferSource();
  const gain = audio.createGain();
  source.buffer = buffer;
  source.loop = true;
  source.connect(gain).connect(audio.destination);
  source.start();
  return () => {
    gain.gain.setTargetAtTime(0, audio.currentTime, fadeSeconds);
    source.stop(audio.currentTime + 5 * fadeSeconds);
  };
}
