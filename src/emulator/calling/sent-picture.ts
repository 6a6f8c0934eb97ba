import type { EmulatedLocalVideoStream } from './local-video-stream';

/** A camera or screen that a call sends, whatever becomes of its stream and of the connection. */
export class SentPicture {
  readonly #changed: () => void;
  #stream: EmulatedLocalVideoStream | undefined;
  #media: MediaStream | undefined;
  #letGo: () => void = () => {};

  /** `changed` is told when `media` is another. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Sends this stream from now on, opening it where it is not open; undefined sends none. */
  set(stream: EmulatedLocalVideoStream | undefined): void {
    if (stream === this.#stream) return;
    const letGo = this.#letGo;
    this.#stream = stream;
    this.#letGo = stream === undefined ? () => {} : this.#use(stream);
    if (stream === undefined) this.#show(undefined);
    letGo();
  }

  /** What is to be sent now. */
  get media(): MediaStream | undefined {
    return this.#media;
  }

  #use(stream: EmulatedLocalVideoStream): () => void {
    const show = ({ stream: media }: { readonly stream: MediaStream | undefined }) => {
      if (this.#stream === stream) this.#show(media);
    };
    // A camera that cannot be opened sends nothing; whoever started it has been told.
    const nothing = () => show({ stream: undefined });
    const used = stream.use();
    used.then(show, nothing);
    const unwatch = stream.watch({ changed: () => void stream.picture().then(show, nothing) });
    return () => {
      unwatch();
      used.then(
        () => stream.release(),
        () => {},
      );
    };
  }

  #show(media: MediaStream | undefined): void {
    if (media === this.#media) return;
    this.#media = media;
    this.#changed();
  }
}
