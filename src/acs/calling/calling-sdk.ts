import type * as official from '@azure/communication-calling';
import { ContactCenterError } from 'onescreen';

/** The public members of a class of the calling package: what another class can have as well. */
export type PublicOf<T> = Pick<T, keyof T>;

/**
 * The part of `@azure/communication-calling` (1.46.1 and later, 2.0.0 and later) that is used here. The package itself
 * fits, and so does anything of the same public shape, such as `onescreen/emulator/calling`.
 */
export interface CallingSdk {
  readonly CallClient: new (options?: official.CallClientOptions) => PublicOf<official.CallClient>;
  readonly Features: Pick<
    typeof official.Features,
    'DebugInfo' | 'MediaStats' | 'Recording' | 'Transcription' | 'Transfer' | 'UserFacingDiagnostics'
  >;
  readonly LocalAudioStream: new (
    source: official.AudioDeviceInfo,
  ) => Pick<PublicOf<official.LocalAudioStream>, 'getVolume' | 'dispose'>;
}

export type OfficialClient = InstanceType<CallingSdk['CallClient']>;

/** Where the calling package comes from: itself, or a function that brings it when it is first needed. */
export type CallingSource = CallingSdk | (() => Promise<CallingSdk>);

/** Loads the calling package once; after a failure, the next call tries again. */
export function callingLoader(source: CallingSource = officialSdk): () => Promise<CallingSdk> {
  return sdkLoader(source, isSdk);
}

/** As `callingLoader`, of whatever part of the package `isSdk` knows. */
export function sdkLoader<Sdk extends object>(
  source: Sdk | (() => Promise<Sdk>),
  isSdk: (value: unknown) => value is Sdk,
): () => Promise<Sdk> {
  if (typeof source !== 'function') return () => Promise.resolve(source);
  let loading: Promise<Sdk> | undefined;
  return () => {
    loading ??= source()
      .then((module) => unwrap(module, isSdk))
      .catch((error: unknown) => {
        loading = undefined;
        throw new ContactCenterError(
          'provider/missing',
          'unable to load the calling package; install @azure/communication-calling and @azure/communication-common beside onescreen',
          { retryable: true, cause: error },
        );
      });
    return loading;
  };
}

/** The one place where the calling package is imported. */
export function officialSdk(): Promise<typeof official> {
  return import('@azure/communication-calling');
}

/** Bundlers and Node disagree on what the namespace of a CommonJS module holds: its exports, or them as `default`. */
function unwrap<Sdk>(module: Sdk, isSdk: (value: unknown) => value is Sdk): Sdk {
  for (const candidate of [module, read(module, 'default'), read(read(module, 'default'), 'default')]) {
    if (isSdk(candidate)) return candidate;
  }
  throw new TypeError('the module has no CallClient');
}

export function isSdk(value: unknown): value is CallingSdk {
  return typeof read(value, 'CallClient') === 'function' && read(value, 'Features') !== undefined;
}

/** A member of a module or of whatever it is. */
export function read(value: unknown, key: string): unknown {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
    ? Reflect.get(value, key)
    : undefined;
}
