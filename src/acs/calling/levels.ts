import type { Volume } from '@azure/communication-calling';
import type { AudioLevels, Clock, Live } from 'onescreen';
import type { Observable } from 'rxjs';
import type { CallHandle } from './agent-handle';
import { sampled } from './sampled';

/** The calling package counts from 0 to 100. */
export function loudness(volume: Volume | undefined): number {
  return volume === undefined ? 0 : Math.min(1, Math.max(0, volume.level / 100));
}

/** A stream's volume, asked for once for each stream. */
export class VolumeMeter {
  #stream: { getVolume(): Promise<Volume> } | undefined;
  #volume: Volume | undefined;

  read(stream: { getVolume(): Promise<Volume> } | undefined): number {
    if (stream !== this.#stream) {
      this.#stream = stream;
      this.#volume = undefined;
      stream?.getVolume().then(
        (volume) => {
          if (this.#stream === stream) this.#volume = volume;
        },
        () => {}, // A stream that ends has no volume.
      );
    }
    return loudness(this.#volume);
  }
}

/**
 * How loud everybody in a call is. The service mixes the others into one stream: its level is given to whoever of them
 * the service says is speaking.
 */
export function callLevels(
  call: CallHandle['call'],
  people$: Live<Iterable<{ readonly id: string; readonly speaking: boolean }>>,
  clock: Clock,
): Observable<AudioLevels> {
  return sampled(clock, () => {
    const self = new VolumeMeter();
    const others = new VolumeMeter();
    return {
      read() {
        const mine = self.read(call.localAudioStreams[0]);
        const theirs = others.read(call.remoteAudioStreams[0]);
        return {
          self: call.isMuted ? 0 : mine,
          participants: Object.fromEntries([...people$.value].map(({ id, speaking }) => [id, speaking ? theirs : 0])),
        };
      },
      stop() {},
    };
  });
}
