import type { Clock, Random } from 'onescreen';
import { isLoopback } from './addresses';
import { failed, ok, unknown, type Finding } from './finding';
import { openResource, type Resource } from './resource';
import { checkAssignment, checkResource } from './resource-checks';
import { variables, type DoctorSettings } from './settings';
import { checkWebhooks } from './webhook-checks';

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Checks everything about a resource, a tenant and our webhooks that can be seen from outside. Never rejects. */
export async function runDoctor(
  settings: DoctorSettings,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Promise<readonly Finding[]> {
  const opened = openResource(settings, () => clock.now());
  if ('problem' in opened) {
    return [
      failed('configuration', opened.problem, opened.remedy),
      ...['endpoint', 'clock', 'access', 'calls'].map((check) => unknown(check, 'there is no resource to ask')),
      checkAccountId(settings),
      ...(await checkWebhooks(settings, { random, local: false })),
    ];
  }
  const how = opened.as === 'key' ? variables.connectionString : `${variables.endpoint} with ${variables.entraToken}`;
  return [
    ok('configuration', `${how} names ${opened.endpoint.origin}`),
    ...(await checkResource(opened, clock, random)),
    checkAccountId(settings),
    ...(await checkConsent(opened, settings)),
    ...(await checkWebhooks(settings, { random, local: isLoopback(opened.endpoint.hostname) })),
  ];
}

/** The service refuses a phone number in place of the resource account with 422. */
function checkAccountId({ resourceAccount }: DoctorSettings): Finding {
  const check = 'resource account';
  const remedy = `Set ${variables.resourceAccount} or --resource-account to the ObjectId of Get-CsOnlineApplicationInstance.`;
  if (resourceAccount === undefined) return unknown(check, 'none is named', remedy);
  if (guid.test(resourceAccount)) return ok(check, 'its id is an object id');
  const what = /^(?:tel:|4:)?\+?\d{5,}$/.test(resourceAccount)
    ? 'its id is a phone number, which the service refuses (422)'
    : 'its id is no object id: 32 hexadecimal digits in five groups, without a prefix';
  return failed(check, what, remedy);
}

async function checkConsent(resource: Resource, settings: DoctorSettings): Promise<readonly Finding[]> {
  const { tenantId, resourceAccount, agents, clientId } = settings;
  const server = 'server consent';
  if (tenantId === undefined || !guid.test(tenantId)) {
    const why = tenantId === undefined ? 'no tenant is named' : 'the tenant id is no GUID';
    const remedy = `Set ${variables.tenantId} or --tenant to the tenant's id.`;
    return [server, "agents' consent"].map((check) =>
      tenantId === undefined ? unknown(check, why, remedy) : failed(check, why, remedy),
    );
  }
  const known = resourceAccount !== undefined && guid.test(resourceAccount);
  const findings = [
    known
      ? await checkAssignment(resource, server, { tenantId, objectId: resourceAccount }, 'teamsResourceAccount')
      : unknown(server, 'no object id of a resource account is named'),
  ];
  if (agents.length === 0) findings.push(unknown("agents' consent", `none is named by ${variables.agents} or --agent`));
  for (const objectId of agents) {
    const want = { tenantId, objectId, ...(clientId !== undefined && { clientId }) };
    findings.push(
      guid.test(objectId)
        ? await checkAssignment(resource, "agent's consent", want, 'user')
        : failed("agent's consent", `${objectId} is no object id`, 'Use the Id of Get-MgUser.'),
    );
  }
  return findings;
}
