import type { Call, CallMeeting, Party } from '../calls/call';
import { clientLineOf } from '../calls/call-clients';
import { ends } from '../calls/end-reasons';
import type { EndFrame, MeetingFrame, MeetingRoleName, PartyFrame, RosterFrame } from '../calls/frames';
import type { PictureSource } from '../calls/media-unit';
import { assignCameras } from './assign-pictures';
import { capabilitiesOf, type MeetingCapabilities } from './capabilities';
import { dominantSpeakers } from './dominance';
import type { MeetingChat } from './meeting-chat';
import { roleBySettings, type GivenRole, type MeetingSettings } from './meeting-settings';
import { newSeat, type Seat } from './seat';

export interface MeetingIdentity {
  readonly id: string;
  readonly threadId: string;
  readonly joinLink: string;
  /** Digits. */
  readonly meetingId: string;
  readonly passcode: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** A meeting, in session or not: who is in it and what each of them may do. */
export class Meeting implements CallMeeting {
  readonly identity: MeetingIdentity;
  readonly settings: MeetingSettings;
  readonly #chat: MeetingChat | undefined;
  readonly #roles = new Map<string, GivenRole>();
  readonly #seats = new Map<Party, Seat>();
  readonly #consents = new Set<string>();
  #lobby: Party[] = [];
  #dominant: readonly string[] = [];
  #lastOrder = 0;
  /** The session that is under way. */
  call: Call | undefined;
  /** It will not be again. */
  over = false;
  /** Told after each change. */
  onChange: () => void = () => {};

  constructor(identity: MeetingIdentity, settings: MeetingSettings, chat: MeetingChat | undefined) {
    this.identity = identity;
    this.settings = settings;
    this.#chat = chat;
  }

  get lobby(): readonly Party[] {
    return this.#lobby;
  }

  get dominant(): readonly string[] {
    return this.#dominant;
  }

  get hasChat(): boolean {
    return this.#chat !== undefined;
  }

  /** Who is in, with what is kept of them. */
  get seats(): ReadonlyMap<Party, Seat> {
    return this.#seats;
  }

  roleOf(rawId: string): MeetingRoleName {
    return this.#roles.get(rawId) ?? roleBySettings(this.settings, rawId);
  }

  setRole(rawId: string, role: GivenRole): void {
    this.#roles.set(rawId, role);
  }

  /** Somebody waits from now on. */
  queue(party: Party): void {
    this.#lobby.push(party);
  }

  /** Somebody may come in, and waits no more. */
  unqueue(party: Party): void {
    this.#lobby = this.#lobby.filter((one) => one !== party);
  }

  consent(party: Party): void {
    this.#consents.add(party.rawId);
  }

  consentOf(party: Party): MeetingFrame['consent'] {
    const { call, settings } = this;
    const kept = call !== undefined && (call.recording !== 'off' || call.transcription);
    if (!settings.consent || !kept || !this.#seats.has(party)) return 'not-needed';
    // Simulated people consent by being there.
    return clientLineOf(party) === undefined || this.#consents.has(party.rawId) ? 'granted' : 'required';
  }

  capabilities(party: Party): MeetingCapabilities {
    return capabilitiesOf({
      role: this.roleOf(party.rawId),
      settings: this.settings,
      consentRequired: this.consentOf(party) === 'required',
      admitted: this.#seats.has(party),
      persona: clientLineOf(party)?.endpoint?.tokenKind ?? 'teamsUser',
    });
  }

  refusal(self: Party, capability: string): EndFrame | undefined {
    const found = this.capabilities(self)[capability];
    if (found?.isPresent === true) return undefined;
    return found?.reason === 'ExplicitConsentRequired'
      ? ends.consentRequired
      : { ...ends.notCapable, message: `${ends.notCapable.message} ${found?.reason ?? 'NotCapable'}.` };
  }

  /** Sends a picture or no more. Who shares a screen takes over from whoever did. */
  picture(party: Party, kind: PictureSource['kind'], on: boolean): void {
    const own = this.#seats.get(party);
    if (own === undefined) return;
    if (kind === 'screen' && on) for (const seat of this.#seats.values()) seat.screen = false;
    own[kind] = on;
  }

  raiseHand(party: Party, raised: boolean): void {
    const seat = this.#seats.get(party);
    if (seat !== undefined) seat.handAt = raised ? (seat.handAt ?? this.#next()) : undefined;
  }

  spotlight(party: Party, on: boolean): void {
    const seat = this.#seats.get(party);
    if (seat !== undefined) seat.spotlightAt = on ? (seat.spotlightAt ?? this.#next()) : undefined;
  }

  captions(party: Party, on: boolean): void {
    const seat = this.#seats.get(party);
    if (seat !== undefined) seat.captions = on;
  }

  arrange(): void {
    const { call } = this;
    if (call === undefined) return;
    this.#lobby = this.#lobby.filter(({ status }) => status === 'in-lobby');
    const present = call.people.filter(({ status }) => status === 'connected');
    for (const party of [...this.#seats.keys()]) if (!present.includes(party)) this.#stand(party);
    for (const party of present) if (!this.#seats.has(party)) this.#sit(party);
    for (const [party, seat] of this.#seats) this.#restrict(party, seat);
    this.#dominant = this.#dominant.filter((id) => call.find(id) !== undefined);
    this.#arrangePictures();
    if (call.live.length === 0 && this.#lobby.length === 0) this.#endSession(call);
    this.onChange();
  }

  listen(levelOf: (party: Party) => number): boolean {
    const speaking = [...this.#seats.keys()].filter((party) => !party.muted && !party.onHold);
    const levels = new Map(speaking.map((party) => [party.rawId, levelOf(party)]));
    const before = this.#dominant;
    this.#dominant = dominantSpeakers(before, levels);
    return this.#dominant !== before;
  }

  frame(self: Party): MeetingFrame {
    const seat = this.#seats.get(self) ?? newSeat();
    const capabilities = this.capabilities(self);
    const hand = this.#handOf(seat);
    return {
      role: this.roleOf(self.rawId),
      ...(this.#seats.has(self) && this.#chat !== undefined && { threadId: this.#chat.threadId }),
      capabilities,
      lobby: capabilities.manageLobby?.isPresent === true ? this.#lobby.map(nameOf) : [],
      consent: this.consentOf(self),
      pictures: this.pictures(self).flatMap((source, slot) => {
        const shown = [...this.#seats.keys()].find(({ id }) => id === source?.leg);
        return source && shown ? [{ slot, rawId: shown.rawId, kind: source.kind }] : [];
      }),
      camera: seat.camera,
      screen: seat.screen,
      ...(hand !== undefined && { hand }),
      ...(seat.spotlightAt !== undefined && { spotlighted: true }),
      dominant: this.#dominant,
      captions: seat.captions,
    };
  }

  rosterPart(other: Party): Partial<RosterFrame> {
    const seat = this.#seats.get(other);
    const hand = seat && this.#handOf(seat);
    return {
      role: this.roleOf(other.rawId),
      ...(seat?.camera === true && !other.onHold && { camera: true }),
      ...(seat?.screen === true && { screen: true }),
      ...(hand !== undefined && { hand }),
      ...(seat?.spotlightAt !== undefined && { spotlighted: true }),
    };
  }

  pictures(self: Party): readonly (PictureSource | undefined)[] {
    const seat = this.#seats.get(self);
    if (seat === undefined || self.onHold) return [];
    const cameras = seat.cameras.map((leg) => (leg === undefined ? undefined : { leg, kind: 'camera' as const }));
    return [...cameras, seat.sharer === undefined ? undefined : { leg: seat.sharer, kind: 'screen' as const }];
  }

  #sit(party: Party): void {
    this.#seats.set(party, newSeat());
    this.#chat?.join(party.rawId, party.displayName);
  }

  #stand(party: Party): void {
    this.#seats.delete(party);
    // Somebody who has joined anew stays in the chat.
    if (this.call?.find(party.rawId)?.status !== 'connected') this.#chat?.leave(party.rawId);
  }

  /** Nobody sends what they may not, and nobody on hold shares. */
  #restrict(party: Party, seat: Seat): void {
    const may = (name: string) => this.capabilities(party)[name]?.isPresent === true;
    if (!may('unmuteMic')) party.muted = true;
    if (!may('turnVideoOn')) seat.camera = false;
    if (party.onHold || !may('shareScreen')) seat.screen = false;
  }

  /** Spotlighted people first, then who dominates, then who has been there longest. */
  #arrangePictures(): void {
    const shown = [...this.#seats].filter(([party, { camera }]) => camera && !party.onHold);
    const place = ([party, { spotlightAt }]: readonly [Party, Seat]) => {
      const dominates = this.#dominant.indexOf(party.rawId);
      return spotlightAt ?? (dominates >= 0 ? this.#lastOrder + 1 + dominates : Infinity);
    };
    const wanted = shown.sort((a, b) => compare(place(a), place(b))).map(([{ id }]) => id);
    const sharer = [...this.#seats].find(([, { screen }]) => screen)?.[0].id;
    for (const [party, seat] of this.#seats) {
      const others = wanted.filter((id) => id !== party.id);
      seat.cameras = assignCameras(seat.cameras, others);
      seat.sharer = sharer === party.id ? undefined : sharer;
    }
  }

  #handOf({ handAt }: Seat): number | undefined {
    if (handAt === undefined) return undefined;
    return 1 + [...this.#seats.values()].filter((seat) => seat.handAt !== undefined && seat.handAt < handAt).length;
  }

  #endSession(call: Call): void {
    call.recording = 'off';
    call.transcription = false;
    this.#consents.clear();
    this.#dominant = [];
    this.call = undefined;
  }

  #next(): number {
    this.#lastOrder += 1;
    return this.#lastOrder;
  }
}

/** Infinity and Infinity are even. */
const compare = (a: number, b: number) => (a === b ? 0 : a - b);

export function nameOf({ rawId, displayName }: Party): PartyFrame {
  return { rawId, ...(displayName !== undefined && { displayName }) };
}
