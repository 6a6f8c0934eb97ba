import type { ReadinessCheck } from '../provider/readiness';
import type { AgentState } from './agent';
import type { SessionState } from './session';

/**
 * Whether work can reach the agent, computed from its terms; each that does not hold says why and what helps. A client
 * without a voice provider has the terms `session` and `available` only.
 */
export interface Readiness {
  readonly ready: boolean;
  /** By name: `session`, `available`, `token`, `leader`, `registered`, `microphone`, `audio`. The list is open. */
  readonly terms: Readonly<Record<string, ReadinessCheck>>;
}

const ok: ReadinessCheck = { ok: true };
const signedOut = no('signed-out', 'Nobody is signed in.');

export function readinessOf(
  session: SessionState,
  agent: AgentState | undefined,
  voice: Readonly<Record<string, ReadinessCheck>>,
): Readiness {
  const terms = { session: sessionTerm(session), available: availableTerm(agent), ...voice };
  return { ready: Object.values(terms).every((term) => term.ok), terms };
}

function sessionTerm({ status }: SessionState): ReadinessCheck {
  if (status === 'signed-out') return signedOut;
  return status === 'online' || status === 'degraded'
    ? ok
    : no(status, 'The control plane cannot be reached. Check the network.');
}

function availableTerm(agent: AgentState | undefined): ReadinessCheck {
  if (agent === undefined) return signedOut;
  const { availability } = agent;
  if (availability.kind === 'available') return ok;
  return no(availability.reason ?? 'unavailable', 'Become available to get work.');
}

function no(reason: string, message: string): ReadinessCheck {
  return { ok: false, reason, message };
}
