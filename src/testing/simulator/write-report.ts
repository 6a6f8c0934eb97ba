import type { ChannelReport, Fairness, GroupReport, IntervalReport, SimulationReport } from './report';
import type { ContactOutcome, OccupancyTally } from './tally';
import { batchMeans, meanOf, percentile } from './statistics';

export interface ReportInput extends Pick<SimulationReport, 'name' | 'seed' | 'offers' | 'decisions' | 'from'> {
  /** In the order of arrival. */
  readonly outcomes: readonly ContactOutcome[];
  readonly occupancy: OccupancyTally;
  readonly intervalMs: number;
  readonly thresholdMs: (channel: string) => number;
}

export function writeReport(input: ReportInput): SimulationReport {
  const { name, seed, offers, decisions, from, outcomes, occupancy, thresholdMs } = input;
  const to = outcomes.at(-1)?.contact.at ?? from;
  const channels = mapValues(
    groupBy(outcomes, ({ contact }) => contact.channel),
    (group, channel): ChannelReport => ({
      ...groupReport(group, thresholdMs),
      serviceLevelThresholdMs: thresholdMs(channel),
    }),
  );
  return {
    name,
    seed,
    from,
    to,
    all: groupReport(outcomes, thresholdMs),
    channels,
    queues: mapValues(
      groupBy(outcomes, ({ contact }) => contact.queueId),
      (group) => groupReport(group, thresholdMs),
    ),
    intervals: intervalReports(input),
    occupancy: occupancy.total,
    fairness: fairnessOf(Object.values(channels)),
    offers,
    decisions,
  };
}

function groupReport(outcomes: readonly ContactOutcome[], thresholdMs: (channel: string) => number): GroupReport {
  const answered = outcomes.filter((each) => each.result === 'answered');
  const abandoned = outcomes.filter((each) => each.result === 'abandoned').length;
  const inTime = answered.filter(({ waitMs, contact }) => waitMs <= thresholdMs(contact.channel)).length;
  const waits = answered.map((each) => each.waitMs);
  const sorted = Float64Array.from(waits).sort();
  const at = (share: number) => percentile(sorted, share);
  const arrived = outcomes.length;
  return {
    arrived,
    answered: answered.length,
    abandoned,
    unserved: arrived - answered.length - abandoned,
    serviceLevel: arrived === 0 ? 1 : inTime / arrived,
    speedOfAnswerMs: batchMeans(waits),
    percentilesMs: { p50: at(0.5), p80: at(0.8), p90: at(0.9), p95: at(0.95), p99: at(0.99) },
    waitMs: arrived === 0 ? 0 : meanOf(outcomes.map((each) => each.waitMs)),
    longestWaitMs: outcomes.reduce((longest, each) => Math.max(longest, each.waitMs), 0),
    delayed: share(outcomes.filter((each) => each.delayed).length, arrived),
    abandonment: share(abandoned, arrived),
  };
}

function intervalReports(input: ReportInput): readonly IntervalReport[] {
  const { outcomes, from, intervalMs, occupancy, thresholdMs } = input;
  const groups = groupBy(outcomes, ({ contact }) => Math.floor((contact.at - from) / intervalMs));
  const last = Math.max(-1, ...groups.keys());
  return Array.from({ length: last + 1 }, (_, index) => ({
    from: from + index * intervalMs,
    to: from + (index + 1) * intervalMs,
    ...groupReport(groups.get(index) ?? [], thresholdMs),
    occupancy: occupancy.interval(index),
  }));
}

function fairnessOf(channels: readonly ChannelReport[]): Fairness {
  if (channels.length === 0) return { serviceLevel: 1, speedOfAnswer: 1 };
  const levels = channels.map((each) => each.serviceLevel);
  const speeds = channels.map((each) => (each.answered === 0 ? Infinity : each.speedOfAnswerMs.mean));
  return {
    serviceLevel: ratio(Math.min(...levels), Math.max(...levels)),
    speedOfAnswer: ratio(Math.max(...speeds), Math.min(...speeds)),
  };
}

// Two zeros are even, and so are two channels on which nobody is answered.
function ratio(a: number, b: number): number {
  return a === b ? 1 : a / b;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function groupBy<K>(
  outcomes: readonly ContactOutcome[],
  key: (outcome: ContactOutcome) => K,
): Map<K, ContactOutcome[]> {
  const groups = new Map<K, ContactOutcome[]>();
  for (const outcome of outcomes) {
    const group = groups.get(key(outcome));
    if (group === undefined) groups.set(key(outcome), [outcome]);
    else group.push(outcome);
  }
  return groups;
}

function mapValues<T>(
  groups: ReadonlyMap<string, ContactOutcome[]>,
  write: (group: ContactOutcome[], key: string) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(
    [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, group]) => [key, write(group, key)]),
  );
}
