import { isJsonObject, optionalString, requireObject, requireText, type JsonObject } from '../http/validation';
import { badRequest } from '../http/service-error';

/** Whom a request names. */
export interface Identified {
  readonly rawId: string;
  /** Only a Teams Phone extension endpoint of this user is meant. */
  readonly persona?: 'tpeAgent';
}

const guid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const extensionUser = new RegExp(`^8:acs:(${guid})_(${guid})_(${guid})$`, 'i');

/** Reads an identifier of any kind; the raw id counts where there is one. Throws 400. */
export function readIdentifier(value: unknown, field: string): Identified {
  const model = requireObject(value, field);
  const persona = model.kind === 'teamsExtensionUser' || isJsonObject(model.teamsExtensionUser);
  const rawId = optionalString(model.rawId, `${field}.rawId`) ?? rawIdOf(model, field);
  if (!/^(?:4:\+?\d|8:|28:)/.test(rawId)) throw badRequest(`${field} names nobody.`, field);
  return { rawId, ...(persona && { persona: 'tpeAgent' as const }) };
}

function rawIdOf(model: JsonObject, field: string): string {
  const { communicationUser, phoneNumber, microsoftTeamsUser, microsoftTeamsApp, teamsExtensionUser } = model;
  if (isJsonObject(communicationUser)) return requireText(communicationUser.id, `${field}.communicationUser.id`);
  if (isJsonObject(phoneNumber)) return `4:${requireText(phoneNumber.value, `${field}.phoneNumber.value`)}`;
  if (isJsonObject(microsoftTeamsUser))
    return `8:orgid:${requireText(microsoftTeamsUser.userId, `${field}.microsoftTeamsUser.userId`)}`;
  if (isJsonObject(microsoftTeamsApp))
    return `28:orgid:${requireText(microsoftTeamsApp.appId, `${field}.microsoftTeamsApp.appId`)}`;
  if (isJsonObject(teamsExtensionUser)) {
    const part = (name: string) => requireText(teamsExtensionUser[name], `${field}.teamsExtensionUser.${name}`);
    return `8:acs:${part('resourceId')}_${part('tenantId')}_${part('userId')}`;
  }
  throw badRequest(`${field} names nobody.`, field);
}

/** An identifier as the service writes it. */
export function identifierModel(rawId: string): JsonObject {
  const extension = extensionUser.exec(rawId);
  if (extension !== null) {
    const [, resourceId, tenantId, userId] = extension;
    const teamsExtensionUser = { userId, tenantId, resourceId, cloud: 'public' };
    return { rawId, kind: 'teamsExtensionUser', teamsExtensionUser };
  }
  if (rawId.startsWith('4:')) return { rawId, kind: 'phoneNumber', phoneNumber: { value: rawId.slice(2) } };
  if (rawId.startsWith('8:orgid:')) {
    const microsoftTeamsUser = { userId: rawId.slice('8:orgid:'.length), isAnonymous: false, cloud: 'public' };
    return { rawId, kind: 'microsoftTeamsUser', microsoftTeamsUser };
  }
  if (rawId.startsWith('28:orgid:')) {
    const microsoftTeamsApp = { appId: rawId.slice('28:orgid:'.length), cloud: 'public' };
    return { rawId, kind: 'microsoftTeamsApp', microsoftTeamsApp };
  }
  if (rawId.startsWith('8:')) return { rawId, kind: 'communicationUser', communicationUser: { id: rawId } };
  return { rawId, kind: 'unknown' };
}

/** A phone number as a member of its own, undefined for whoever is no phone. */
export function phoneModel(rawId: string): { readonly value: string } | undefined {
  return rawId.startsWith('4:') ? { value: rawId.slice(2) } : undefined;
}
