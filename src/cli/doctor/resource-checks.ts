import type { Clock, Random } from 'onescreen';
import { explainAccessFailure } from 'onescreen/server';
import { failed, ok, unknown, type Finding } from './finding';
import { isObject, whyNoAnswer, type Answer } from './request';
import type { Resource } from './resource';

/** Largest difference of clocks that passes, in milliseconds (chosen; signatures carry the time). */
const maxSkewMs = 5 * 60_000;

/** Asks whether the resource answers, tells the time that we have, knows us, and carries calls. */
export async function checkResource(resource: Resource, clock: Clock, random: Random): Promise<readonly Finding[]> {
  const user = await attempt(() => resource.send('POST', '/identities?api-version=2023-10-01', {}));
  if ('reason' in user) {
    const remedy = 'Check the name, the network and its firewall: TCP 443 to *.communication.azure.com.';
    return [
      failed('endpoint', `${resource.endpoint.origin}: ${user.reason}`, remedy),
      ...['clock', 'access', 'calls'].map((check) => unknown(check, 'the endpoint does not answer')),
    ];
  }
  return [
    ok('endpoint', `${resource.endpoint.origin} answers`),
    checkClock(user, clock),
    await checkAccess(resource, user),
    await checkCalls(resource, random),
  ];
}

function checkClock({ date }: Answer, clock: Clock): Finding {
  if (date === undefined) return unknown('clock', 'the endpoint does not tell its time');
  const skew = Math.round((clock.now() - date) / 1_000);
  const detail = `this machine's clock is ${Math.abs(skew)} s ${skew < 0 ? 'behind' : 'ahead'}`;
  return Math.abs(skew) * 1_000 <= maxSkewMs
    ? ok('clock', skew === 0 ? 'this machine and the resource agree' : detail)
    : failed('clock', detail, 'Set the clock, such as by NTP: signatures carry the time.');
}

/** A user without a token was made to prove it; it is deleted at once. */
async function checkAccess(resource: Resource, made: Answer): Promise<Finding> {
  const what = resource.as === 'key' ? 'the signature' : 'the identity';
  if (made.status !== 201) return refused('access', made);
  const identity = isObject(made.body) ? made.body.identity : undefined;
  const id = isObject(identity) && typeof identity.id === 'string' ? identity.id : '';
  const path = `/identities/${encodeURIComponent(id)}?api-version=2023-10-01`;
  const deleted = await attempt(() => resource.send('DELETE', path));
  if ('status' in deleted && deleted.status === 204) return ok('access', `${what} is accepted`);
  return ok('access', `${what} is accepted; a user that was made to try it could not be deleted: ${id}`);
}

/** A call that cannot exist is asked for: that it is not found means that Call Automation lets us in. */
async function checkCalls(resource: Resource, random: Random): Promise<Finding> {
  const path = `/calling/callConnections/${random.id()}?api-version=2026-03-12`;
  const answer = await attempt(() => resource.send('GET', path));
  if ('reason' in answer) return unknown('calls', `Call Automation does not answer: ${answer.reason}`);
  if (answer.status === 404 && answer.code === '8522') return ok('calls', 'Call Automation lets this key in');
  if (answer.status === 404) return unknown('calls', 'the endpoint does not seem to know Call Automation');
  return refused('calls', answer);
}

/** Who is assigned to the resource, by object id. */
export async function checkAssignment(
  resource: Resource,
  check: string,
  want: { readonly tenantId: string; readonly objectId: string; readonly clientId?: string },
  principalType: 'user' | 'teamsResourceAccount',
): Promise<Finding> {
  const { tenantId, objectId, clientId } = want;
  const path = `/access/teamsExtension/tenants/${tenantId}/assignments/${objectId}`;
  const apps = principalType === 'user' ? `,"clientIds":["${clientId ?? '<application id>'}"]` : '';
  const put = `PUT ${path}?api-version=2025-06-30 with {"principalType":"${principalType}"${apps}}.`;
  const answer = await attempt(() => resource.send('GET', `${path}?api-version=2025-06-30`));
  if ('reason' in answer) return unknown(check, answer.reason);
  if (answer.status === 404) return failed(check, `${objectId} is not assigned to the resource`, put);
  if (answer.status !== 200 || !isObject(answer.body)) return refused(check, answer);
  const { principalType: found, clientIds } = answer.body;
  if (String(found).toLowerCase() !== principalType.toLowerCase())
    return failed(check, `${objectId} is assigned as ${String(found)}`, put);
  if (clientId !== undefined && !(Array.isArray(clientIds) && clientIds.includes(clientId)))
    return failed(check, `${objectId} is not assigned for application ${clientId}`, put);
  return ok(check, `${objectId} is assigned to the resource`);
}

function refused(check: string, { status, code, message }: Answer): Finding {
  const said = `the service says ${status}${code === undefined ? '' : ` ${code}`}`;
  const failure = explainAccessFailure({
    status,
    ...(code !== undefined && /^\d+$/.test(code) && { subCode: Number(code) }),
    text: `${code ?? ''} ${message ?? ''}`,
  });
  if (failure !== undefined) return failed(check, `${said}: ${failure.message}`, failure.remedy);
  return unknown(check, said, "Try again later; if it stays so, ask the service's support with this answer.");
}

async function attempt(run: () => Promise<Answer>): Promise<Answer | { readonly reason: string }> {
  try {
    return await run();
  } catch (error) {
    return { reason: whyNoAnswer(error) };
  }
}
