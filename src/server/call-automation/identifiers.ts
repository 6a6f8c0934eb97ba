import type {
  CommunicationIdentifier,
  CommunicationIdentifierKind,
  UnknownIdentifierKind,
} from '@azure/communication-common';
import { ContactCenterError } from 'onescreen';

/** Somebody whom the service can call. */
export type Callee = Exclude<CommunicationIdentifierKind, UnknownIdentifierKind>;

/** A Teams user as an agent of Teams Phone extensibility: rung in the vendor's pages alone. */
export interface TeamsPhoneUser {
  /** Object id of the user. */
  readonly userId: string;
  readonly tenantId: string;
  /** Immutable id of the ACS resource. */
  readonly resourceId: string;
}

/** The raw id of an agent of Teams Phone extensibility. */
export function teamsPhoneUserId({ userId, tenantId, resourceId }: TeamsPhoneUser): string {
  return `8:acs:${resourceId}_${tenantId}_${userId}`;
}

/**
 * The official clients' identifier for a raw id. Its kind follows from the form alone: `8:acs:` with three parts is a
 * Teams Phone extension user, with two a user of ACS.
 * @throws ContactCenterError `command/invalid` for a form that is not known
 */
export async function identifier(rawId: string): Promise<Callee> {
  const { createIdentifierFromRawId } = await import('@azure/communication-common');
  const found = createIdentifierFromRawId(rawId);
  if (found.kind !== 'unknown') return found;
  throw new ContactCenterError('command/invalid', 'unable to reach participant; the raw id is of no known form', {
    field: 'rawId',
  });
}

/** Its raw id; undefined where there is none. */
export async function rawIdOfIdentifier(found: CommunicationIdentifier | undefined): Promise<string | undefined> {
  if (found === undefined) return undefined;
  const { getIdentifierRawId } = await import('@azure/communication-common');
  const rawId = getIdentifierRawId(found);
  return rawId === '' ? undefined : rawId;
}
