import type { Cancel, Clock } from 'onescreen';
import type { Call, CallMeeting, Party } from './call';
import { CallRefusal, ends } from './end-reasons';
import { hearingOf } from './hearing';
import type { Impairment, MediaUnit, PictureSource, SourceId } from './media-unit';

/** Milliseconds between two looks at who is loud. */
const levelsMs = 200;

interface Told {
  readonly sounds: Map<SourceId, string>;
  readonly heard: Map<string, string>;
  readonly seen: Map<string, string>;
  readonly levels: Map<string, Record<string, number>>;
}

export interface CallMediaOptions {
  readonly clock: Clock;
  /** Makes the unit when the first page brings media. Left out: media is refused. */
  readonly load: (() => Promise<MediaUnit>) | undefined;
  /** Told of levels that have changed, by raw id. */
  readonly onLevels: (party: Party, levels: Readonly<Record<string, number>>) => void;
  /** Told of a meeting in which somebody else dominates now. */
  readonly onDominance: (call: Call) => void;
}

/** Keeps a media unit in step with the calls. */
export class CallMedia {
  readonly #options: CallMediaOptions;
  #loading: Promise<MediaUnit> | undefined;
  #unit: MediaUnit | undefined;
  readonly #calls = new Map<Call, Told>();
  #cancelLevels: Cancel | undefined;
  #closed = false;

  constructor(options: CallMediaOptions) {
    this.#options = options;
  }

  /** Answers a page's offer for its leg. Throws CallRefusal when there is no unit or the party is out. */
  async open(party: Party, offer: string): Promise<string> {
    const unit = await this.#load();
    if (isOut(party)) throw new CallRefusal(ends.callGone);
    // Before the answer comes: whoever ends the call meanwhile must find the leg.
    party.mediaOpen = true;
    let answer: string;
    try {
      answer = await unit.open(party.id, offer);
    } catch (error) {
      this.close(party);
      throw new CallRefusal({ ...ends.noMedia, code: 400, message: `The offer is not usable; ${wordOf(error)}.` });
    }
    if (isOut(party) || this.#closed) {
      unit.close(party.id);
      throw new CallRefusal(ends.callGone);
    }
    if (party.impairment !== undefined) unit.impair(party.id, party.impairment);
    this.#forget(party, party.call);
    for (const call of new Set([party.call, ...this.#calls.keys()])) this.apply(call);
    this.#watchLevels();
    return answer;
  }

  /** Tells the unit what has changed about who hears whom. */
  apply(call: Call): void {
    const unit = this.#unit;
    if (unit === undefined) {
      if (!call.over) this.#calls.set(call, this.#calls.get(call) ?? newTold());
      else this.#calls.delete(call);
      return;
    }
    const told = this.#calls.get(call) ?? newTold();
    this.#calls.set(call, told);
    const { heard, sounds } = hearingOf(call);
    for (const [id, sound] of sounds) {
      const key = JSON.stringify(sound);
      if (told.sounds.get(id) === key) continue;
      told.sounds.set(id, key);
      unit.sound(id, sound);
    }
    for (const [party, sources] of heard) {
      if (!party.mediaOpen) continue;
      const present = sources.filter((id) => sounds.has(id) || call.live.some((one) => one.id === id && one.mediaOpen));
      const key = present.join(' ');
      if (told.heard.get(party.id) === key) continue;
      told.heard.set(party.id, key);
      unit.hear(party.id, present);
    }
    if (call.meeting !== undefined) this.#show(call, call.meeting, told, unit);
    for (const id of [...told.sounds.keys()]) {
      if (sounds.has(id)) continue;
      told.sounds.delete(id);
      unit.sound(id, undefined);
    }
    if (call.over) this.#calls.delete(call);
  }

  /** Tells the unit what has changed about who sees what. */
  #show(call: Call, meeting: CallMeeting, told: Told, unit: MediaUnit): void {
    for (const party of call.people) {
      if (!party.mediaOpen) continue;
      const isOpen = ({ leg }: PictureSource) => call.live.some(({ id, mediaOpen }) => id === leg && mediaOpen);
      const slots = meeting.pictures(party).map((source) => (source && isOpen(source) ? source : undefined));
      const key = slots.map((source) => (source ? `${source.kind} ${source.leg}` : '')).join();
      if ((told.seen.get(party.id) ?? '').replaceAll(',', '') === '' && key.replaceAll(',', '') === '') continue;
      if (told.seen.get(party.id) === key) continue;
      told.seen.set(party.id, key);
      unit.see(party.id, slots);
    }
  }

  /** A party has gone over from another call: what that one told of it does not hold any more. */
  moved(party: Party, from: Call): void {
    this.#forget(party, from);
    this.#calls.get(from)?.levels.delete(party.id);
  }

  close(party: Party): void {
    if (!party.mediaOpen) return;
    party.mediaOpen = false;
    this.#forget(party, party.call);
    this.#unit?.close(party.id);
  }

  #forget(party: Party, call: Call): void {
    const told = this.#calls.get(call);
    told?.heard.delete(party.id);
    told?.seen.delete(party.id);
  }

  impair(party: Party, impairment: Impairment | undefined): void {
    party.impairment = impairment;
    if (party.mediaOpen) this.#unit?.impair(party.id, impairment);
  }

  /** Loudest of what a party hears, 0 to 1. */
  heardLevel(party: Party): number {
    const unit = this.#unit;
    if (unit === undefined) return 0;
    const sources = hearingOf(party.call).heard.get(party) ?? [];
    return Math.max(0, ...sources.map((id) => unit.level(id)));
  }

  async closeAll(): Promise<void> {
    this.#closed = true;
    this.#cancelLevels?.();
    this.#calls.clear();
    await this.#loading?.then((unit) => unit.closeAll()).catch(() => {});
  }

  async #load(): Promise<MediaUnit> {
    const { load } = this.#options;
    if (load === undefined || this.#closed) throw new CallRefusal(ends.noMedia);
    try {
      this.#loading ??= load();
      return (this.#unit = await this.#loading);
    } catch (error) {
      this.#loading = undefined;
      throw new CallRefusal({ ...ends.noMedia, message: `The emulator carries no media; ${wordOf(error)}.` });
    }
  }

  #watchLevels(): void {
    this.#cancelLevels ??= this.#options.clock.schedule(levelsMs, () => {
      this.#cancelLevels = undefined;
      let legs = 0;
      for (const [call, told] of [...this.#calls]) legs += this.#tellLevels(call, told);
      if (legs > 0) this.#watchLevels();
    });
  }

  #tellLevels(call: Call, told: Told): number {
    const unit = this.#unit;
    const listeners = call.people.filter(({ mediaOpen }) => mediaOpen);
    if (unit === undefined || listeners.length === 0) return 0;
    const { heard } = hearingOf(call);
    if (call.meeting?.listen(({ id }) => unit.level(id)) === true) this.#options.onDominance(call);
    for (const party of listeners) {
      const now: Record<string, number> = {};
      for (const other of call.people) {
        if (heard.get(party)?.includes(other.id) === true)
          now[other.rawId] = Math.round(unit.level(other.id) * 100) / 100;
      }
      const before = told.levels.get(party.id) ?? {};
      const changed: Record<string, number> = {};
      for (const id of new Set([...Object.keys(before), ...Object.keys(now)])) {
        const level = now[id] ?? 0;
        if (level !== (before[id] ?? 0)) changed[id] = level;
      }
      told.levels.set(party.id, now);
      if (Object.keys(changed).length > 0) this.#options.onLevels(party, changed);
    }
    return listeners.length;
  }
}

/** Asked anew after each wait. */
const isOut = (party: Party) => party.status === 'ended';
const newTold = (): Told => ({ sounds: new Map(), heard: new Map(), seen: new Map(), levels: new Map() });
const wordOf = (error: unknown) => (error instanceof Error ? error.message : 'it failed');
