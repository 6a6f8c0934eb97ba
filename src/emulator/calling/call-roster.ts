import type { Clock } from 'onescreen';
import type { EndFrame, MeetingFrame, RosterFrame } from '../calls/frames';
import { reasonOf, reasons } from './calling-error';
import type { Later } from './listeners';
import type { IncomingPictures } from './participant-video';
import { EmulatedParticipant } from './remote-participant';

export interface RosterChange {
  readonly added: readonly EmulatedParticipant[];
  readonly removed: readonly EmulatedParticipant[];
}

export interface CallRosterOptions {
  readonly clock: Clock;
  readonly later: Later;
  /** Mutes one of them, by raw id. */
  readonly mute: (rawId: string) => Promise<void>;
  readonly incoming: IncomingPictures;
  readonly updated: (change: RosterChange) => void;
  /** How loud the loudest of them is now, 0 to 1. */
  readonly loudest: (level: number) => void;
}

/** Who else is in a call. */
export class CallRoster {
  readonly #options: CallRosterOptions;
  readonly #participants = new Map<string, EmulatedParticipant>();
  /** Added here and not yet known to the emulator. */
  readonly #adding = new Set<EmulatedParticipant>();
  readonly #levels = new Map<string, number>();

  constructor(options: CallRosterOptions) {
    this.#options = options;
  }

  get participants(): readonly EmulatedParticipant[] {
    return [...this.#participants.values()];
  }

  /** Shows somebody who is being added by `ask`, or who is there already. */
  add(rawId: string, ask: () => Promise<unknown>): EmulatedParticipant {
    const known = this.#participants.get(rawId);
    if (known !== undefined) return known;
    const participant = this.#admit(rawId);
    participant.setState('Connecting');
    this.#options.updated({ added: [participant], removed: [] });
    this.#adding.add(participant);
    ask().then(
      () => this.#adding.delete(participant),
      (error: unknown) => this.#remove([participant], reasonOf(error, reasons.network)),
    );
    return participant;
  }

  /** As the emulator has it. */
  apply(roster: readonly RosterFrame[], pictures: MeetingFrame['pictures'] = []): void {
    const added: EmulatedParticipant[] = [];
    const named = new Set<string>();
    for (const entry of roster) {
      if (entry.status === 'disconnected') continue;
      named.add(entry.rawId);
      const known = this.#participants.get(entry.rawId);
      const participant = known ?? this.#admit(entry.rawId);
      const own = pictures.filter(({ rawId }) => rawId === entry.rawId);
      if (known === undefined) added.push(participant);
      participant.apply(entry, own);
    }
    if (added.length > 0) this.#options.updated({ added, removed: [] });
    for (const { rawId, end } of roster) {
      const gone = named.has(rawId) ? undefined : this.#participants.get(rawId);
      if (gone !== undefined) this.#remove([gone], end);
    }
    this.#remove(this.participants.filter((one) => !named.has(one.rawId) && !this.#adding.has(one)));
  }

  /** Pictures come over another connection from now on. */
  moved(): void {
    for (const participant of this.participants) participant.moved();
  }

  hear(levels: Readonly<Record<string, number>>): void {
    for (const [rawId, level] of Object.entries(levels)) {
      const participant = this.#participants.get(rawId);
      if (participant === undefined) continue;
      this.#levels.set(rawId, level);
      participant.hear(level);
    }
    this.#updateVolume();
  }

  /** The call has ended for all of them. */
  clear(): void {
    this.#remove(this.participants);
  }

  #admit(rawId: string): EmulatedParticipant {
    const { clock, later, mute, incoming } = this.#options;
    const participant = new EmulatedParticipant({ rawId, later, clock, incoming, mute: () => mute(rawId) });
    this.#participants.set(rawId, participant);
    return participant;
  }

  #remove(gone: readonly EmulatedParticipant[], reason?: EndFrame): void {
    const removed = gone.filter((one) => this.#participants.get(one.rawId) === one);
    if (removed.length === 0) return;
    for (const participant of removed) {
      this.#participants.delete(participant.rawId);
      this.#levels.delete(participant.rawId);
      this.#adding.delete(participant);
      participant.end(reason);
    }
    this.#updateVolume();
    this.#options.updated({ added: [], removed });
  }

  #updateVolume(): void {
    this.#options.loudest(Math.max(0, ...this.#levels.values()));
  }
}
