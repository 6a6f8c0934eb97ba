import type { PendingDecision, RoutingCommand } from 'onescreen/routing';

/** Asks a strategy that is no fixed order, as `createRouter` does; a promise is awaited, and takes no virtual time. */
export async function answerDecision({ id, strategy, input }: PendingDecision): Promise<RoutingCommand> {
  try {
    const ranked = await strategy.rank?.({ ...input, signal: new AbortController().signal });
    return Array.isArray(ranked)
      ? { type: 'decide', decisionId: id, ranked }
      : { type: 'decisionFailed', decisionId: id, reason: 'did not answer with a list' };
  } catch {
    return { type: 'decisionFailed', decisionId: id, reason: 'threw an error' };
  }
}
