import type { CollectionUpdatedEvent, RemoteParticipant } from '@azure/communication-calling';
import { createLive, type CallParticipant, type Live } from 'onescreen';
import type { CallHandle } from './agent-handle';
import { participantStatusOf } from './call-status';
import { rawIdOf, refNameOf } from './identifiers';

/** Who else is in a call, by their raw ids; a participant that did not change keeps its identity. */
export class Roster {
  readonly #call: CallHandle['call'];
  readonly #state = createLive<readonly CallParticipant[]>([]);
  readonly #watched = new Map<RemoteParticipant, () => void>();

  constructor(call: CallHandle['call']) {
    this.#call = call;
    call.on('remoteParticipantsUpdated', this.#updated);
    this.#watch(call.remoteParticipants);
    this.#publish();
  }

  get live(): Live<readonly CallParticipant[]> {
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
    this.#publish();
  };

  readonly #publish = (): void => {
    const known = new Map(this.#state.value.map((participant) => [participant.id, participant]));
    const next = this.#call.remoteParticipants.map((remote) => {
      const fresh = toParticipant(remote);
      const last = known.get(fresh.id);
      return last !== undefined && isSame(last, fresh) ? last : fresh;
    });
    const same =
      next.length === this.#state.value.length && next.every((one, index) => one === this.#state.value[index]);
    if (!same) this.#state.set(next);
  };

  #watch(participants: readonly RemoteParticipant[]): void {
    for (const participant of participants) {
      if (this.#watched.has(participant)) continue;
      participant.on('stateChanged', this.#publish);
      participant.on('isMutedChanged', this.#publish);
      participant.on('isSpeakingChanged', this.#publish);
      participant.on('displayNameChanged', this.#publish);
      this.#watched.set(participant, () => {
        participant.off('stateChanged', this.#publish);
        participant.off('isMutedChanged', this.#publish);
        participant.off('isSpeakingChanged', this.#publish);
        participant.off('displayNameChanged', this.#publish);
      });
    }
  }
}

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
