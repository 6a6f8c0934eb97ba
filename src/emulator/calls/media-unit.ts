/** Something that can be heard: a leg's microphone, or a sound that the emulator makes. */
export type SourceId = string;

/** A sound made by the emulator; the same name is the same sound. */
export type Sound =
  | { readonly kind: 'music' }
  | { readonly kind: 'ringback' }
  | { readonly kind: 'tone'; readonly frequency: number; readonly durationMs?: number }
  /** A simulated person: syllables and pauses in the telephone band. */
  | { readonly kind: 'speech'; readonly seed: number };

/**
 * Carries and mixes audio between pages. The call switch tells it who hears whom; it knows nothing of calls.
 * `createMediaUnit()` does it with WebRTC; tests on virtual time have one that only counts.
 */
export interface MediaUnit {
  /** Answers a page's complete offer for this leg. Again for the same leg: the page has connected anew. */
  open(leg: SourceId, offer: string): Promise<string>;
  /** Ends a leg's connection. Harmless for one that is not open. */
  close(leg: SourceId): void;
  /** What a source that is no leg sounds like; undefined ends it. */
  sound(source: SourceId, sound: Sound | undefined): void;
  /** Whom this leg hears, from now on. */
  hear(leg: SourceId, sources: readonly SourceId[]): void;
  /** Which pictures this leg gets, by slot, from now on; undefined shows nothing. A leg whose offer has no pictures: no effect. */
  see(leg: SourceId, slots: readonly (PictureSource | undefined)[]): void;
  /** Loudness of a source over the last 200 ms, 0 to 1. */
  level(source: SourceId): number;
  /** Makes a leg's media bad, both ways; undefined mends it. */
  impair(leg: SourceId, impairment: Impairment | undefined): void;
  /** Legs that are open. */
  readonly size: number;
  closeAll(): Promise<void>;
}

export interface Impairment {
  /** Nothing gets through. */
  readonly cut?: boolean;
  /** Share of packets lost, 0 to 1. */
  readonly loss?: number;
  readonly delayMs?: number;
}

/** A leg's camera or shared screen. */
export interface PictureSource {
  readonly leg: SourceId;
  readonly kind: 'camera' | 'screen';
}
