import type {
  CallFeatureContext,
  IncomingAudioMediaStats,
  MediaStatsCallFeature,
  MediaStatsCollector,
  MediaStatsCollectorOptions,
  MediaStatsReportSample,
  MediaStatsReportSummary,
  MediaStatValue,
  OutgoingAudioMediaStats,
} from '@azure/communication-calling';
import type { Cancel } from 'onescreen';
import type { EmulatedCall } from './call';
import { Listeners, type Listener } from './listeners';
import { emulatedCall } from './emulated-call';
import { sampleStats, statsEveryMs, type StatsSample } from './stats-sampler';

/** Samples in a summary unless asked otherwise: the official ten seconds. */
const defaultInterval = 10;

/** Numbers of the call's media, once a second while somebody listens. */
export class EmulatedMediaStats implements MediaStatsCallFeature {
  readonly name = 'MediaStats';
  readonly #call: EmulatedCall;
  readonly #collectors = new Set<Collector>();

  constructor(context: CallFeatureContext) {
    this.#call = emulatedCall(context);
  }

  createCollector(options?: MediaStatsCollectorOptions): MediaStatsCollector {
    const collector = new Collector(this.#call, options?.aggregationInterval ?? defaultInterval);
    this.#collectors.add(collector);
    return collector;
  }

  dispose(): void {
    for (const collector of this.#collectors) collector.dispose();
    this.#collectors.clear();
  }
}

class Collector implements MediaStatsCollector {
  readonly #call: EmulatedCall;
  readonly #interval: number;
  readonly #listeners: Listeners<{ sampleReported: MediaStatsReportSample; summaryReported: MediaStatsReportSummary }>;
  readonly #counts = new Map<string, number>();
  #samples: MediaStatsReportSample[] = [];
  #stop: Cancel | undefined;

  constructor(call: EmulatedCall, interval: number) {
    this.#call = call;
    this.#interval = Math.max(1, interval);
    this.#listeners = new Listeners(call.later, (event, count) => {
      this.#counts.set(event, count);
      this.#run([...this.#counts.values()].some((one) => one > 0));
    });
  }

  on(event: 'sampleReported' | 'summaryReported', listener: Listener): void {
    this.#listeners.on(event, listener);
  }

  off(event: 'sampleReported' | 'summaryReported', listener: Listener): void {
    this.#listeners.off(event, listener);
  }

  dispose(): void {
    this.#listeners.clear();
    this.#run(false);
  }

  #run(wanted: boolean): void {
    if (!wanted || this.#call.ended) {
      this.#stop?.();
      this.#stop = undefined;
      return;
    }
    this.#stop ??= sampleStats(this.#call, (stats) => {
      if (stats === undefined) return;
      const sample = reportSample(stats);
      this.#listeners.emit('sampleReported', sample);
      this.#samples.push(sample);
      if (this.#samples.length < this.#interval) return;
      const timestamp = new Date(this.#call.environment.clock.now());
      this.#listeners.emit('summaryReported', reportSummary(this.#samples, timestamp));
      this.#samples = [];
    });
  }
}

function reportSample({ now, before }: StatsSample): MediaStatsReportSample {
  const perSecond = (value: number, last: number | undefined) => ((value - (last ?? 0)) * 1000) / statsEveryMs;
  const common = {
    ...(now.codec !== undefined && { codecName: now.codec }),
    ...(now.roundTripMs !== undefined && { rttInMs: now.roundTripMs }),
    transportId: 'transport',
  };
  const send: OutgoingAudioMediaStats<number, string> = {
    id: 'audio-send',
    ...common,
    bitrate: 8 * perSecond(now.bytesSent, before?.bytesSent),
    packets: now.packetsSent,
    packetsPerSecond: perSecond(now.packetsSent, before?.packetsSent),
    ...(now.sent !== undefined && {
      packetsLost: now.sent.packetsLost,
      packetsLostPerSecond: perSecond(now.sent.packetsLost, before?.sent?.packetsLost),
      ...(now.sent.jitterMs !== undefined && { jitterInMs: now.sent.jitterMs }),
    }),
  };
  const receive: IncomingAudioMediaStats<number, string> = {
    id: 'audio-receive',
    ...common,
    bitrate: 8 * perSecond(now.bytesReceived, before?.bytesReceived),
    packets: now.packetsReceived,
    packetsPerSecond: perSecond(now.packetsReceived, before?.packetsReceived),
    packetsLost: now.packetsLost,
    packetsLostPerSecond: perSecond(now.packetsLost, before?.packetsLost),
    ...(now.jitterMs !== undefined && { jitterInMs: now.jitterMs }),
    ...(now.outputLevel !== undefined && { audioOutputLevel: now.outputLevel }),
  };
  const nothing = { send: [], receive: [] };
  return {
    audio: { send: [send], receive: [receive] },
    video: nothing,
    screenShare: nothing,
    transports: [{ id: 'transport', ...(now.roundTripMs !== undefined && { rttInMs: now.roundTripMs }) }],
  };
}

function reportSummary(samples: readonly MediaStatsReportSample[], timestamp: Date): MediaStatsReportSummary {
  const values = <T>(read: (sample: MediaStatsReportSample) => T | undefined): MediaStatValue<T> => ({
    raw: samples.map(read).filter((value) => value !== undefined),
    timestamp,
  });
  const nothing = { send: [], receive: [] };
  return {
    audio: {
      send: [
        {
          id: 'audio-send',
          codecName: values(({ audio }) => audio.send[0]?.codecName),
          bitrate: values(({ audio }) => audio.send[0]?.bitrate),
          packetsPerSecond: values(({ audio }) => audio.send[0]?.packetsPerSecond),
          packetsLost: values(({ audio }) => audio.send[0]?.packetsLost),
          packetsLostPerSecond: values(({ audio }) => audio.send[0]?.packetsLostPerSecond),
          jitterInMs: values(({ audio }) => audio.send[0]?.jitterInMs),
          rttInMs: values(({ audio }) => audio.send[0]?.rttInMs),
        },
      ],
      receive: [
        {
          id: 'audio-receive',
          codecName: values(({ audio }) => audio.receive[0]?.codecName),
          bitrate: values(({ audio }) => audio.receive[0]?.bitrate),
          packetsPerSecond: values(({ audio }) => audio.receive[0]?.packetsPerSecond),
          packetsLost: values(({ audio }) => audio.receive[0]?.packetsLost),
          packetsLostPerSecond: values(({ audio }) => audio.receive[0]?.packetsLostPerSecond),
          jitterInMs: values(({ audio }) => audio.receive[0]?.jitterInMs),
          rttInMs: values(({ audio }) => audio.receive[0]?.rttInMs),
        },
      ],
    },
    video: nothing,
    screenShare: nothing,
    transports: [{ id: 'transport', rttInMs: values(({ transports }) => transports[0]?.rttInMs) }],
  };
}
