import type { ContenderName } from './contenders/contenders';
import type { PolicyName } from './policies';
import { sizes, type SizeName } from './workload';

/** What was measured of one contender at one size. */
export interface Row {
  readonly size: SizeName;
  readonly policy: PolicyName;
  readonly name: ContenderName;
  /** CPU microseconds a decision, by round, the least first; the driver's own are taken off. */
  readonly us: readonly number[];
  readonly p99Us: number;
  readonly heapPerWorker: number;
  readonly trace: string;
}

/** Prints ratios first, then figures. `driverUs`: what was taken off each. */
export function printRows(rows: readonly Row[], driverUs: number): void {
  const ours = rows.find(({ name }) => name === 'ours');
  for (const row of rows) {
    if (ours === undefined || row === ours) continue;
    const cpu = ratio(middle(ours), middle(row));
    console.log(`  ours / ${row.name.padEnd(10)} ${cpu} CPU, ${ratio(ours.p99Us, row.p99Us)} at p99`);
  }
  console.log(`\n  ${'CPU us a decision'.padEnd(20)} median (min-max)        p99 us   heap B a worker  trace`);
  for (const row of rows) {
    const { name, us, p99Us, heapPerWorker, trace } = row;
    const spread = us.length === 0 ? 'not measured' : `${short(middle(row))} (${short(us[0])}-${short(us.at(-1))})`;
    const cells = [name.padEnd(20), spread.padEnd(22), short(p99Us).padStart(8), short(heapPerWorker).padStart(15)];
    console.log(`  ${cells.join(' ')}  ${trace} (${us.length} rounds)`);
  }
  console.log(`  ${'driver'.padEnd(20)} ${short(driverUs)}, taken off the others`);
}

/** Prints with which power of the number of workers the cost grows. */
export function printFit(rows: readonly Row[]): void {
  const names = [...new Set(rows.map(({ name, policy }) => `${name} ${policy}`))];
  const fits = names.flatMap((each) => {
    const points = rows
      .filter((row) => `${row.name} ${row.policy}` === each && row.us.length > 0)
      .map((row) => ({ x: Math.log(sizes[row.size].workers), y: Math.log(middle(row)) }));
    return points.length < 2 ? [] : `  ${each.padEnd(20)} ${slope(points).toFixed(2)}`;
  });
  if (fits.length > 0) console.log(`\nCPU grows with the number of workers to the power of\n${fits.join('\n')}`);
}

/** Says of each goal whether it was met. */
export function goals(rows: readonly Row[]): void {
  const lines: string[] = [];
  for (const ours of rows.filter(({ name, policy }) => name === 'ours' && policy === 'activity')) {
    const beside = (name: ContenderName) =>
      rows.find((row) => row.size === ours.size && row.policy === ours.policy && row.name === name);
    const floor = beside('floor');
    const naive = beside('naive');
    const judge = (what: string, value: number, met: boolean) => {
      if (Number.isFinite(value))
        lines.push(`  ${ours.size.padEnd(3)} ${what}: ${short(value)} x, ${met ? 'met' : 'MISSED'}`);
    };
    if (floor !== undefined) {
      const cpu = middle(ours) / middle(floor);
      judge('CPU at most 2 x the floor', cpu, cpu <= 2);
      const late = ours.p99Us / floor.p99Us;
      judge('p99 at most 3 x the floor', late, late <= 3);
    }
    if (naive !== undefined && ours.size === 'XL') {
      const faster = middle(naive) / middle(ours);
      judge('at least 900 x faster than naive', faster, faster >= 900);
    }
  }
  if (lines.length > 0) console.log(`\nGoals\n${lines.join('\n')}`);
}

/** The middle one; of two, the larger. NaN of none. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function middle({ us }: Row): number {
  return median(us);
}

function ratio(a: number, b: number): string {
  const value = a / b;
  return value >= 1 ? `${short(value)} x` : `1/${short(1 / value)} x`;
}

function short(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}

function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const mean = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const x = mean((point) => point.x);
  const y = mean((point) => point.y);
  const spread = mean((point) => (point.x - x) ** 2);
  return mean((point) => (point.x - x) * (point.y - y)) / spread;
}
