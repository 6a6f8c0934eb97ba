import type { Lobby, LocalVideoStream, ParticipantRole } from '@azure/communication-calling';
import { notSupported } from './calling-error';
import { noLobby } from './no-lobby';

/** What an official call has beside its audio. The emulator leaves it out. */
export abstract class AudioCall {
  readonly lobby: Lobby = noLobby;
  readonly role: ParticipantRole = 'Unknown';
  readonly isScreenSharingOn = false;
  readonly isLocalVideoStarted = false;
  readonly localVideoStreams: readonly LocalVideoStream[] = [];

  async startAudio(): Promise<void> {
    throw notSupported('Another audio stream during a call');
  }

  async startVideo(): Promise<void> {
    throw notSupported('Video');
  }

  async stopVideo(): Promise<void> {
    throw notSupported('Video');
  }

  async startScreenSharing(): Promise<void> {
    throw notSupported('Screen sharing');
  }

  async stopScreenSharing(): Promise<void> {
    throw notSupported('Screen sharing');
  }

  async setConstraints(): Promise<void> {
    throw notSupported('Video');
  }
}
