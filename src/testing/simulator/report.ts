import type { Estimate } from './statistics';

/** How a group of contacts fared: all of them, those of one channel, of one queue or of one interval. Times are in milliseconds. */
export interface GroupReport {
  /** Contacts that arrived. */
  readonly arrived: number;
  readonly answered: number;
  /** Gave up, or were cancelled by a rule. */
  readonly abandoned: number;
  /** Never served: still waited when the simulation ended. */
  readonly unserved: number;
  /** Share of those who arrived that were answered within their channel's threshold; those who gave up or were never served count as missed. 1 when nobody came. */
  readonly serviceLevel: number;
  /**
   * From arrival to acceptance, of those who were answered: the mean with its 95 % confidence interval, by batch means.
   * NaN, which JSON writes as null, where nobody was.
   */
  readonly speedOfAnswerMs: Estimate;
  /** Wait of those who were answered: so many percent waited at most so long. NaN where nobody was. */
  readonly percentilesMs: {
    readonly p50: number;
    readonly p80: number;
    readonly p90: number;
    readonly p95: number;
    readonly p99: number;
  };
  /** Mean wait of all who arrived: until they were answered, gave up, or the simulation ended. */
  readonly waitMs: number;
  /** Of all who arrived, too. */
  readonly longestWaitMs: number;
  /** Share of those who arrived for whom nobody could be asked at once. */
  readonly delayed: number;
  /** Share of those who arrived that gave up. */
  readonly abandonment: number;
}

export interface ChannelReport extends GroupReport {
  readonly serviceLevelThresholdMs: number;
}

/** Contacts that arrived in one interval, and how busy workers were in it. */
export interface IntervalReport extends GroupReport {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** See {@link SimulationReport.occupancy}. */
  readonly occupancy: number;
}

/** How evenly channels are served; 1 is even. */
export interface Fairness {
  /** Lowest service level of a channel, divided by the highest. */
  readonly serviceLevel: number;
  /** Longest mean speed of answer of a channel, divided by the shortest. Infinity when only the shortest is 0, or nobody on one of them was answered. */
  readonly speedOfAnswer: number;
}

/** What came of a simulation. Plain data. Contacts that arrived during the warm-up are not in it. */
export interface SimulationReport {
  /** The strategy or strategies of the queues, or what the simulation was called. */
  readonly name: string;
  readonly seed: string | number;
  /** Epoch milliseconds of the first and the last arrival that count. */
  readonly from: number;
  readonly to: number;
  readonly all: GroupReport;
  readonly channels: Readonly<Record<string, ChannelReport>>;
  readonly queues: Readonly<Record<string, GroupReport>>;
  readonly intervals: readonly IntervalReport[];
  /** Share of the capacity of those at work that was in use for handling and wrap-up, between `from` and `to`. */
  readonly occupancy: number;
  readonly fairness: Fairness;
  readonly offers: {
    readonly issued: number;
    readonly declined: number;
    readonly expired: number;
    readonly revoked: number;
  };
  /** Questions to strategies that have a `rank`, the warm-up's included. */
  readonly decisions: {
    readonly asked: number;
    /** The strategy threw, answered with something else than a list of workers, or was late; the longest idle worker was asked instead. */
    readonly failed: number;
  };
}
