import type { RemoteVideoStream } from '@azure/communication-calling';
import type { Clock } from 'onescreen';
import type { MeetingFrame, RosterFrame } from '../calls/frames';
import type { Later } from './listeners';
import type { PictureKind } from './outgoing-picture';
import { EmulatedRemoteVideoStream } from './remote-video-stream';

/** Where the pictures of others come in. */
export interface IncomingPictures {
  /** Unique in its call. */
  readonly nextId: () => number;
  readonly stream: (slot: number) => MediaStream | undefined;
  readonly framesDecoded: (slot: number) => Promise<number | undefined>;
}

export interface ParticipantVideoOptions {
  readonly clock: Clock;
  readonly later: Later;
  readonly incoming: IncomingPictures;
  readonly updated: (change: { added: RemoteVideoStream[]; removed: RemoteVideoStream[] }) => void;
}

interface Shown {
  readonly stream: EmulatedRemoteVideoStream;
  slot: number | undefined;
}

/** What one participant of a meeting shows: there is a stream for the camera and one for the screen while they are on. */
export class ParticipantVideo {
  readonly #options: ParticipantVideoOptions;
  readonly #shown = new Map<PictureKind, Shown>();

  constructor(options: ParticipantVideoOptions) {
    this.#options = options;
  }

  get streams(): readonly EmulatedRemoteVideoStream[] {
    return [...this.#shown.values()].map(({ stream }) => stream);
  }

  /** As the emulator has it; `pictures` are those of this participant. */
  apply(frame: RosterFrame, pictures: MeetingFrame['pictures']): void {
    for (const kind of ['camera', 'screen'] as const) {
      if (frame[kind] !== true) this.#hide(kind);
      else this.#show(kind, pictures.find((picture) => picture.kind === kind)?.slot);
    }
  }

  /** They come over another connection from now on. */
  moved(): void {
    for (const stream of this.streams) stream.moved();
  }

  end(): void {
    this.#hide('camera');
    this.#hide('screen');
  }

  #show(kind: PictureKind, slot: number | undefined): void {
    const shown = this.#shown.get(kind) ?? this.#add(kind);
    const isMoved = shown.slot !== slot && shown.stream.isAvailable;
    shown.slot = slot;
    shown.stream.setAvailable(slot !== undefined);
    if (isMoved && slot !== undefined) shown.stream.moved();
  }

  #add(kind: PictureKind): Shown {
    const { clock, later, incoming, updated } = this.#options;
    const stream = new EmulatedRemoteVideoStream({
      id: incoming.nextId(),
      mediaStreamType: kind === 'camera' ? 'Video' : 'ScreenSharing',
      clock,
      later,
      stream: () => (shown.slot === undefined ? undefined : incoming.stream(shown.slot)),
      framesDecoded: async () => (shown.slot === undefined ? undefined : incoming.framesDecoded(shown.slot)),
    });
    const shown: Shown = { stream, slot: undefined };
    this.#shown.set(kind, shown);
    updated({ added: [stream], removed: [] });
    return shown;
  }

  #hide(kind: PictureKind): void {
    const shown = this.#shown.get(kind);
    if (shown === undefined) return;
    this.#shown.delete(kind);
    shown.stream.close();
    this.#options.updated({ added: [], removed: [shown.stream] });
  }
}
