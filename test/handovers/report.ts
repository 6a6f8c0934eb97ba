import { failuresOf, totals, type SeedResult } from '../seeds/seed-result';

/** One line of what became of all, and one for each of the first seeds that failed. */
export function report(results: readonly SeedResult[]): string {
  const sums = totals(results);
  const starting = (...words: readonly string[]) =>
    [...sums].reduce((all, [what, count]) => (words.some((word) => what.startsWith(word)) ? all + count : all), 0);
  const failed = failuresOf(results);
  return [
    [
      `${results.length} interleavings of handovers: ${starting('calls')} calls`,
      `${starting('consult with agent ringing', 'consult with phone ringing')} consults`,
      `${starting('consult with agent completed', 'consult with phone completed')} completed`,
      `${starting('consult with agent failed', 'consult with phone failed')} failed`,
      `${starting('transfer with agent completed', 'transfer with phone completed')} transfers completed`,
      `${starting('transfer with agent failed', 'transfer with phone failed')} failed`,
      `${starting('conference with agent merged', 'conference with phone merged')} conferences`,
      `${starting('park ok')} parked, ${starting('callback done')} called back`,
      `${starting('host ')} steps of the host went wrong`,
      `${failed.length} failed`,
    ].join('; '),
    ...failed
      .slice(0, 20)
      .map(({ seed, failures }) => `  npm run handovers -- --seed ${seed}: ${failures.join(' | ').slice(0, 600)}`),
  ].join('\n');
}
