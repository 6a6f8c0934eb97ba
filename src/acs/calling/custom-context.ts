import type { CustomContext } from '@azure/communication-calling';
import { ContactCenterError } from 'onescreen';

/** The VoIP header in which our id of a call travels. */
export const correlationHeader = 'onescreen-correlation';

/** Limits of a call's custom context. Source: azure-docs, communication-services/how-tos/call-automation/custom-context.md. */
export const contextLimits = {
  voip: { headers: 1000, key: 64, value: 1024 },
  sip: { headers: 5, key: 64, value: 256, prefix: 'X-MS-Custom-' },
} as const;

/** What else is to travel with a call: keys and values as they are sent. */
export interface CallHeaders {
  /** At most 999, of 64 characters a key and 1,024 a value. */
  readonly voip?: Readonly<Record<string, string>>;
  /** At most 5, keys of 64 characters that begin with `X-MS-Custom-`, values of 256. Teams endpoints do not get them. */
  readonly sip?: Readonly<Record<string, string>>;
  /** The SIP header User-to-User, at most 256 characters. */
  readonly userToUser?: string;
}

/**
 * A call's custom context. The service cuts off what is too much without a word; here it is refused.
 * @throws ContactCenterError `command/invalid` with the field
 */
export function toCustomContext(correlationId: string, headers: CallHeaders = {}): CustomContext {
  const { voip, sip } = contextLimits;
  if (headers.voip !== undefined && correlationHeader in headers.voip) {
    throw refused(`headers.voip.${correlationHeader}`, 'it is taken');
  }
  const voipHeaders = [[correlationHeader, correlationId] as const, ...Object.entries(headers.voip ?? {})];
  const sipHeaders = Object.entries(headers.sip ?? {});
  if (voipHeaders.length > voip.headers) throw refused('headers.voip', `there are more than ${voip.headers} headers`);
  if (sipHeaders.length > sip.headers) throw refused('headers.sip', `there are more than ${sip.headers} headers`);
  for (const [key, value] of voipHeaders) check('headers.voip', key, value, voip);
  for (const [key, value] of sipHeaders) {
    check('headers.sip', key, value, sip);
    if (!key.startsWith(sip.prefix)) throw refused(`headers.sip.${key}`, `its name does not begin with ${sip.prefix}`);
  }
  if (headers.userToUser !== undefined && headers.userToUser.length > sip.value) {
    throw refused('headers.userToUser', `it is longer than ${sip.value} characters`);
  }
  return {
    voipHeaders: voipHeaders.map(([key, value]) => ({ key, value })),
    ...(sipHeaders.length > 0 && { sipHeaders: sipHeaders.map(([key, value]) => ({ key, value })) }),
    ...(headers.userToUser !== undefined && { userToUser: headers.userToUser }),
  };
}

/** Our id in a call's context; anybody may have written it. Undefined when it is absent, doubled, or no id. */
export function correlationOf(context: CustomContext | undefined): string | undefined {
  const isOurs = ({ key }: { readonly key: unknown }) =>
    typeof key === 'string' && key.toLowerCase() === correlationHeader;
  const found = (context?.voipHeaders ?? []).filter(isOurs);
  const value: unknown = found[0]?.value;
  if (found.length !== 1 || typeof value !== 'string' || value === '') return undefined;
  return value.length <= contextLimits.voip.value ? value : undefined;
}

function check(field: string, key: string, value: string, limits: { readonly key: number; readonly value: number }) {
  if (key === '' || key.length > limits.key)
    throw refused(`${field}.${key}`, `its name is not of 1 to ${limits.key} characters`);
  if (value.length > limits.value) throw refused(`${field}.${key}`, `it is longer than ${limits.value} characters`);
}

function refused(field: string, why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to send the call's context; ${why}`, { field });
}
