import { ContactCenterError, delay, type Clock } from 'onescreen';
import type { PendingDecision, Ranked, RoutingCommand } from 'onescreen/routing';

/** How long, in milliseconds of `clock`, a strategy is waited for. */
export interface Patience {
  readonly clock: Clock;
  readonly waitMs: number;
}

/**
 * Asks a strategy that is no fixed order, as `createRouter` does; a promise is awaited, and takes no virtual time.
 * Undefined when there is no answer in time: the engine goes on without one when its own time is up.
 */
export async function answerDecision(
  { id, strategy, input }: PendingDecision,
  { clock, waitMs }: Patience,
): Promise<RoutingCommand | undefined> {
  const controller = new AbortController();
  const waiting = new AbortController();
  try {
    const answer: unknown = strategy.rank?.({ ...input, signal: controller.signal });
    const late = Symbol();
    const ranked = isThenable(answer)
      ? await Promise.race([answer, delay(clock, waitMs, waiting.signal).then(() => late)])
      : answer;
    if (ranked === late) {
      controller.abort(new ContactCenterError('command/timed-out', 'unable to use the answer; it is too late'));
      return undefined;
    }
    return isRanking(ranked)
      ? { type: 'decide', decisionId: id, ranked }
      : { type: 'decisionFailed', decisionId: id, reason: 'did not answer with a list of workers' };
  } catch {
    return { type: 'decisionFailed', decisionId: id, reason: 'threw an error' };
  } finally {
    waiting.abort();
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function isRanking(value: unknown): value is readonly Ranked[] {
  return Array.isArray(value) && value.every(isRanked);
}

function isRanked(value: unknown): value is Ranked {
  return typeof value === 'object' && value !== null && 'workerId' in value && typeof value.workerId === 'string';
}
