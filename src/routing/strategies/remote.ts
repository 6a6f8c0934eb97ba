import { ContactCenterError, systemClock, type Clock } from 'onescreen';
import { invalid } from '../check';
import type { RoutingStrategy } from '../strategy';
import { fallback, type FallbackOptions } from './fallback';
import { inTime } from './in-time';
import { isRanking } from './ranking-of';

export interface RemoteOptions {
  /** How long the service may take, in milliseconds. Default 500. */
  readonly timeoutMs?: number;
  /** Asked when the service fails, is late or names nobody. Left out: the queue's stand-in, the longest idle worker. */
  readonly fallback?: RoutingStrategy;
  /** Called when the fallback had to be asked. Without one the router's `onStrategyFailed` tells. */
  readonly onFailure?: FallbackOptions['onFailure'];
  /** Most workers that are sent, the longest idle first. Default 100. */
  readonly maxCandidates?: number;
  /** Sent with each request, such as an authorization; made anew each time when it is a function. */
  readonly headers?: Readonly<Record<string, string>> | (() => Promise<Readonly<Record<string, string>>>);
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/**
 * Asks a service of the vendor's own: POST with the JSON `{ task, candidates, now, history, options }`, to be answered with
 * `{ "ranked": [{ "workerId", "score"?, "reason"? }] }`. The task's labels are part of it: the service must be as trustworthy as
 * the server. Throws `routing/invalid` for an address that is none.
 */
export function remote(url: string | URL, options: RemoteOptions = {}): RoutingStrategy {
  const { timeoutMs = 500, maxCandidates = 100, headers = {}, clock = systemClock } = options;
  if (!URL.canParse(String(url))) throw invalid('ask service', 'its address is not valid', 'url');
  if (!(maxCandidates > 0)) throw invalid('ask service', 'maxCandidates must be above 0', 'maxCandidates');
  const service: RoutingStrategy = {
    name: 'remote',
    async rank({ task, candidates, now, history, options: forService, signal }) {
      const { fetch = globalThis.fetch } = options;
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(typeof headers === 'function' ? await headers() : headers) },
        body: JSON.stringify({
          task,
          candidates: firstOf(candidates, maxCandidates),
          now,
          history,
          options: forService,
        }),
        signal,
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw new ContactCenterError(
          'command/failed',
          `unable to rank workers; the service answered ${response.status}`,
        );
      }
      const answer: unknown = await response.json();
      const ranked = typeof answer === 'object' && answer !== null && 'ranked' in answer ? answer.ranked : answer;
      if (isRanking(ranked)) return ranked;
      throw new ContactCenterError('routing/invalid', 'unable to use the answer; it is not a list of workers', {
        field: 'ranked',
      });
    },
  };
  const { fallback: instead, onFailure } = options;
  if (instead === undefined) return { name: 'remote', rank: (input) => inTime(service, input, { timeoutMs, clock }) };
  const either = fallback([service, instead], { timeoutMs, clock, ...(onFailure !== undefined && { onFailure }) });
  return { ...either, name: `remote(${instead.name})` };
}

function firstOf<T>(all: Iterable<T>, count: number): readonly T[] {
  const first: T[] = [];
  for (const one of all) {
    if (first.length >= count) break;
    first.push(one);
  }
  return first;
}
