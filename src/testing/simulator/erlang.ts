import { refuseSimulation } from './refuse';

/** A team of agents who are alike, one kind of contact, one contact at a time. */
export interface ErlangOptions {
  readonly agents: number;
  readonly arrivalsPerHour: number;
  /** Mean, wrap-up included. */
  readonly handleMs: number;
  /** Within how many milliseconds contacts are to be answered. Default 20 000. */
  readonly thresholdMs?: number;
}

export interface ErlangAOptions extends ErlangOptions {
  /** Mean time after which contacts give up. */
  readonly patienceMs: number;
}

export interface ErlangC {
  /** Share of contacts who wait. */
  readonly delayed: number;
  /** Mean; Infinity when more comes than can be served. */
  readonly speedOfAnswerMs: number;
  readonly serviceLevel: number;
  /** Share of their time for which agents are busy. */
  readonly occupancy: number;
}

export interface ErlangA {
  /** Share of contacts who wait. */
  readonly delayed: number;
  /** Share of contacts who give up. */
  readonly abandonment: number;
  /** Mean of all contacts, those who give up included. */
  readonly waitMs: number;
  readonly occupancy: number;
}

/**
 * What theory says of a team whose callers wait for ever: Erlang's second formula, by the recursion of his first,
 * B(0) = 1, B(k) = aB(k-1) / (k + aB(k-1)), C = nB / (n - a(1 - B)). For Poisson arrivals and exponential handle times.
 */
export function erlangC(options: ErlangOptions): ErlangC {
  const { agents, handleMs, thresholdMs = 20_000 } = options;
  const load = loadOf(options);
  if (load >= agents) return { delayed: 1, speedOfAnswerMs: Infinity, serviceLevel: 0, occupancy: 1 };
  let blocked = 1;
  for (let k = 1; k <= agents; k += 1) blocked = (load * blocked) / (k + load * blocked);
  const delayed = (agents * blocked) / (agents - load * (1 - blocked));
  const spare = (agents - load) / handleMs;
  return {
    delayed,
    speedOfAnswerMs: delayed / spare,
    serviceLevel: 1 - delayed * Math.exp(-spare * thresholdMs),
    occupancy: load / agents,
  };
}

/** States of the queue less likely than this beside the first are left out. */
const negligible = 1e-15;

/**
 * What theory says of a team whose callers give up: Palm's model, M/M/n+M (Mandelbaum and Zeltyn 2007). As Erlang C, and
 * patience is exponential too. There is an answer for any load.
 */
export function erlangA(options: ErlangAOptions): ErlangA {
  const { agents, handleMs, patienceMs } = options;
  if (!(patienceMs > 0)) throw refuseSimulation('patienceMs must be above 0', 'patienceMs');
  const load = loadOf(options);
  // Weights of the states with j contacts, relative to j = agents: down to none, and up until nothing more counts.
  let below = 0;
  let working = 0;
  for (let weight = 1, j = agents; j > 0; j -= 1) {
    weight *= j / load;
    below += weight;
    working += weight * (j - 1);
  }
  let above = 0;
  let queue = 0;
  for (let weight = 1, waiting = 0; waiting === 0 || weight > negligible * above; waiting += 1) {
    above += weight;
    queue += weight * waiting;
    weight *= load / (agents + ((waiting + 1) * handleMs) / patienceMs);
  }
  const all = below + above;
  const waitMs = ((queue / all) * handleMs) / load;
  return {
    delayed: above / all,
    abandonment: waitMs / patienceMs,
    waitMs,
    occupancy: (working + above * agents) / all / agents,
  };
}

function loadOf({ agents, arrivalsPerHour, handleMs }: ErlangOptions): number {
  if (!Number.isInteger(agents) || agents < 1)
    throw refuseSimulation('agents must be a whole number above 0', 'agents');
  for (const [name, value] of Object.entries({ arrivalsPerHour, handleMs })) {
    if (!Number.isFinite(value) || value <= 0) throw refuseSimulation(`${name} must be above 0`, name);
  }
  return (arrivalsPerHour * handleMs) / 3_600_000;
}
