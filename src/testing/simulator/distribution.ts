import type { ContactCenterError } from 'onescreen';
import { refuseSimulation } from './refuse';

/** How long something takes, in milliseconds: `chance` gives a new number above 0 and below 1 at each call. */
export type Distribution = (chance: () => number) => number;

/** Always the same. */
export function constant(ms: number): Distribution {
  checkMs(ms, 'ms');
  return () => ms;
}

/** Without memory, as the theory of queues has handle times and patience. */
export function exponential(meanMs: number): Distribution {
  checkMs(meanMs, 'meanMs');
  return (chance) => -meanMs * Math.log(chance());
}

/** Skewed to the right, as measured handle times of calls are (Brown et al. 2005, section 4); mean and standard deviation in milliseconds. */
export function lognormal(meanMs: number, deviationMs: number): Distribution {
  checkMs(meanMs, 'meanMs');
  checkMs(deviationMs, 'deviationMs');
  if (meanMs === 0) return () => 0;
  const variance = Math.log(1 + (deviationMs / meanMs) ** 2);
  const location = Math.log(meanMs) - variance / 2;
  return (chance) => Math.exp(location + Math.sqrt(variance) * standardNormal(chance));
}

/** One of `values` at a time, each as likely as the next: what was measured. There must be at least one. */
export function empirical(values: readonly number[]): Distribution {
  if (values.length === 0) throw refuseSimulation('values must not be empty', 'values');
  values.forEach((value, index) => checkMs(value, `values[${index}]`));
  return (chance) => values[Math.floor(chance() * values.length)] ?? 0;
}

// Box and Muller 1958.
function standardNormal(chance: () => number): number {
  return Math.sqrt(-2 * Math.log(chance())) * Math.cos(2 * Math.PI * chance());
}

/** One value of `distribution`, from the draws of one contact; `field` says where it was given. */
export function drawn(distribution: Distribution, chance: (draw: number) => number, field: string): number {
  let draw = 0;
  const value = distribution(() => chance(draw++));
  if (!(value >= 0 && value < Infinity)) throw refuse(field);
  return value;
}

/** Throws `simulation/invalid` for what is no function. */
export function checkDistribution(distribution: unknown, field: string): void {
  if (typeof distribution !== 'function') throw refuse(field);
}

function refuse(field: string): ContactCenterError {
  return refuseSimulation(`${field} must be a function that gives numbers of at least 0`, field);
}

function checkMs(value: number, field: string): void {
  if (!Number.isFinite(value) || value < 0) throw refuseSimulation(`${field} must be a number of at least 0`, field);
}
