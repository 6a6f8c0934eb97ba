import type {
  CallFeatureContext,
  RaisedHand,
  RaisedHandChangedEvent,
  RaiseHandCallFeature,
} from '@azure/communication-calling';
import type { EmulatedCall } from './call';
import { emulatedMeeting } from './emulated-call';
import { identifierOf, rawIdOf } from './identifiers';
import { Listeners, type Listener } from './listeners';

interface HandEvents {
  raisedHandEvent: RaisedHandChangedEvent;
  loweredHandEvent: RaisedHandChangedEvent;
}

/** Whose hands are raised, in the order in which they were, one's own included. */
export class EmulatedRaiseHand implements RaiseHandCallFeature {
  readonly name = 'RaiseHand';
  readonly #call: EmulatedCall;
  readonly #listeners: Listeners<HandEvents>;
  readonly #unwatch: () => void;
  #hands: readonly RaisedHand[];

  constructor(context: CallFeatureContext) {
    this.#call = emulatedMeeting(context, this.name);
    this.#listeners = new Listeners(this.#call.later);
    this.#hands = handsIn(this.#call);
    const update = () => this.#update();
    this.#unwatch = this.#call.watch({ changed: update, ended: update });
  }

  async raiseHand(): Promise<void> {
    await this.#call.meeting.ask({ type: 'raise-hand', raised: true });
  }

  async lowerHand(): Promise<void> {
    await this.#call.meeting.ask({ type: 'raise-hand', raised: false });
  }

  async lowerHands(identifiers: RaisedHand['identifier'][]): Promise<void> {
    await this.#lower(identifiers);
  }

  async lowerAllHands(): Promise<void> {
    await this.#lower(this.#hands.map(({ identifier }) => identifier));
  }

  getRaisedHands(): RaisedHand[] {
    return [...this.#hands];
  }

  on(event: keyof HandEvents, listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: keyof HandEvents, listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  dispose(): void {
    this.#unwatch();
    this.#listeners.clear();
  }

  async #lower(identifiers: readonly RaisedHand['identifier'][]): Promise<void> {
    if (identifiers.length === 0) return;
    await this.#call.meeting.ask({ type: 'lower-hands', targets: identifiers.map(rawIdOf) });
  }

  #update(): void {
    const before = this.#hands;
    const now = (this.#hands = handsIn(this.#call));
    const gone = without(before, now);
    for (const { identifier } of without(now, before)) this.#listeners.emit('raisedHandEvent', { identifier });
    for (const { identifier } of gone) this.#listeners.emit('loweredHandEvent', { identifier });
  }
}

function without(all: readonly RaisedHand[], others: readonly RaisedHand[]): readonly RaisedHand[] {
  const known = new Set(others.map(({ identifier }) => rawIdOf(identifier)));
  return all.filter(({ identifier }) => !known.has(rawIdOf(identifier)));
}

function handsIn({ ownRawId, meeting, remoteParticipants }: EmulatedCall): readonly RaisedHand[] {
  const own = { rawId: ownRawId, hand: meeting.frame?.hand };
  return [own, ...remoteParticipants]
    .flatMap(({ rawId, hand }): readonly RaisedHand[] => {
      const identifier = identifierOf(rawId);
      // Phones have no hands, as the official types have it.
      const able = identifier.kind === 'communicationUser' || identifier.kind === 'microsoftTeamsUser';
      return hand !== undefined && able ? [{ identifier, order: hand }] : [];
    })
    .sort((one, other) => one.order - other.order);
}
