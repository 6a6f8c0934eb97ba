import type { Random } from 'onescreen';
import type { Impairment, Sound, SourceId } from '../calls/media-unit';
import { silence, type Frame } from './frame';
import { ImpairedLine } from './impaired-line';
import { LevelMeter } from './level-meter';
import { mix } from './mix';
import { sameSound, soundSource, type SoundSource } from './sounds/sound-source';

/** What a leg's connection gives and takes. */
export interface LegLine {
  /** The microphone's next 20 ms; undefined when nothing came. */
  take(): Frame | undefined;
  /** Sends 20 ms to the page; `index` counts the frames made for this leg, with those that got lost. */
  send(frame: Frame, index: number): void;
}

interface Leg {
  readonly line: LegLine;
  readonly inbound: ImpairedLine<Frame>;
  readonly outbound: ImpairedLine<{ readonly frame: Frame; readonly index: number }>;
  made: number;
}

/** Mixes legs and sounds by a table of who hears whom, one frame at a time. Knows neither time nor network. */
export class AudioMixer {
  readonly #random: Random;
  readonly #legs = new Map<SourceId, Leg>();
  readonly #sounds = new Map<SourceId, { readonly sound: Sound; readonly source: SoundSource }>();
  readonly #heard = new Map<SourceId, readonly SourceId[]>();
  readonly #impairments = new Map<SourceId, Impairment>();
  readonly #meters = new Map<SourceId, LevelMeter>();

  /** `random` decides which frames an impaired leg loses. */
  constructor(random: Random) {
    this.#random = random;
  }

  /** Puts a leg on, or gives it another line. Whom it hears and its impairment stay as they are. */
  connect(leg: SourceId, line: LegLine): void {
    this.#legs.set(leg, {
      line,
      inbound: new ImpairedLine(this.#random),
      outbound: new ImpairedLine(this.#random),
      made: 0,
    });
  }

  /** Forgets all about a leg, but for who hears it. */
  disconnect(leg: SourceId): void {
    for (const table of [this.#legs, this.#heard, this.#impairments, this.#meters]) table.delete(leg);
    // Without a leg no time passes, and a level would stay what it last was.
    if (this.#legs.size === 0) this.#meters.clear();
  }

  /** The same sound again goes on, but for a tone that ends, which is heard again. */
  sound(source: SourceId, sound: Sound | undefined): void {
    if (sound === undefined) {
      this.#sounds.delete(source);
      this.#meters.delete(source);
      return;
    }
    const before = this.#sounds.get(source)?.sound;
    const ends = sound.kind === 'tone' && sound.durationMs !== undefined;
    if (before !== undefined && sameSound(before, sound) && !ends) return;
    this.#sounds.set(source, { sound, source: soundSource(sound) });
  }

  /** A leg never hears itself. */
  hear(leg: SourceId, sources: readonly SourceId[]): void {
    const others = [...new Set(sources)].filter((source) => source !== leg);
    if (others.length === 0) this.#heard.delete(leg);
    else this.#heard.set(leg, others);
  }

  impair(leg: SourceId, impairment: Impairment | undefined): void {
    if (impairment === undefined) this.#impairments.delete(leg);
    else this.#impairments.set(leg, impairment);
  }

  level(source: SourceId): number {
    return this.#meters.get(source)?.level ?? 0;
  }

  /** Lets 20 ms pass: takes a frame of every source and sends every leg what it hears. */
  advance(): void {
    const frames = new Map<SourceId, Frame>();
    for (const [id, { source }] of this.#sounds) frames.set(id, source());
    for (const [id, { line, inbound }] of this.#legs) {
      frames.set(id, inbound.pass(line.take() ?? silence, this.#impairments.get(id)) ?? silence);
    }
    for (const [id, frame] of frames) this.#meter(id).add(frame);
    for (const [id, leg] of this.#legs) {
      const heard = (this.#heard.get(id) ?? []).map((source) => frames.get(source) ?? silence);
      const passed = leg.outbound.pass({ frame: mix(heard), index: leg.made++ }, this.#impairments.get(id));
      if (passed !== undefined) leg.line.send(passed.frame, passed.index);
    }
  }

  clear(): void {
    for (const table of [this.#legs, this.#sounds, this.#heard, this.#impairments, this.#meters]) table.clear();
  }

  #meter(source: SourceId): LevelMeter {
    let meter = this.#meters.get(source);
    if (meter === undefined) this.#meters.set(source, (meter = new LevelMeter()));
    return meter;
  }
}
