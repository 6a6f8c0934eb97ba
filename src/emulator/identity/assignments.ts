import type { Emulation } from '../emulation';
import { exchangeVersions } from '../http/api-versions';
import type { Call, Operation } from '../http/operation';
import { badRequest, jsonResponse, notFound } from '../http/service-error';
import { requireArray, requireObject, requireText, type JsonObject } from '../http/validation';
import type { AssignmentRecord } from '../records';

const path = '/access/teamsExtension/tenants/:tenantId/assignments/:objectId';
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Consent that resource accounts and agents of a Teams tenant may use this resource. Source: REST API for Teams Phone extensibility, 2025-06-30. */
export function assignmentOperations({ store }: Emulation): readonly Operation[] {
  const shared = { path, access: 'key', apiVersions: exchangeVersions.teamsExtension } as const;
  const find = (call: Call): AssignmentRecord => {
    const { tenantId, objectId } = readIds(call);
    const assignment = store.assignment(tenantId, objectId);
    if (assignment === undefined) throw notFound('The assignment does not exist.');
    return assignment;
  };
  return [
    {
      ...shared,
      name: 'TeamsExtensionAssignment_CreateOrUpdate',
      method: 'PUT',
      run: (call: Call) => {
        const ids = readIds(call);
        const known = store.assignment(ids.tenantId, ids.objectId);
        const assignment = { ...ids, ...readPrincipal(requireObject(call.body, 'body')) };
        store.put({ kind: 'assignment', assignment });
        return jsonResponse(known === undefined ? 201 : 200, assignment);
      },
    },
    {
      ...shared,
      name: 'TeamsExtensionAssignment_Get',
      method: 'GET',
      run: (call: Call) => jsonResponse(200, find(call)),
    },
    {
      ...shared,
      name: 'TeamsExtensionAssignment_Delete',
      method: 'DELETE',
      run: (call: Call) => {
        store.put({ kind: 'assignment', assignment: { ...find(call), deleted: true } });
        return new Response(null, { status: 204 });
      },
    },
  ];
}

function readIds({ params }: Call): Pick<AssignmentRecord, 'tenantId' | 'objectId'> {
  const { tenantId = '', objectId = '' } = params;
  if (!guid.test(tenantId)) throw badRequest('The tenant id must be a GUID.', 'tenantId');
  if (!guid.test(objectId)) throw badRequest('The object id must be a GUID.', 'objectId');
  return { tenantId: tenantId.toLowerCase(), objectId: objectId.toLowerCase() };
}

function readPrincipal({
  principalType,
  clientIds,
}: JsonObject): Pick<AssignmentRecord, 'principalType' | 'clientIds'> {
  if (principalType === 'teamsResourceAccount') return { principalType };
  if (principalType !== 'user')
    throw badRequest('principalType must be user or teamsResourceAccount.', 'principalType');
  const apps = requireArray(clientIds, 'clientIds').map((id) => requireText(id, 'clientIds'));
  if (apps.length === 0) throw badRequest('clientIds must name an application.', 'clientIds');
  return { principalType, clientIds: apps };
}
