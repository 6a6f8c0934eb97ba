import type { Clock, Random } from 'onescreen';

/** What an emulated `CallClient` takes from the world around it. All of it can be replaced, so that all of it runs in Node. */
export interface EmulatedCallingEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  readonly socket: OpenCallingSocket;
  readonly openPeer: OpenPeer;
  readonly devices: AudioDevices;
  /**
   * Raw ids that have a call agent on this page; the official package allows one each. One set is one page, the
   * default is one for all of this module: a process that plays several pages gives each a set of its own.
   */
  readonly page: Set<string>;
  /** Which browser this is. */
  readonly browser: BrowserName;
  /** Told what listeners of the application throw; it disturbs nothing else. */
  readonly onListenerError: (error: unknown) => void;
}

export interface BrowserName {
  readonly platform: string;
  readonly name: string;
  readonly version: string;
}

/** Opens a websocket. Must return at once and call back later only. */
export type OpenCallingSocket = (url: string, events: CallingSocketEvents) => CallingSocket;

export interface CallingSocketEvents {
  opened(): void;
  received(text: string): void;
  /**
   * It is closed or was never opened; nothing follows. Not called after `close()`. `code` is the websocket's close
   * code, where there is one.
   */
  closed(code?: number): void;
}

export interface CallingSocket {
  send(text: string): void;
  close(): void;
}

/**
 * Opens a call's media connection: one line of audio, and with `pictures` those of a meeting. Must return at once. Every
 * peer is closed exactly once.
 */
export type OpenPeer = (events: PeerEvents, options?: { readonly pictures?: boolean }) => Peer;

export interface PeerEvents {
  /** `interrupted`: it may mend itself; `failed`: it will not. */
  connection(state: 'connected' | 'interrupted' | 'failed'): void;
  /** True when the browser refuses to play before the user has done something; false once it plays. */
  playbackBlocked(blocked: boolean): void;
}

/** A call's media: one audio line both ways, and in meetings pictures. No method is called after `close`. */
export interface Peer {
  /** The complete offer, candidates included. */
  offer(): Promise<string>;
  answer(sdp: string): Promise<void>;
  /** Sends this microphone from now on; undefined sends nothing. */
  send(microphone: Microphone | undefined): Promise<void>;
  /** Sends this picture from now on; undefined sends none. Only for a peer with pictures. */
  sendPicture(kind: 'camera' | 'screen', stream: MediaStream | undefined): Promise<void>;
  /** What comes into a slot for pictures, once there is an answer; the same for the life of the peer. */
  picture(slot: number): MediaStream | undefined;
  /** Plays what comes in through this device; undefined is the system's default. */
  setSpeaker(deviceId: string | undefined): Promise<void>;
  setPlaying(playing: boolean): void;
  /** What comes in, once there is an answer. */
  readonly incoming: MediaStream | undefined;
  stats(): Promise<PeerStats>;
  close(): void;
}

/** Counters since the connection was opened. */
export interface PeerStats {
  readonly codec?: string;
  readonly bytesSent: number;
  readonly packetsSent: number;
  readonly bytesReceived: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly jitterMs?: number;
  readonly roundTripMs?: number;
  /** As the other side reports them. */
  readonly sent?: { readonly packetsLost: number; readonly jitterMs?: number };
  /** 0 to 1. */
  readonly outputLevel?: number;
  /** Frames decoded, by slot for pictures. */
  readonly framesDecoded?: readonly number[];
}

export interface AudioDevices {
  /** Whether the browser lets the page choose where sound comes out. */
  readonly speakerSelection: boolean;
  /** Names are empty before permission. */
  list(): Promise<readonly AudioDevice[]>;
  /** Resolves with whether it was given; never rejects. Left out: the microphone. */
  askPermission(device?: 'microphone' | 'camera'): Promise<boolean>;
  /** Rejects with an error named `NotAllowedError` without permission, `NotFoundError` without such a device. */
  openMicrophone(deviceId: string | undefined, events: MicrophoneEvents): Promise<Microphone>;
  /** A camera's picture; rejects as `openMicrophone` does. */
  openCamera(deviceId: string | undefined, ended: () => void): Promise<OpenPicture>;
  /** The browser asks which screen; rejects with an error named `NotAllowedError` when the person says none. */
  openScreen(ended: () => void): Promise<OpenPicture>;
  /** Returns what ends the watch. */
  watch(changed: () => void): () => void;
}

/** An open camera or screen. Every one is closed exactly once. */
export interface OpenPicture {
  /** Undefined where there is no real media. */
  readonly stream: MediaStream | undefined;
  close(): void;
}

export interface AudioDevice {
  readonly kind: 'Microphone' | 'Speaker' | 'Camera';
  readonly id: string;
  readonly name: string;
  readonly isDefault: boolean;
}

export interface MicrophoneEvents {
  /** The device is gone or the browser took it away. */
  ended(): void;
  /** The system silences it, or no longer does. */
  silenced(silenced: boolean): void;
}

/** An open microphone. Every one is closed exactly once. */
export interface Microphone {
  /** Undefined where there is no real media. */
  readonly stream: MediaStream | undefined;
  /** Loudness now, 0 to 1. Measuring begins with the first question and ends with `close`. */
  level(): number;
  close(): void;
}
