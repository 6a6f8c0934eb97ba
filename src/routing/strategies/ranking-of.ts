import { ContactCenterError } from 'onescreen';
import type { Ranked, RankInput, RoutingStrategy } from '../strategy';

/** How a strategy of either kind ranks these candidates; rejects with what it throws, and for an answer that is no list. */
export async function rankingOf(strategy: RoutingStrategy, input: RankInput): Promise<readonly Ranked[]> {
  if (strategy.compare !== undefined) return ordered(strategy, input);
  const answer: unknown = await strategy.rank?.(input);
  if (isRanking(answer)) return answer;
  throw new ContactCenterError('routing/invalid', 'unable to use the answer; it is not a list of workers', {
    field: 'rank',
  });
}

export function isRanking(value: unknown): value is readonly Ranked[] {
  return (
    Array.isArray(value) &&
    value.every(
      (each: unknown) =>
        typeof each === 'object' && each !== null && 'workerId' in each && typeof each.workerId === 'string',
    )
  );
}

function ordered(strategy: RoutingStrategy, { candidates, now, history }: RankInput): readonly Ranked[] {
  const workers = [...candidates].sort((a, b) => strategy.compare?.(a, b) || (a.id < b.id ? -1 : 1));
  const last = strategy.rotate === true ? workers.findIndex(({ id }) => id === history.lastOffered) : -1;
  return [...workers.slice(last + 1), ...workers.slice(0, last + 1)].map((worker) => {
    const reason = strategy.describe?.(worker, now);
    return { workerId: worker.id, ...(reason !== undefined && { reason }) };
  });
}
