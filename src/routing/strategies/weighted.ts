import { invalid } from '../check';
import type { Ranked, RoutingStrategy } from '../strategy';
import { exceptOrder } from './based-on';
import { rankingOf } from './ranking-of';

/** One voice in a weighted ranking. */
export interface WeightedPart {
  readonly strategy: RoutingStrategy;
  /** Above 0. Only its share of the sum matters. */
  readonly weight: number;
}

/**
 * Blends strategies: each gives every worker a mark from 1 (best) to 0, by its scores where all are numbers, else by place;
 * the highest weighted mean wins, and among equals the longest idle. A worker that a part does not name gets 0 from it. It looks at all
 * candidates, and waits for the slowest part. Selectors, preferred workers and rules are the first part's. Throws
 * `routing/invalid` for no parts and for weights that make no sense.
 */
export function weighted(parts: readonly WeightedPart[]): RoutingStrategy {
  const [first] = parts;
  if (first === undefined) throw invalid('weigh strategies', 'there are none', 'parts');
  for (const [index, { weight }] of parts.entries()) {
    if (!(weight > 0 && weight < Infinity))
      throw invalid('weigh strategies', `parts[${index}].weight must be above 0`, `parts[${index}].weight`);
  }
  const sum = parts.reduce((total, { weight }) => total + weight, 0);
  return {
    ...exceptOrder(first.strategy),
    name: `weighted(${parts.map(({ strategy }) => strategy.name).join(', ')})`,
    async rank(input) {
      const candidates = [...input.candidates];
      const rankings = await Promise.all(
        parts.map(async ({ strategy, weight }) => ({
          share: weight / sum,
          name: strategy.name,
          marks: marksOf(await rankingOf(strategy, { ...input, candidates })),
        })),
      );
      return candidates
        .map(({ id: workerId }) => {
          const marks = rankings.map(({ marks, ...part }) => ({ ...part, mark: marks.get(workerId) ?? 0 }));
          const score = marks.reduce((total, { share, mark }) => total + share * mark, 0);
          return { workerId, score, reason: marks.map(({ name, mark }) => `${name} ${mark.toFixed(2)}`).join(', ') };
        })
        .sort((a, b) => b.score - a.score);
    },
  };
}

function marksOf(ranking: readonly Ranked[]): ReadonlyMap<string, number> {
  const scores = ranking.map(({ score }) => score ?? NaN);
  const [best, worst] = [Math.max(...scores), Math.min(...scores)];
  const byScore = scores.every(Number.isFinite) && best > worst;
  const marks = new Map<string, number>();
  for (const [place, { workerId }] of ranking.entries()) {
    if (marks.has(workerId)) continue;
    const mark = byScore
      ? ((scores[place] ?? worst) - worst) / (best - worst)
      : 1 - place / Math.max(1, ranking.length - 1);
    marks.set(workerId, mark);
  }
  return marks;
}
