import type { Clock, Random } from 'onescreen';
import type { Impairment, PictureSource, SourceId } from '../calls/media-unit';
import { beginsKeyFrame, type PicturePacket } from './picture-packet';
import { PictureSlot } from './picture-slot';

/** The least time between two requests of one source for a key frame, ms: each costs it several frames' bits. */
const askEveryMs = 500;

/** A source that sent nothing for this long starts anew with its next packet, ms. */
const pauseMs = 1_000;

type Kind = PictureSource['kind'];

/** What a leg's connection takes of pictures. */
export interface PictureLine {
  /** Slots that there are. */
  readonly slots: number;
  send(slot: number, packet: PicturePacket): void;
  /** Asks the page for a key frame of its camera or screen. */
  askKeyFrame(kind: Kind): void;
}

/** What a leg's connection tells. */
export interface PictureEvents {
  received(kind: Kind, packet: PicturePacket): void;
  /** The page cannot go on in this slot without a key frame. */
  keyFrameWanted(slot: number): void;
}

interface Leg {
  readonly line: PictureLine;
  readonly slots: readonly PictureSlot[];
  readonly sources: Readonly<Record<Kind, Source>>;
}

interface Source {
  /** Somebody waits for a key frame that was not asked for yet. */
  wanted: boolean;
  askedAt: number;
  receivedAt: number | undefined;
}

interface Viewer {
  readonly id: SourceId;
  readonly leg: Leg;
  readonly number: number;
  readonly slot: PictureSlot;
}

/** Forwards legs' pictures by a table of who sees whom. Knows no network. */
export class PictureForwarder {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #random: Random;
  readonly #legs = new Map<SourceId, Leg>();
  readonly #seen = new Map<SourceId, readonly (PictureSource | undefined)[]>();
  readonly #impairments = new Map<SourceId, Impairment>();
  /** Who sees a source, by its name; made when it is first needed after a change. */
  #viewers: Map<string, readonly Viewer[]> | undefined;

  /** `random` decides where slots' numbers begin and which packets an impaired leg loses. */
  constructor(clock: Pick<Clock, 'now'>, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Puts a leg on, or gives it another line, and returns what the line tells. Whom it sees stays as it is. */
  connect(id: SourceId, line: PictureLine): PictureEvents {
    const leg: Leg = {
      line,
      slots: Array.from({ length: line.slots }, () => {
        return new PictureSlot(Math.floor(this.#random.next() * 2 ** 16), Math.floor(this.#random.next() * 2 ** 32));
      }),
      sources: { camera: newSource(), screen: newSource() },
    };
    this.#legs.set(id, leg);
    this.#viewers = undefined;
    for (const kind of ['camera', 'screen'] as const) this.#restartViewers({ leg: id, kind });
    for (const source of this.#seen.get(id) ?? []) if (source !== undefined) this.#want(source);
    const current = () => this.#legs.get(id) === leg;
    return {
      received: (kind, packet) => {
        if (current()) this.#receive({ leg: id, kind }, packet);
      },
      keyFrameWanted: (slot) => {
        const source = this.#seen.get(id)?.[slot];
        if (current() && source !== undefined) this.#want(source);
      },
    };
  }

  /** Forgets all about a leg, but for who sees it. */
  disconnect(id: SourceId): void {
    for (const table of [this.#legs, this.#seen, this.#impairments]) table.delete(id);
    this.#viewers = undefined;
  }

  /** A leg never sees itself. */
  see(id: SourceId, slots: readonly (PictureSource | undefined)[]): void {
    const before = this.#seen.get(id) ?? [];
    const now = slots.map((source) => (source?.leg === id ? undefined : source));
    if (now.some((source) => source !== undefined)) this.#seen.set(id, now);
    else this.#seen.delete(id);
    this.#viewers = undefined;
    const leg = this.#legs.get(id);
    leg?.slots.forEach((slot, number) => {
      const source = now[number];
      if (sameSource(before[number], source)) return;
      slot.restart();
      if (source !== undefined) this.#want(source);
    });
  }

  impair(id: SourceId, impairment: Impairment | undefined): void {
    const mended = this.#impairments.get(id)?.cut === true && impairment?.cut !== true;
    if (impairment === undefined) this.#impairments.delete(id);
    else this.#impairments.set(id, impairment);
    if (!mended) return;
    // What was missed is too much to wait for.
    for (const kind of ['camera', 'screen'] as const) this.#restartViewers({ leg: id, kind });
    this.#legs.get(id)?.slots.forEach((slot, number) => {
      slot.restart();
      const source = this.#seen.get(id)?.[number];
      if (source !== undefined) this.#want(source);
    });
  }

  clear(): void {
    for (const table of [this.#legs, this.#seen, this.#impairments]) table.clear();
    this.#viewers = undefined;
  }

  #receive(from: PictureSource, packet: PicturePacket): void {
    const source = this.#legs.get(from.leg)?.sources[from.kind];
    if (source === undefined) return;
    if (this.#isCut(from.leg)) return;
    if (this.#lost(from.leg)) {
      source.wanted = true;
      return;
    }
    const now = this.#clock.now();
    if (source.receivedAt !== undefined && now - source.receivedAt >= pauseMs) source.wanted = true;
    if (beginsKeyFrame(packet.payload)) source.wanted = false;
    source.receivedAt = now;
    const viewers = this.#viewersOf(from);
    let waits = false;
    for (const { id, leg, number, slot } of viewers) {
      if (this.#isCut(id)) continue;
      const next = slot.next(packet, now);
      waits ||= slot.waits;
      if (next === undefined) continue;
      if (!this.#lost(id)) leg.line.send(number, next);
      // It will not come again: only a key frame helps, and the browser would be long in asking for it.
      else source.wanted = true;
    }
    if (viewers.length > 0 && (waits || source.wanted)) this.#want(from);
  }

  #restartViewers(source: PictureSource): void {
    const viewers = this.#viewersOf(source);
    for (const { slot } of viewers) slot.restart();
    if (viewers.length > 0) this.#want(source);
  }

  /** Asks for a key frame, now or with the first packet after the least time between two requests. */
  #want({ leg: id, kind }: PictureSource): void {
    const leg = this.#legs.get(id);
    if (leg === undefined) return;
    const source = leg.sources[kind];
    const now = this.#clock.now();
    source.wanted = now - source.askedAt < askEveryMs;
    if (source.wanted) return;
    source.askedAt = now;
    leg.line.askKeyFrame(kind);
  }

  #lost(id: SourceId): boolean {
    const { loss = 0 } = this.#impairments.get(id) ?? {};
    return loss > 0 && this.#random.next() < loss;
  }

  #isCut(id: SourceId): boolean {
    return this.#impairments.get(id)?.cut === true;
  }

  #viewersOf({ leg, kind }: PictureSource): readonly Viewer[] {
    this.#viewers ??= this.#index();
    return this.#viewers.get(name(leg, kind)) ?? [];
  }

  #index(): Map<string, readonly Viewer[]> {
    const index = new Map<string, Viewer[]>();
    for (const [id, leg] of this.#legs) {
      leg.slots.forEach((slot, number) => {
        const source = this.#seen.get(id)?.[number];
        if (source === undefined) return;
        const key = name(source.leg, source.kind);
        const viewers = index.get(key) ?? [];
        index.set(key, viewers);
        viewers.push({ id, leg, number, slot });
      });
    }
    return index;
  }
}

const name = (leg: SourceId, kind: Kind) => `${kind} ${leg}`;

const newSource = (): Source => ({ wanted: false, askedAt: -Infinity, receivedAt: undefined });

function sameSource(one: PictureSource | undefined, other: PictureSource | undefined): boolean {
  return one?.leg === other?.leg && one?.kind === other?.kind;
}
