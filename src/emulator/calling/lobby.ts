import type { AdmitAllOperationResult, Lobby } from '@azure/communication-calling';
import type { CommunicationIdentifier } from '@azure/communication-common';
import type { Clock } from 'onescreen';
import type { PartyFrame } from '../calls/frames';
import { notSupported } from './calling-error';
import { rawIdOf } from './identifiers';
import { Listeners, type Later, type Listener } from './listeners';
import type { IncomingPictures } from './participant-video';
import { EmulatedParticipant } from './remote-participant';

/** Nobody is seen in the lobby. */
const nothing: IncomingPictures = { nextId: () => 0, stream: () => undefined, framesDecoded: async () => undefined };

interface LobbyEvents {
  lobbyParticipantsUpdated: { added: EmulatedParticipant[]; removed: EmulatedParticipant[] };
}

export interface LobbyOptions {
  readonly clock: Clock;
  readonly later: Later;
  /** Lets these in, by raw id; left out: all. */
  readonly admit: (rawIds?: readonly string[]) => Promise<unknown>;
  readonly reject: (rawId: string) => Promise<unknown>;
}

/** Who waits to be let into a meeting. Calls that are no meetings have nobody there, and refuse to let anybody in. */
export class EmulatedLobby implements Lobby {
  readonly #options: LobbyOptions;
  readonly #listeners: Listeners<LobbyEvents>;
  readonly #waiting = new Map<string, EmulatedParticipant>();

  constructor(options: LobbyOptions) {
    this.#options = options;
    this.#listeners = new Listeners(options.later);
  }

  get participants(): readonly EmulatedParticipant[] {
    return [...this.#waiting.values()];
  }

  async admit(participant: CommunicationIdentifier): Promise<void> {
    await this.#options.admit([rawIdOf(participant)]);
  }

  async reject(participant: CommunicationIdentifier): Promise<void> {
    await this.#options.reject(rawIdOf(participant));
  }

  async admitAll(): Promise<AdmitAllOperationResult> {
    const successCount = this.#waiting.size;
    await this.#options.admit();
    return { successCount, failureCount: 0 };
  }

  on(event: 'lobbyParticipantsUpdated', listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: 'lobbyParticipantsUpdated', listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  /** As the emulator has it. */
  apply(lobby: readonly PartyFrame[]): void {
    const named = new Set(lobby.map(({ rawId }) => rawId));
    const removed = this.participants.filter(({ rawId }) => !named.has(rawId));
    const added = lobby.filter(({ rawId }) => !this.#waiting.has(rawId)).map((guest) => this.#seat(guest));
    for (const gone of removed) {
      this.#waiting.delete(gone.rawId);
      gone.end();
    }
    if (added.length > 0 || removed.length > 0) {
      this.#listeners.emit('lobbyParticipantsUpdated', { added, removed });
    }
  }

  #seat({ rawId, displayName }: PartyFrame): EmulatedParticipant {
    const { clock, later } = this.#options;
    const guest = new EmulatedParticipant({
      ...{ rawId, later, clock },
      mute: () => Promise.reject(notSupported('To mute somebody in the lobby')),
      incoming: nothing,
    });
    if (displayName !== undefined) guest.displayName = displayName;
    guest.setState('InLobby');
    this.#waiting.set(rawId, guest);
    return guest;
  }
}
