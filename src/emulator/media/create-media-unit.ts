import { ContactCenterError, systemRandom, type Clock, type Random } from 'onescreen';
import type { Impairment, MediaUnit, PictureSource, Sound, SourceId } from '../calls/media-unit';
import { AudioMixer } from './audio-mixer';
import { connectLeg, type LegConnection, type Werift } from './leg-connection';
import { Pacer } from './pacer';
import { PictureForwarder } from './picture-forwarder';

export interface MediaUnitOptions {
  /** Paces the frames. Connections keep real time whatever it says. */
  readonly clock: Clock;
  /** Decides which packets an impaired leg loses. Default: the machine's. */
  readonly random?: Random;
  /** Brings `werift`. Default: `import('werift')`. */
  readonly load?: () => Promise<Werift>;
}

const load: () => Promise<Werift> = () => import('werift');

/**
 * Carries audio between pages, and pictures between those of a meeting, over WebRTC on 127.0.0.1: PCMU mixed in this
 * process, VP8 forwarded as it comes. It runs only while legs are open; after `closeAll` it holds nothing, and may be
 * used again. A leg whose media comes late hears late; its pictures are not held up.
 *
 * @throws ContactCenterError `emulator/media-missing` when the optional package werift is not installed
 */
export async function createMediaUnit(options: MediaUnitOptions): Promise<MediaUnit> {
  const werift = await (options.load ?? load)().catch((cause: unknown) => {
    const what = 'unable to carry audio; install werift 0.24.4 beside onescreen';
    throw new ContactCenterError('emulator/media-missing', what, { cause });
  });
  return new WebRtcMediaUnit(werift, options.clock, options.random ?? systemRandom);
}

class WebRtcMediaUnit implements MediaUnit {
  readonly #werift: Werift;
  readonly #random: Random;
  readonly #mixer: AudioMixer;
  readonly #pictures: PictureForwarder;
  readonly #pacer: Pacer;
  readonly #legs = new Map<SourceId, LegConnection>();
  /** The newest try to open each leg that is being opened. */
  readonly #opening = new Map<SourceId, symbol>();
  readonly #pending = new Set<Promise<unknown>>();

  constructor(werift: Werift, clock: Clock, random: Random) {
    this.#werift = werift;
    this.#random = random;
    this.#mixer = new AudioMixer(random);
    this.#pictures = new PictureForwarder(clock, random);
    this.#pacer = new Pacer(clock, () => this.#mixer.advance());
  }

  get size(): number {
    return this.#legs.size;
  }

  /**
   * @throws ContactCenterError `command/invalid` for an offer that is not complete, or is neither for one line of audio
   * with PCMU nor for a meeting's lines; `command/aborted` when the leg is closed, or opened again, before the answer is there
   */
  open(leg: SourceId, offer: string): Promise<string> {
    return this.#until(this.#open(leg, offer));
  }

  async #open(leg: SourceId, offer: string): Promise<string> {
    const attempt = Symbol(leg);
    this.#opening.set(leg, attempt);
    const connection = await connectLeg(this.#werift, offer, this.#random).catch((error: unknown) => {
      if (this.#opening.get(leg) === attempt) this.#opening.delete(leg);
      throw error;
    });
    if (this.#opening.get(leg) !== attempt) {
      await connection.close();
      throw new ContactCenterError('command/aborted', 'unable to open media; the leg was closed or opened anew');
    }
    this.#opening.delete(leg);
    this.#end(leg);
    this.#legs.set(leg, connection);
    this.#mixer.connect(leg, connection);
    if (connection.pictures !== undefined) {
      connection.pictures.watch(this.#pictures.connect(leg, connection.pictures));
    }
    this.#pacer.start();
    return connection.answer;
  }

  /** Forgets whom the leg hears and sees and its impairment, too; opening it again without closing keeps all three. */
  close(leg: SourceId): void {
    this.#opening.delete(leg);
    this.#end(leg);
    this.#mixer.disconnect(leg);
    this.#pictures.disconnect(leg);
    if (this.#legs.size === 0) this.#pacer.stop();
  }

  sound(source: SourceId, sound: Sound | undefined): void {
    this.#mixer.sound(source, sound);
  }

  hear(leg: SourceId, sources: readonly SourceId[]): void {
    this.#mixer.hear(leg, sources);
  }

  see(leg: SourceId, slots: readonly (PictureSource | undefined)[]): void {
    this.#pictures.see(leg, slots);
  }

  /** 60 dB below full scale and less is 0, full scale is 1, decibels between. */
  level(source: SourceId): number {
    return this.#mixer.level(source);
  }

  impair(leg: SourceId, impairment: Impairment | undefined): void {
    this.#mixer.impair(leg, impairment);
    this.#pictures.impair(leg, impairment);
  }

  async closeAll(): Promise<void> {
    for (const leg of [...this.#legs.keys(), ...this.#opening.keys()]) this.close(leg);
    this.#mixer.clear();
    this.#pictures.clear();
    await Promise.allSettled(this.#pending);
  }

  #end(leg: SourceId): void {
    const connection = this.#legs.get(leg);
    if (connection === undefined) return;
    this.#legs.delete(leg);
    // How a connection ends tells nobody anything: its leg is gone already.
    this.#until(connection.close()).catch(() => {});
  }

  /** Lets `closeAll` wait for `work`. */
  #until<T>(work: Promise<T>): Promise<T> {
    this.#pending.add(work);
    const done = () => this.#pending.delete(work);
    work.then(done, done);
    return work;
  }
}
