import type { Emulation } from '../emulation';
import { exchangeVersions, identityVersions } from '../http/api-versions';
import type { Call, Operation } from '../http/operation';
import { forbidden, jsonResponse, ServiceError, unauthorized } from '../http/service-error';
import { requireObject, requireText } from '../http/validation';
import type { Scope } from './access-token';
import type { EntraUser, ExchangeKind, VerifyEntraToken } from './entra-token';
import { tokenLifeMinutes } from './identity-operations';
import { ensureIdentity, issueToken, type IssuedToken } from './issue-token';

/** Exchanges Entra tokens for access tokens. */
export function exchangeOperations(
  emulation: Emulation,
  verify: VerifyEntraToken,
  requireAssignments: boolean,
): readonly Operation[] {
  return [
    {
      name: 'CommunicationIdentity_ExchangeTeamsUserAccessToken',
      method: 'POST',
      path: '/teamsUser/:action{\\:exchangeAccessToken}',
      access: 'key',
      apiVersions: identityVersions,
      run: async (call) => {
        const body = requireObject(call.body, 'body');
        const token = requireText(body.token, 'token');
        const appId = requireText(body.appId, 'appId');
        const userId = requireText(body.userId, 'userId');
        const user = await check(verify, token, 'teamsUser');
        if (user.objectId !== userId) throw unauthorized('The Entra token belongs to another user.');
        if (user.appId !== undefined && user.appId !== appId)
          throw unauthorized('The Entra token was issued to another application.');
        return jsonResponse(200, exchange(emulation, `8:orgid:${user.objectId}`, user, ['chat', 'voip']));
      },
    },
    {
      name: 'TeamsExtension_ExchangeAccessToken',
      method: 'POST',
      path: '/access/teamsExtension/:action{\\:exchangeAccessToken}',
      access: 'open',
      apiVersions: exchangeVersions.teamsExtension,
      run: async (call) => {
        const user = await check(verify, bearer(call), 'teamsExtension');
        if (requireAssignments) requireAssignment(emulation, user);
        // Teams Phone extensibility has no chat scope: its users chat through Graph.
        const id = `8:acs:${emulation.resourceId}_${user.tenantId}_${user.objectId}`;
        return identityWithToken(emulation, id, user, ['voip'], 'tpeAgent');
      },
    },
    {
      name: 'Entra_ExchangeAccessToken',
      method: 'POST',
      path: '/access/entra/:action{\\:exchangeAccessToken}',
      access: 'open',
      apiVersions: exchangeVersions.entra,
      run: async (call) => {
        const user = await check(verify, bearer(call), 'entra');
        return identityWithToken(emulation, `8:acs:${emulation.resourceId}_${user.objectId}`, user, ['chat', 'voip']);
      },
    },
  ];
}

function identityWithToken(
  emulation: Emulation,
  id: string,
  user: EntraUser,
  scopes: readonly Scope[],
  kind?: 'tpeAgent',
): Response {
  return jsonResponse(200, { identity: { id }, accessToken: exchange(emulation, id, user, scopes, kind) });
}

/** Throws 403 for who has not been assigned, or not for the application that the token is for. */
function requireAssignment({ store }: Emulation, { tenantId, objectId, appId }: EntraUser): void {
  const assignment = store.assignment(tenantId.toLowerCase(), objectId.toLowerCase());
  if (assignment?.principalType !== 'user') throw forbidden('The user is not assigned to this resource.');
  if (appId !== undefined && assignment.clientIds?.includes(appId) === false)
    throw forbidden('The user is not assigned for this application.');
}

/** The new token ends when the Entra token does. */
function exchange(
  emulation: Emulation,
  id: string,
  user: EntraUser,
  scopes: readonly Scope[],
  kind?: 'tpeAgent',
): IssuedToken {
  const longest = tokenLifeMinutes.max * 60_000;
  const lifeMs = Math.min(longest, user.expiresAt === undefined ? longest : user.expiresAt - emulation.clock.now());
  return issueToken(emulation, ensureIdentity(emulation, id), scopes, lifeMs, kind);
}

async function check(verify: VerifyEntraToken, token: string, kind: ExchangeKind): Promise<EntraUser> {
  const verdict = await verify(token, kind);
  if ('status' in verdict) throw new ServiceError(verdict.status, verdict.code, verdict.message);
  return verdict;
}

function bearer(call: Call): string {
  const token = /^Bearer (\S+)$/i.exec(call.request.headers.get('authorization') ?? '')?.[1];
  if (token === undefined) throw unauthorized('The Entra token is missing.');
  return token;
}
