import type { CollectionUpdatedEvent, RemoteParticipant } from '@azure/communication-calling';
import { createLive, type CallParticipant, type Live } from 'onescreen';
import { ChunkedPeople } from 'onescreen/voice';
import type { CallHandle } from './agent-handle';
import { participantStatusOf } from './call-status';
import { rawIdOf, refNameOf } from './identifiers';

/** How somebody in a call is described. */
export interface Description<P> {
  /** Undefined: they do not count. What cannot have changed is taken from how they were described last. */
  of(remote: RemoteParticipant, last: P | undefined): P | undefined;
  isSame(a: P, b: P): boolean;
}

/** Who else is in a call, by their raw ids; a participant that did not change keeps its identity. */
export class Roster<P extends { readonly id: string } = CallParticipant> {
  readonly #call: CallHandle['call'];
  readonly #description: Description<P>;
  readonly #state = createLive(ChunkedPeople.of<P>([]));
  readonly #watched = new Map<RemoteParticipant, () => void>();
  /** By raw id. */
  readonly #remotes = new Map<string, RemoteParticipant>();

  constructor(call: CallHandle['call'], description: Description<P>) {
    this.#call = call;
    this.#description = description;
    call.on('remoteParticipantsUpdated', this.#updated);
    this.#updated({ added: [...call.remoteParticipants], removed: [] });
  }

  get live(): Live<ChunkedPeople<P>> {
    return this.#state.live;
  }

  find(id: string): RemoteParticipant | undefined {
    return this.#remotes.get(id);
  }

  close(): void {
    this.#call.off('remoteParticipantsUpdated', this.#updated);
    for (const unwatch of this.#watched.values()) unwatch();
    this.#watched.clear();
    this.#remotes.clear();
    this.#state.complete();
  }

  /** Looks again at some: what the description takes from elsewhere may have changed. */
  look(ids: Iterable<string>): void {
    let people = this.#state.value;
    for (const id of ids) people = this.#described(people, id, this.#remotes.get(id));
    this.#state.set(people);
  }

  readonly #updated: CollectionUpdatedEvent<RemoteParticipant> = ({ added, removed }) => {
    for (const participant of removed) {
      this.#watched.get(participant)?.();
      this.#watched.delete(participant);
      const id = rawIdOf(participant.identifier);
      // Who comes back does so as another object, which may be told of first.
      if (this.#remotes.get(id) === participant) this.#remotes.delete(id);
    }
    for (const participant of added) this.#watch(participant);
    this.look([...removed, ...added].map(({ identifier }) => rawIdOf(identifier)));
  };

  #described(people: ChunkedPeople<P>, id: string, remote: RemoteParticipant | undefined): ChunkedPeople<P> {
    return people.update(id, (last) => {
      const fresh = remote && this.#description.of(remote, last);
      return fresh !== undefined && last !== undefined && this.#description.isSame(last, fresh) ? last : fresh;
    });
  }

  #watch(participant: RemoteParticipant): void {
    const id = rawIdOf(participant.identifier);
    this.#remotes.set(id, participant);
    if (this.#watched.has(participant)) return;
    const changed = () => this.#state.set(this.#described(this.#state.value, id, participant));
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

/** Somebody in a voice call. */
export const inCall: Description<CallParticipant> = { of: toParticipant, isSame };

function toParticipant(remote: RemoteParticipant, last: CallParticipant | undefined): CallParticipant {
  const id = last?.id ?? rawIdOf(remote.identifier);
  const { displayName } = remote;
  return {
    id,
    ...(displayName !== undefined && displayName !== '' && { displayName }),
    status: participantStatusOf(remote.state),
    muted: remote.isMuted,
    speaking: remote.isSpeaking,
    providerRefs: last?.providerRefs ?? { [refNameOf(id)]: id },
  };
}

function isSame(a: CallParticipant, b: CallParticipant): boolean {
  return a.displayName === b.displayName && a.status === b.status && a.muted === b.muted && a.speaking === b.speaking;
}
