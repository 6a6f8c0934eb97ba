import type { Emulation } from '../emulation';
import { identityVersions } from '../http/api-versions';
import type { Call, Operation } from '../http/operation';
import { badRequest, jsonResponse } from '../http/service-error';
import { optionalInteger, requireArray, requireObject } from '../http/validation';
import type { RateLimiter } from '../rate-limiter';
import { isScope, scopes as knownScopes, type Scope } from './access-token';
import { resourceOf } from './identifiers';
import { ensureIdentity, issueToken, requireIdentity, revokeTokens } from './issue-token';

/** Life of a token in minutes. Source: the identity service's OpenAPI description. */
export const tokenLifeMinutes = { min: 60, max: 1440, default: 1440 } as const;

/** Users and their tokens, for whoever holds the access key. */
export function identityOperations(emulation: Emulation, limiter: RateLimiter): readonly Operation[] {
  const key = { access: 'key', apiVersions: identityVersions } as const;
  return [
    {
      ...key,
      name: 'CommunicationIdentity_Create',
      method: 'POST',
      path: '/identities',
      run: (call: Call) => {
        const body = call.body === undefined ? {} : requireObject(call.body, 'body');
        const asked = body.createTokenWithScopes;
        const scopes =
          asked === undefined || asked === null || isEmpty(asked)
            ? undefined
            : readScopes(asked, 'createTokenWithScopes');
        const lifeMs = readLife(body.expiresInMinutes);
        limiter.take('createIdentity', '', '');
        const identity = ensureIdentity(emulation, `8:acs:${emulation.resourceId}_${emulation.random.id()}`);
        const accessToken = scopes === undefined ? undefined : issueToken(emulation, identity, scopes, lifeMs);
        return jsonResponse(201, { identity: { id: identity.id }, ...(accessToken !== undefined && { accessToken }) });
      },
    },
    {
      ...key,
      name: 'CommunicationIdentity_IssueAccessToken',
      method: 'POST',
      path: '/identities/:id/:action{\\:issueAccessToken}',
      run: (call: Call) => {
        const body = requireObject(call.body, 'body');
        const scopes = readScopes(body.scopes, 'scopes');
        const lifeMs = readLife(body.expiresInMinutes);
        const identity = requireIdentity(emulation, readId(call, emulation));
        limiter.take('issueToken', '', '');
        return jsonResponse(200, issueToken(emulation, identity, scopes, lifeMs));
      },
    },
    {
      ...key,
      name: 'CommunicationIdentity_RevokeAccessTokens',
      method: 'POST',
      path: '/identities/:id/:action{\\:revokeAccessTokens}',
      run: (call: Call) => {
        const identity = requireIdentity(emulation, readId(call, emulation));
        limiter.take('revokeTokens', '', '');
        revokeTokens(emulation, identity);
        return new Response(null, { status: 204 });
      },
    },
    {
      ...key,
      name: 'CommunicationIdentity_Delete',
      method: 'DELETE',
      path: '/identities/:id',
      run: (call: Call) => {
        const identity = requireIdentity(emulation, readId(call, emulation));
        limiter.take('deleteIdentity', '', '');
        emulation.store.put({ kind: 'identity', identity: { ...identity, deleted: true } });
        return new Response(null, { status: 204 });
      },
    },
  ];
}

function readId(call: Call, emulation: Emulation): string {
  const id = call.params.id ?? '';
  if (resourceOf(id) !== emulation.resourceId && !id.startsWith('8:orgid:'))
    throw badRequest('The identity does not belong to this resource.', 'id');
  return id;
}

function readScopes(value: unknown, field: string): readonly Scope[] {
  const scopes = requireArray(value, field);
  if (scopes.length === 0) throw badRequest(`${field} must name at least one scope.`, field);
  return scopes.map((scope) => {
    if (!isScope(scope)) throw badRequest(`${field} must be among ${knownScopes.join(', ')}.`, field);
    return scope;
  });
}

function readLife(value: unknown): number {
  return (optionalInteger(value, 'expiresInMinutes', tokenLifeMinutes) ?? tokenLifeMinutes.default) * 60_000;
}

const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;
