import type { LocalVideoStream } from '@azure/communication-calling';
import type { MeetingFrame } from '../calls/frames';
import type { EmulatedCallingEnvironment } from './calling-environment';
import { notSupported } from './calling-error';
import type { Later } from './listeners';
import { EmulatedLocalVideoStream, screenSource } from './local-video-stream';
import { officialVideo, ownStream } from './official';
import { OutgoingPicture, type PictureKind } from './outgoing-picture';

export interface CallPicturesOptions {
  /** Whether there are pictures: only in meetings. */
  readonly joined: boolean;
  /** Sent from the moment this side is let in. */
  readonly camera: EmulatedLocalVideoStream | undefined;
  readonly environment: EmulatedCallingEnvironment;
  readonly later: Later;
  /** Throws when nothing may be sent now. */
  readonly requireAllowed: () => void;
  readonly ask: (kind: PictureKind, on: boolean) => Promise<unknown>;
  readonly send: (kind: PictureKind, picture: MediaStream | undefined) => void;
  readonly changed: (kind: PictureKind, added: LocalVideoStream[], removed: LocalVideoStream[]) => void;
}

/** What this side shows in a meeting: its camera and its screen. */
export class CallPictures {
  readonly #options: CallPicturesOptions;
  readonly #camera: OutgoingPicture;
  readonly #screen: OutgoingPicture;
  /** Opened by the call itself, and disposed of with the sharing. */
  readonly #ownScreens = new Set<EmulatedLocalVideoStream>();
  #begun = false;

  constructor(options: CallPicturesOptions) {
    this.#options = options;
    this.#camera = this.#outgoing('camera');
    this.#screen = this.#outgoing('screen');
  }

  get camera(): EmulatedLocalVideoStream | undefined {
    return this.#camera.stream;
  }

  get screen(): EmulatedLocalVideoStream | undefined {
    return this.#screen.stream;
  }

  get streams(): readonly LocalVideoStream[] {
    return [this.camera, this.screen].filter((stream) => stream !== undefined).map(officialVideo);
  }

  async startVideo(stream: LocalVideoStream): Promise<void> {
    this.#requireMeeting('Video');
    const own = ownStream(stream, EmulatedLocalVideoStream);
    if (own === undefined) throw notSupported("Another package's video stream");
    await this.#camera.start(own);
  }

  async stopVideo(stream: LocalVideoStream): Promise<void> {
    this.#requireMeeting('Video');
    if (ownStream(stream, EmulatedLocalVideoStream) === this.camera) await this.#camera.stop();
  }

  async startSharing(stream: LocalVideoStream | undefined): Promise<void> {
    this.#requireMeeting('Screen sharing');
    this.#options.requireAllowed();
    if (this.screen !== undefined) return;
    const given = ownStream(stream, EmulatedLocalVideoStream);
    if (given !== undefined) return this.#screen.start(given);
    const { environment, later } = this.#options;
    const screen = new EmulatedLocalVideoStream(environment, later, screenSource);
    this.#ownScreens.add(screen);
    try {
      await this.#screen.start(screen);
    } finally {
      if (this.screen !== screen) this.#discard(screen);
    }
  }

  async stopSharing(): Promise<void> {
    this.#requireMeeting('Screen sharing');
    await this.#screen.stop();
  }

  /** This side is in: the camera that it joined with is shown, unless that is not allowed. */
  begin(): void {
    const { camera } = this.#options;
    if (this.#begun) return;
    this.#begun = true;
    if (camera !== undefined) void this.#camera.start(camera).catch(() => {});
  }

  /** As the emulator has it. */
  apply(frame: MeetingFrame | undefined): void {
    if (frame === undefined) return;
    this.#camera.apply(frame.camera);
    this.#screen.apply(frame.screen);
  }

  setSending(sending: boolean): void {
    this.#camera.setSending(sending);
    this.#screen.setSending(sending);
  }

  end(): void {
    const given = [this.#options.camera, this.camera, this.screen];
    this.#camera.end();
    this.#screen.end();
    for (const stream of given) if (stream?.autoDispose === true) stream.dispose();
  }

  #outgoing(kind: PictureKind): OutgoingPicture {
    const { requireAllowed, ask, send, changed } = this.#options;
    return new OutgoingPicture({
      requireAllowed,
      ask: (on) => ask(kind, on),
      send: (picture) => send(kind, picture),
      changed: (added, removed) => {
        changed(kind, official(added), official(removed));
        if (removed !== undefined) this.#discard(removed);
      },
    });
  }

  #discard(stream: EmulatedLocalVideoStream): void {
    if (this.#ownScreens.delete(stream)) stream.dispose();
  }

  #requireMeeting(what: string): void {
    if (!this.#options.joined) throw notSupported(`${what} outside of meetings`);
  }
}

function official(stream: EmulatedLocalVideoStream | undefined): LocalVideoStream[] {
  return stream === undefined ? [] : [officialVideo(stream)];
}
