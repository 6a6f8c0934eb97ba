import type { CallEndReason } from '@azure/communication-calling';
import { ContactCenterError, isContactCenterError, type CallEnd, type ErrorCode, type ProviderFault } from 'onescreen';
import { findEndCode } from './end-codes';

/** Refusals that come as text alone, each with what an administrator has to do. Source: as of the codes. */
const refusals: readonly { readonly sign: RegExp; readonly error: ErrorCode; readonly why: string }[] = [
  {
    sign: /UserLicenseNotPresentForbidden|licen[cs]e/i,
    error: 'agent/config-license',
    why: 'the person has no Teams licence for it; an administrator has to assign a Teams Phone licence',
  },
  {
    sign: /consent|AADSTS65001/i,
    error: 'agent/config-consent',
    why: 'nobody consented for the tenant; an administrator has to grant TeamsExtension.ManageCalls to the application',
  },
  {
    sign: /assignment|not assigned/i,
    error: 'agent/config-assignment',
    why: 'the person is not assigned to the ACS resource; its owner has to PUT the assignment for the tenant and this person',
  },
];

/** How a call ended, from what the calling package says. */
export function toCallEnd(reason: CallEndReason | undefined): CallEnd {
  const { outcome, error, retryable, message } = findEndCode(reason?.code, reason?.subCode);
  const said = read(reason, 'message'); // Not in the published type, but there.
  const detail = error === 'call/unknown' && typeof said === 'string' && said !== '' ? `${message}: ${said}` : message;
  return { outcome, code: error, retryable, message: detail, provider: faultOf(reason) };
}

/** `error` of the calling package in our terms. `action` as in `unable to hold call`. */
export function toCallingError(error: unknown, action: string): ContactCenterError {
  if (isContactCenterError(error)) return error;
  const provider = faultOf(error);
  const details = { cause: error, provider };
  const refusal = refusalOf(error, provider);
  if (refusal !== undefined)
    return new ContactCenterError(refusal.error, `unable to ${action}; ${refusal.why}`, details);
  const { error: code, retryable, message } = findEndCode(number(provider.code), number(provider.subCode));
  const said = code === 'call/unknown' && error instanceof Error && error.message !== '' ? error.message : message;
  return new ContactCenterError(code, `unable to ${action}; ${said}`, { ...details, retryable });
}

/** A 403 that carries no codes of its own says in its text what is missing. */
function refusalOf(error: unknown, { code, subCode }: ProviderFault) {
  const text = read(error, 'message');
  if (typeof text !== 'string') return undefined;
  const forbidden = code === 403 || (code === undefined && /\b403\b/.test(text));
  if (!forbidden || (subCode !== undefined && findEndCode(number(code), number(subCode)).error !== 'call/unknown'))
    return undefined;
  const found = refusals.find(({ sign }) => sign.test(text));
  // The exchange of tokens answers a bare 403 to who is not assigned.
  return found ?? (code === undefined ? refusals.at(-1) : undefined);
}

/** What the package said, as it said it. */
export function faultOf(source: unknown): ProviderFault {
  const code = read(source, 'code');
  const subCode = read(source, 'subCode');
  return {
    name: 'acs',
    ...((typeof code === 'number' || typeof code === 'string') && { code }),
    ...((typeof subCode === 'number' || typeof subCode === 'string') && { subCode }),
  };
}

function number(value: string | number | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function read(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
