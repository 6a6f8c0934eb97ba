import { ContactCenterError, toContactCenterError } from 'onescreen';
import { errorFields } from 'onescreen/logging';
import type { ResolvedOptions, RouteDecision, StartRequest } from './options';
import type { Demand } from './work';

/** What a start's task asks for, as the vendor decides. Throws `routing/invalid` for a decision that makes no sense. */
export async function demandOf(request: StartRequest, options: ResolvedOptions): Promise<Demand> {
  const {
    queueId = request.queueId ?? options.defaultQueue.id,
    priority = 0,
    labels = request.context,
    selectors = [],
  } = await decisionFor(request, options);
  return { queueId, channel: request.channel, priority, labels, selectors };
}

async function decisionFor(request: StartRequest, options: ResolvedOptions): Promise<RouteDecision> {
  const { route, hooks, logger, queues } = options;
  let decision: RouteDecision;
  try {
    decision = await hooks.call({ hook: 'route' }, () => route(request));
  } catch (error) {
    logger.error('route-failed', errorFields(error));
    // A refusal in our own words is meant for the page.
    throw toContactCenterError(error, 'command/failed', 'unable to start conversation; it cannot be routed');
  }
  const field = faultIn(decision, queues);
  if (field === undefined) return decision;
  const error = new ContactCenterError('routing/invalid', `unable to route; ${field} is wrong`, { field });
  throw routeInvalid(error, options);
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

/** The field of a decision that makes no sense, of those that the engine does not look at or needs no channel for. */
function faultIn(decision: unknown, queues: ReadonlyMap<string, unknown>): string | undefined {
  if (typeof decision !== 'object' || decision === null) return 'route';
  const { queueId, priority }: { readonly queueId?: unknown; readonly priority?: unknown } = decision;
  if (queueId !== undefined && !(typeof queueId === 'string' && queues.has(queueId))) return 'queueId';
  const fits = priority === undefined || (typeof priority === 'number' && priority >= -100 && priority <= 100);
  return fits ? undefined : 'priority';
}
