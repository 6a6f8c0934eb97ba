import type * as official from '@azure/communication-calling';
import { isSdk, officialSdk, read, sdkLoader, type CallingSdk, type PublicOf } from '../calling-sdk';

type MeetingFeatures = Pick<
  typeof official.Features,
  'Capabilities' | 'Captions' | 'DominantSpeakers' | 'RaiseHand' | 'Spotlight'
>;

/**
 * The part of `@azure/communication-calling` (1.46.1 and later, 2.0.0 and later) that meetings use. The package itself
 * fits, and so does anything of the same public shape, such as `onescreen/emulator/calling`.
 */
export interface MeetingsSdk extends CallingSdk {
  readonly Features: CallingSdk['Features'] & MeetingFeatures;
  readonly LocalVideoStream: new (source: official.VideoDeviceInfo) => PublicOf<official.LocalVideoStream>;
  readonly VideoStreamRenderer: new (
    stream: official.LocalVideoStream | official.RemoteVideoStream,
  ) => Pick<PublicOf<official.VideoStreamRenderer>, 'createView' | 'dispose'>;
}

/** Where the calling package comes from: itself, or a function that brings it when a meeting is joined. */
export type MeetingsSource = MeetingsSdk | (() => Promise<MeetingsSdk>);

/** Loads the calling package once, with all that meetings need; after a failure, the next join tries again. */
export function meetingsLoader(source: MeetingsSource = officialSdk): () => Promise<MeetingsSdk> {
  return sdkLoader(source, isMeetingsSdk);
}

/** The camera's picture as the package wants it back; nothing else than its own class is one. */
export function cameraStream(sdk: MeetingsSdk, camera: official.VideoDeviceInfo): official.LocalVideoStream {
  const stream = new sdk.LocalVideoStream(camera);
  if (isStreamOf(sdk, stream)) return stream;
  throw new TypeError('the calling package made no picture');
}

function isStreamOf(
  sdk: MeetingsSdk,
  stream: PublicOf<official.LocalVideoStream>,
): stream is official.LocalVideoStream {
  return stream instanceof sdk.LocalVideoStream;
}

function isMeetingsSdk(value: unknown): value is MeetingsSdk {
  return (
    isSdk(value) &&
    typeof read(value, 'LocalVideoStream') === 'function' &&
    typeof read(value, 'VideoStreamRenderer') === 'function' &&
    read(value.Features, 'Capabilities') !== undefined
  );
}
