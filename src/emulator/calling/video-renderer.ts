import type {
  CreateViewOptions,
  LocalVideoStream,
  RemoteVideoStreamCommon,
  ScalingMode,
  StreamSize,
  VideoStreamRendererView,
} from '@azure/communication-calling';
import { CallingCommunicationError, notSupported, reasons } from './calling-error';
import { EmulatedLocalVideoStream } from './local-video-stream';
import { ownStream } from './official';
import { EmulatedRemoteVideoStream } from './remote-video-stream';

const fits: Readonly<Record<ScalingMode, string>> = { Stretch: 'fill', Crop: 'cover', Fit: 'contain' };

/** Shows a stream in elements of the page: of the public shape of `VideoStreamRenderer`. */
export class EmulatedVideoRenderer {
  readonly #stream: EmulatedLocalVideoStream | EmulatedRemoteVideoStream;
  readonly #views = new Set<View>();
  #disposed = false;

  constructor(stream: LocalVideoStream | RemoteVideoStreamCommon) {
    const own = ownStream(stream, EmulatedLocalVideoStream) ?? ownStream(stream, EmulatedRemoteVideoStream);
    if (own === undefined) throw notSupported("A stream of another package's");
    this.#stream = own;
  }

  /** Of the picture as the first view shows it; 0 by 0 before. */
  get size(): StreamSize {
    const [view] = this.#views;
    return view?.size ?? { width: 0, height: 0 };
  }

  /** Rejects for a remote stream that is not available, and as the devices do for a camera that cannot be opened. */
  async createView(options: CreateViewOptions = {}): Promise<VideoStreamRendererView> {
    if (this.#disposed) throw new CallingCommunicationError(reasons.rendererDisposed);
    if (typeof document === 'undefined') throw notSupported('Rendering outside browsers');
    const view: View = new View(options, () => this.#views.delete(view));
    this.#views.add(view);
    try {
      await (this.#stream instanceof EmulatedLocalVideoStream
        ? showLocal(view, this.#stream)
        : showRemote(view, this.#stream));
    } catch (error) {
      view.dispose();
      throw error;
    }
    return view;
  }

  dispose(): void {
    this.#disposed = true;
    for (const view of [...this.#views]) view.dispose();
  }
}

async function showLocal(view: View, stream: EmulatedLocalVideoStream): Promise<void> {
  const { stream: media } = await stream.use();
  view.onDispose(() => stream.release());
  view.show(media);
  const show = async () => view.show((await stream.picture()).stream);
  const watcher = { changed: () => void show().catch(() => {}), ended: () => view.show(undefined) };
  view.onDispose(stream.watch(watcher));
}

async function showRemote(view: View, stream: EmulatedRemoteVideoStream): Promise<void> {
  if (!stream.isAvailable) throw new CallingCommunicationError(reasons.streamUnavailable);
  view.show(stream.mediaStream);
  view.onDispose(stream.watch(() => view.show(stream.mediaStream)));
}

class View implements VideoStreamRendererView {
  readonly target: HTMLElement;
  readonly isMirrored: boolean;
  readonly #video: HTMLVideoElement;
  readonly #removed: () => void;
  #undo: (() => void)[] = [];
  #scalingMode: ScalingMode;
  #disposed = false;

  constructor({ isMirrored = false, scalingMode = 'Stretch' }: CreateViewOptions, removed: () => void) {
    this.isMirrored = isMirrored;
    this.#scalingMode = scalingMode;
    this.#removed = removed;
    this.target = document.createElement('div');
    this.#video = document.createElement('video');
    this.#video.autoplay = true;
    this.#video.playsInline = true;
    // Sound has a way of its own; what is muted may play before anybody has touched the page.
    this.#video.muted = true;
    Object.assign(this.target.style, { width: '100%', height: '100%' });
    Object.assign(this.#video.style, {
      display: 'block',
      width: '100%',
      height: '100%',
      objectFit: fits[scalingMode],
      ...(isMirrored && { transform: 'scaleX(-1)' }),
    });
    this.target.append(this.#video);
  }

  get scalingMode(): ScalingMode {
    return this.#scalingMode;
  }

  get size(): StreamSize {
    return { width: this.#video.videoWidth, height: this.#video.videoHeight };
  }

  async updateScalingMode(scalingMode: ScalingMode): Promise<void> {
    this.#scalingMode = scalingMode;
    this.#video.style.objectFit = fits[scalingMode];
  }

  /** Shows this picture from now on; undefined shows none. */
  show(stream: MediaStream | undefined): void {
    if (this.#disposed || this.#video.srcObject === (stream ?? null)) return;
    this.#video.srcObject = stream ?? null;
    if (stream !== undefined) this.#video.play().catch(() => {});
  }

  /** At once when it has been disposed of already. */
  onDispose(undo: () => void): void {
    if (this.#disposed) undo();
    else this.#undo.push(undo);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.show(undefined);
    this.#disposed = true;
    for (const undo of this.#undo) undo();
    this.#undo = [];
    this.target.remove();
    this.#removed();
  }
}
