import { alike, exponential, generateTraffic, simulate, type SimulatedWorker } from 'onescreen/testing';
import { expect, it, vi } from 'vitest';
import { theoryOf } from './theory';

vi.setConfig({ testTimeout: 300_000 });

const kinds = 6;
const agents = 90;
const load = 84;
const handleMs = 600_000;
const seeds = [1, 2, 3, 4, 5];
const contacts = 8_000;
const warmUp = 4_000;

/** Every two of the kinds. */
const pairs = Array.from({ length: kinds }, (_, first) => first).flatMap((first) =>
  Array.from({ length: kinds - first - 1 }, (_, index) => [first, first + 1 + index]),
);

/**
 * A team of Wallace and Whitt 2005: 90 agents, six kinds of contacts. With two skills each, every two kinds have six
 * agents in common, so that a kind that has much to do borrows from the five others at once. (A ring, kinds 1 and 2, 2
 * and 3, and so on to 6 and 1, has as many skills, and help must be passed along it: it recovers 96 %.) Whoever becomes
 * free takes what waits longest among what they can do; a contact goes to the one who is idle the longest.
 */
function team(skillSets: readonly (readonly number[])[]): readonly SimulatedWorker[] {
  return skillSets.flatMap((skills, place) => {
    const labels = Object.fromEntries(skills.map((kind) => [`kind-${kind + 1}`, true]));
    const worker = { queues: ['all'], capacity: 1, channels: [{ channel: 'voice', cost: 1 }], labels };
    return alike(agents / skillSets.length, worker, `team-${place + 1}`);
  });
}

const generalists = [Array.from({ length: kinds }, (_, kind) => kind)];

async function speedOfAnswer(workers: readonly SimulatedWorker[], seed: number): Promise<number> {
  const gapMs = handleMs / load;
  const traffic = generateTraffic({
    seed,
    from: 0,
    to: (warmUp + contacts) * gapMs,
    streams: Array.from({ length: kinds }, (_, kind) => ({
      name: `kind-${kind + 1}`,
      queueId: 'all',
      channel: 'voice',
      perHour: 3_600_000 / gapMs / kinds,
      handle: exponential(handleMs),
      selectors: [{ key: `kind-${kind + 1}`, operator: 'equal', value: true } as const],
    })),
  });
  const report = await simulate({ traffic, workers, queues: [{ id: 'all' }], seed, warmUpMs: warmUp * gapMs });
  return report.all.speedOfAnswerMs.mean;
}

// Theory knows the two ends: six teams of 15 who do one kind each, and one team of 90.
const one = theoryOf({ agents: agents / kinds, load: load / kinds, handleMs }).c.speedOfAnswerMs;
const all = theoryOf({ agents, load, handleMs }).c.speedOfAnswerMs;

it('has the two ends of the scale from theory: 433 s with one skill each, 41 s with all', () => {
  expect(one / 1_000).toBeCloseTo(433.39, 2);
  expect(all / 1_000).toBeCloseTo(41.2, 2);
});

it('finds that two skills each recover at least 97 % of what is gained when everybody can do everything', async () => {
  const lost: number[] = [];
  for (const seed of seeds) {
    // The same contacts both times: what differs is the teams' doing.
    lost.push((await speedOfAnswer(team(pairs), seed)) - (await speedOfAnswer(team(generalists), seed)));
  }
  const recovered = lost.map((each) => 1 - each / (one - all));
  const mean = recovered.reduce((sum, each) => sum + each, 0) / seeds.length;
  expect(mean, recovered.join(', ')).toBeGreaterThan(0.97);
  expect(mean, recovered.join(', ')).toBeLessThan(1);
});
