import { availableParallelism } from 'node:os';
import { isDeepStrictEqual } from 'node:util';

/** Fewer stay together, so that one can be played after another in the same process. */
const leastPerBatch = 25;

/** Plays seeds in batches of at most `perBatch`, as many at a time as there are processors; the results in the order of the seeds. */
export async function playBatches<Result extends { readonly seed: number }>(
  seeds: readonly number[],
  {
    perBatch,
    play,
    progress = () => {},
  }: {
    readonly perBatch: number;
    readonly play: (batch: readonly number[]) => AsyncIterable<Result>;
    readonly progress?: ((result: Result) => void) | undefined;
  },
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const batches: (readonly number[])[] = [];
  const atOnce = Math.min(4, availableParallelism());
  const size = Math.min(perBatch, Math.max(leastPerBatch, Math.ceil(seeds.length / atOnce)));
  for (let start = 0; start < seeds.length; start += size) batches.push(seeds.slice(start, start + size));
  const work = async () => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      const played: number[] = [];
      for await (const result of play(batch)) {
        played.push(result.seed);
        results.push(result);
        progress(result);
      }
      if (!isDeepStrictEqual(played, batch))
        throw new Error(`of the seeds ${batch.join(' ')}, only ${played.join(' ')} ran`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results.sort((a, b) => a.seed - b.seed);
}
