import type { PhoneReport, PhoneState, ReadinessCheck, TokenStatus } from 'onescreen';

const ok: ReadinessCheck = { ok: true };

/** What the control plane is told of them. */
export function reportOf(terms: Readonly<Record<string, ReadinessCheck>>): PhoneReport {
  const reasons = Object.values(terms).flatMap((term) => (term.ok ? [] : [term.reason]));
  return { ready: reasons.length === 0, reasons };
}

export function sameTerms(
  a: Readonly<Record<string, ReadinessCheck>>,
  b: Readonly<Record<string, ReadinessCheck>>,
): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** What must hold for calls to reach this desk. */
export function phoneTerms(
  phone: PhoneState,
  token: TokenStatus | undefined,
): Readonly<Record<string, ReadinessCheck>> {
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
