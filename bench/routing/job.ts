import type { ContenderName } from './contenders/contenders';
import type { PolicyName } from './policies';
import type { SizeName } from './workload';

/** What a process of its own is to do with one contender and one size. */
export type Job = {
  readonly size: SizeName;
  readonly seed: number;
  readonly policy: PolicyName;
  readonly contender: ContenderName | 'driver';
} & (
  | { readonly kind: 'record'; readonly script: string }
  /** Plays the whole world by itself. */
  | { readonly kind: 'trace' }
  /** `most`: decisions that are timed at most, after the first 60 % of arrivals. */
  | { readonly kind: 'cpu' | 'latency'; readonly script: string; readonly most: number }
);

/** What a process reports. Fields that its kind of job does not have are left out. */
export interface Report {
  /** Of a whole run. */
  readonly trace?: string;
  readonly waiting?: number;
  /** Set when an offer was not the one of the script; nothing else is, then. */
  readonly differs?: string;
  readonly decisions?: number;
  readonly cpuUs?: number;
  readonly p99Us?: number;
  readonly heapBytes?: number;
}

export function isReport(value: unknown): value is Report {
  return typeof value === 'object' && value !== null;
}
