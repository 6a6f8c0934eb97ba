import { channelOf } from './capacity';
import type { WorkerChange } from './commands';
import { makeRoom, makeUnavailable, offersOf, revokeOffer, revokeOffersOf } from './offers';
import type { Offer } from './offer';
import { ownChannels, ownLabels, WorkerRecord, type Hold } from './worker-record';
import { satisfiesAll } from './selectors';
import type { RoutingState } from './state';
import type { WorkerSpec } from './worker';

/** Takes a worker in; one who left with work in hand comes back to it. */
export function registerWorker(state: RoutingState, spec: WorkerSpec): void {
  const before = state.workers.get(spec.id);
  const worker = new WorkerRecord({
    id: spec.id,
    labels: spec.labels ?? {},
    tags: spec.tags,
    queues: spec.queues,
    capacity: spec.capacity,
    channels: spec.channels,
    maxConcurrentOffers: spec.maxConcurrentOffers,
    registered: true,
    available: false,
    availableSince: state.now,
    idleSince: state.now,
    epoch: state.count('epoch'),
    holds: before?.holds ?? new Map<string, Hold>(),
  });
  state.workers.set(worker.id, worker);
  state.vocabulary?.counted(state);
  state.refresh(worker, false);
  state.emit({ seq: state.nextEvent(), at: state.now, type: 'worker-registered', workerId: worker.id });
  if (spec.available === true) makeAvailable(state, worker);
}

export function updateWorker(
  state: RoutingState,
  worker: WorkerRecord,
  change: WorkerChange,
  reason = 'worker-changed',
): void {
  if (change.labels !== undefined) worker.labels = ownLabels(change.labels);
  if (change.tags !== undefined) worker.tags = ownLabels(change.tags);
  worker.capacity = change.capacity ?? worker.capacity;
  if (change.channels !== undefined) worker.channels = ownChannels(change.channels);
  worker.maxConcurrentOffers = change.maxConcurrentOffers ?? worker.maxConcurrentOffers;
  if (change.queues !== undefined) worker.queues = Object.freeze([...new Set(change.queues)]);
  state.refresh(worker, true);
  state.emit({ seq: state.nextEvent(), at: state.now, type: 'worker-updated', workerId: worker.id });
  for (const offer of offersOf(state, worker)) if (!stillFits(worker, offer)) revokeOffer(state, offer, reason);
  makeRoom(state, worker, reason);
}

export function makeAvailable(state: RoutingState, worker: WorkerRecord): void {
  if (worker.available) return;
  worker.available = true;
  worker.availableSince = state.now;
  worker.idleSince = state.now;
  worker.epoch = state.count('epoch');
  state.refresh(worker, true);
  state.emit({ seq: state.nextEvent(), at: state.now, type: 'worker-available', workerId: worker.id });
}

export function deregisterWorker(state: RoutingState, worker: WorkerRecord, reason: string): void {
  makeUnavailable(state, worker, 'worker-deregistered');
  revokeOffersOf(state, worker, 'worker-deregistered');
  worker.registered = false;
  state.refresh(worker, false);
  state.emit({ seq: state.nextEvent(), at: state.now, type: 'worker-deregistered', workerId: worker.id, reason });
}

function stillFits(worker: WorkerRecord, { task }: Offer): boolean {
  return (
    worker.queues.includes(task.queueId) &&
    task.demands.every(({ channel }) => channelOf(worker, channel) !== undefined) &&
    satisfiesAll(worker, task.active)
  );
}
