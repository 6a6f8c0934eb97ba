import { ContactCenterError, toContactCenterError } from 'onescreen';
import { errorFields } from 'onescreen/logging';
import type { ResolvedOptions, RouteDecision, StartRequest } from './options';
import type { Demand } from './work';

/** What a start's task asks for, as the vendor decides. Throws `routing/invalid` for a decision that makes no sense. */
export async function demandOf(request: StartRequest, options: ResolvedOptions): Promise<Demand> {
  const decision = await decisionFor(request, options);
  const { priority = 0, labels = request.context, selectors = [], classificationPolicyId, fallbackQueueId } = decision;
  const other = fallbackQueueId ?? request.queueId ?? options.defaultQueue.id;
  const demand = { channel: request.channel, priority, labels, selectors };
  if (classificationPolicyId === undefined) return { queueId: decision.queueId ?? other, ...demand };
  const { fallbackQueueId: queueId = other } = options.policies.get(classificationPolicyId) ?? {};
  return { queueId, classificationPolicyId, ...demand };
}

async function decisionFor(request: StartRequest, options: ResolvedOptions): Promise<RouteDecision> {
  const { route, hooks, logger } = options;
  let decision: RouteDecision;
  try {
    decision = await hooks.call({ hook: 'route' }, () => route(request));
  } catch (error) {
    logger.error('route-failed', errorFields(error));
    // A refusal in our own words is meant for the page.
    throw toContactCenterError(error, 'command/failed', 'unable to start conversation; it cannot be routed');
  }
  const fault = faultIn(decision, options);
  if (fault === undefined) return decision;
  const [field, why = `${field} is wrong`] = fault;
  throw routeInvalid(new ContactCenterError('routing/invalid', `unable to route; ${why}`, { field }), options);
}

/** The error for the page; the vendor is told what is wrong with the decision, the page cannot help it. */
export function routeInvalid(
  error: ContactCenterError,
  { hooks, logger }: ResolvedOptions,
  queueId?: string,
): ContactCenterError {
  const { code, field } = error;
  logger.error('route-invalid', { field, queueId, ...errorFields(error) });
  hooks.report(error, { hook: 'route', ...(queueId !== undefined && { queueId }) });
  return new ContactCenterError(code, 'unable to start conversation; it cannot be routed', {
    ...(field !== undefined && { field }),
    cause: error,
  });
}

/** The field of a decision that makes no sense, of those that the engine does not look at or needs no channel for, and why. */
function faultIn(
  decision: unknown,
  { queues, policies }: ResolvedOptions,
): readonly [field: string, why?: string] | undefined {
  if (typeof decision !== 'object' || decision === null) return ['route'];
  const {
    queueId,
    classificationPolicyId,
    fallbackQueueId,
    priority,
  }: { readonly [Key in keyof RouteDecision]?: unknown } = decision;
  const isQueue = (id: unknown) => id === undefined || (typeof id === 'string' && queues.has(id));
  if (!isQueue(queueId)) return ['queueId'];
  if (!isQueue(fallbackQueueId)) return ['fallbackQueueId'];
  if (classificationPolicyId !== undefined) {
    const isPolicy = typeof classificationPolicyId === 'string' && policies.get(classificationPolicyId) !== undefined;
    if (!isPolicy) return ['classificationPolicyId', 'there is no such classification policy'];
    if (queueId !== undefined) return ['queueId', 'it names both a queue and a classification policy'];
  } else if (fallbackQueueId !== undefined)
    return ['fallbackQueueId', 'it names a fallback queue and no classification policy'];
  const fits = priority === undefined || (typeof priority === 'number' && priority >= -100 && priority <= 100);
  return fits ? undefined : ['priority'];
}
