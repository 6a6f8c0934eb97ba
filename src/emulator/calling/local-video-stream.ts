import type {
  LocalVideoStreamOptions,
  MediaStreamType,
  VideoDeviceInfo,
  VideoStreamFeature,
  VideoStreamFeatureFactory,
} from '@azure/communication-calling';
import type { EmulatedCallingEnvironment, OpenPicture } from './calling-environment';
import { CallingCommunicationError, notSupported, reasons } from './calling-error';
import { deviceIdOf } from './device-id';
import { Listeners, type Later, type Listener } from './listeners';

/** Told of a stream's picture. */
export interface PictureWatcher {
  /** The camera is gone, or the person ended the sharing in the browser: nothing comes any more. */
  ended(): void;
  /** Another picture is behind the stream. */
  changed(): void;
}

/**
 * A camera, a shared screen or a picture of the application's own: of the public shape of `LocalVideoStream`. Opened
 * when somebody wants its picture, and closed when nobody does any more.
 */
export class EmulatedLocalVideoStream {
  /** Whether the call that sends it disposes of it at its end. */
  readonly autoDispose: boolean;
  readonly #environment: EmulatedCallingEnvironment;
  readonly #later: Later;
  readonly #listeners: Listeners<{ videoSourceChanged: { source: EmulatedLocalVideoStream } }>;
  readonly #watchers = new Set<PictureWatcher>();
  #source: VideoDeviceInfo;
  #raw: MediaStream | undefined;
  #opening: Promise<OpenPicture> | undefined;
  #users = 0;
  #disposed = false;

  /** A source of type `ScreenSharing` has the browser ask which screen. */
  constructor(
    environment: EmulatedCallingEnvironment,
    later: Later,
    source: VideoDeviceInfo | MediaStream,
    options?: LocalVideoStreamOptions,
  ) {
    this.#environment = environment;
    this.#later = later;
    this.#listeners = new Listeners(later);
    this.autoDispose = options?.autoDisposeOnCallEnd ?? true;
    if ('deviceType' in source) this.#source = source;
    else {
      this.#source = rawSource;
      this.#raw = source;
    }
  }

  get source(): VideoDeviceInfo {
    return this.#source;
  }

  get mediaStreamType(): MediaStreamType {
    if (this.#raw !== undefined) return 'RawMedia';
    return this.#source.deviceType === 'ScreenSharing' ? 'ScreenSharing' : 'Video';
  }

  on(event: 'videoSourceChanged', listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: 'videoSourceChanged', listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  feature<TFeature extends VideoStreamFeature>(_factory: VideoStreamFeatureFactory<TFeature>): TFeature {
    throw notSupported('This feature of a video stream');
  }

  async switchSource(source: VideoDeviceInfo): Promise<void> {
    await this.#replace(source, undefined);
  }

  async setMediaStream(source: MediaStream): Promise<void> {
    await this.#replace(rawSource, source);
  }

  /** What is asked for here stays open until the stream is disposed of: the application may show it anywhere. */
  async getMediaStream(): Promise<MediaStream> {
    const { stream } = await this.use();
    if (stream === undefined) throw notSupported('Media outside browsers');
    return stream;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#users = 0;
    this.#close();
    this.#watchers.clear();
    this.#listeners.clear();
  }

  /** Told of its picture as long as the returned function is not called. */
  watch(watcher: PictureWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /**
   * Counts one more who uses the picture, and opens it. Whoever called this calls `release` once, unless it rejects:
   * as the devices do.
   */
  async use(): Promise<OpenPicture> {
    this.#users++;
    try {
      return await this.picture();
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** The picture as it is now, for who uses it already: after it has changed. */
  async picture(): Promise<OpenPicture> {
    // Without users nobody would close it.
    if (this.#disposed || this.#users === 0) throw new CallingCommunicationError(reasons.over);
    const opening = (this.#opening ??= this.#open());
    try {
      const picture = await opening;
      return this.#opening === opening ? picture : await this.picture();
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    }
  }

  /** One user less; the last one closes the camera. */
  release(): void {
    if (this.#users === 0) return;
    this.#users--;
    if (this.#users === 0) this.#close();
  }

  /** The browser's own device opens before the former one closes, so that a source that cannot be had changes nothing. */
  async #replace(source: VideoDeviceInfo, raw: MediaStream | undefined): Promise<void> {
    if (this.#disposed) throw new CallingCommunicationError(reasons.over);
    const opening = this.#users === 0 ? undefined : this.#open(source, raw);
    await opening;
    if (this.#users === 0 || opening === undefined) {
      void opening?.then((picture) => picture.close());
      this.#close();
    } else {
      this.#close();
      this.#opening = opening;
    }
    this.#source = source;
    this.#raw = raw;
    for (const watcher of this.#watchers) this.#later(() => watcher.changed());
    this.#listeners.emit('videoSourceChanged', { source: this });
  }

  #close(): void {
    const opening = this.#opening;
    this.#opening = undefined;
    void opening?.then(
      (picture) => picture.close(),
      () => {},
    );
  }

  #open(source = this.#source, raw = this.#raw): Promise<OpenPicture> {
    // A stream of the application's own: it closes it itself.
    if (raw !== undefined) return Promise.resolve({ stream: raw, close: () => {} });
    const { devices } = this.#environment;
    const ended = () => {
      if (this.#opening !== opening) return;
      for (const watcher of [...this.#watchers]) this.#later(() => watcher.ended());
    };
    const opening =
      source.deviceType === 'ScreenSharing' ? devices.openScreen(ended) : devices.openCamera(deviceIdOf(source), ended);
    return opening;
  }
}

/** The screen that the person chooses when it is opened. */
export const screenSource: VideoDeviceInfo = { name: '', id: 'screen', deviceType: 'ScreenSharing' };

const rawSource: VideoDeviceInfo = { name: '', id: '', deviceType: 'Virtual' };
