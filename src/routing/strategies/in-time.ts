import { ContactCenterError, type Clock } from 'onescreen';
import type { Ranked, RankInput, RoutingStrategy } from '../strategy';
import { rankingOf } from './ranking-of';

/** As {@link rankingOf}; rejects with `command/timed-out`, and aborts the strategy, when it takes too long. */
export async function inTime(
  strategy: RoutingStrategy,
  input: RankInput,
  { timeoutMs, clock }: { readonly timeoutMs: number; readonly clock: Clock },
): Promise<readonly Ranked[]> {
  const controller = new AbortController();
  const passOn = () => controller.abort(input.signal.reason);
  let cancel = () => {};
  const late = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(asError(controller.signal.reason)), { once: true });
    cancel = clock.schedule(timeoutMs, () =>
      controller.abort(new ContactCenterError('command/timed-out', `unable to rank workers; ${strategy.name} is late`)),
    );
    if (input.signal.aborted) passOn();
    else input.signal.addEventListener('abort', passOn, { once: true });
  });
  try {
    return await Promise.race([rankingOf(strategy, { ...input, signal: controller.signal }), late]);
  } finally {
    cancel();
    input.signal.removeEventListener('abort', passOn);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error
    ? reason
    : new ContactCenterError('command/aborted', 'unable to rank workers; aborted');
}
