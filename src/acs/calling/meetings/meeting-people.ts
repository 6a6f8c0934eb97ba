import type {
  CollectionUpdatedEvent,
  DominantSpeakersCallFeature,
  RaiseHandCallFeature,
  RemoteParticipant,
  SpotlightCallFeature,
  SpotlightedParticipant,
} from '@azure/communication-calling';
import type { MeetingParticipant } from 'onescreen';
import type { CallHandle } from '../agent-handle';
import { participantStatusOf } from '../call-status';
import { rawIdOf, rawIdOfPlain, refNameOf } from '../identifiers';
import { Roster } from '../roster';
import { roleOf } from './meeting-role';
import type { MeetingsSdk } from './meetings-sdk';

/** What features of a meeting say of its people; one that is not there says nothing. */
interface PeopleFeatures {
  readonly hands: RaiseHandCallFeature | undefined;
  readonly spotlight: SpotlightCallFeature | undefined;
  readonly speakers: DominantSpeakersCallFeature | undefined;
}

/** Everybody else in a meeting, with roles, raised hands, spotlights and the one who speaks most. */
export class MeetingPeople {
  readonly features: PeopleFeatures;
  readonly #roster: Roster<MeetingParticipant>;
  readonly #unhook: () => void;
  /** Whom the features have said something of. */
  #marked: readonly string[] = [];

  /** `changed`: something about oneself may have, too. */
  constructor(call: CallHandle['call'], features: MeetingsSdk['Features'], changed: () => void) {
    const hands = optional(() => call.feature(features.RaiseHand));
    const spotlight = optional(() => call.feature(features.Spotlight));
    const speakers = optional(() => call.feature(features.DominantSpeakers));
    this.features = { hands, spotlight, speakers };
    this.#roster = new Roster(call, { of: (remote, last) => this.#describe(remote, last), isSame });
    const refresh = () => {
      const before = this.#marked;
      this.#marked = this.#namedByFeatures();
      this.#roster.look([...before, ...this.#marked]);
      changed();
    };
    this.#marked = this.#namedByFeatures();
    const spotlit: CollectionUpdatedEvent<SpotlightedParticipant> = refresh;
    hands?.on('raisedHandEvent', refresh);
    hands?.on('loweredHandEvent', refresh);
    spotlight?.on('spotlightChanged', spotlit);
    speakers?.on('dominantSpeakersChanged', refresh);
    this.#unhook = () => {
      hands?.off('raisedHandEvent', refresh);
      hands?.off('loweredHandEvent', refresh);
      spotlight?.off('spotlightChanged', spotlit);
      speakers?.off('dominantSpeakersChanged', refresh);
    };
  }

  get live(): Roster<MeetingParticipant>['live'] {
    return this.#roster.live;
  }

  find(participantId: string): RemoteParticipant | undefined {
    return this.#roster.find(participantId);
  }

  /** Place of somebody's raised hand, from 1; undefined: it is not raised. */
  handOf(rawId: string): number | undefined {
    const { hands } = this.features;
    return hands?.getRaisedHands().find(({ identifier }) => rawIdOfPlain(identifier) === rawId)?.order;
  }

  close(): void {
    this.#unhook();
    this.#roster.close();
  }

  #namedByFeatures(): readonly string[] {
    const { hands, spotlight, speakers } = this.features;
    const loudest = speakers?.dominantSpeakers?.speakersList[0];
    return [
      ...[...(hands?.getRaisedHands() ?? []), ...(spotlight?.getSpotlightedParticipants() ?? [])].map(
        ({ identifier }) => rawIdOfPlain(identifier),
      ),
      ...(loudest === undefined ? [] : [rawIdOf(loudest)]),
    ];
  }

  #describe(remote: RemoteParticipant, last: MeetingParticipant | undefined): MeetingParticipant | undefined {
    const status = participantStatusOf(remote.state);
    // Who waits in the lobby is not in; who is idle is not on the way either.
    if (status === 'gone' || remote.state === 'InLobby' || remote.state === 'Idle') return undefined;
    const id = rawIdOf(remote.identifier);
    const { displayName } = remote;
    const { spotlight, speakers } = this.features;
    const handRaised = this.handOf(id);
    const loudest = speakers?.dominantSpeakers?.speakersList[0];
    return {
      id,
      ...(displayName !== undefined && displayName !== '' && { displayName }),
      status,
      role: roleOf(remote.role),
      muted: remote.isMuted,
      speaking: remote.isSpeaking,
      ...(handRaised !== undefined && { handRaised }),
      spotlighted:
        spotlight?.getSpotlightedParticipants().some(({ identifier }) => rawIdOfPlain(identifier) === id) ?? false,
      dominant: loudest !== undefined && rawIdOf(loudest) === id,
      providerRefs: last?.providerRefs ?? { [refNameOf(id)]: id },
    };
  }
}

/** Asking for a feature throws where the service or an older package has none. */
export function optional<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

function isSame(a: MeetingParticipant, b: MeetingParticipant): boolean {
  return (
    a.displayName === b.displayName &&
    a.status === b.status &&
    a.role === b.role &&
    a.muted === b.muted &&
    a.speaking === b.speaking &&
    a.handRaised === b.handRaised &&
    a.spotlighted === b.spotlighted &&
    a.dominant === b.dominant
  );
}
