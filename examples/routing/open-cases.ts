import type { RoutingStrategy } from 'onescreen/routing';

/** Asks who has the case already, then those with the fewest open cases; a database of your own knows both. */
export function openCases(cases: {
  ownerOf(caseId: string): Promise<string | undefined>;
  openCasesOf(workerId: string): Promise<number>;
}): RoutingStrategy {
  return {
    name: 'openCases',
    async rank({ task, candidates, signal }) {
      const owner = await cases.ownerOf(String(task.labels['caseId']));
      signal.throwIfAborted(); // the customer has left, or the answer is too late
      const counted = await Promise.all(
        [...candidates].map(async ({ id }) => ({ workerId: id, open: await cases.openCasesOf(id) })),
      );
      return counted
        .sort((a, b) => Number(b.workerId === owner) - Number(a.workerId === owner) || a.open - b.open)
        .map(({ workerId, open }) => ({
          workerId,
          score: -open,
          reason: workerId === owner ? 'has the case' : `${open} open cases`,
        }));
    },
  };
}
