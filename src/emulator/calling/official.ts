import type {
  CallAgentKind,
  CallFeature,
  CallFeatureFactory,
  CallKind,
  DiagnosticQuality,
  IncomingCallKind,
  LocalAudioStream,
  LocalVideoStream,
  RecordingInfo,
  VideoStreamRenderer,
} from '@azure/communication-calling';
import type { EmulatedLocalAudioStream } from './audio-stream';
import { notSupported } from './calling-error';
import type { EmulatedLocalVideoStream } from './local-video-stream';
import type { EmulatedVideoRenderer } from './video-renderer';

/* eslint-disable @typescript-eslint/no-unsafe-enum-assignment -- the official module must not be loaded for its enums */
/** The official package's enums by their values. */
export const kinds = {
  callAgent: 'CallAgent' as CallAgentKind,
  teamsCallAgent: 'TeamsCallAgent' as CallAgentKind,
  call: 'Call' as CallKind,
  teamsCall: 'TeamsCall' as CallKind,
  incomingCall: 'IncomingCall' as IncomingCallKind,
  teamsIncomingCall: 'TeamsIncomingCall' as IncomingCallKind,
};

type RecordingState = RecordingInfo['state'];

export const recordingStates: Readonly<Record<'started' | 'ended', RecordingState>> = { started: 1, ended: 3 };

export const quality: Readonly<Record<'good' | 'poor' | 'bad', DiagnosticQuality>> = { good: 1, poor: 2, bad: 3 };
/* eslint-enable @typescript-eslint/no-unsafe-enum-assignment */

/** The public members of a class of the official package. */
export type Public<T> = { readonly [Key in keyof T]: T[Key] };

/**
 * A stream as the official type. The official class has private fields, so that no other class can be of its type;
 * the parameter has the compiler compare the public members.
 */
export function officialStream(stream: EmulatedLocalAudioStream & Public<LocalAudioStream>): LocalAudioStream {
  return stream as unknown as LocalAudioStream;
}

/** Likewise for a stream of video. */
export function officialVideo(stream: EmulatedLocalVideoStream & Public<LocalVideoStream>): LocalVideoStream {
  return stream as unknown as LocalVideoStream;
}

/** Likewise for a renderer's class. */
export function officialRenderer(
  renderer: new (
    ...args: ConstructorParameters<typeof VideoStreamRenderer>
  ) => EmulatedVideoRenderer & Public<VideoStreamRenderer>,
): typeof VideoStreamRenderer {
  return renderer as unknown as typeof VideoStreamRenderer;
}

/** Our stream behind an official type; undefined for one of the real package. */
export function ownStream<Own extends object>(stream: unknown, own: new (...args: never) => Own): Own | undefined {
  return stream instanceof own ? stream : undefined;
}

/** A feature that the emulator leaves out: asking for it throws, as it does where the service leaves it out. */
export function missingFeature<Feature extends CallFeature>(name: string): CallFeatureFactory<Feature> {
  // It never constructs anything, so that it may claim to construct all. An arrow function could not be constructed.
  const refuse: unknown = function () {
    throw notSupported(`The feature ${name}`);
  };
  return { callApiCtor: refuse as new () => Feature };
}
