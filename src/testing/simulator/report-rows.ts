import type { GroupReport, SimulationReport } from './report';

/** Headings of {@link reportRows}. */
export const headings = [
  'what',
  'arrived',
  'service level',
  'speed of answer',
  '95 % confidence',
  'half wait',
  '95 % wait',
  'longest wait',
  'gave up',
  'occupancy',
] as const;

/** A report as rows of text: all contacts, then each channel, and each queue where there are several. */
export function reportRows(report: SimulationReport): readonly (readonly string[])[] {
  const channels = Object.entries(report.channels);
  const queues = Object.entries(report.queues);
  return [
    row('all', report.all, share(report.occupancy)),
    ...channels.map(([name, group]) => row(`${name} in ${seconds(group.serviceLevelThresholdMs)}`, group)),
    ...(queues.length > 1 ? queues.map(([name, group]) => row(`queue ${name}`, group)) : []),
  ];
}

/** How evenly channels are served, in a sentence. */
export function fairnessText({ fairness, channels }: SimulationReport): string {
  if (Object.keys(channels).length < 2) return '';
  return `The channel served worst has ${share(fairness.serviceLevel)} of the best one's service level; the slowest is answered in ${fairness.speedOfAnswer.toFixed(1)} times the time of the fastest.`;
}

export function share(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

export function seconds(ms: number): string {
  const value = ms / 1_000;
  return `${value.toFixed(value >= 100 || Number.isInteger(value) ? 0 : 1)} s`;
}

function row(name: string, group: GroupReport, occupancy = ''): readonly string[] {
  const { mean, low, high } = group.speedOfAnswerMs;
  return [
    name,
    String(group.arrived),
    share(group.serviceLevel),
    seconds(mean),
    `${seconds(Math.max(0, low))} to ${seconds(high)}`,
    seconds(group.percentilesMs.p50),
    seconds(group.percentilesMs.p95),
    seconds(group.longestWaitMs),
    share(group.abandonment),
    occupancy,
  ];
}
