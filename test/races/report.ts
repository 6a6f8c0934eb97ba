import { failuresOf, totals, type SeedResult } from '../seeds/seed-result';

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
