import { badRequest } from '../http/service-error';
import { isJsonObject, requireObject, type JsonObject } from '../http/validation';

const guid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const communicationUser = new RegExp(`^8:acs:(${guid})_${guid}(_${guid})?$`, 'i');
const teamsUser = new RegExp(`^8:orgid:(${guid})$`, 'i');

/** The resource a communication user belongs to, or `undefined` when `rawId` does not name one. */
export function resourceOf(rawId: string): string | undefined {
  return communicationUser.exec(rawId)?.[1];
}

/** An identifier as the chat service answers with it: `rawId` and one typed member, no `kind`. */
export function identifierModel(rawId: string): JsonObject {
  const userId = teamsUser.exec(rawId)?.[1];
  if (userId !== undefined) return { rawId, microsoftTeamsUser: { userId, isAnonymous: false, cloud: 'public' } };
  return { rawId, communicationUser: { id: rawId } };
}

const typedMembers = [
  'communicationUser',
  'phoneNumber',
  'microsoftTeamsUser',
  'microsoftTeamsApp',
  'teamsExtensionUser',
] as const;

/** Reads the raw id out of an identifier in a request: the typed member first, `rawId` otherwise. Throws 400. */
export function readIdentifier(value: unknown, field: string): string {
  const model = requireObject(value, field);
  const present = typedMembers.filter((member) => model[member] !== undefined && model[member] !== null);
  if (present.length > 1) throw badRequest(`${field} must have at most one of ${typedMembers.join(', ')}.`, field);
  if (model.rawId !== undefined && typeof model.rawId !== 'string')
    throw badRequest(`${field}.rawId must be a string.`, `${field}.rawId`);

  const rawId = typedRawId(model) ?? model.rawId;
  if (typeof rawId !== 'string' || rawId === '' || rawId.length > 300)
    throw badRequest(`${field} must identify a user.`, field);
  if (typeof model.rawId === 'string' && model.rawId !== rawId)
    throw badRequest(`${field} names two different users.`, field);
  return rawId;
}

function typedRawId(model: JsonObject): string | undefined {
  const { communicationUser: user, microsoftTeamsUser: teams } = model;
  if (isJsonObject(user) && typeof user.id === 'string') return user.id;
  if (isJsonObject(teams) && typeof teams.userId === 'string' && model.rawId === undefined)
    return `8:orgid:${teams.userId}`;
  return undefined;
}
