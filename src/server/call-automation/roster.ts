import type { ControlledParticipant } from '../call-control';

/** Who is in a call, from events that come late, twice or never, and from readings. */
export class Roster {
  /** Counts changes, so that a reading can tell whether it has been overtaken. */
  version = 0;
  #sequence = -1;
  #participants: ReadonlyMap<string, ControlledParticipant> = new Map();
  /** Known to be in, by an event of their own; a list that does not have them may be an older one. */
  readonly #fresh = new Set<string>();
  /** Known to be out; a list that has them may be an older one. */
  readonly #out = new Set<string>();

  get participants(): readonly ControlledParticipant[] {
    return [...this.#participants.values()];
  }

  has(rawId: string): boolean {
    return this.#participants.has(rawId);
  }

  find(rawId: string): ControlledParticipant | undefined {
    return this.#participants.get(rawId);
  }

  /** Takes a list as an event has it. Returns whether it leaves somebody in doubt, so that a reading is due. */
  update(participants: readonly ControlledParticipant[], sequence: number): boolean {
    if (sequence <= this.#sequence) return false;
    this.#sequence = sequence;
    const listed = new Map(participants.map((one) => [one.rawId, one]));
    const doubtful = [...this.#fresh].filter((rawId) => !listed.has(rawId));
    for (const rawId of [...this.#fresh]) if (listed.has(rawId)) this.#fresh.delete(rawId);
    for (const rawId of [...this.#out]) {
      if (listed.has(rawId)) listed.delete(rawId);
      else this.#out.delete(rawId);
    }
    for (const rawId of doubtful) {
      const known = this.#participants.get(rawId);
      if (known !== undefined) listed.set(rawId, known);
    }
    this.#set(listed);
    return doubtful.length > 0;
  }

  /** Takes what has been read; it counts more than any event before. */
  adopt(participants: readonly ControlledParticipant[]): void {
    this.#fresh.clear();
    this.#out.clear();
    this.#set(new Map(participants.map((one) => [one.rawId, one])));
  }

  entered(rawId: string): void {
    this.#out.delete(rawId);
    if (this.#participants.has(rawId)) return;
    this.#fresh.add(rawId);
    this.#set(new Map([...this.#participants, [rawId, { rawId, muted: false, onHold: false }]]));
  }

  left(rawId: string): void {
    this.#fresh.delete(rawId);
    this.#out.add(rawId);
    if (!this.#participants.has(rawId)) return;
    this.#set(new Map([...this.#participants].filter(([other]) => other !== rawId)));
  }

  change(rawId: string, change: Partial<Omit<ControlledParticipant, 'rawId'>>): void {
    const known = this.#participants.get(rawId);
    if (known === undefined) return;
    this.#set(new Map([...this.#participants, [rawId, { ...known, ...change }]]));
  }

  #set(participants: ReadonlyMap<string, ControlledParticipant>): void {
    const before = this.#participants;
    const same =
      before.size === participants.size &&
      [...participants].every(([rawId, one]) => {
        const known = before.get(rawId);
        return known !== undefined && known.muted === one.muted && known.onHold === one.onHold;
      });
    if (same) return;
    this.version++;
    this.#participants = participants;
  }
}
