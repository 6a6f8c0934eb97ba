import { failuresOf, totals, type SeedResult } from '../seeds/seed-result';

/** One line of what became of all, and one for each of the first seeds that failed. */
export function report(results: readonly SeedResult[]): string {
  const sums = totals(results);
  const starting = (...words: readonly string[]) =>
    [...sums].reduce((all, [what, count]) => (words.some((word) => what.startsWith(word)) ? all + count : all), 0);
  const failed = failuresOf(results);
  return [
    [
      `${results.length} schedules of events over the official client: ${starting('calls')} calls`,
      `${starting('consult with agent ringing', 'consult with phone ringing')} consults`,
      `${starting('transfer with agent ringing', 'transfer with phone ringing')} transfers`,
      `${starting('events')} faults of events`,
      `${failed.length} failed`,
    ].join('; '),
    ...failed
      .slice(0, 20)
      .map(({ seed, failures }) => `  npm run call-events -- --seed ${seed}: ${failures.join(' | ').slice(0, 600)}`),
  ].join('\n');
}
