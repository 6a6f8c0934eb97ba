import type { WorkerSpec } from 'onescreen/routing';
import { refuseSimulation } from './refuse';

/** From when to when, in epoch milliseconds; `to` is the first moment after it. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** When a worker works. What it has in hand at the end it finishes; offers are withdrawn. */
export interface Shift extends Period {
  readonly breaks?: readonly Period[];
}

/** A worker of a simulation. Without shifts it is always there. */
export interface SimulatedWorker extends Omit<WorkerSpec, 'available'> {
  readonly shifts?: readonly Shift[];
}

/** The periods in which a worker takes offers; undefined: always. Throws `simulation/invalid` for periods that end before they begin. */
export function workingTimes({ shifts }: SimulatedWorker, field: string): readonly Period[] | undefined {
  return shifts?.flatMap((shift, index) => {
    const path = `${field}.shifts[${index}]`;
    checkPeriod(shift, path);
    const breaks = [...(shift.breaks ?? [])].sort((a, b) => a.from - b.from);
    breaks.forEach((each, place) => checkPeriod(each, `${path}.breaks[${place}]`));
    const periods: Period[] = [];
    let from = shift.from;
    for (const each of breaks) {
      if (each.from > from) periods.push({ from, to: Math.min(each.from, shift.to) });
      from = Math.max(from, each.to);
    }
    if (from < shift.to) periods.push({ from, to: shift.to });
    return periods.filter((each) => each.from < each.to);
  });
}

function checkPeriod({ from, to }: Period, field: string): void {
  if (!Number.isFinite(from) || !Number.isFinite(to) || from >= to) {
    throw refuseSimulation(`${field} must have a from that is before its to`, field);
  }
}

/** `count` workers who are alike, named `prefix-1` and so on. */
export function alike(
  count: number,
  worker: Omit<SimulatedWorker, 'id'>,
  prefix = 'worker',
): readonly SimulatedWorker[] {
  if (!Number.isInteger(count) || count < 0)
    throw refuseSimulation('count must be a whole number of at least 0', 'count');
  return Array.from({ length: count }, (_, index) => ({ ...worker, id: `${prefix}-${index + 1}` }));
}
