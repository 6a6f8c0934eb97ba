import type {
  AudioDeviceInfo,
  AudioStreamFeature,
  AudioStreamFeatureFactory,
  LocalAudioStreamOptions,
  MediaStreamType,
  RemoteAudioStream,
  Volume,
} from '@azure/communication-calling';
import type { Cancel } from 'onescreen';
import type { EmulatedCallingEnvironment, Microphone } from './calling-environment';
import { CallingCommunicationError, notSupported, reasons } from './calling-error';
import { deviceIdOf } from './device-id';
import { Listeners, type Later, type Listener } from './listeners';

/** Time between two samples of a microphone's loudness, ms. */
const sampleMs = 200;

/** Loudness, 0 to 100. A microphone's is sampled only while somebody listens. */
export class EmulatedVolume implements Volume {
  readonly #listeners: Listeners<{ levelChanged: undefined }>;
  readonly #sample: (() => number) | undefined;
  #level = 0;
  #cancel: Cancel | undefined;

  constructor(
    later: Later,
    sampling?: { readonly clock: EmulatedCallingEnvironment['clock']; readonly sample: () => number },
  ) {
    this.#sample = sampling?.sample;
    this.#listeners = new Listeners(later, (_, count) => {
      if (sampling === undefined) return;
      if (count === 0) {
        this.#cancel?.();
        this.#cancel = undefined;
        return;
      }
      if (this.#cancel !== undefined) return;
      const tick = () => {
        this.set(sampling.sample());
        this.#cancel = sampling.clock.schedule(sampleMs, tick);
      };
      this.#cancel = sampling.clock.schedule(sampleMs, tick);
    });
  }

  get level(): number {
    return this.#sample === undefined || this.#cancel !== undefined ? this.#level : Math.round(this.#sample() * 100);
  }

  on(_event: 'levelChanged', listener: Listener): void {
    this.#listeners.on('levelChanged', listener);
  }

  off(_event: 'levelChanged', listener: Listener): void {
    this.#listeners.off('levelChanged', listener);
  }

  /** `loudness`: 0 to 1. */
  set(loudness: number): void {
    const level = Math.round(Math.min(1, Math.max(0, loudness)) * 100);
    if (level === this.#level) return;
    this.#level = level;
    this.#listeners.emit('levelChanged', undefined);
  }

  close(): void {
    this.set(0);
    this.#listeners.clear();
  }
}

/** The page's microphone, opened when somebody wants its sound. */
export class EmulatedLocalAudioStream {
  readonly mediaStreamType: MediaStreamType = 'Audio';
  /** Whether the call that sends it disposes of it at its end. */
  readonly autoDispose: boolean;
  readonly #environment: EmulatedCallingEnvironment;
  readonly #later: Later;
  readonly #listeners: Listeners<{
    audioSourceChanged: { source: EmulatedLocalAudioStream };
    ended: undefined;
    silenced: boolean;
  }>;
  readonly #volume: EmulatedVolume;
  #source: AudioDeviceInfo;
  #opening: Promise<Microphone> | undefined;
  #microphone: Microphone | undefined;
  #disposed = false;

  constructor(
    environment: EmulatedCallingEnvironment,
    later: Later,
    source: AudioDeviceInfo | MediaStream,
    options?: LocalAudioStreamOptions,
  ) {
    this.#environment = environment;
    this.#later = later;
    this.#listeners = new Listeners(later);
    this.autoDispose = options?.autoDisposeOnCallEnd ?? true;
    this.#volume = new EmulatedVolume(later, {
      clock: environment.clock,
      sample: () => this.loudness,
    });
    if ('deviceType' in source) this.#source = source;
    else {
      this.#source = rawSource;
      this.#opening = Promise.resolve(rawMicrophone(source));
    }
  }

  get source(): AudioDeviceInfo {
    return this.#source;
  }

  on(event: 'audioSourceChanged', listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: 'audioSourceChanged', listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  /** For the call that sends it. */
  watch(watcher: { ended(): void; silenced(silenced: boolean): void; changed(): void }): void {
    this.#listeners.on('ended', () => watcher.ended());
    this.#listeners.on('silenced', (silenced: boolean) => watcher.silenced(silenced));
    this.#listeners.on('audioSourceChanged', () => watcher.changed());
  }

  feature<TFeature extends AudioStreamFeature>(_factory: AudioStreamFeatureFactory<TFeature>): TFeature {
    throw notSupported('This feature of an audio stream');
  }

  /** The microphone behind it, opened once. Rejects as the devices do. */
  async microphone(): Promise<Microphone> {
    if (this.#disposed) throw new CallingCommunicationError(reasons.over);
    const opening = (this.#opening ??= this.#open());
    try {
      const microphone = await opening;
      if (this.#opening !== opening) return await this.microphone();
      return (this.#microphone = microphone);
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    }
  }

  /** Loudness now, 0 to 1; 0 while it is not open. */
  get loudness(): number {
    return this.#microphone?.level() ?? 0;
  }

  async getMediaStream(): Promise<MediaStream> {
    const { stream } = await this.microphone();
    if (stream === undefined) throw notSupported('Media outside browsers');
    return stream;
  }

  async setMediaStream(source: MediaStream): Promise<void> {
    this.#replace(Promise.resolve(rawMicrophone(source)), rawSource);
  }

  async switchSource(source: AudioDeviceInfo): Promise<void> {
    this.#replace(undefined, source);
  }

  async getVolume(): Promise<EmulatedVolume> {
    await this.microphone();
    return this.#volume;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#release();
    this.#volume.close();
    this.#listeners.clear();
  }

  #replace(opening: Promise<Microphone> | undefined, source: AudioDeviceInfo): void {
    if (this.#disposed) return;
    const inUse = this.#opening !== undefined;
    this.#release();
    this.#source = source;
    this.#opening = opening;
    if (inUse) this.#later(() => void this.microphone().catch(() => {}));
    this.#listeners.emit('audioSourceChanged', { source: this });
  }

  #release(): void {
    const opening = this.#opening;
    this.#opening = undefined;
    this.#microphone = undefined;
    void opening?.then(
      (microphone) => microphone.close(),
      () => {},
    );
  }

  #open(): Promise<Microphone> {
    const opening = this.#environment.devices.openMicrophone(deviceIdOf(this.#source), {
      ended: () => {
        if (this.#opening === opening) this.#listeners.emit('ended', undefined);
      },
      silenced: (silenced) => {
        if (this.#opening === opening) this.#listeners.emit('silenced', silenced);
      },
    });
    return opening;
  }
}

/** What all others say, as one. */
export class EmulatedRemoteAudioStream implements RemoteAudioStream {
  readonly #stream: () => MediaStream | undefined;
  readonly volume: EmulatedVolume;

  constructor(later: Later, stream: () => MediaStream | undefined) {
    this.#stream = stream;
    this.volume = new EmulatedVolume(later);
  }

  async getMediaStream(): Promise<MediaStream> {
    const stream = this.#stream();
    if (stream === undefined) throw notSupported('Media outside browsers');
    return stream;
  }

  async getVolume(): Promise<EmulatedVolume> {
    return this.volume;
  }
}

const rawSource: AudioDeviceInfo = { name: '', id: '', isSystemDefault: false, deviceType: 'Virtual' };

/** A stream of the application's own: it closes it itself. */
function rawMicrophone(stream: MediaStream): Microphone {
  return { stream, level: () => 0, close: () => {} };
}
