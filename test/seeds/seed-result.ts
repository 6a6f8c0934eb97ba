/** What became of one schedule. */
export interface SeedResult {
  readonly seed: number;
  /** What must not have been; empty: all is well. */
  readonly failures: readonly string[];
  /** How often what happened. */
  readonly counts: Readonly<Record<string, number>>;
}

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
