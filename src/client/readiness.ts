import type { PhoneReport } from '../protocol/agent-frames';
import type { PhoneState } from '../provider/voice-provider';
import type { AgentState } from './agent';
import type { SessionState } from './session';
import type { TokenStatus } from './token-broker';

export type ReadinessCheck =
  { readonly ok: true } | { readonly ok: false; readonly reason: string; readonly message: string };

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

export function readinessOf(parts: {
  readonly session: SessionState;
  readonly agent: AgentState | undefined;
  readonly phone: PhoneState | undefined;
  readonly token: TokenStatus | undefined;
}): Readiness {
  const { session, agent, phone, token } = parts;
  const terms = {
    session: sessionTerm(session),
    available: availableTerm(agent),
    ...(phone !== undefined && phoneTerms(phone, token)),
  };
  return { ready: Object.values(terms).every((term) => term.ok), terms };
}

export function sameReadiness(a: Readiness, b: Readiness): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What the control plane is told of the phone: the terms that are the phone's. */
export function phoneReport(phone: PhoneState, token: TokenStatus | undefined): PhoneReport {
  const reasons = Object.values(phoneTerms(phone, token)).flatMap((term) => (term.ok ? [] : [term.reason]));
  return { ready: reasons.length === 0, reasons };
}

export function samePhoneReport(a: PhoneReport, b: PhoneReport): boolean {
  return a.ready === b.ready && a.reasons.join() === b.reasons.join();
}

function sessionTerm({ status }: SessionState): ReadinessCheck {
  if (status === 'online' || status === 'degraded') return ok;
  return status === 'signed-out'
    ? no('signed-out', 'Nobody is signed in.')
    : no(status, 'The control plane cannot be reached. It is tried again; check the network.');
}

function availableTerm(agent: AgentState | undefined): ReadinessCheck {
  if (agent === undefined) return no('signed-out', 'Nobody is signed in.');
  const { availability } = agent;
  if (availability.kind === 'available') return ok;
  return no(availability.reason ?? 'unavailable', 'The agent is unavailable. Become available to get work.');
}

function phoneTerms(phone: PhoneState, token: TokenStatus | undefined): Readonly<Record<string, ReadinessCheck>> {
  return {
    token: tokenTerm(token),
    leader: phone.media === 'nowhere' ? no('no-leader', 'No tab owns the phone yet. It takes a moment.') : ok,
    registered: registeredTerm(phone),
    microphone: microphoneTerm(phone),
    audio:
      phone.devices.audio === 'unlocked'
        ? ok
        : no('audio-blocked', 'The browser plays no sound yet. Click anywhere in the tab that owns the phone.'),
  };
}

function tokenTerm(token: TokenStatus | undefined): ReadinessCheck {
  if (token === 'valid' || token === 'degraded' || token === undefined) return ok;
  return token === 'interaction-required'
    ? no('interaction-required', 'Sign in again: the identity provider asks for a person.')
    : no('token-expired', 'No token for calls can be had. It is tried again.');
}

function registeredTerm({ registration, media }: PhoneState): ReadinessCheck {
  if (registration.status === 'registered') return ok;
  if (media === 'nowhere' || registration.status === 'registering')
    return no('registering', 'The phone is connecting to the calling service.');
  const why = registration.error?.message;
  return no(
    registration.error?.code ?? 'not-registered',
    why === undefined ? 'The phone is not connected to the calling service. It is tried again.' : why,
  );
}

function microphoneTerm({ devices }: PhoneState): ReadinessCheck {
  if (devices.permission === 'granted')
    return devices.microphones.length > 0 ? ok : no('microphone-missing', 'There is no microphone. Plug one in.');
  if (devices.permission === 'denied')
    return no('microphone-denied', devices.remedy ?? 'The browser was told to give no microphone to this page.');
  return devices.permission === 'unknown'
    ? no('microphone-unknown', 'Allow the microphone: nobody could hear you.')
    : no('microphone-unavailable', devices.remedy ?? 'This browser or page cannot use a microphone.');
}

function no(reason: string, message: string): ReadinessCheck {
  return { ok: false, reason, message };
}
