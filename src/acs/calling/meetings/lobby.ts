import type { CollectionUpdatedEvent, RemoteParticipant } from '@azure/communication-calling';
import { ContactCenterError, createLive, type Live, type LobbyGuest } from 'onescreen';
import type { CallHandle } from '../agent-handle';
import { rawIdOf } from '../identifiers';

const nobody: readonly LobbyGuest[] = [];

/** Who waits to be let in, for whoever may let them in. */
export class MeetingLobby {
  readonly #call: CallHandle['call'];
  readonly #mayAdmit: () => boolean;
  readonly #state = createLive(nobody);

  constructor(call: CallHandle['call'], mayAdmit: () => boolean) {
    this.#call = call;
    this.#mayAdmit = mayAdmit;
    call.lobby.on('lobbyParticipantsUpdated', this.#updated);
    this.refresh();
  }

  get live(): Live<readonly LobbyGuest[]> {
    return this.#state.live;
  }

  /** Looks again: who may admit may have changed. */
  refresh(): void {
    const next = this.#mayAdmit() ? this.#call.lobby.participants.map(toGuest) : nobody;
    const now = this.#state.value;
    const same = next.length === now.length && next.every((one, index) => isSame(one, now[index]));
    if (!same) this.#state.set(next.length === 0 ? nobody : next);
  }

  /** @throws ContactCenterError `meeting/guest-gone` when nobody of this id waits */
  admit(guestId: string): Promise<void> {
    return this.#call.lobby.admit(this.#find(guestId, 'admit guest').identifier);
  }

  async admitAll(): Promise<void> {
    if (this.#call.lobby.participants.length > 0) await this.#call.lobby.admitAll();
  }

  /** @throws ContactCenterError `meeting/guest-gone` when nobody of this id waits */
  reject(guestId: string): Promise<void> {
    return this.#call.lobby.reject(this.#find(guestId, 'turn guest away').identifier);
  }

  close(): void {
    this.#call.lobby.off('lobbyParticipantsUpdated', this.#updated);
    this.#state.complete();
  }

  readonly #updated: CollectionUpdatedEvent<RemoteParticipant> = () => this.refresh();

  #find(guestId: string, what: string): RemoteParticipant {
    const guest = this.#call.lobby.participants.find(({ identifier }) => rawIdOf(identifier) === guestId);
    if (guest !== undefined) return guest;
    throw new ContactCenterError('meeting/guest-gone', `unable to ${what}; nobody of this id waits in the lobby`);
  }
}

function toGuest({ identifier, displayName }: RemoteParticipant): LobbyGuest {
  return { id: rawIdOf(identifier), ...(displayName !== undefined && displayName !== '' && { displayName }) };
}

function isSame(a: LobbyGuest, b: LobbyGuest | undefined): boolean {
  return a.id === b?.id && a.displayName === b.displayName;
}
