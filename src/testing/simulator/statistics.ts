/** A mean with the interval in which it lies with a confidence of 95 %. */
export interface Estimate {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Quantiles 0.975 of Student's t by degrees of freedom, from 1. */
const student = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** So many batches have a run's contacts in {@link batchMeans}, as is usual (Law, Simulation Modeling and Analysis, 9.5.3). */
const batches = 20;

/** NaN for none. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

/** Standard error of the mean of values that do not depend on each other; 0 for fewer than two. */
export function standardError(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  const squares = values.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}

/** Mean of values that do not depend on each other, such as the results of several seeds, with Student's t. */
export function estimate(values: readonly number[]): Estimate {
  const mean = meanOf(values);
  const half = (student[values.length - 2] ?? 1.96) * standardError(values);
  return { mean, low: mean - half, high: mean + half };
}

/**
 * Mean of values that depend on those before them, as waits do: by batch means, 20 batches in the order of `values`. In
 * heavy traffic, or when the load changes within the run, the interval is too narrow; run several seeds then.
 */
export function batchMeans(values: readonly number[]): Estimate {
  const size = Math.floor(values.length / batches);
  const mean = meanOf(values);
  if (size === 0) return { ...estimate(values), mean };
  const means = Array.from({ length: batches }, (_, index) => meanOf(values.slice(index * size, (index + 1) * size)));
  const half = (student[batches - 2] ?? 1.96) * standardError(means);
  return { mean, low: mean - half, high: mean + half };
}

/** The smallest value that at least `share` of the values do not exceed; `sorted` is in ascending order. NaN when there is none. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}
