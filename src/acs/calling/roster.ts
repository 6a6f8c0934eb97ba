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
    if (!same) this.#state.set(next);
  };

  #watch(participants: readonly RemoteParticipant[]): void {
    for (const participant of participants) {
      if (this.#watched.has(participant)) continue;
      participant.on('stateChanged', this.refresh);
      participant.on('isMutedChanged', this.refresh);
      participant.on('isSpeakingChanged', this.refresh);
      participant.on('displayNameChanged', this.refresh);
      participant.on('roleChanged', this.refresh);
      this.#watched.set(participant, () => {
        participant.off('stateChanged', this.refresh);
        participant.off('isMutedChanged', this.refresh);
        participant.off('isSpeakingChanged', this.refresh);
        participant.off('displayNameChanged', this.refresh);
        participant.off('roleChanged', this.refresh);
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
