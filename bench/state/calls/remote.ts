import { EventEmitter } from 'node:events';

/** Somebody in a call, in the shape of the calling package, with the little that is looked at. */
export class Remote extends EventEmitter {
  readonly identifier: { readonly kind: 'communicationUser'; readonly communicationUserId: string };
  readonly displayName: string;
  readonly state = 'Connected';
  readonly isMuted = false;
  readonly videoStreams = [];
  isSpeaking = false;

  constructor(index: number) {
    super();
    this.identifier = { kind: 'communicationUser', communicationUserId: `8:acs:${index}` };
    this.displayName = `Participant ${index}`;
  }

  speak(speaking: boolean): void {
    this.isSpeaking = speaking;
    this.emit('isSpeakingChanged');
  }
}

export function remotes(participants: number): readonly Remote[] {
  return Array.from({ length: participants }, (_, index) => new Remote(index));
}
