import type { Cancel } from 'onescreen';
import type { EmulatedLocalAudioStream } from './audio-stream';
import type { EmulatedCallingEnvironment, Microphone, Peer, PeerEvents, PeerStats } from './calling-environment';
import { deviceIdOf } from './device-id';
import type { EmulatedDeviceManager } from './device-manager';

export interface CallMediaOptions {
  readonly environment: EmulatedCallingEnvironment;
  readonly devices: EmulatedDeviceManager;
  readonly microphone: EmulatedLocalAudioStream;
  /** Whether it carries pictures, as a meeting does. Default: it does not. */
  readonly pictures?: boolean;
  /** Takes the offer to the other side. */
  readonly exchange: (offer: string) => Promise<string | undefined>;
  readonly report: (fact: MediaFact) => void;
  /** It could not be connected, or the connection broke and could not be mended. */
  readonly failed: () => void;
  /** What `picture` gives is another from now on: there is another connection, or none. */
  readonly picturesChanged?: () => void;
}

/** What is to be known of a call's media, each with whether it holds now. */
export interface MediaFact {
  readonly what:
    | 'microphonePermissionDenied'
    | 'noMicrophone'
    | 'microphoneNotFunctioning'
    | 'microphoneSilenced'
    | 'playbackBlocked'
    | 'connectionLost';
  readonly holds: boolean;
}

type PictureKind = 'camera' | 'screen';

/** How often a broken connection is replaced by a new one, and the wait before, ms. */
const mendings = 3;
const mendAfterMs = 1000;

/** The media of one call: opens a peer, sends the microphone while it is to be sent, and closes both in the end. */
export class CallMedia {
  readonly #options: CallMediaOptions;
  readonly #unwatch: () => void;
  /** What is to be sent, by kind. */
  readonly #pictures = new Map<PictureKind, MediaStream>();
  #peer: Peer | undefined;
  #started = false;
  #sending = true;
  #playing = true;
  #closed = false;
  #mended = 0;
  #cancelMending: Cancel = () => {};
  /** One change of what is sent at a time, or an older microphone could replace a newer one. */
  #sent: Promise<void> = Promise.resolve();

  constructor(options: CallMediaOptions) {
    this.#options = options;
    const { devices, microphone, report } = options;
    this.#unwatch = devices.watchSelection({
      microphone: () => {
        if (devices.selectedMicrophone !== undefined) void microphone.switchSource(devices.selectedMicrophone);
      },
      speaker: () => void this.#peer?.setSpeaker(deviceIdOf(devices.selectedSpeaker)).catch(() => {}),
    });
    microphone.watch({
      ended: () => report({ what: 'microphoneNotFunctioning', holds: true }),
      silenced: (holds) => report({ what: 'microphoneSilenced', holds }),
      changed: () => void this.#update(),
    });
  }

  get incoming(): MediaStream | undefined {
    return this.#peer?.incoming;
  }

  /** What comes into a slot for pictures; undefined while there is no connection, and always without pictures. */
  picture(slot: number): MediaStream | undefined {
    return this.#peer?.picture(slot);
  }

  /** Frames decoded in a slot so far, over the current connection. */
  async framesDecoded(slot: number): Promise<number | undefined> {
    return (await this.stats())?.framesDecoded?.[slot];
  }

  /** Sends this picture from now on, over every connection to come, too; undefined sends none. */
  setPicture(kind: PictureKind, stream: MediaStream | undefined): void {
    if (this.#pictures.get(kind) === stream) return;
    if (stream === undefined) this.#pictures.delete(kind);
    else this.#pictures.set(kind, stream);
    if (this.#options.pictures === true) void this.#peer?.sendPicture(kind, stream).catch(() => {});
  }

  /** Counters of the current connection; undefined while there is none. */
  async stats(): Promise<PeerStats | undefined> {
    return this.#peer?.stats();
  }

  start(): void {
    if (this.#started || this.#closed) return;
    this.#started = true;
    void this.#connect();
  }

  /** Whether the microphone is to be heard. It stays open while it is not, to tell that somebody speaks unheard. */
  setSending(sending: boolean): void {
    if (sending === this.#sending) return;
    this.#sending = sending;
    void this.#update();
  }

  setPlaying(playing: boolean): void {
    this.#playing = playing;
    this.#peer?.setPlaying(playing);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unwatch();
    this.#cancelMending();
    this.#closePeer();
    if (this.#options.microphone.autoDispose) this.#options.microphone.dispose();
  }

  async #connect(): Promise<void> {
    const { environment, devices, exchange, report } = this.#options;
    let peer: Peer | undefined;
    const gone = () => this.#closed || this.#peer !== peer;
    try {
      const pictures = this.#options.pictures === true;
      const events: PeerEvents = {
        connection: (state) => {
          if (gone()) return;
          if (state === 'failed') return this.#mend();
          if (state === 'connected') this.#mended = 0;
          report({ what: 'connectionLost', holds: state !== 'connected' });
        },
        playbackBlocked: (holds) => {
          if (!gone()) report({ what: 'playbackBlocked', holds });
        },
      };
      peer = pictures ? environment.openPeer(events, { pictures }) : environment.openPeer(events);
      this.#peer = peer;
      peer.setPlaying(this.#playing);
      const speaker = deviceIdOf(devices.selectedSpeaker);
      if (speaker !== undefined) await peer.setSpeaker(speaker).catch(() => {});
      if (gone()) return;
      // Not waited for: the browser may be asking the person for the microphone, who can listen meanwhile.
      void this.#update();
      for (const [kind, stream] of this.#pictures) {
        if (pictures) void peer.sendPicture(kind, stream).catch(() => {});
      }
      const offer = await peer.offer();
      if (gone()) return;
      const answer = await exchange(offer);
      if (gone()) return;
      if (answer === undefined) return this.#mend();
      await peer.answer(answer);
      if (pictures && !gone()) this.#options.picturesChanged?.();
    } catch {
      // Refused, timed out or not possible here: what it was matters less than that there is no sound.
      if (!gone()) this.#mend();
    }
  }

  #mend(): void {
    this.#closePeer();
    this.#options.report({ what: 'connectionLost', holds: true });
    if (this.#mended++ >= mendings) return this.#options.failed();
    this.#cancelMending = this.#options.environment.clock.schedule(mendAfterMs, () => void this.#connect());
  }

  #closePeer(): void {
    const peer = this.#peer;
    this.#peer = undefined;
    peer?.close();
    if (peer !== undefined && this.#options.pictures === true) this.#options.picturesChanged?.();
  }

  #update(): Promise<void> {
    this.#sent = this.#sent.then(async () => {
      if (!this.#started || this.#closed) return;
      const microphone = await this.#microphone();
      const peer = this.#peer;
      if (peer === undefined || this.#closed) return;
      await peer.send(this.#sending ? microphone : undefined).catch(() => {});
    });
    return this.#sent;
  }

  async #microphone(): Promise<Microphone | undefined> {
    const { microphone, report } = this.#options;
    try {
      const opened = await microphone.microphone();
      for (const what of ['microphonePermissionDenied', 'noMicrophone', 'microphoneNotFunctioning'] as const) {
        report({ what, holds: false });
      }
      return opened;
    } catch (error) {
      if (this.#closed) return undefined;
      report({ what: microphoneFault(error), holds: true });
      return undefined;
    }
  }
}

function microphoneFault(error: unknown): MediaFact['what'] {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError') return 'microphonePermissionDenied';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'noMicrophone';
  return 'microphoneNotFunctioning';
}
