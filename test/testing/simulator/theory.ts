import {
  alike,
  erlangA,
  erlangC,
  exponential,
  generateTraffic,
  simulate,
  type ErlangA,
  type ErlangC,
  type SimulationReport,
} from 'onescreen/testing';

/** A team of agents who are alike. `load` in erlangs; without patience, callers wait for ever. Times in milliseconds. */
export interface TheoryCase {
  readonly agents: number;
  readonly load: number;
  readonly handleMs: number;
  readonly patienceMs?: number;
}

/** The cases with published figures, which are those of `exact`. */
export const waitingForEver: readonly (TheoryCase & { readonly exact: Omit<ErlangC, 'occupancy'> })[] = [
  { agents: 1, load: 0.75, exact: figures(0.75, 900, 26.24) },
  { agents: 2, load: 1.5, exact: figures(0.642857, 385.7143, 37.822) },
  { agents: 5, load: 4, exact: figures(0.554113, 166.2338, 48.162) },
  { agents: 10, load: 8, exact: figures(0.40918, 61.377, 64.19) },
  { agents: 10, load: 9, exact: figures(0.668732, 200.6195, 37.44) },
  { agents: 50, load: 45, exact: figures(0.363864, 21.8319, 73.928) },
  { agents: 100, load: 90, exact: figures(0.21694, 6.5082, 88.862) },
  { agents: 100, load: 95, exact: figures(0.506457, 30.3874, 63.711) },
].map((each) => ({ ...each, handleMs: 300_000 }));

export const givingUp: readonly (TheoryCase & {
  readonly patienceMs: number;
  readonly exact: Omit<ErlangA, 'occupancy'>;
})[] = [
  { agents: 10, load: 10, patienceMs: 300_000, exact: { delayed: 0.54207, abandonment: 0.125112, waitMs: 37_533 } },
  { agents: 100, load: 100, patienceMs: 300_000, exact: { delayed: 0.513299, abandonment: 0.039861, waitMs: 11_958 } },
  { agents: 50, load: 55, patienceMs: 600_000, exact: { delayed: 0.866234, abandonment: 0.10208, waitMs: 61_248 } },
].map((each) => ({ ...each, handleMs: 300_000 }));

function figures(delayed: number, answerSeconds: number, percent: number): Omit<ErlangC, 'occupancy'> {
  return { delayed, speedOfAnswerMs: answerSeconds * 1_000, serviceLevel: percent / 100 };
}

/** What Erlang C or, with patience, Erlang A says of a case. */
export function theoryOf(each: TheoryCase): { readonly c: ErlangC; readonly a: ErlangA | undefined } {
  const { agents, load, handleMs, patienceMs } = each;
  const options = { agents, handleMs, arrivalsPerHour: (load * 3_600_000) / handleMs };
  return { c: erlangC(options), a: patienceMs === undefined ? undefined : erlangA({ ...options, patienceMs }) };
}

/**
 * One run of a case. Where callers wait for ever, a queue forgets how it began within about 1 / (sqrt(n mu) - sqrt(lambda))^2
 * (Abate and Whitt 1987): four such times are not counted and three are, or `contacts` if that is more. In light
 * traffic that is nothing; 95 erlangs on 100 agents take 1 500 contacts each.
 */
export function runTheory(
  each: TheoryCase,
  run: { readonly seed: number; readonly contacts: number },
): Promise<SimulationReport> {
  const { agents, load, handleMs, patienceMs } = each;
  const memory = patienceMs === undefined ? load / (Math.sqrt(agents) - Math.sqrt(load)) ** 2 : 2 * agents;
  const gapMs = handleMs / load;
  const warmUpMs = (200 + 4 * memory) * gapMs;
  const traffic = generateTraffic({
    seed: run.seed,
    from: 0,
    to: warmUpMs + Math.max(run.contacts, 3 * memory) * gapMs,
    streams: [
      {
        queueId: 'calls',
        channel: 'voice',
        perHour: 3_600_000 / gapMs,
        handle: exponential(handleMs),
        ...(patienceMs !== undefined && { patience: exponential(patienceMs) }),
      },
    ],
  });
  const worker = { queues: ['calls'], capacity: 1, channels: [{ channel: 'voice', cost: 1 }] };
  return simulate({ traffic, workers: alike(agents, worker), queues: [{ id: 'calls' }], seed: run.seed, warmUpMs });
}

/** How many standard errors the mean of `values`, one for each seed, is away from `exact`. */
export function distance(values: readonly number[], exact: number): number {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  const squares = values.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return (mean - exact) / Math.sqrt(squares / (values.length - 1) / values.length);
}

/** The distances of a case from theory, by what was measured. */
export async function distances(
  each: TheoryCase,
  seeds: readonly number[],
  contacts: number,
): Promise<Readonly<Record<string, number>>> {
  const reports: SimulationReport[] = [];
  for (const seed of seeds) reports.push(await runTheory(each, { seed, contacts }));
  const { c, a } = theoryOf(each);
  const from = (value: (report: SimulationReport) => number, exact: number) => distance(reports.map(value), exact);
  if (a !== undefined) {
    return {
      delayed: from((report) => report.all.delayed, a.delayed),
      abandonment: from((report) => report.all.abandonment, a.abandonment),
      wait: from((report) => report.all.waitMs, a.waitMs),
      occupancy: from((report) => report.occupancy, a.occupancy),
    };
  }
  return {
    delayed: from((report) => report.all.delayed, c.delayed),
    speedOfAnswer: from((report) => report.all.speedOfAnswerMs.mean, c.speedOfAnswerMs),
    serviceLevel: from((report) => report.all.serviceLevel, c.serviceLevel),
    occupancy: from((report) => report.occupancy, c.occupancy),
  };
}
