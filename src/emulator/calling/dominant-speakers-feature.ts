import type {
  CallFeatureContext,
  DominantSpeakersCallFeature,
  DominantSpeakersInfo,
} from '@azure/communication-calling';
import type { EmulatedCall } from './call';
import { emulatedMeeting } from './emulated-call';
import { identifierOf } from './identifiers';
import { Listeners, type Listener } from './listeners';

/** Who speaks most in the meeting. */
export class EmulatedDominantSpeakers implements DominantSpeakersCallFeature {
  readonly name = 'DominantSpeakers';
  readonly #call: EmulatedCall;
  readonly #listeners: Listeners<{ dominantSpeakersChanged: undefined }>;
  readonly #unwatch: () => void;
  #rawIds: readonly string[];
  #since: number;

  constructor(context: CallFeatureContext) {
    this.#call = emulatedMeeting(context, this.name);
    this.#listeners = new Listeners(this.#call.later);
    this.#rawIds = this.#call.meeting.frame?.dominant ?? [];
    this.#since = this.#call.environment.clock.now();
    const update = () => this.#update();
    this.#unwatch = this.#call.watch({ changed: update, ended: update });
  }

  get dominantSpeakers(): DominantSpeakersInfo {
    return { speakersList: this.#rawIds.map(identifierOf), timestamp: new Date(this.#since) };
  }

  on(event: 'dominantSpeakersChanged', listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: 'dominantSpeakersChanged', listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  dispose(): void {
    this.#unwatch();
    this.#listeners.clear();
  }

  #update(): void {
    const now = this.#call.meeting.frame?.dominant ?? [];
    if (now.join('\n') === this.#rawIds.join('\n')) return;
    this.#rawIds = now;
    this.#since = this.#call.environment.clock.now();
    this.#listeners.emit('dominantSpeakersChanged', undefined);
  }
}
