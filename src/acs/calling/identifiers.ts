import type {
  CommunicationIdentifier,
  CommunicationIdentifierKind,
  CommunicationUserIdentifier,
  MicrosoftTeamsAppIdentifier,
  MicrosoftTeamsUserIdentifier,
  PhoneNumberIdentifier,
  UnknownIdentifier,
} from '@azure/communication-common';
import { ContactCenterError, type CallTarget } from 'onescreen';

/** Whom a call can go to, in the words of the calling package. */
export type TargetIdentifier =
  | { readonly kind: 'phone'; readonly id: PhoneNumberIdentifier }
  | { readonly kind: 'teamsUser'; readonly id: MicrosoftTeamsUserIdentifier }
  | { readonly kind: 'teamsApp'; readonly id: MicrosoftTeamsAppIdentifier }
  | { readonly kind: 'acsUser'; readonly id: CommunicationUserIdentifier }
  | { readonly kind: 'unknown'; readonly id: UnknownIdentifier };

/** An object id of digits alone looks like a number otherwise. */
const guid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const e164 = /^\+[1-9]\d{7,14}$/;

/**
 * `to` as an identifier. An agent is named by the raw id at the provider (`8:acs:…`, `8:orgid:…`).
 * @throws ContactCenterError `command/invalid` for a number that is none, or a name that is no raw id
 */
export function toIdentifier(to: CallTarget): TargetIdentifier {
  if ('phone' in to) {
    if (!e164.test(to.phone)) throw invalid('to.phone', 'the number is not of the form +491512345678');
    return { kind: 'phone', id: { phoneNumber: to.phone } };
  }
  if ('teamsUser' in to) return { kind: 'teamsUser', id: toTeamsUser(to.teamsUser, 'to.teamsUser') };
  if ('teamsApp' in to) return { kind: 'teamsApp', id: { teamsAppId: bare(to.teamsApp, '28:orgid:', 'to.teamsApp') } };
  return parseRawId(to.agent, 'to.agent');
}

/**
 * A Teams user by the object id, with or without `8:orgid:`.
 * @throws ContactCenterError `command/invalid`
 */
export function toTeamsUser(id: string, field: string): MicrosoftTeamsUserIdentifier {
  return { microsoftTeamsUserId: bare(id, '8:orgid:', field) };
}

/**
 * A raw id such as `8:acs:…`, `8:orgid:…`, `4:+…`, `28:orgid:…` as an identifier.
 * @throws ContactCenterError `command/invalid`
 */
export function parseRawId(rawId: string, field: string): TargetIdentifier {
  if (rawId.startsWith('8:acs:')) return { kind: 'acsUser', id: { communicationUserId: rawId } };
  if (rawId.startsWith('8:orgid:')) return { kind: 'teamsUser', id: { microsoftTeamsUserId: rawId.slice(8) } };
  if (rawId.startsWith('28:orgid:')) return { kind: 'teamsApp', id: { teamsAppId: rawId.slice(9) } };
  if (rawId.startsWith('4:+')) return { kind: 'phone', id: { phoneNumber: rawId.slice(2) } };
  if (/^\d+:./.test(rawId)) return { kind: 'unknown', id: { id: rawId } };
  throw invalid(field, 'it is not a raw id such as 8:acs:…');
}

/** The raw id of somebody in a call. */
export function rawIdOf(identifier: CommunicationIdentifierKind): string {
  switch (identifier.kind) {
    case 'communicationUser':
      return identifier.communicationUserId;
    case 'phoneNumber':
      return identifier.rawId ?? `4:${identifier.phoneNumber}`;
    case 'microsoftTeamsUser':
      return identifier.rawId ?? `8:orgid:${identifier.microsoftTeamsUserId}`;
    case 'microsoftTeamsApp':
      return identifier.rawId ?? `28:orgid:${identifier.teamsAppId}`;
    case 'teamsExtensionUser':
      return identifier.rawId ?? `8:acs:${identifier.resourceId}_${identifier.tenantId}_${identifier.userId}`;
    case 'unknown':
      return identifier.id;
  }
}

/** The raw id of an identifier that does not say its kind, as features of a call name people. */
export function rawIdOfPlain(identifier: CommunicationIdentifier): string {
  if ('communicationUserId' in identifier) return identifier.communicationUserId;
  if ('microsoftTeamsUserId' in identifier) {
    return rawIdOf({ kind: 'microsoftTeamsUser', ...identifier });
  }
  if ('phoneNumber' in identifier) return rawIdOf({ kind: 'phoneNumber', ...identifier });
  if ('teamsAppId' in identifier) return rawIdOf({ kind: 'microsoftTeamsApp', ...identifier });
  return 'id' in identifier ? identifier.id : rawIdOf({ kind: 'teamsExtensionUser', ...identifier });
}

/** Under which name a raw id is kept in `providerRefs`. */
export function refNameOf(rawId: string): string {
  if (rawId.startsWith('8:orgid:')) return 'teams';
  if (rawId.startsWith('4:')) return 'phone';
  return rawId.startsWith('28:') ? 'teamsApp' : 'acs';
}

/**
 * The resource account on whose behalf an agent calls, by its object id. The service answers a phone number with 422.
 * @throws ContactCenterError `command/invalid`
 */
export function toOnBehalfOf(onBehalfOf: string): { userId: MicrosoftTeamsAppIdentifier } {
  const field = 'onBehalfOf';
  if (!guid.test(onBehalfOf) && /^(4:)?\+?\d[\d ()-]*$/.test(onBehalfOf)) {
    throw invalid(field, 'it is a phone number; the object id of the resource account is wanted');
  }
  return { userId: { teamsAppId: bare(onBehalfOf, '28:orgid:', field) } };
}

/** An object id, with or without the prefix of its raw id. */
function bare(id: string, prefix: string, field: string): string {
  const value = id.startsWith(prefix) ? id.slice(prefix.length) : id;
  if (value === '' || value.includes(':')) throw invalid(field, 'it is not an object id');
  return value;
}

function invalid(field: string, why: string): ContactCenterError {
  return new ContactCenterError('command/invalid', `unable to call; ${why}`, { field });
}
