import type { Impairment, MediaUnit, PictureSource, Sound, SourceId } from 'onescreen/emulator';

/** A media unit that carries nothing and counts everything. */
export class CountingMedia implements MediaUnit {
  readonly legs = new Set<SourceId>();
  readonly sounds = new Map<SourceId, Sound>();
  readonly heard = new Map<SourceId, readonly SourceId[]>();
  /** Whom each leg sees, by slot. */
  readonly seen = new Map<SourceId, readonly (PictureSource | undefined)[]>();
  readonly impairments = new Map<SourceId, Impairment>();
  /** What makes no sense, such as a leg that hears without being open. */
  readonly misuse: string[] = [];
  loud = 0;

  get size(): number {
    return this.legs.size;
  }

  async open(leg: SourceId, offer: string): Promise<string> {
    await Promise.resolve();
    if (offer === 'bad') throw new Error('there is no audio line');
    this.legs.add(leg);
    return `answer to ${offer}`;
  }

  close(leg: SourceId): void {
    this.legs.delete(leg);
    this.heard.delete(leg);
    this.seen.delete(leg);
    this.impairments.delete(leg);
  }

  sound(source: SourceId, sound: Sound | undefined): void {
    if (sound === undefined) this.sounds.delete(source);
    else this.sounds.set(source, sound);
  }

  hear(leg: SourceId, sources: readonly SourceId[]): void {
    if (!this.legs.has(leg)) this.misuse.push(`${leg} is not open`);
    for (const id of sources) if (!this.legs.has(id) && !this.sounds.has(id)) this.misuse.push(`${id} is not there`);
    this.heard.set(leg, sources);
  }

  see(leg: SourceId, slots: readonly (PictureSource | undefined)[]): void {
    if (!this.legs.has(leg)) this.misuse.push(`${leg} is not open`);
    for (const source of slots) {
      if (source !== undefined && !this.legs.has(source.leg)) this.misuse.push(`${source.leg} is not there`);
    }
    if (slots.some((source) => source?.leg === leg)) this.misuse.push(`${leg} sees itself`);
    this.seen.set(leg, slots);
  }

  level(source: SourceId): number {
    return this.legs.has(source) || this.sounds.has(source) ? this.loud : 0;
  }

  impair(leg: SourceId, impairment: Impairment | undefined): void {
    if (impairment === undefined) this.impairments.delete(leg);
    else this.impairments.set(leg, impairment);
  }

  async closeAll(): Promise<void> {
    this.legs.clear();
  }
}
