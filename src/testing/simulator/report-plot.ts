import { escapeMarkup } from './escape-markup';
import type { GroupReport, IntervalReport, SimulationReport } from './report';
import { seconds, share } from './report-rows';
import { listOf } from './report-table';

const width = 900;
const left = 70;
const panelHeight = 170;
const panelGap = 60;
const colours = ['#0f6cbd', '#c43501', '#107c10', '#8764b8', '#986f0b', '#038387'];

/** One picture: a value of each interval, a line for each report. */
interface Panel {
  readonly title: string;
  /** NaN where there is nothing to tell of: the line has a gap there. */
  readonly value: (interval: IntervalReport) => number;
  /** Left out when it is 0 for all reports. */
  readonly count?: (report: GroupReport) => number;
  readonly label: (value: number) => string;
  /** Top of the scale; left out: the highest value. */
  readonly top?: number;
}

const panels: readonly Panel[] = [
  { title: 'Arrived', value: (each) => each.arrived, label: (value) => value.toFixed(0) },
  { title: 'Service level', value: (each) => ofArrived(each, each.serviceLevel), label: share, top: 1 },
  { title: 'Speed of answer', value: (each) => each.speedOfAnswerMs.mean, label: seconds },
  {
    title: 'Gave up',
    value: (each) => ofArrived(each, each.abandonment),
    count: (group) => group.abandoned,
    label: share,
  },
  {
    title: 'Never served',
    value: (each) => each.unserved,
    count: (group) => group.unserved,
    label: (value) => value.toFixed(0),
  },
  { title: 'Occupancy', value: (each) => each.occupancy, label: share, top: 1 },
];

/** Reports as a picture, interval by interval: an SVG element that needs nothing else. */
export function reportPlot(reports: SimulationReport | readonly SimulationReport[]): string {
  const list = listOf(reports);
  const shown = panels.filter(({ count }) => count === undefined || list.some(({ all }) => count(all) > 0));
  const height = 30 + shown.length * (panelHeight + panelGap);
  const legend = list.map(
    (report, index) =>
      `<text x="${left + index * 200}" y="18" fill="${colourOf(index)}" font-weight="bold">${escapeMarkup(report.name)}</text>`,
  );
  const drawn = shown.map((panel, index) => drawPanel(panel, list, 50 + index * (panelHeight + panelGap)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" role="img" aria-label="Simulation, interval by interval">
${[...legend, ...drawn].join('\n')}
</svg>`;
}

function drawPanel({ title, value, label, top }: Panel, reports: readonly SimulationReport[], y: number): string {
  const from = Math.min(...reports.map((report) => report.from));
  const to = Math.max(from + 1, ...reports.flatMap((report) => report.intervals.map((each) => each.to)));
  const highest = top ?? Math.max(...reports.flatMap((report) => report.intervals.map((each) => value(each) || 0)), 0);
  const scale = highest > 0 && Number.isFinite(highest) ? highest : 1;
  const bottom = y + panelHeight;
  const x = (at: number) => left + ((at - from) / (to - from)) * (width - left - 20);
  const place = (at: number) => bottom - (Math.min(at, scale) / scale) * panelHeight;
  const grid = [0, 0.5, 1].map(
    (part) =>
      `<line x1="${left}" x2="${width - 20}" y1="${place(part * scale)}" y2="${place(part * scale)}" stroke="#ddd"/><text x="${left - 6}" y="${place(part * scale) + 4}" text-anchor="end">${label(part * scale)}</text>`,
  );
  const ticks = [from, (from + to) / 2, to].map(
    (at, index) =>
      `<text x="${x(at).toFixed(1)}" y="${bottom + 16}" text-anchor="${['start', 'middle', 'end'][index] ?? 'end'}" fill="#555">${timeText(at)}</text>`,
  );
  const lines = reports.flatMap((report, index) =>
    runsOf(report.intervals, value).map((run) => {
      const points = run.map(
        (each) => [x((each.from + each.to) / 2).toFixed(1), place(value(each)).toFixed(1)] as const,
      );
      const [only] = points;
      if (only !== undefined && points.length === 1)
        return `<circle cx="${only[0]}" cy="${only[1]}" r="2" fill="${colourOf(index)}"/>`;
      return `<polyline fill="none" stroke="${colourOf(index)}" stroke-width="1.5" points="${points.map((point) => point.join(',')).join(' ')}"/>`;
    }),
  );
  return `<g><text x="${left}" y="${y - 8}" font-weight="bold">${title}</text>${[...grid, ...ticks, ...lines].join('')}</g>`;
}

function ofArrived({ arrived }: IntervalReport, value: number): number {
  return arrived === 0 ? NaN : value;
}

/** Intervals that follow each other and have a value. */
function runsOf(intervals: readonly IntervalReport[], value: Panel['value']): readonly (readonly IntervalReport[])[] {
  const runs: IntervalReport[][] = [[]];
  for (const each of intervals) {
    if (Number.isNaN(value(each))) runs.push([]);
    else runs.at(-1)?.push(each);
  }
  return runs.filter((run) => run.length > 0);
}

function colourOf(index: number): string {
  return colours[index % colours.length] ?? '#000';
}

function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
