import type {
  CallEndReason,
  EndpointDetails,
  ParticipantRole,
  RemoteParticipant,
  RemoteParticipantState,
  RemoteVideoStream,
} from '@azure/communication-calling';
import type { CommunicationIdentifierKind } from '@azure/communication-common';
import type { Cancel, Clock } from 'onescreen';
import type { EndFrame, MeetingFrame, RosterFrame } from '../calls/frames';
import { identifierOf } from './identifiers';
import { Listeners, type Later, type Listener } from './listeners';
import { officialRole } from './meeting-role';
import { ParticipantVideo, type IncomingPictures } from './participant-video';

/** Loudness, 0 to 1, from which somebody counts as speaking. */
const speakingFrom = 0.02;
/** How long a pause between words may be before somebody counts as silent, ms. */
const pauseMs = 600;

const states: Readonly<Record<RosterFrame['status'], RemoteParticipantState>> = {
  connecting: 'Connecting',
  ringing: 'Ringing',
  connected: 'Connected',
  hold: 'Hold',
  disconnected: 'Disconnected',
};

interface ParticipantEvents {
  stateChanged: undefined;
  isMutedChanged: undefined;
  displayNameChanged: undefined;
  roleChanged: undefined;
  isSpeakingChanged: undefined;
  videoStreamsUpdated: { added: RemoteVideoStream[]; removed: RemoteVideoStream[] };
}

export interface ParticipantOptions {
  readonly rawId: string;
  readonly clock: Clock;
  readonly later: Later;
  readonly mute: () => Promise<void>;
  readonly incoming: IncomingPictures;
}

/** Somebody else in a call. */
export class EmulatedParticipant implements RemoteParticipant {
  readonly identifier: CommunicationIdentifierKind;
  readonly rawId: string;
  readonly endpointDetails: EndpointDetails[];
  displayName?: string;
  callEndReason?: CallEndReason;
  readonly #options: ParticipantOptions;
  readonly #listeners: Listeners<ParticipantEvents>;
  readonly #video: ParticipantVideo;
  #state: RemoteParticipantState = 'Idle';
  #role: ParticipantRole = 'Unknown';
  #hand: number | undefined;
  #spotlighted = false;
  #muted = false;
  #speaking = false;
  #cancelSilence: Cancel | undefined;

  constructor(options: ParticipantOptions) {
    this.#options = options;
    this.rawId = options.rawId;
    this.identifier = identifierOf(options.rawId);
    this.endpointDetails = [{ participantId: options.rawId }];
    this.#listeners = new Listeners(options.later);
    this.#video = new ParticipantVideo({
      clock: options.clock,
      later: options.later,
      incoming: options.incoming,
      updated: (change) => this.#listeners.emit('videoStreamsUpdated', change),
    });
  }

  get state(): RemoteParticipantState {
    return this.#state;
  }

  get videoStreams(): readonly RemoteVideoStream[] {
    return this.#video.streams;
  }

  get role(): ParticipantRole {
    return this.#role;
  }

  /** For features: the place in the line of raised hands, from 1. */
  get hand(): number | undefined {
    return this.#hand;
  }

  /** For features. */
  get spotlighted(): boolean {
    return this.#spotlighted;
  }

  get isMuted(): boolean {
    return this.#muted;
  }

  get isSpeaking(): boolean {
    return this.#speaking;
  }

  mute(): Promise<void> {
    return this.#options.mute();
  }

  on(event: keyof ParticipantEvents, listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: keyof ParticipantEvents, listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  /** As the emulator has it; `pictures` are those of this participant. */
  apply(frame: RosterFrame, pictures: MeetingFrame['pictures'] = []): void {
    if (frame.displayName !== undefined && frame.displayName !== this.displayName) {
      this.displayName = frame.displayName;
      this.#listeners.emit('displayNameChanged', undefined);
    }
    if (frame.muted !== this.#muted) {
      this.#muted = frame.muted;
      this.#listeners.emit('isMutedChanged', undefined);
    }
    const role = officialRole(frame.role);
    if (role !== this.#role) {
      this.#role = role;
      this.#listeners.emit('roleChanged', undefined);
    }
    this.#hand = frame.hand;
    this.#spotlighted = frame.spotlighted ?? false;
    if (frame.status === 'disconnected') this.end(frame.end);
    else this.setState(states[frame.status]);
    if (this.#state !== 'Disconnected') this.#video.apply(frame, pictures);
  }

  setState(state: RemoteParticipantState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#listeners.emit('stateChanged', undefined);
  }

  end(reason?: EndFrame): void {
    if (this.#state === 'Disconnected') return;
    if (reason !== undefined) this.callEndReason = { code: reason.code, subCode: reason.subCode };
    this.#cancelSilence?.();
    this.#setSpeaking(false);
    this.#video.end();
    this.setState('Disconnected');
  }

  /** What it shows comes over another connection from now on. */
  moved(): void {
    this.#video.moved();
  }

  /** `loudness`: 0 to 1. */
  hear(loudness: number): void {
    if (this.#state === 'Disconnected') return;
    if (loudness >= speakingFrom) {
      this.#cancelSilence?.();
      this.#cancelSilence = undefined;
      this.#setSpeaking(true);
    } else if (this.#speaking) {
      this.#cancelSilence ??= this.#options.clock.schedule(pauseMs, () => {
        this.#cancelSilence = undefined;
        this.#setSpeaking(false);
      });
    }
  }

  #setSpeaking(speaking: boolean): void {
    if (speaking === this.#speaking) return;
    this.#speaking = speaking;
    this.#listeners.emit('isSpeakingChanged', undefined);
  }
}
