import type { SeedResult } from './play-seed';

/** The seeds on which something was as it must not be. */
export function failuresOf(results: readonly SeedResult[]): readonly SeedResult[] {
  return results.filter(({ failures }) => failures.length > 0);
}

/** How often what happened, over all schedules. */
export function totals(results: readonly SeedResult[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { counts } of results)
    for (const [what, count] of Object.entries(counts)) sums.set(what, (sums.get(what) ?? 0) + count);
  return new Map([...sums].sort(([a], [b]) => a.localeCompare(b)));
}

/** One line of what became of all, and one for each of the first seeds that failed. */
export function report(results: readonly SeedResult[]): string {
  const sums = totals(results);
  const sum = (...words: readonly string[]) => words.reduce((all, word) => all + (sums.get(word) ?? 0), 0);
  const starting = (word: string) =>
    [...sums].reduce((all, [what, count]) => (what.startsWith(word) ? all + count : all), 0);
  const failed = failuresOf(results);
  return [
    [
      `${results.length} interleavings of calls: ${sum('calls')} calls`,
      `${starting('end: closed')} served, ${starting('end: cancelled')} given up`,
      `${sum('accept ok')} accepts, ${starting('accept ') - sum('accept ok')} refused (${sum('accept offer/gone')} gone)`,
      `${sum('task queued (ring-no-answer)')} rings unanswered, ${sum('task queued (call-unreachable)')} unreachable`,
      `${sum('task queued (offer-expired)')} offers expired, ${sum('task queued (offer-declined)')} declined`,
      `${sum('rejoin ok')} rejoined, ${sum('task queued (agent-lost-call)', 'task queued (agent-disconnected)')} lost for good`,
      `${sum('tab killed', 'tab closes', 'reload')} tabs gone, ${sum('freeze')} frozen, ${sum('take-over')} taken over`,
      `${failed.length} failed`,
    ].join('; '),
    ...failed
      .slice(0, 20)
      .map(({ seed, failures }) => `  npm run races -- --seed ${seed}: ${failures.join(' | ').slice(0, 600)}`),
  ].join('\n');
}
