import { checkDistribution, type Distribution } from './distribution';
import { refuseSimulation } from './refuse';

/** What workers do with offers. */
export interface Acceptance {
  /** How long one takes to accept or decline. Default: no time. */
  readonly delay?: Distribution;
  /** Share of offers that are declined, 0 to 1. Default 0. */
  readonly declined?: number;
  /** Share of offers that nobody answers, 0 to 1. Default 0. */
  readonly ignored?: number;
  /** After how long one who let an offer expire, and became unavailable over it, takes offers again. Default: a minute. */
  readonly returnAfter?: Distribution;
}

/** What contacts do who gave up. */
export interface Retries {
  /** Share of those who gave up that try again, 0 to 1. */
  readonly probability: number;
  /** How long after giving up. */
  readonly after: Distribution;
}

/** Throws `simulation/invalid` for shares and distributions that are none. */
export function checkAcceptance(acceptance: Acceptance = {}, retries?: Retries): void {
  const { declined = 0, ignored = 0, delay, returnAfter } = acceptance;
  const shares = { declined, ignored, both: declined + ignored, probability: retries ? retries.probability : 0 };
  for (const [name, share] of Object.entries(shares)) {
    if (!(share >= 0 && share <= 1)) throw refuseSimulation(`${name} must be a share from 0 to 1`, name);
  }
  if (delay !== undefined) checkDistribution(delay, 'acceptance.delay');
  if (returnAfter !== undefined) checkDistribution(returnAfter, 'acceptance.returnAfter');
  if (retries !== undefined) checkDistribution(retries.after, 'retries.after');
}
