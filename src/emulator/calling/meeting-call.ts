import type { Lobby, LocalVideoStream, ParticipantRole } from '@azure/communication-calling';
import type { CallMeeting } from './call-meeting';
import type { CallPictures } from './call-pictures';
import { notSupported } from './calling-error';

/** What an official call has beside its sound. Only meetings have it in the emulator; other calls refuse it. */
export abstract class MeetingCall {
  /** For features. */
  abstract readonly meeting: CallMeeting;
  protected abstract readonly pictures: CallPictures;

  get lobby(): Lobby {
    return this.meeting.lobby;
  }

  get role(): ParticipantRole {
    return this.meeting.role;
  }

  get isLocalVideoStarted(): boolean {
    return this.pictures.camera !== undefined;
  }

  get isScreenSharingOn(): boolean {
    return this.pictures.screen !== undefined;
  }

  /** Those that are sent: the camera and the screen. */
  get localVideoStreams(): readonly LocalVideoStream[] {
    return this.pictures.streams;
  }

  startVideo(stream: LocalVideoStream): Promise<void> {
    return this.pictures.startVideo(stream);
  }

  stopVideo(stream: LocalVideoStream): Promise<void> {
    return this.pictures.stopVideo(stream);
  }

  /** Without a stream the browser asks which screen, window or tab. */
  startScreenSharing(stream?: LocalVideoStream): Promise<void> {
    return this.pictures.startSharing(stream);
  }

  stopScreenSharing(): Promise<void> {
    return this.pictures.stopSharing();
  }

  async startAudio(): Promise<void> {
    throw notSupported('Another audio stream during a call');
  }

  async setConstraints(): Promise<void> {
    throw notSupported('Video constraints');
  }
}
