import type { CollectionUpdatedEvent, RemoteParticipant } from '@azure/communication-calling';
import { createLive, type CallParticipant, type Live } from 'onescreen';
import type { CallHandle } from './agent-handle';
import { participantStatusOf } from './call-status';
import { rawIdOf, refNameOf } from './identifiers';

/** How somebody in a call is described. */
export interface Description<P> {
  /** Undefined: they do not count. */
  of(remote: RemoteParticipant): P | undefined;
  isSame(a: P, b: P): boolean;
}

/** Who else is in a call, by their raw ids; a participant that did not change keeps its identity. */
export class Roster<P extends { readonly id: string } = CallParticipant> {
  readonly #call: CallHandle['call'];
  readonly #description: Description<P>;
  readonly #state = createLive<readonly P[]>([]);
  readonly #watched = new Map<RemoteParticipant, () => void>();
  /** By id: where somebody stands in the list. */
  #places = new Map<string, number>();

  constructor(call: CallHandle['call'], description: Description<P>) {
    this.#call = call;
    this.#description = description;
    call.on('remoteParticipantsUpdated', this.#updated);
    this.#watch(call.remoteParticipants);
    this.refresh();
  }

  get live(): Live<readonly P[]> {
    return this.#state.live;
  }

  find(id: string): RemoteParticipant | undefined {
    return this.#call.remoteParticipants.find(({ identifier }) => rawIdOf(identifier) === id);
  }

  close(): void {
    this.#call.off('remoteParticipantsUpdated', this.#updated);
    for (const unwatch of this.#watched.values()) unwatch();
    this.#watched.clear();
    this.#state.complete();
  }

  readonly #updated: CollectionUpdatedEvent<RemoteParticipant> = ({ added, removed }) => {
    for (const participant of removed) {
      this.#watched.get(participant)?.();
      this.#watched.delete(participant);
    }
    this.#watch(added);
    this.refresh();
  };

  /** Looks again: what the description takes from elsewhere may have changed. */
  readonly refresh = (): void => {
    const known = new Map(this.#state.value.map((participant) => [participant.id, participant]));
    const next = this.#call.remoteParticipants.flatMap((remote) => {
      const fresh = this.#description.of(remote);
      if (fresh === undefined) return [];
      const last = known.get(fresh.id);
      return [last !== undefined && this.#description.isSame(last, fresh) ? last : fresh];
    });
    const same =
      next.length === this.#state.value.length && next.every((one, index) => one === this.#state.value[index]);
    if (same) return;
    this.#places = new Map(next.map(({ id }, place) => [id, place]));
    this.#state.set(next);
  };

  /** Looks again at one of many: somebody begins or stops speaking all the time. */
  #look(remote: RemoteParticipant): void {
    const fresh = this.#description.of(remote);
    const place = fresh && this.#places.get(fresh.id);
    const last = place === undefined ? undefined : this.#state.value[place];
    if (fresh === undefined || place === undefined || last === undefined) return this.refresh();
    if (this.#description.isSame(last, fresh)) return;
    const next = this.#state.value.slice();
    next[place] = fresh;
    this.#state.set(next);
  }

  #watch(participants: readonly RemoteParticipant[]): void {
    for (const participant of participants) {
      if (this.#watched.has(participant)) continue;
      const changed = () => this.#look(participant);
      participant.on('stateChanged', changed);
      participant.on('isMutedChanged', changed);
      participant.on('isSpeakingChanged', changed);
      participant.on('displayNameChanged', changed);
      participant.on('roleChanged', changed);
      this.#watched.set(participant, () => {
        participant.off('stateChanged', changed);
        participant.off('isMutedChanged', changed);
        participant.off('isSpeakingChanged', changed);
        participant.off('displayNameChanged', changed);
        participant.off('roleChanged', changed);
      });
    }
  }
}

/** Somebody in a voice call. */
export const inCall: Description<CallParticipant> = { of: toParticipant, isSame };

function toParticipant(remote: RemoteParticipant): CallParticipant {
  const id = rawIdOf(remote.identifier);
  const { displayName } = remote;
  return {
    id,
    ...(displayName !== undefined && displayName !== '' && { displayName }),
    status: participantStatusOf(remote.state),
    muted: remote.isMuted,
    speaking: remote.isSpeaking,
    providerRefs: { [refNameOf(id)]: id },
  };
}

function isSame(a: CallParticipant, b: CallParticipant): boolean {
  return a.displayName === b.displayName && a.status === b.status && a.muted === b.muted && a.speaking === b.speaking;
}
