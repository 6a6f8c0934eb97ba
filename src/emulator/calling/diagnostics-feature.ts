import type {
  CallFeatureContext,
  DiagnosticQuality,
  LatestDiagnosticValue,
  MediaDiagnostics,
  MediaDiagnosticType,
  NetworkDiagnostics,
  NetworkDiagnosticType,
  RemoteDiagnostics,
  UserFacingDiagnosticsFeature,
} from '@azure/communication-calling';
import type { Cancel } from 'onescreen';
import type { EmulatedCall } from './call';
import { Listeners, type Later, type Listener } from './listeners';
import { quality } from './official';
import { emulatedCall } from './emulated-call';
import { sampleStats, type StatsSample } from './stats-sampler';

/** From where on a connection is poor (Microsoft's optimize-latency guide) and bad (ten times the loss, else about twice). */
const limits = {
  poor: { roundTripMs: 500, jitterMs: 30, loss: 0.001 },
  bad: { roundTripMs: 1000, jitterMs: 100, loss: 0.05 },
} as const;

/** Loudness of the microphone, 0 to 1, from which somebody speaks, and how often that is looked at, ms. */
const speakingFrom = 0.03;
const listenEveryMs = 500;

/** `microphoneNotMuteButSilent` exists from 2.0.0 on; older types do not name it. */
type MediaName = MediaDiagnosticType | 'microphoneNotMuteButSilent';
/** Samples of silence, of 500 ms each, before an open microphone counts as silent. */
const silentSamples = 10;
const silentBelow = 0.001;

class Diagnostics<Name extends string> {
  readonly #latest = new Map<Name, LatestDiagnosticValue>();
  readonly #listeners: Listeners<{ diagnosticChanged: LatestDiagnosticValue & { readonly diagnostic: Name } }>;

  constructor(later: Later, watched: (count: number) => void) {
    this.#listeners = new Listeners(later, (_, count) => watched(count));
  }

  getLatest(): Record<string, LatestDiagnosticValue> {
    return Object.fromEntries(this.#latest);
  }

  on(event: 'diagnosticChanged', listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: 'diagnosticChanged', listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  /** Flags and qualities begin as false and good: that is no news. */
  set(diagnostic: Name, value: boolean | DiagnosticQuality): void {
    const before = this.#latest.get(diagnostic)?.value ?? (typeof value === 'boolean' ? false : quality.good);
    if (before === value) return;
    const valueType = typeof value === 'boolean' ? 'DiagnosticFlag' : 'DiagnosticQuality';
    this.#latest.set(diagnostic, { value, valueType });
    this.#listeners.emit('diagnosticChanged', { diagnostic, value, valueType });
  }

  close(): void {
    this.#listeners.clear();
  }
}

/** What stands between a person and a good call. Network quality and loudness are looked at only while somebody listens. */
export class EmulatedDiagnostics implements UserFacingDiagnosticsFeature {
  readonly name = 'UserFacingDiagnostics';
  readonly network: NetworkDiagnostics;
  readonly media: MediaDiagnostics;
  readonly remote: RemoteDiagnostics = noRemote;
  readonly #call: EmulatedCall;
  readonly #networkFacts: Diagnostics<NetworkDiagnosticType>;
  readonly #mediaFacts: Diagnostics<MediaName>;
  readonly #unwatch: () => void;
  #stopSampling: Cancel | undefined;
  #stopListening: Cancel | undefined;
  #silence = 0;

  constructor(context: CallFeatureContext) {
    const call = (this.#call = emulatedCall(context));
    this.#networkFacts = new Diagnostics(call.later, (count) => this.#sample(count > 0));
    this.#mediaFacts = new Diagnostics(call.later, (count) => this.#listen(count > 0));
    this.network = this.#networkFacts;
    this.media = this.#mediaFacts;
    this.#unwatch = call.watch({ changed: () => this.#update(), ended: () => this.#stop() });
    this.#update();
  }

  dispose(): void {
    this.#unwatch();
    this.#stop();
    this.#networkFacts.close();
    this.#mediaFacts.close();
  }

  #stop(): void {
    this.#sample(false);
    this.#listen(false);
  }

  #update(): void {
    const call = this.#call;
    this.#networkFacts.set('networkReconnect', call.fact('connectionLost') ? quality.poor : quality.good);
    this.#networkFacts.set('noNetwork', call.state === 'None' && !call.online);
    this.#mediaFacts.set('microphonePermissionDenied', call.fact('microphonePermissionDenied'));
    this.#mediaFacts.set('noMicrophoneDevicesEnumerated', call.fact('noMicrophone'));
    this.#mediaFacts.set('microphoneNotFunctioning', call.fact('microphoneNotFunctioning'));
    this.#mediaFacts.set('microphoneMuteUnexpectedly', call.fact('microphoneSilenced'));
    // There is no official name for a browser that will not play yet; to the person it is as if there were no speaker.
    this.#mediaFacts.set('noSpeakerDevicesEnumerated', call.fact('playbackBlocked'));
    if (!call.isMuted) this.#mediaFacts.set('speakingWhileMicrophoneIsMuted', false);
  }

  #sample(wanted: boolean): void {
    if (!wanted || this.#call.ended) {
      this.#stopSampling?.();
      this.#stopSampling = undefined;
      return;
    }
    this.#stopSampling ??= sampleStats(this.#call, (sample) => {
      if (sample?.before === undefined) return;
      this.#networkFacts.set('networkReceiveQuality', rated(received(sample)));
      this.#networkFacts.set('networkSendQuality', rated(sent(sample)));
    });
  }

  #listen(wanted: boolean): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    if (!wanted || this.#call.ended) return;
    const call = this.#call;
    this.#stopListening = call.environment.clock.schedule(listenEveryMs, () => {
      const { loudness } = call;
      if (call.isMuted) this.#mediaFacts.set('speakingWhileMicrophoneIsMuted', loudness >= speakingFrom);
      this.#silence = !call.isMuted && loudness < silentBelow ? this.#silence + 1 : 0;
      this.#mediaFacts.set('microphoneNotMuteButSilent', this.#silence >= silentSamples);
      this.#listen(true);
    });
  }
}

interface LineQuality {
  readonly loss: number;
  readonly jitterMs: number;
  readonly roundTripMs: number;
}

function received({ now, before }: StatsSample): LineQuality {
  const lost = now.packetsLost - (before?.packetsLost ?? 0);
  const packets = now.packetsReceived - (before?.packetsReceived ?? 0);
  // Sound comes all the time, silence included: after a second without any, nobody counts what is lost.
  const isCut = packets === 0 && now.packetsReceived > 0;
  return { loss: isCut ? 1 : share(lost, packets), jitterMs: now.jitterMs ?? 0, roundTripMs: now.roundTripMs ?? 0 };
}

function sent({ now, before }: StatsSample): LineQuality {
  const lost = (now.sent?.packetsLost ?? 0) - (before?.sent?.packetsLost ?? 0);
  const packets = now.packetsSent - (before?.packetsSent ?? 0);
  return { loss: share(lost, packets - lost), jitterMs: now.sent?.jitterMs ?? 0, roundTripMs: now.roundTripMs ?? 0 };
}

function share(lost: number, arrived: number): number {
  return lost <= 0 ? 0 : lost / (lost + Math.max(0, arrived));
}

function rated(line: LineQuality): DiagnosticQuality {
  const beyond = (limit: LineQuality) =>
    line.loss > limit.loss || line.jitterMs > limit.jitterMs || line.roundTripMs > limit.roundTripMs;
  if (beyond(limits.bad)) return quality.bad;
  return beyond(limits.poor) ? quality.poor : quality.good;
}

const noRemote: RemoteDiagnostics = {
  isSendingDiagnosticsEnabled: false,
  startSendingDiagnostics: () => {},
  stopSendingDiagnostics: () => {},
  getLatest: () => ({ diagnostics: [] }),
  on: () => {},
  off: () => {},
};
