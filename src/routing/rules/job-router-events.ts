import type { Labels } from 'onescreen';
import type { RoutingEngine, RoutingEvent } from 'onescreen/routing';

type Type = RoutingEvent['type'];

/**
 * Job Router's name for each event of ours, without the prefix `Microsoft.Communication.`; several where one of ours says
 * what theirs say one by one, none where they say nothing.
 */
export const jobRouterEvents = {
  'task-received': ['RouterJobReceived'],
  'task-queued': ['RouterJobReceived', 'RouterJobQueued'],
  'task-scheduled': [],
  'task-scheduling-failed': ['RouterJobSchedulingFailed'],
  'task-waiting-for-activation': ['RouterJobWaitingForActivation'],
  'classification-requested': [],
  'task-classified': ['RouterJobClassified'],
  'classification-failed': ['RouterJobClassificationFailed'],
  'task-requeued': ['RouterJobUnassigned', 'RouterJobQueued'],
  'task-prioritized': [],
  'exception-triggered': ['RouterJobExceptionTriggered'],
  'selectors-expired': ['RouterJobWorkerSelectorsExpired'],
  'task-assigned': [],
  'task-wrapping': ['RouterJobCompleted'],
  'task-completed': [],
  'task-closed': ['RouterJobClosed', 'RouterJobDeleted'],
  'task-cancelled': ['RouterJobCancelled', 'RouterJobDeleted'],
  'channel-held': [],
  'channel-released': [],
  'offer-issued': ['RouterWorkerOfferIssued'],
  'offer-accepted': ['RouterWorkerOfferAccepted'],
  'offer-declined': ['RouterWorkerOfferDeclined'],
  'offer-expired': ['RouterWorkerOfferExpired'],
  'offer-revoked': ['RouterWorkerOfferRevoked'],
  'worker-registered': [],
  'worker-updated': [],
  'worker-available': ['RouterWorkerRegistered'],
  'worker-unavailable': ['RouterWorkerDeregistered'],
  'worker-deregistered': ['RouterWorkerDeleted'],
  'queue-opened': [],
  'queue-closed': [],
  'decision-requested': [],
} as const satisfies Readonly<Record<Type, readonly string[]>>;

export type JobRouterEventName = (typeof jobRouterEvents)[Type][number];

/**
 * The names, prefix included, under which Job Router would have told this event: those of {@link jobRouterEvents}, as far
 * as they hold for it. A task that was received before is queued only; one that nobody had is not unassigned; one that is
 * parked is not queued.
 */
export function jobRouterNames(event: RoutingEvent): readonly `Microsoft.Communication.${JobRouterEventName}`[] {
  const names: readonly JobRouterEventName[] = jobRouterEvents[event.type];
  return names.filter((name) => holds(name, event)).map((name) => `Microsoft.Communication.${name}` as const);
}

function holds(name: JobRouterEventName, event: RoutingEvent): boolean {
  if (event.type === 'task-queued') return name === 'RouterJobQueued' || event.receivedAt === undefined;
  if (event.type !== 'task-requeued') return true;
  return name === 'RouterJobUnassigned' ? event.fromWorkerId !== undefined : !event.suspended;
}

/** The fields that Job Router's OfferIssued carries. Times are ISO 8601, in UTC. */
export interface JobRouterOfferIssued {
  readonly workerId: string;
  readonly jobId: string;
  readonly channelId: string;
  readonly channelReference?: string;
  readonly queueId: string;
  readonly offerId: string;
  readonly offerTimeUtc: string;
  readonly expiryTimeUtc: string;
  readonly jobPriority: number;
  readonly jobLabels: Labels;
  readonly jobTags: Labels;
}

/** Those of OfferAccepted. A task of ours is in one hand at a time, so that the offer's id serves as the assignment's. */
export interface JobRouterOfferAccepted extends Omit<JobRouterOfferIssued, 'offerTimeUtc' | 'expiryTimeUtc'> {
  readonly assignmentId: string;
}

/**
 * What Job Router's OfferIssued and OfferAccepted carry, from our event and what the engine knows of the task: to be asked
 * as the event comes. Undefined for a task that has ended since.
 */
export function jobRouterOffer(
  event: Extract<RoutingEvent, { readonly type: 'offer-issued' }>,
  engine: Pick<RoutingEngine, 'task'>,
): JobRouterOfferIssued | undefined;
export function jobRouterOffer(
  event: Extract<RoutingEvent, { readonly type: 'offer-accepted' }>,
  engine: Pick<RoutingEngine, 'task'>,
): JobRouterOfferAccepted | undefined;
export function jobRouterOffer(
  event: Extract<RoutingEvent, { readonly type: 'offer-issued' | 'offer-accepted' }>,
  engine: Pick<RoutingEngine, 'task'>,
): JobRouterOfferIssued | JobRouterOfferAccepted | undefined {
  const task = engine.task(event.taskId);
  if (task === undefined) return undefined;
  const { channel, channelReference, queueId, priority, labels, tags = {} } = task;
  const offer = {
    workerId: event.workerId,
    jobId: event.taskId,
    channelId: channel,
    ...(channelReference !== undefined && { channelReference }),
    queueId,
    offerId: event.offerId,
    jobPriority: priority,
    jobLabels: labels,
    jobTags: tags,
  };
  if (event.type === 'offer-accepted') return { ...offer, assignmentId: event.offerId };
  const time = (at: number) => new Date(at).toISOString();
  return { ...offer, offerTimeUtc: time(event.issuedAt), expiryTimeUtc: time(event.expiresAt) };
}
