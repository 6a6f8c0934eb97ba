import type { EmulatedLocalVideoStream } from './local-video-stream';

export type PictureKind = 'camera' | 'screen';

export interface OutgoingPictureOptions {
  /** Throws when nothing may be sent now. */
  readonly requireAllowed: () => void;
  /** Tells the emulator that it begins or ends. */
  readonly ask: (on: boolean) => Promise<unknown>;
  /** What the connection is to carry from now on; undefined where nothing is shown, and where there is no real media. */
  readonly send: (picture: MediaStream | undefined) => void;
  readonly changed: (
    added: EmulatedLocalVideoStream | undefined,
    removed: EmulatedLocalVideoStream | undefined,
  ) => void;
}

/** This side's camera or screen in a meeting. */
export class OutgoingPicture {
  readonly #options: OutgoingPictureOptions;
  #stream: EmulatedLocalVideoStream | undefined;
  #unwatch: () => void = () => {};
  #sending = true;
  /** Changes that are under way: what the emulator says meanwhile is of before. */
  #changes = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #over = false;

  constructor(options: OutgoingPictureOptions) {
    this.#options = options;
  }

  get stream(): EmulatedLocalVideoStream | undefined {
    return this.#stream;
  }

  /** Rejects as opening the device does, and with what the emulator refuses it for. */
  start(stream: EmulatedLocalVideoStream): Promise<void> {
    return this.#inTurn(async () => {
      const { requireAllowed, ask } = this.#options;
      requireAllowed();
      if (stream === this.#stream) return;
      await stream.use();
      try {
        // The browser may have asked the person for a while.
        requireAllowed();
        if (this.#stream === undefined) await ask(true);
        requireAllowed();
      } catch (error) {
        stream.release();
        throw error;
      }
      this.#replace(stream);
    });
  }

  stop(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#stream === undefined) return;
      // Nothing is shown from here on, whatever the emulator is slow to hear.
      this.#replace(undefined);
      await this.#options.ask(false);
    });
  }

  /** As the emulator has it. */
  apply(on: boolean): void {
    if (this.#changes > 0 || this.#over) return;
    if (!on) this.#replace(undefined);
    else if (this.#stream === undefined) this.#options.ask(false).catch(() => {});
  }

  /** Whether others may see it now. */
  setSending(sending: boolean): void {
    if (sending === this.#sending) return;
    this.#sending = sending;
    void this.#send();
  }

  end(): void {
    this.#over = true;
    this.#replace(undefined);
  }

  #replace(stream: EmulatedLocalVideoStream | undefined): void {
    const before = this.#stream;
    if (stream === before) return;
    this.#unwatch();
    this.#stream = stream;
    this.#unwatch =
      stream?.watch({
        ended: () => void this.stop().catch(() => {}),
        changed: () => void this.#send(),
      }) ?? (() => {});
    void this.#send();
    this.#options.changed(stream, before);
    before?.release();
  }

  async #send(): Promise<void> {
    const stream = this.#stream;
    // At once: whatever was seen so far must not be seen for a moment longer.
    if (stream === undefined || !this.#sending) return this.#options.send(undefined);
    const picture = await stream.picture().catch(() => undefined);
    if (stream === this.#stream && this.#sending) this.#options.send(picture?.stream);
  }

  /** One change at a time. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    this.#changes += 1;
    const done = this.#turn.then(change).finally(() => (this.#changes -= 1));
    this.#turn = done.catch(() => {});
    return done;
  }
}
