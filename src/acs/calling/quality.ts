import type {
  LatestDiagnosticValue,
  MediaStatsCollector,
  MediaStatsReportSample,
  UserFacingDiagnosticsFeature,
} from '@azure/communication-calling';
import { createLive, type CallQuality, type Live } from 'onescreen';
import type { CallHandle } from './agent-handle';
import type { CallingSdk } from './calling-sdk';

/** Beyond these a line is poor. Source: azure-docs, teams-phone-extensibility, optimize latency. */
export const poorLine = { roundTripMs: 500, jitterMs: 30, loss: 0.001 } as const;

export interface LineNumbers {
  readonly roundTripMs?: number;
  readonly jitterMs?: number;
  readonly loss?: number;
}

/** What the diagnostics of the calling package say now: a flag, or 1 (good) to 3 (bad). */
export type Diagnostics = Readonly<Record<string, number | boolean>>;

const problemNames: Readonly<Record<string, string>> = {
  speakingWhileMicrophoneIsMuted: 'speaking-while-muted',
  microphoneNotMuteButSilent: 'microphone-not-muted-but-silent',
  microphoneMuteUnexpectedly: 'microphone-muted-unexpectedly',
  networkReconnect: 'network-reconnecting',
};

/** Not ours to judge a voice call by. */
const aboutVideo = /^(camera|capturer|screenshare)/;
const aboutTheLine = ['networkReceiveQuality', 'networkSendQuality', 'networkReconnect'];

/** How good a line is, by its numbers and by the package's own diagnostics. */
export function rateLine(numbers: LineNumbers, diagnostics: Diagnostics): CallQuality {
  const { roundTripMs, jitterMs, loss } = numbers;
  const problems = Object.entries(diagnostics)
    .filter(([name, value]) => isProblem(value) && !aboutVideo.test(name))
    .map(([name]) => problemNames[name] ?? name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))
    .sort();
  return { rating: rating(numbers, diagnostics), ...defined({ roundTripMs, jitterMs, loss }), problems };
}

function rating({ roundTripMs, jitterMs, loss }: LineNumbers, diagnostics: Diagnostics): CallQuality['rating'] {
  const line = aboutTheLine.map((name) => diagnostics[name]).filter((value) => value !== undefined);
  if (diagnostics['noNetwork'] === true || line.some((value) => value === 3)) return 'bad';
  const beyond =
    (roundTripMs ?? 0) > poorLine.roundTripMs || (jitterMs ?? 0) > poorLine.jitterMs || (loss ?? 0) > poorLine.loss;
  if (beyond || line.some((value) => value === 2 || value === true)) return 'poor';
  const known = [roundTripMs, jitterMs, loss, ...line].some((value) => value !== undefined);
  return known ? 'good' : 'unknown';
}

/** The numbers of one sample, rounded so that a steady line does not look like news. */
export function lineNumbersOf({ audio, transports }: MediaStatsReportSample): LineNumbers {
  const roundTrips = [...transports, ...audio.send, ...audio.receive].map(({ rttInMs }) => rttInMs);
  const jitters = [...audio.receive, ...audio.send].map(({ jitterInMs }) => jitterInMs);
  const losses = [...audio.receive, ...audio.send].map(({ packetsPerSecond, packetsLostPerSecond }) => {
    if (packetsPerSecond === undefined || packetsLostPerSecond === undefined) return undefined;
    const sent = packetsPerSecond + packetsLostPerSecond;
    return sent > 0 ? packetsLostPerSecond / sent : 0;
  });
  return defined({
    roundTripMs: rounded(most(roundTrips), 10),
    jitterMs: rounded(most(jitters), 1),
    loss: rounded(most(losses), 0.0005),
  });
}

/** Watches the line of a call until stopped. */
export function watchQuality(
  call: CallHandle['call'],
  features: CallingSdk['Features'],
): { readonly live: Live<CallQuality>; stop(): void } {
  const state = createLive<CallQuality>({ rating: 'unknown', problems: [] });
  const diagnostics: Record<string, number | boolean> = {};
  let numbers: LineNumbers = {};
  const publish = () => {
    const next = rateLine(numbers, diagnostics);
    if (!isSame(state.value, next)) state.set(next);
  };
  const diagnosed = (args: { readonly diagnostic: string; readonly value: number | boolean }) => {
    diagnostics[args.diagnostic] = args.value;
    publish();
  };
  const sample = (report: MediaStatsReportSample) => {
    numbers = lineNumbersOf(report);
    publish();
  };
  const facing: UserFacingDiagnosticsFeature = call.feature(features.UserFacingDiagnostics);
  const collector: MediaStatsCollector = call.feature(features.MediaStats).createCollector();
  const latest: Readonly<Record<string, LatestDiagnosticValue | undefined>> = {
    ...facing.network.getLatest(),
    ...facing.media.getLatest(),
  };
  for (const [name, diagnostic] of Object.entries(latest)) {
    if (diagnostic !== undefined) diagnostics[name] = diagnostic.value;
  }
  facing.network.on('diagnosticChanged', diagnosed);
  facing.media.on('diagnosticChanged', diagnosed);
  collector.on('sampleReported', sample);
  publish();
  return {
    live: state.live,
    stop() {
      facing.network.off('diagnosticChanged', diagnosed);
      facing.media.off('diagnosticChanged', diagnosed);
      collector.off('sampleReported', sample);
      collector.dispose();
      state.complete();
    },
  };
}

/** Qualities are numbers of which 1 is good; flags are problems when set. */
function isProblem(value: number | boolean): boolean {
  return typeof value === 'boolean' ? value : value > 1;
}

function isSame(a: CallQuality, b: CallQuality): boolean {
  return (
    a.rating === b.rating &&
    a.roundTripMs === b.roundTripMs &&
    a.jitterMs === b.jitterMs &&
    a.loss === b.loss &&
    a.problems.join() === b.problems.join()
  );
}

function most(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}

function rounded(value: number | undefined, step: number): number | undefined {
  return value === undefined ? undefined : Number((Math.round(value / step) * step).toFixed(4));
}

function defined(numbers: { readonly [name in keyof LineNumbers]: LineNumbers[name] | undefined }): LineNumbers {
  const { roundTripMs, jitterMs, loss } = numbers;
  return {
    ...(roundTripMs !== undefined && { roundTripMs }),
    ...(jitterMs !== undefined && { jitterMs }),
    ...(loss !== undefined && { loss }),
  };
}
