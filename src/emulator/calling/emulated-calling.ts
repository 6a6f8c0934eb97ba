import type * as Official from '@azure/communication-calling';
import type {
  AudioDeviceInfo,
  CallClientOptions,
  LocalAudioStreamOptions,
  LocalVideoStreamOptions,
  VideoDeviceInfo,
} from '@azure/communication-calling';
import { systemClock, systemRandom } from 'onescreen';
import { EmulatedLocalAudioStream } from './audio-stream';
import { browserDevices, browserName } from './browser-devices';
import { openBrowserPeer } from './browser-peer';
import { browserSocket } from './browser-socket';
import { EmulatedCallClient } from './call-client';
import type { EmulatedCallingEnvironment } from './calling-environment';
import { emulatedFeatures } from './features';
import { laterQueue } from './listeners';
import { EmulatedLocalVideoStream } from './local-video-stream';
import { officialRenderer } from './official';
import { EmulatedVideoRenderer } from './video-renderer';

/** What onescreen uses of the official calling package. */
export type EmulatedCallingSdk = Pick<
  typeof Official,
  'CallClient' | 'Features' | 'LocalAudioStream' | 'LocalVideoStream' | 'VideoStreamRenderer'
>;

export interface EmulatedCallingOptions {
  /** Where the emulator is, for example `http://127.0.0.1:4100`. */
  readonly endpoint: string;
  /** Replaces parts of the world, for tests; left out: the browser's. */
  readonly environment?: Partial<EmulatedCallingEnvironment>;
}

/** Identities that have an agent on this page. */
const thisPage = new Set<string>();

/**
 * A calling package of the official one's public shape whose calls go to the emulator: voice, and pictures in
 * meetings, over WebRTC on this machine. Touches neither network nor devices before it is used, so that it can be made in Node.
 */
export function emulatedCalling(options: EmulatedCallingOptions): EmulatedCallingSdk {
  const environment: EmulatedCallingEnvironment = {
    clock: systemClock,
    random: systemRandom,
    socket: browserSocket,
    openPeer: openBrowserPeer,
    devices: browserDevices(options.environment?.clock ?? systemClock),
    page: thisPage,
    browser: browserName(),
    onListenerError: report,
    ...options.environment,
  };
  const url = `${options.endpoint.replace(/^http/, 'ws').replace(/\/+$/, '')}/calling`;
  const later = laterQueue(environment.onListenerError);

  class CallClient extends EmulatedCallClient {
    constructor(callClientOptions?: CallClientOptions) {
      super(environment, url, later, callClientOptions);
    }
  }

  class LocalAudioStream extends EmulatedLocalAudioStream {
    constructor(source: AudioDeviceInfo | MediaStream, streamOptions?: LocalAudioStreamOptions) {
      super(environment, later, source, streamOptions);
    }
  }

  class LocalVideoStream extends EmulatedLocalVideoStream {
    constructor(source: VideoDeviceInfo | MediaStream, streamOptions?: LocalVideoStreamOptions) {
      super(environment, later, source, streamOptions);
    }
  }

  const VideoStreamRenderer = officialRenderer(EmulatedVideoRenderer);

  // The official classes have private fields, which no other class can have. Their public members are compared where
  // ours are declared and where streams are handed out.
  return {
    CallClient,
    LocalAudioStream,
    LocalVideoStream,
    VideoStreamRenderer,
    Features: emulatedFeatures,
  } as unknown as EmulatedCallingSdk;
}

/** As the browser reports what event listeners throw; without a browser nobody is told. */
function report(error: unknown): void {
  if ('reportError' in globalThis) globalThis.reportError(error);
}
