import type {
  AudioEffectsFeature,
  CallClientFeatureContext,
  DebugInfoCallClientFeature,
  EnvironmentInfo,
  Features,
  VideoEffectsFeature,
  AudioStreamFeatureFactory,
  VideoStreamFeatureFactory,
} from '@azure/communication-calling';
import { EmulatedCallClient } from './call-client';
import { notSupported } from './calling-error';
import { EmulatedCapabilities } from './capabilities-feature';
import { EmulatedCaptionsFeature } from './captions-feature';
import { EmulatedDiagnostics } from './diagnostics-feature';
import { EmulatedDominantSpeakers } from './dominant-speakers-feature';
import { EmulatedMediaStats } from './media-stats-feature';
import { missingFeature } from './official';
import { EmulatedRaiseHand } from './raise-hand-feature';
import { EmulatedRecording, EmulatedTranscription } from './recording-features';
import { EmulatedSpotlight } from './spotlight-feature';
import { EmulatedTransferFeature } from './transfer-feature';

/** What the browser is. The emulator supports every one that has WebRTC. */
class EmulatedDebugInfo implements DebugInfoCallClientFeature {
  readonly name = 'DebugInfo';
  readonly isCallClientActiveInAnotherTab = false;
  readonly #client: unknown;

  constructor(context: CallClientFeatureContext) {
    this.#client = context.callClient;
  }

  async getEnvironmentInfo(): Promise<EnvironmentInfo> {
    if (!(this.#client instanceof EmulatedCallClient)) throw notSupported("A feature of another package's client");
    const { platform, name, version } = this.#client.environment.browser;
    return {
      environment: { platform, browser: name, browserVersion: version },
      isSupportedPlatform: true,
      isSupportedBrowser: true,
      isSupportedBrowserVersion: true,
      isSupportedEnvironment: true,
    };
  }

  on(): void {}

  off(): void {}

  dispose(): void {}
}

// The two factories of stream features construct nothing either: streams refuse all features.
const audioEffects = missingFeature('AudioEffects') as unknown as AudioStreamFeatureFactory<AudioEffectsFeature>;
const videoEffects = missingFeature('VideoEffects') as unknown as VideoStreamFeatureFactory<VideoEffectsFeature>;

/** The features of a contact center's voice and of its meetings, some of them in meetings only; to ask for another throws "not supported". */
export const emulatedFeatures: typeof Features = {
  Recording: { callApiCtor: EmulatedRecording },
  Transcription: { callApiCtor: EmulatedTranscription },
  Transfer: { callApiCtor: EmulatedTransferFeature },
  UserFacingDiagnostics: { callApiCtor: EmulatedDiagnostics },
  MediaStats: { callApiCtor: EmulatedMediaStats },
  DebugInfo: { callClientApiCtor: EmulatedDebugInfo },
  Captions: { callApiCtor: EmulatedCaptionsFeature },
  RaiseHand: { callApiCtor: EmulatedRaiseHand },
  Reaction: missingFeature('Reaction'),
  Spotlight: { callApiCtor: EmulatedSpotlight },
  PPTLive: missingFeature('PPTLive'),
  BreakoutRooms: missingFeature('BreakoutRooms'),
  Capabilities: { callApiCtor: EmulatedCapabilities },
  DominantSpeakers: { callApiCtor: EmulatedDominantSpeakers },
  CallSurvey: missingFeature('CallSurvey'),
  DataChannel: missingFeature('DataChannel'),
  OptimalVideoCount: missingFeature('OptimalVideoCount'),
  TeamsMeetingAudioConferencing: missingFeature('TeamsMeetingAudioConferencing'),
  TogetherMode: missingFeature('TogetherMode'),
  MediaAccess: missingFeature('MediaAccess'),
  RealTimeText: missingFeature('RealTimeText'),
  VideoEffects: videoEffects,
  AudioEffects: audioEffects,
};
