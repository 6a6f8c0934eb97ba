import type { RoutingStrategy } from 'onescreen/routing';
import type { SimulationReport } from './report';
import { simulate, type SimulationOptions } from './simulate';
import { estimate, type Estimate } from './statistics';

export interface ComparisonOptions extends Omit<SimulationOptions, 'seed' | 'name' | 'observe' | 'observeOutcome'> {
  /** By name, the one that others are compared with first. Each takes the place of the strategy of every queue. */
  readonly strategies: Readonly<Record<string, RoutingStrategy>>;
  /** Each strategy is run once with each. Two at least give intervals. Default 1 to 5. */
  readonly seeds?: readonly (string | number)[];
}

/** How one strategy did beside the first. */
export interface StrategyResult {
  readonly name: string;
  /** One for each seed. */
  readonly reports: readonly SimulationReport[];
  /** Over the seeds: mean and 95 % confidence interval. NaN when nobody was answered with one of them, and so is `ratio`. */
  readonly speedOfAnswerMs: Estimate;
  readonly serviceLevel: Estimate;
  /** Its speed of answer divided by that of the first strategy, seed by seed. */
  readonly ratio: Estimate;
}

/**
 * Runs several strategies over the same traffic: in each seed all of them meet the same contacts, handle times and
 * answers, so that differences are the strategies' own. Traffic that is a list stays the same in each seed.
 */
export async function compareStrategies(options: ComparisonOptions): Promise<readonly StrategyResult[]> {
  const { strategies, seeds = [1, 2, 3, 4, 5], queues, ...shared } = options;
  const results: StrategyResult[] = [];
  let first: readonly number[] | undefined;
  for (const [name, strategy] of Object.entries(strategies)) {
    const reports: SimulationReport[] = [];
    for (const seed of seeds) {
      reports.push(await simulate({ ...shared, seed, name, queues: queues.map((queue) => ({ ...queue, strategy })) }));
    }
    const speeds = reports.map((report) => report.all.speedOfAnswerMs.mean);
    const reference = (first ??= speeds);
    results.push({
      name,
      reports,
      speedOfAnswerMs: estimate(speeds),
      serviceLevel: estimate(reports.map((report) => report.all.serviceLevel)),
      ratio: estimate(
        speeds.map((speed, index) => (speed === reference[index] ? 1 : speed / (reference[index] ?? NaN))),
      ),
    });
  }
  return results;
}
