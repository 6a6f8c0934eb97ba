import type { CommunicationIdentifier, CommunicationIdentifierKind } from '@azure/communication-common';

/** The raw id of an identifier, as Microsoft documents the format. */
export function rawIdOf(identifier: CommunicationIdentifier): string {
  if ('communicationUserId' in identifier) return identifier.communicationUserId;
  if ('phoneNumber' in identifier) return identifier.rawId ?? `4:${identifier.phoneNumber}`;
  if ('microsoftTeamsUserId' in identifier) return identifier.rawId ?? `8:orgid:${identifier.microsoftTeamsUserId}`;
  if ('teamsAppId' in identifier) return identifier.rawId ?? `28:orgid:${identifier.teamsAppId}`;
  if ('resourceId' in identifier) {
    const { rawId, resourceId, tenantId, userId } = identifier;
    return rawId ?? `8:acs:${resourceId}_${tenantId}_${userId}`;
  }
  return identifier.id;
}

/** What a raw id names. */
export function identifierOf(rawId: string): CommunicationIdentifierKind {
  const rest = (prefix: string) => rawId.slice(prefix.length);
  if (rawId.startsWith('4:')) return { kind: 'phoneNumber', phoneNumber: rest('4:'), rawId };
  if (rawId.startsWith('8:orgid:')) {
    const microsoftTeamsUserId = rest('8:orgid:');
    return { kind: 'microsoftTeamsUser', microsoftTeamsUserId, isAnonymous: false, cloud: 'public', rawId };
  }
  if (rawId.startsWith('28:orgid:')) {
    return { kind: 'microsoftTeamsApp', teamsAppId: rest('28:orgid:'), cloud: 'public', rawId };
  }
  if (rawId.startsWith('8:acs:')) {
    const [resourceId, tenantId, userId] = rest('8:acs:').split('_');
    if (resourceId !== undefined && tenantId !== undefined && userId !== undefined) {
      return { kind: 'teamsExtensionUser', resourceId, tenantId, userId, cloud: 'public', rawId };
    }
    return { kind: 'communicationUser', communicationUserId: rawId };
  }
  return { kind: 'unknown', id: rawId };
}

/** Whom a token is for; the token itself when it cannot be read, which is as good for telling identities apart. */
export function identityOf(token: string): string {
  const payload = token.split('.')[1];
  if (payload === undefined) return token;
  try {
    const claims: unknown = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')));
    if (typeof claims === 'object' && claims !== null && 'skypeid' in claims && typeof claims.skypeid === 'string') {
      return `8:${claims.skypeid}`;
    }
  } catch {
    // Not a JWT: only the emulator can tell what it is.
  }
  return token;
}
