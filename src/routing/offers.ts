import type { RoutingExplanation } from 'onescreen';
import { heldBy, overloaded } from './capacity';
import type { RoutingCommand } from './commands';
import type { RevokeReason, RoutingEvent } from './events';
import { Offer } from './offer';
import type { TaskRecord } from './task-record';
import type { WorkerRecord } from './worker-record';
import type { RoutingState } from './state';
import type { Refusal } from './strategy';

/** Of a task that nobody is offered. */
export const noOffers: readonly Offer[] = [];

/** Holds the worker's capacity and asks it. */
export function issueOffer(
  state: RoutingState,
  task: TaskRecord,
  worker: WorkerRecord,
  explanation: RoutingExplanation,
): void {
  const { now } = state;
  const { id: taskId, queueId, channel, priority } = task;
  const { id: workerId } = worker;
  const { queue } = task;
  state.counters.offer += 1;
  const id = `${state.offerPrefix}${state.counters.offer}`;
  const channels = heldBy(worker, task.demands);
  let cost = 0;
  for (const each of channels) cost += each.cost;
  const expiresAt = now + (queue?.policy.offerTtlMs ?? 0);
  const offer = state.timers.start(new Offer(id, task, worker, cost, now, expiresAt));
  state.offers.set(id, offer);
  // Who has an order without turns never asks.
  if (queue !== undefined && (queue.policy.strategy.rotate === true || queue.policy.strategy.compare === undefined))
    queue.lastOffered = worker.view;
  task.offers = task.offers.length === 0 ? [offer] : [...task.offers, offer];
  task.status = 'offered';
  task.misses = 0;
  worker.take(taskId, { channels, offerId: id });
  state.refresh(worker, false);
  const event: RoutingEvent = {
    seq: state.nextEvent(),
    at: now,
    type: 'offer-issued',
    offerId: id,
    taskId,
    workerId,
    queueId,
    channel,
    priority,
    cost,
    issuedAt: now,
    expiresAt,
    explanation,
  };
  state.emit(task.extra?.facts === undefined ? event : { ...event, ...task.extra.facts });
}

export function declineOffer(
  state: RoutingState,
  offer: Offer,
  { retryAt, reason }: Pick<Extract<RoutingCommand, { type: 'decline' }>, 'retryAt' | 'reason'>,
): void {
  const until = retryAt === undefined ? {} : { retryAt };
  endOffer(state, offer, { outcome: 'declined', ...until });
  state.emit({
    seq: state.nextEvent(),
    at: state.now,
    type: 'offer-declined',
    offerId: offer.id,
    taskId: offer.taskId,
    workerId: offer.workerId,
    ...until,
    ...(reason !== undefined && { reason }),
  });
}

/** Ends an open offer; what it held is free, and its task looks for somebody else. */
export function endOffer(state: RoutingState, offer: Offer, refusal?: Omit<Refusal, 'workerId'>): void {
  const { task, worker } = offer;
  detachOffer(state, offer);
  if (refusal !== undefined) refuse(state, task, worker, refusal);
  state.release(worker, task.id, refusal?.outcome === 'declined' || refusal?.outcome === 'expired');
  state.enterLine(task);
}

/** Forgets an open offer without freeing what it holds. */
export function detachOffer(state: RoutingState, offer: Offer): void {
  const { task } = offer;
  state.offers.delete(offer.id);
  state.timers.cancel(offer);
  task.offers = task.offers.length === 1 ? noOffers : task.offers.filter((other) => other !== offer);
  if (task.status === 'offered' && task.offers.length === 0) task.status = 'queued';
}

export function revokeOffer(
  state: RoutingState,
  offer: Offer,
  reason: RevokeReason,
  refusal?: Omit<Refusal, 'workerId'>,
): void {
  endOffer(state, offer, refusal);
  state.emit({
    seq: state.nextEvent(),
    at: state.now,
    type: 'offer-revoked',
    offerId: offer.id,
    taskId: offer.taskId,
    workerId: offer.workerId,
    reason,
  });
}

/** Revokes a worker's open offers, the newest first. */
export function revokeOffersOf(
  state: RoutingState,
  worker: WorkerRecord,
  reason: RevokeReason,
  refusal?: Omit<Refusal, 'workerId'>,
): void {
  for (const offer of offersOf(state, worker).reverse()) revokeOffer(state, offer, reason, refusal);
}

/** Revokes offers for which a worker has nothing left, the newest first. */
export function makeRoom(state: RoutingState, worker: WorkerRecord, reason: RevokeReason = 'worker-changed'): void {
  for (const offer of offersOf(state, worker).reverse())
    if (overloaded(worker, offer.task.demands)) revokeOffer(state, offer, reason);
}

/** A worker's open offers, the oldest first. */
export function offersOf(state: RoutingState, worker: WorkerRecord): Offer[] {
  const offers: Offer[] = [];
  for (const { offerId } of worker.holds.values()) {
    const offer = offerId === undefined ? undefined : state.offers.get(offerId);
    if (offer !== undefined) offers.push(offer);
  }
  return offers;
}

/** Whether, by `now`, the worker of an offer will have become unavailable over another that it let expire. */
export function lapses(state: RoutingState, worker: WorkerRecord, now: number): boolean {
  if (worker.openOffers < 2) return false;
  return offersOf(state, worker).some((offer) => offer.expiresAt <= now && !keepsOnExpire(offer));
}

/** Notes that `worker` is not to be asked for `task` until it becomes available anew, or until `retryAt`. */
export function refuse(
  state: RoutingState,
  task: TaskRecord,
  worker: WorkerRecord,
  refusal: Omit<Refusal, 'workerId'>,
): void {
  task.refusals = new Map(task.refusals).set(worker.id, { workerId: worker.id, ...refusal, epoch: worker.epoch });
  awaitRetry(state, task);
}

/** Wakes up when the first of the refusals that are limited in time runs out. */
export function awaitRetry(state: RoutingState, task: TaskRecord): void {
  if (task.refusals.size === 0) return;
  state.timers.cancel(task.retryTimer);
  task.retryTimer = undefined;
  let next: number | undefined;
  for (const { retryAt } of task.refusals.values()) {
    if (retryAt !== undefined && retryAt > state.now && (next === undefined || retryAt < next)) next = retryAt;
  }
  if (next === undefined) return;
  task.retryTimer = state.timers.set(next, () => retry(state, task));
}

export function retry(state: RoutingState, task: TaskRecord): void {
  awaitRetry(state, task);
  state.enterLine(task);
}

export function makeUnavailable(state: RoutingState, worker: WorkerRecord, reason: string): void {
  if (!worker.available) return;
  worker.available = false;
  worker.availableSince = state.now;
  state.refresh(worker, false);
  state.emit({ seq: state.nextEvent(), at: state.now, type: 'worker-unavailable', workerId: worker.id, reason });
}

export function expireOffer(state: RoutingState, offer: Offer): void {
  const { worker } = offer;
  const keep = keepsOnExpire(offer);
  endOffer(state, offer, { outcome: 'expired' });
  state.emit({
    seq: state.nextEvent(),
    at: state.now,
    type: 'offer-expired',
    offerId: offer.id,
    taskId: offer.taskId,
    workerId: offer.workerId,
  });
  if (keep) return;
  makeUnavailable(state, worker, 'offer-expired');
  revokeOffersOf(state, worker, 'worker-unavailable');
}

function keepsOnExpire({ task }: Offer): boolean {
  return task.queue?.policy.onExpire === 'keep';
}
