import type { CallDirection, CallFeatureContext, CallKind, CallerInfo } from '@azure/communication-calling';
import type { EmulatedLocalAudioStream } from './audio-stream';
import type { EmulatedCall } from './call';
import type { EmulatedCallingEnvironment } from './calling-environment';
import type { EmulatedDeviceManager } from './device-manager';
import type { Later } from './listeners';
import type { EmulatedLocalVideoStream } from './local-video-stream';
import type { MeetingPlace } from './meeting-locator';
import type { Signalling } from './signalling';

/** What a call is made of. */
export interface CallOptions {
  readonly id: string;
  readonly kind: CallKind;
  readonly direction: CallDirection;
  readonly callerInfo: CallerInfo;
  readonly muted: boolean;
  readonly threadId: string | undefined;
  readonly microphone: EmulatedLocalAudioStream;
  /** Where to join; left out: it is no meeting. */
  readonly meeting?: MeetingPlace;
  /** Sent from the moment this side is let in. */
  readonly camera?: EmulatedLocalVideoStream | undefined;
  readonly environment: EmulatedCallingEnvironment;
  readonly later: Later;
  readonly devices: EmulatedDeviceManager;
  readonly signalling: Signalling;
  readonly callAgent: () => CallFeatureContext['callAgent'];
  /** Told once, when it has ended; `owed` when the emulator may not know yet. */
  readonly onEnd: (call: EmulatedCall, owed: boolean) => void;
}
