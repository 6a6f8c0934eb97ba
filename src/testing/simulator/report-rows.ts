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
  'never served',
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

/** What is to be said beside the table: how evenly channels are served, and whether a strategy failed. */
export function remarks(report: SimulationReport): readonly string[] {
  return [fairnessText(report), decisionsText(report)].filter((text) => text !== '');
}

function decisionsText({ decisions: { asked, failed } }: SimulationReport): string {
  if (failed === 0) return '';
  return `Of ${asked} questions the strategy left ${failed} without a usable answer; the longest idle worker was asked instead.`;
}

function fairnessText({ fairness, channels }: SimulationReport): string {
  if (Object.keys(channels).length < 2) return '';
  const unanswered = Object.keys(channels).filter((name) => channels[name]?.answered === 0);
  const speed =
    unanswered.length > 0
      ? `nobody is answered on ${unanswered.join(', ')}`
      : fairness.speedOfAnswer === Infinity
        ? 'the fastest is answered at once, the slowest is not'
        : `the slowest is answered in ${fairness.speedOfAnswer.toFixed(1)} times the time of the fastest`;
  return `The channel served worst has ${share(fairness.serviceLevel)} of the best one's service level; ${speed}.`;
}

export function share(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

export function seconds(ms: number): string {
  const value = ms / 1_000;
  return `${value.toFixed(value >= 100 || Number.isInteger(value) ? 0 : 1)} s`;
}

/** Stands where there is nothing to tell of. */
const nothing = '–';

function row(name: string, group: GroupReport, occupancy = ''): readonly string[] {
  const { mean, low, high } = group.speedOfAnswerMs;
  const ofArrived = (text: string) => (group.arrived > 0 ? text : nothing);
  const ofAnswered = (text: string) => (group.answered > 0 ? text : nothing);
  return [
    name,
    String(group.arrived),
    ofArrived(share(group.serviceLevel)),
    ofAnswered(seconds(mean)),
    ofAnswered(`${seconds(Math.max(0, low))} to ${seconds(high)}`),
    ofAnswered(seconds(group.percentilesMs.p50)),
    ofAnswered(seconds(group.percentilesMs.p95)),
    ofArrived(seconds(group.longestWaitMs)),
    ofArrived(share(group.abandonment)),
    String(group.unserved),
    occupancy,
  ];
}
