import type { CallFeatureContext, SpotlightCallFeature, SpotlightedParticipant } from '@azure/communication-calling';
import type { CommunicationIdentifier } from '@azure/communication-common';
import type { EmulatedCall } from './call';
import { emulatedMeeting } from './emulated-call';
import { identifierOf, rawIdOf } from './identifiers';
import { Listeners, type Listener } from './listeners';

interface SpotlightEvents {
  spotlightChanged: { added: SpotlightedParticipant[]; removed: SpotlightedParticipant[] };
}

/** Who is shown large to everybody, oneself included, in the order in which that began. */
export class EmulatedSpotlight implements SpotlightCallFeature {
  readonly name = 'Spotlight';
  /** Source: azure-docs, communication-services/how-tos/calling-sdk/spotlight.md. */
  readonly maxParticipantsToSpotlight = 7;
  readonly #call: EmulatedCall;
  readonly #listeners: Listeners<SpotlightEvents>;
  readonly #unwatch: () => void;
  #spotlighted: readonly string[];

  constructor(context: CallFeatureContext) {
    this.#call = emulatedMeeting(context, this.name);
    this.#listeners = new Listeners(this.#call.later);
    this.#spotlighted = spotlightedIn(this.#call);
    const update = () => this.#update();
    this.#unwatch = this.#call.watch({ changed: update, ended: update });
  }

  async startSpotlight(participants?: readonly CommunicationIdentifier[]): Promise<void> {
    await this.#ask(this.#targets(participants), true);
  }

  async stopSpotlight(participants?: readonly CommunicationIdentifier[]): Promise<void> {
    await this.#ask(this.#targets(participants), false);
  }

  async stopAllSpotlight(): Promise<void> {
    await this.#ask(this.#spotlighted, false);
  }

  getSpotlightedParticipants(): SpotlightedParticipant[] {
    return this.#spotlighted.map((rawId, index) => ({ identifier: identifierOf(rawId), order: index + 1 }));
  }

  on(event: 'spotlightChanged', listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: 'spotlightChanged', listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  dispose(): void {
    this.#unwatch();
    this.#listeners.clear();
  }

  /** Nobody named: oneself. */
  #targets(participants: readonly CommunicationIdentifier[] | undefined): readonly string[] {
    return participants?.map(rawIdOf) ?? [this.#call.ownRawId];
  }

  async #ask(targets: readonly string[], on: boolean): Promise<void> {
    if (targets.length > 0) await this.#call.meeting.ask({ type: 'spotlight', targets, on });
  }

  #update(): void {
    const before = this.getSpotlightedParticipants();
    const known = new Set(this.#spotlighted);
    const now = spotlightedIn(this.#call);
    const named = new Set(now);
    this.#spotlighted = [
      ...this.#spotlighted.filter((rawId) => named.has(rawId)),
      ...now.filter((rawId) => !known.has(rawId)),
    ];
    const added = this.getSpotlightedParticipants().filter(({ identifier }) => !known.has(rawIdOf(identifier)));
    const removed = before.filter(({ identifier }) => !named.has(rawIdOf(identifier)));
    if (added.length > 0 || removed.length > 0) this.#listeners.emit('spotlightChanged', { added, removed });
  }
}

function spotlightedIn({ ownRawId, meeting, remoteParticipants }: EmulatedCall): readonly string[] {
  const own = { rawId: ownRawId, spotlighted: meeting.frame?.spotlighted ?? false };
  return [own, ...remoteParticipants].filter(({ spotlighted }) => spotlighted).map(({ rawId }) => rawId);
}
