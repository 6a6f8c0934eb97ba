import type { MediaStreamType, RemoteVideoStream, StreamSize } from '@azure/communication-calling';
import type { Cancel, Clock } from 'onescreen';
import { notSupported } from './calling-error';
import { Listeners, type Later, type Listener } from './listeners';

/** Time between two looks at what was decoded, ms. */
const lookMs = 1_000;

/** Looks without a new frame after which nothing is received: a screen that does not change has a frame a second. */
const emptyLooks = 3;

/** Events of which nobody would know without looking. */
const listened = ['isReceivingChanged', 'sizeChanged'] as const;

export interface RemoteVideoStreamOptions {
  /** Unique in its call. */
  readonly id: number;
  readonly mediaStreamType: 'Video' | 'ScreenSharing';
  readonly clock: Clock;
  readonly later: Later;
  /** What comes in now; another after the stream moved. */
  readonly stream: () => MediaStream | undefined;
  /** Frames decoded where it comes in, so far; undefined when that is not known. */
  readonly framesDecoded: () => Promise<number | undefined>;
}

interface Events {
  isAvailableChanged: undefined;
  isReceivingChanged: undefined;
  sizeChanged: undefined;
}

/** What a participant shows: of the public shape of `RemoteVideoStream`. */
export class EmulatedRemoteVideoStream implements RemoteVideoStream {
  readonly id: number;
  readonly mediaStreamType: MediaStreamType;
  readonly #options: RemoteVideoStreamOptions;
  readonly #listeners: Listeners<Events>;
  readonly #watchers = new Set<() => void>();
  readonly #counts = new Map<keyof Events, number>();
  #isAvailable = false;
  #isReceiving = false;
  #size: StreamSize = { width: 0, height: 0 };
  #frames: number | undefined;
  #empty = 0;
  #looking: Cancel | undefined;

  constructor(options: RemoteVideoStreamOptions) {
    this.#options = options;
    this.id = options.id;
    this.mediaStreamType = options.mediaStreamType;
    this.#listeners = new Listeners(options.later, (event, count) => {
      this.#counts.set(event, count);
      this.#look();
    });
  }

  get isAvailable(): boolean {
    return this.#isAvailable;
  }

  /** Noticed within a second while somebody listens for it, and assumed otherwise. */
  get isReceiving(): boolean {
    return this.#isReceiving;
  }

  get size(): StreamSize {
    return this.#readSize();
  }

  on(event: keyof Events, listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: keyof Events, listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  async getMediaStream(): Promise<MediaStream> {
    const stream = this.mediaStream;
    if (stream === undefined) throw notSupported('Media outside browsers');
    return stream;
  }

  /** What comes in now, if anything. */
  get mediaStream(): MediaStream | undefined {
    return this.#isAvailable ? this.#options.stream() : undefined;
  }

  /** For renderers: told when `mediaStream` is another. Returns what ends it. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  /** For the call: whether the participant shows it, and it has a slot. */
  setAvailable(available: boolean): void {
    if (available === this.#isAvailable) return;
    this.#isAvailable = available;
    this.#listeners.emit('isAvailableChanged', undefined);
    this.moved();
    this.#setReceiving(available);
    this.#look();
  }

  /** For the call: it comes into another slot, or over another connection, from now on. */
  moved(): void {
    this.#frames = undefined;
    this.#empty = 0;
    for (const changed of [...this.#watchers]) changed();
  }

  /** For the call: it is over. */
  close(): void {
    this.setAvailable(false);
    // Who listens hears of that first.
    this.#options.later(() => {
      this.#watchers.clear();
      this.#listeners.clear();
    });
  }

  /** Looks while it is available and somebody wants to know. */
  #look(): void {
    const wanted = this.#isAvailable && listened.some((event) => (this.#counts.get(event) ?? 0) > 0);
    if (!wanted) {
      this.#looking?.();
      this.#looking = undefined;
    } else this.#looking ??= this.#lookLater();
  }

  #lookLater(): Cancel {
    let stopped = false;
    const look = async () => {
      const frames = await this.#options.framesDecoded().catch(() => undefined);
      if (stopped) return;
      this.#seen(frames);
      this.#looking = this.#lookLater();
    };
    const cancel = this.#options.clock.schedule(lookMs, () => void look());
    return () => {
      stopped = true;
      cancel();
    };
  }

  #seen(frames: number | undefined): void {
    const size = this.#readSize();
    if (size.width !== this.#size.width || size.height !== this.#size.height) {
      this.#size = size;
      this.#listeners.emit('sizeChanged', undefined);
    }
    if (frames === undefined) return;
    const came = this.#frames === undefined || frames !== this.#frames;
    this.#frames = frames;
    this.#empty = came ? 0 : this.#empty + 1;
    this.#setReceiving(this.#empty < emptyLooks);
  }

  #setReceiving(receiving: boolean): void {
    if (receiving === this.#isReceiving) return;
    this.#isReceiving = receiving;
    this.#listeners.emit('isReceivingChanged', undefined);
  }

  #readSize(): StreamSize {
    const { width = 0, height = 0 } = this.mediaStream?.getVideoTracks()[0]?.getSettings() ?? {};
    return { width, height };
  }
}
